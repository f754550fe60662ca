"""Which frames of a log say something under a name: lists that are caught up with the log whenever they are read.

Ingest knows nothing of them. The database looks for the word that such frames hold, so that readings are not read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, delete, func, insert, literal, select, update

from ledger.store.database import reading, writing
from ledger.store.log import log_size
from ledger.store.schema import frames

PAGE = 20_000  # leaves that are looked at in one transaction


def holding(connection: Connection, word: bytes) -> ColumnElement[bool]:
    """Frames in whose bytes the word stands."""
    if connection.dialect.name == "sqlite":
        return func.instr(frames.c.raw, word) > 0
    return func.position(literal(word).op("IN")(frames.c.raw)) > 0


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """`listed` has a row for each such frame: log, leaf index and, in the column `name`, what `name_of` read in its
    bytes (None where it is no such frame); `positions` says how much of a log was looked at. `word` stands in each."""

    listed: Table
    positions: Table
    name: Column[str]
    word: bytes
    name_of: Callable[[bytes], str | None]

    def names(self, engine: Engine, log_id: bytes) -> list[str]:
        """In the order of their first frames."""
        self.catch_up(engine, log_id)
        query = select(self.name).where(self.listed.c.log_id == log_id).group_by(self.name)
        with reading(engine) as connection:
            return list(connection.scalars(query.order_by(func.min(self.listed.c.leaf_index))))

    def places(self, engine: Engine, log_id: bytes, name: str) -> list[int]:
        """Leaf indices under a name."""
        self.catch_up(engine, log_id)
        query = select(self.listed.c.leaf_index).where(self.listed.c.log_id == log_id, self.name == name)
        with reading(engine) as connection:
            return list(connection.scalars(query.order_by(self.listed.c.leaf_index)))

    def catch_up(self, engine: Engine, log_id: bytes) -> None:
        """Look at what the log has taken since it was looked at last."""
        with reading(engine) as connection:
            size, position = log_size(connection, log_id), self._position(connection, log_id)
        while position < size:
            with writing(engine) as connection:
                size = log_size(connection, log_id, lock=True)  # one at a time
                position = self._position(connection, log_id)
                until = min(size, position + PAGE)
                if rows := self._found(connection, log_id, position, until):
                    connection.execute(insert(self.listed), rows)
                if until > position:
                    self._move(connection, log_id, until)
                position = until

    def rebuild(self, engine: Engine, log_id: bytes) -> int:
        """Look at every frame of a log again; how many rows were not as they should be."""
        self.catch_up(engine, log_id)
        before = self._rows(engine, log_id)
        with writing(engine) as connection:
            for table in (self.listed, self.positions):
                connection.execute(delete(table).where(table.c.log_id == log_id))
        self.catch_up(engine, log_id)
        return len(before ^ self._rows(engine, log_id))

    def _found(self, connection: Connection, log_id: bytes, start: int, end: int) -> list[dict[str, object]]:
        inside = (frames.c.log_id == log_id, frames.c.leaf_index >= start, frames.c.leaf_index < end)
        query = select(frames.c.leaf_index, frames.c.raw).where(*inside, holding(connection, self.word))
        found = connection.execute(query).all()
        return [
            {"log_id": log_id, "leaf_index": index, self.name.name: name}
            for index, raw in found
            if (name := self.name_of(raw)) is not None
        ]

    def _rows(self, engine: Engine, log_id: bytes) -> set[tuple[int, str]]:
        query = select(self.listed.c.leaf_index, self.name).where(self.listed.c.log_id == log_id)
        with reading(engine) as connection:
            return {(index, name) for index, name in connection.execute(query)}

    def _position(self, connection: Connection, log_id: bytes) -> int:
        query = select(self.positions.c.size).where(self.positions.c.log_id == log_id)
        return connection.execute(query).scalar() or 0

    def _move(self, connection: Connection, log_id: bytes, size: int) -> None:
        mine = self.positions.c.log_id == log_id
        if not connection.execute(update(self.positions).where(mine), {"size": size}).rowcount:
            connection.execute(insert(self.positions), {"log_id": log_id, "size": size})
