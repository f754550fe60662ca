"""The log on its tiles: sizes, roots and proofs. A proof reads a handful of tiles; nothing here grows with the log."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import Connection, Engine, insert, select, update

from ledger.log.admission import Times
from ledger.log.proof import HASH_SIZE
from ledger.log.tiles import HEIGHT, WIDTH, Growth, Tile, encode_entries, unfold, width_at
from ledger.log.tree import consistency_proof, inclusion_path, range_proof, root
from ledger.store.database import StoreError, reading, writing
from ledger.store.schema import frames, logs, tiles
from terminal_signer.errors import CarbonError

CACHED_TILES = 256  # about 40 kB each once unfolded

_Unfolded = tuple[list[bytes], ...]


class NotInLog(CarbonError):
    """The log does not (yet) reach so far."""

    code = "not-in-log"


class LogStore:
    """One log. Sizes default to the current one; a proof for an older size stays the same for ever."""

    def __init__(self, engine: Engine, log_id: bytes) -> None:
        self._engine = engine
        self._log_id = log_id
        self._cache = TileCache()

    def size(self) -> int:
        with reading(self._engine) as connection:
            return log_size(connection, self._log_id)

    def hash(self, level: int, index: int) -> bytes:
        """The complete node over the leaves from index · 2^level on."""
        with reading(self._engine) as connection:
            return self._nodes(connection, (index + 1) << level).node(level, index)

    def root(self, size: int | None = None) -> bytes:
        with reading(self._engine) as connection:
            nodes = self._nodes(connection, size)
            return root(nodes.size, nodes.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        with reading(self._engine) as connection:
            nodes = self._nodes(connection, size)
            return inclusion_path(index, nodes.size, nodes.node)

    def consistency(self, m: int, n: int | None = None) -> list[bytes]:
        with reading(self._engine) as connection:
            nodes = self._nodes(connection, n)
            return consistency_proof(m, nodes.size, nodes.node)

    def range_proof(self, start: int, end: int, size: int | None = None) -> list[bytes]:
        """One proof for the leaves [start, end)."""
        with reading(self._engine) as connection:
            nodes = self._nodes(connection, size)
            return range_proof(start, end, nodes.size, nodes.node)

    def tile(self, level: int, index: int, width: int = WIDTH) -> Tile:
        """The first `width` hashes of a tile. Raises NotInLog where there are fewer."""
        with reading(self._engine) as connection:
            return stored_tile(connection, self._log_id, level, index, width)

    def entries(self, index: int, width: int = WIDTH) -> bytes:
        """The entries tile: digests, each behind its length. Raises NotInLog."""
        start = index * WIDTH
        query = select(frames.c.digest).where(
            frames.c.log_id == self._log_id, frames.c.leaf_index >= start, frames.c.leaf_index < start + width
        )
        with reading(self._engine) as connection:
            digests = connection.execute(query.order_by(frames.c.leaf_index)).scalars().all()
        if not 0 < width <= WIDTH or len(digests) != width:
            raise NotInLog(f"the log does not hold {width} entries from {start} on")
        return encode_entries(digests)

    def _nodes(self, connection: Connection, size: int | None) -> "_Nodes":
        current = log_size(connection, self._log_id)
        if size is not None and not 0 <= size <= current:
            raise NotInLog(f"the log has {current} leaves, not {size}")
        return _Nodes(connection, self._log_id, current if size is None else size, self._cache)


class TileCache:
    """The tiles last used, unfolded. What a tile of a given width holds never changes, so nothing here goes stale."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[tuple[int, int, int], _Unfolded] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[int, int, int]) -> _Unfolded | None:
        with self._lock:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: tuple[int, int, int], unfolded: _Unfolded) -> None:
        with self._lock:
            self._tiles[key] = unfolded
            while len(self._tiles) > CACHED_TILES:
                self._tiles.popitem(last=False)


class _Nodes:
    """The nodes of the tree at one size, read through one connection."""

    def __init__(self, connection: Connection, log_id: bytes, size: int, cache: TileCache) -> None:
        self.size = size
        self._connection = connection
        self._log_id = log_id
        self._cache = cache

    def node(self, level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        tile_index = index >> (HEIGHT - height)
        width = width_at(tile_level, tile_index, self.size)
        key = (tile_level, tile_index, width)
        unfolded = self._cache.get(key)
        if unfolded is None:
            unfolded = unfold(stored_tile(self._connection, self._log_id, *key))
            self._cache.put(key, unfolded)
        return unfolded[height][index - (tile_index << (HEIGHT - height))]


def root_at(connection: Connection, log_id: bytes, size: int, cache: TileCache) -> bytes:
    """The root at a size that the log has reached, inside the caller's transaction. Tiles that are not committed yet
    must not get into a cache that outlives it."""
    return root(size, _Nodes(connection, log_id, size, cache).node)


def log_size(connection: Connection, log_id: bytes, *, lock: bool = False) -> int:
    """The number of leaves, 0 for a log that is not registered. `lock` holds other writers off until the end of the
    transaction."""
    query = select(logs.c.size).where(logs.c.log_id == log_id)
    return connection.execute(query.with_for_update() if lock else query).scalar() or 0


def register_log(engine: Engine, log_id: bytes, times: Times) -> None:
    """Make room for a log that is judged by these times; StoreError where it exists with others."""
    found = log_times(engine, log_id)
    if found is None:
        row = {"log_id": log_id, "size": 0, "grace": times.grace, "max_delay": times.max_delay, "skew": times.skew}
        try:
            with writing(engine) as connection:
                connection.execute(insert(logs), row)
        except StoreError:
            found = log_times(engine, log_id)  # another process may have been first
            if found is None:
                raise
    if found not in (None, times):
        raise StoreError(f"the log is judged by other times: {found}", where=f"log 0x{log_id.hex()}")


def log_times(engine: Engine, log_id: bytes) -> Times | None:
    """The times that the log's frames are judged by on arrival; None for a log that is not registered."""
    with reading(engine) as connection:
        query = select(logs.c.grace, logs.c.max_delay, logs.c.skew).where(logs.c.log_id == log_id)
        row = connection.execute(query).first()
    return None if row is None else Times(*row)


def all_logs(engine: Engine) -> list[bytes]:
    with reading(engine) as connection:
        return list(connection.execute(select(logs.c.log_id).order_by(logs.c.log_id)).scalars())


def stored_tile(connection: Connection, log_id: bytes, level: int, index: int, width: int) -> Tile:
    query = select(tiles.c.hashes).where(tiles.c.log_id == log_id, tiles.c.level == level, tiles.c.tile_index == index)
    found: Tile = connection.execute(query).scalar() or b""
    if not 0 < width <= WIDTH or len(found) < width * HASH_SIZE:
        raise NotInLog(f"tile {level}/{index} does not hold {width} hashes")
    return found[: width * HASH_SIZE]


def grow(connection: Connection, log_id: bytes, size: int, leaves: list[bytes]) -> None:
    """Append leaf hashes to the log of `size` leaves: tiles and size, in the caller's transaction."""

    def fetch(level: int, index: int) -> Tile:
        return stored_tile(connection, log_id, level, index, width_at(level, index, size))

    growth = Growth(size, fetch)
    growth.extend(leaves)
    fresh = []
    for (level, index), hashes in growth.changed.items():
        if (level, index) in growth.grown:
            place = (tiles.c.log_id == log_id, tiles.c.level == level, tiles.c.tile_index == index)
            connection.execute(update(tiles).where(*place), {"hashes": hashes})
        else:
            fresh.append({"log_id": log_id, "level": level, "tile_index": index, "hashes": hashes})
    if fresh:
        connection.execute(insert(tiles), fresh)
    connection.execute(update(logs).where(logs.c.log_id == log_id), {"size": growth.size})
