"""Deriving once more what the store derives from frames: tiles, key states, the log's size, the flags of frames,
the hourly amounts that evaluations keep, which frames belong to which verification, and which are grants.

The frames (their bytes, order and times of acceptance), the enrolments and the log's times determine every projection
byte for byte. A frame that is not what its digest says, or a missing one, stops the work: that is damage to a record,
and nothing here could mend it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, select, update

from ledger.examination import read
from ledger.judgement import Judge
from ledger.projecting import rebuild_projections
from ledger.store.database import StoreError, writing
from ledger.store.engagements import rebuild_engagements
from ledger.store.frames import PAGE, pack_flags
from ledger.store.grants import rebuild_grants
from ledger.store.log import TileCache, grow, log_times
from ledger.store.schema import frames, key_states, logs, tiles
from terminal_signer.errors import CarbonError
from terminal_signer.frame import parse
from terminal_signer.receipt import leaf_hash


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many frames the log holds, and how many rows of each projection were not what they should have been."""

    frames: int
    tiles: int
    key_states: int
    flags: int
    hours: int = 0
    engagements: int = 0
    grants: int = 0

    @property
    def changed(self) -> int:
        return self.tiles + self.key_states + self.flags + self.hours + self.engagements + self.grants


def rebuild(engine: Engine, log_id: bytes) -> Rebuilt:
    """Recreate the projections of one log: those of the log itself all or nothing, then the hourly amounts, each
    projection for itself. Raises StoreError."""
    times = log_times(engine, log_id)
    if times is None:
        raise StoreError("the store holds no such log", where=f"log 0x{log_id.hex()}")
    with writing(engine) as connection:
        before = {table.name: _fingerprints(connection, table, log_id) for table in (tiles, key_states)}
        for table in (tiles, key_states):
            connection.execute(delete(table).where(table.c.log_id == log_id))
        connection.execute(update(logs).where(logs.c.log_id == log_id), {"size": 0})
        size = flags = 0
        cache = TileCache()
        for page in _pages(connection, log_id):
            grow(connection, log_id, size, [leaf_hash(row.digest) for row in page])
            judge = Judge(connection, log_id, times, 0, cache, (row.kid for row in page))
            flags += sum(_derive(connection, judge, row) for row in page)
            judge.save()
            size += len(page)
        differing = {
            table.name: len(before[table.name] ^ _fingerprints(connection, table, log_id))
            for table in (tiles, key_states)
        }
    others = (rebuild_projections(engine, log_id), rebuild_engagements(engine, log_id), rebuild_grants(engine, log_id))
    return Rebuilt(size, differing["tiles"], differing["key_states"], flags, *others)


def _pages(connection: Connection, log_id: bytes) -> Iterator[Sequence[Row[Any]]]:
    """The frames by leaf index; every index must be there, and every frame be the one that its digest names."""
    start = 0
    while True:
        query = select(frames).where(frames.c.log_id == log_id, frames.c.leaf_index >= start)
        page = connection.execute(query.order_by(frames.c.leaf_index).limit(PAGE)).all()
        for index, row in enumerate(page, start):
            if row.leaf_index != index or sha256(row.raw).digest() != row.digest:
                raise StoreError("the frame is missing or not what was logged", where=f"leaf {index}")
        if page:
            yield page
        if len(page) < PAGE:
            return
        start += PAGE


def _derive(connection: Connection, judge: Judge, row: Row[Any]) -> bool:
    """Whether the frame's flags had to be corrected."""
    try:
        frame = parse(row.raw)
    except CarbonError as fault:
        raise StoreError(f"the frame cannot be read: {fault}", where=f"leaf {row.leaf_index}") from fault
    flags = pack_flags(judge.judge(frame, read(frame), row.leaf_index, row.accepted))
    if flags == row.flags:
        return False
    place = (frames.c.log_id == row.log_id, frames.c.leaf_index == row.leaf_index)
    connection.execute(update(frames).where(*place), {"flags": flags})
    return True


def _fingerprints(connection: Connection, table: Table, log_id: bytes) -> set[bytes]:
    rows = connection.execute(select(table).where(table.c.log_id == log_id))
    return {sha256(repr(tuple(row)).encode()).digest() for row in rows}
