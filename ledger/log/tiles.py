"""Tiles of height 8 (C2SP tlog-tiles): how the log's hashes are kept, named and served.

Tile N of level L holds the nodes of height 8·L with the indices 256·N … 256·N + 255, 32 bytes each; a partial tile is a
prefix of at least one. What a tile of a given width holds never changes. An entries tile holds the log entries
themselves, each behind its length as a big-endian uint16; here every entry is a digest of 32 bytes.

Addresses: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, where N is written in groups of three digits, all but
the last marked with an `x`: 1234067 is `x001/x234/067`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ledger.log.proof import HASH_SIZE
from ledger.log.tree import parents, root_of_leaves
from terminal_signer.errors import CarbonError

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_SIZE
HIGHEST_LEVEL = 7  # 2^63 leaves need no more

Tile = bytes
Fetch = Callable[[int, int], Tile]

_ADDRESS = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_LENGTH = HASH_SIZE.to_bytes(2, "big")


class TileError(CarbonError):
    """Not the address, or not the bytes, of a tile."""

    code = "tile"


@dataclass(frozen=True, slots=True)
class TileAddress:
    """`level` is None for an entries tile."""

    level: int | None
    index: int
    width: int = WIDTH

    def path(self) -> str:
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        kind = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{kind}/{'/'.join(groups)}{partial}"


def parse_address(path: str) -> TileAddress:
    """The address behind a path that begins with `tile/`. Raises TileError for every other spelling of it, too."""
    match = _ADDRESS.fullmatch(path)
    if match is None:
        raise TileError(f"no tile has the address {path[:80]!r}", mend="tile/<L>/<N>[.p/<W>], N like x001/234")
    kind, digits, width = match.groups()
    level = None if kind == "entries" else int(kind)
    address = TileAddress(level, int(re.sub("[x/]", "", digits)), WIDTH if width is None else int(width))
    if address.width > WIDTH or (level or 0) > 63 or address.path() != path:
        raise TileError(f"no tile has the address {path[:80]!r}", mend="no leading zeros, width 1…255, level 0…63")
    return address


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes the tile holds in a tree of `size` leaves; 0 where there is none."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def hashes_of(tile: Tile) -> list[bytes]:
    if len(tile) % HASH_SIZE or len(tile) > TILE_BYTES:
        raise TileError(f"a tile of {len(tile)} bytes")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def encode_entries(entries: Iterable[bytes]) -> bytes:
    return b"".join(_LENGTH + entry for entry in entries)


def decode_entries(bundle: bytes) -> list[bytes]:
    """The digests of an entries tile; TileError where one is not 32 bytes long."""
    step = len(_LENGTH) + HASH_SIZE
    if len(bundle) % step or len(bundle) > WIDTH * step:
        raise TileError(f"an entries tile of {len(bundle)} bytes")
    items = [bundle[at : at + step] for at in range(0, len(bundle), step)]
    if any(not item.startswith(_LENGTH) for item in items):
        raise TileError("an entry that is not a digest of 32 bytes")
    return [item[len(_LENGTH) :] for item in items]


def unfold(tile: Tile) -> tuple[list[bytes], ...]:
    """The complete nodes within a tile, level by level: the tile's own hashes first."""
    levels = [hashes_of(tile)]
    while len(levels[-1]) > 1:
        levels.append(parents(levels[-1]))
    return tuple(levels)


class Growth:
    """New leaves on top of a log that is kept as tiles: reads the partial tiles at the right edge, nothing else.

    `changed` holds every tile that is new or longer than before; `grown` tells the longer ones from the new ones.
    """

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self.changed: dict[tuple[int, int], Tile] = {}
        self.grown: set[tuple[int, int]] = set()
        self._fetch = fetch

    def extend(self, leaves: Sequence[bytes]) -> None:
        nodes = list(leaves)
        level = 0
        while nodes:
            nodes = self._extend_level(level, self.size >> (HEIGHT * level), nodes)
            level += 1
        self.size += len(leaves)

    def _extend_level(self, level: int, position: int, nodes: list[bytes]) -> list[bytes]:
        """Append nodes from `position` on; the roots of the tiles that this completes belong to the level above."""
        index, filled = divmod(position, WIDTH)
        if filled:
            if (level, index) not in self.changed:
                self.grown.add((level, index))
            nodes = hashes_of(self._tile(level, index, filled)) + nodes
        completed = []
        for at in range(0, len(nodes), WIDTH):
            part = nodes[at : at + WIDTH]
            self.changed[level, index] = b"".join(part)
            if len(part) == WIDTH:
                completed.append(root_of_leaves(part))
            index += 1
        return completed

    def _tile(self, level: int, index: int, width: int) -> Tile:
        tile = self.changed.get((level, index))
        if tile is None:
            tile = self._fetch(level, index)[: width * HASH_SIZE]
        if len(tile) != width * HASH_SIZE:
            raise TileError(f"tile {level}/{index} holds {len(tile) // HASH_SIZE} hashes instead of {width}")
        return tile
