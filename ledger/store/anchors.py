"""The anchorer's outbox, and what others read from it: the tree heads of one log and where each stands on the chain."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from ledger.anchoring.heads import Head, Place, State
from ledger.store.database import reading
from ledger.store.schema import anchors

CLOSED = (State.FINAL, State.OVERTAKEN)


class AnchorStore:
    """The heads of one log. Readers may hold it anywhere; only the anchorer inserts and updates."""

    def __init__(self, engine: Engine, log_id: bytes) -> None:
        self._engine = engine
        self._log_id = log_id

    def heads(self, states: Collection[State] = tuple(State)) -> list[Head]:
        """The heads in these states, by size."""
        query = select(anchors).where(anchors.c.log_id == self._log_id, anchors.c.state.in_(states))
        with reading(self._engine) as connection:
            return [_head(row) for row in connection.execute(query.order_by(anchors.c.size))]

    def newest(self, states: Collection[State] = (State.FINAL,)) -> Head | None:
        """The largest head in these states."""
        query = select(anchors).where(anchors.c.log_id == self._log_id, anchors.c.state.in_(states))
        return self._first(query.order_by(anchors.c.size.desc()))

    def covering(self, index: int, states: Collection[State] = (State.FINAL,)) -> Head | None:
        """The smallest head in these states that includes the leaf: the one its receipt names."""
        query = select(anchors).where(
            anchors.c.log_id == self._log_id, anchors.c.size > index, anchors.c.state.in_(states)
        )
        return self._first(query.order_by(anchors.c.size))

    def head(self, size: int) -> Head | None:
        """The head of this size."""
        return self._first(select(anchors).where(anchors.c.log_id == self._log_id, anchors.c.size == size))

    def unfinished(self) -> list[Head]:
        """The last final head and all that are neither final nor overtaken, by size: what the rules decide on."""
        own = select(anchors).where(anchors.c.log_id == self._log_id)
        final = own.where(anchors.c.state == State.FINAL).order_by(anchors.c.size.desc()).limit(1)
        with reading(self._engine) as connection:
            rows = [*connection.execute(final), *connection.execute(own.where(anchors.c.state.not_in(CLOSED)))]
        return sorted(map(_head, rows), key=lambda head: head.size)

    def insert(self, connection: Connection, head: Head) -> None:
        """Add a head; a second one of the same size is refused by the primary key."""
        connection.execute(insert(anchors), {"log_id": self._log_id, **_row(head)})

    def update(self, connection: Connection, head: Head) -> None:
        """Note where a head stands now. Its size, root and checkpoint never change."""
        row = _row(head)
        for constant in ("size", "root", "checkpoint", "created_at"):
            del row[constant]
        place = (anchors.c.log_id == self._log_id, anchors.c.size == head.size)
        connection.execute(update(anchors).where(*place), row)

    def _first(self, query: Any) -> Head | None:
        with reading(self._engine) as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else _head(row)


def _head(row: Row[Any]) -> Head:
    mined = row.block_number is not None
    return Head(
        size=row.size,
        root=row.root,
        previous_size=row.previous_size,
        checkpoint=row.checkpoint,
        state=State(row.state),
        created_at=row.created_at,
        attempts=row.attempts,
        tx_hash=row.tx_hash,
        nonce=row.nonce,
        fee=row.fee,
        sent_at=row.sent_at,
        place=Place(row.block_number, row.block_hash, row.block_time) if mined else None,
        gas_used=row.gas_used,
    )


def _row(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": head.root,
        "previous_size": head.previous_size,
        "checkpoint": head.checkpoint,
        "state": str(head.state),
        "created_at": head.created_at,
        "attempts": head.attempts,
        "tx_hash": head.tx_hash,
        "nonce": head.nonce,
        "fee": head.fee,
        "sent_at": head.sent_at,
        "block_number": head.place.number if head.place else None,
        "block_hash": head.place.hash if head.place else None,
        "block_time": head.place.time if head.place else None,
        "gas_used": head.gas_used,
    }
