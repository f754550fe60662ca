"""From tiles that anybody served to a proof that needs no belief: which tree an older size was the beginning of.

A bridge says: the tree (`new_size`, `new_root`) begins with a tree of `old_size` leaves whose root is `old_root`. It
holds whoever computed it, from whatever tiles, because it is verified against `new_root`. Where somebody vouches for
the newer tree, and claims another root at `old_size`, he contradicts himself.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.log.proof import verify_consistency
from ledger.log.tiles import HEIGHT, Tile, TileAddress, TileError, hashes_of, unfold, width_at
from ledger.log.tree import consistency_proof, root

__all__ = ["Bridge", "TileNodes", "build"]

FetchTile = Callable[[TileAddress], Tile]
MOST_HASHES = 64


@dataclass(frozen=True, slots=True)
class Bridge:
    old_size: int
    old_root: bytes
    new_size: int
    new_root: bytes
    proof: tuple[bytes, ...]

    def verify(self) -> None:
        """Raises ProofError."""
        verify_consistency(self.old_size, self.new_size, self.old_root, self.new_root, self.proof)


class TileNodes:
    """The nodes of a tree of `size` leaves, read from tiles as they are asked for."""

    def __init__(self, size: int, fetch: FetchTile) -> None:
        self._size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], tuple[list[bytes], ...]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Raises TileError for a tile of another length; `fetch` raises what it likes."""
        tile_level, height = divmod(level, HEIGHT)
        tile_index = index >> (HEIGHT - height)
        key = (tile_level, tile_index)
        if key not in self._tiles:
            self._tiles[key] = self._unfolded(tile_level, tile_index)
        return self._tiles[key][height][index - (tile_index << (HEIGHT - height))]

    def _unfolded(self, level: int, index: int) -> tuple[list[bytes], ...]:
        width = width_at(level, index, self._size)
        tile = self._fetch(TileAddress(level, index, width))
        if len(hashes_of(tile)) != width:
            raise TileError(f"tile {level}/{index} holds {len(tile) // 32} hashes instead of {width}")
        return unfold(tile)


def build(old_size: int, new_size: int, new_root: bytes, fetch: FetchTile) -> Bridge:
    """The bridge from `old_size` to a known head. Raises ProofError where the tiles do not lead to it."""
    node = TileNodes(new_size, fetch).node
    proof = tuple(consistency_proof(old_size, new_size, node))
    bridge = Bridge(old_size, root(old_size, node), new_size, new_root, proof)
    bridge.verify()
    return bridge
