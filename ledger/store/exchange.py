"""Events of partners: those that came, and those that must go out until they arrived or their time is over.

An event is known by who sent it, its source and its id (CloudEvents 1.0): the same one again changes nothing. What must
go out is taken by one worker at a time: taking it moves its next attempt into the future, so that a worker which dies
loses nothing and sends at worst twice.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.store.database import StoreError, reading, writing
from ledger.store.schema import exchange_inbox, exchange_outbox

ANSWER, NOTICE = "answer", "notice"
WAITING, SENT, ABANDONED = "waiting", "sent", "abandoned"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`kind`: the answer to a request, or a notice. `organisation` is the receiver's, `source` the address that its
    event named, of a notice the partner's name. `content`: criteria of the request, or ids. `outcome`: what was sent,
    or why it was not yet."""

    id: str
    kind: str
    client_id: str
    organisation: str
    source: str
    event_id: str
    content: Json
    created_at: int
    due_at: int
    attempts: int = 0
    state: str = WAITING
    outcome: str = ""
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An event of a partner that asks for nothing: published, fulfilled or rejected."""

    client_id: str
    source: str
    event_id: str
    organisation: str
    type: str
    data: Json
    received_at: int


def new_outgoing(kind: str, client_id: str, organisation: str, source: str, event: str, content: Json, now: int) -> (
    Outgoing
):  # fmt: skip
    return Outgoing(str(uuid.uuid4()), kind, client_id, organisation, source, event, content, now, now)


def put_outgoing(engine: Engine, outgoing: Outgoing) -> bool:
    """False where this event was taken already."""
    own = (
        exchange_outbox.c.client_id == outgoing.client_id,
        exchange_outbox.c.source == outgoing.source,
        exchange_outbox.c.event_id == outgoing.event_id,
    )
    row = {name: getattr(outgoing, name) for name in Outgoing.__dataclass_fields__}
    return _put_once(engine, select(exchange_outbox.c.id).where(*own), insert(exchange_outbox), row)


def put_received(engine: Engine, received: Received) -> bool:
    """False where this event came before."""
    own = (
        exchange_inbox.c.client_id == received.client_id,
        exchange_inbox.c.source == received.source,
        exchange_inbox.c.event_id == received.event_id,
    )
    row = {name: getattr(received, name) for name in Received.__dataclass_fields__}
    return _put_once(engine, select(exchange_inbox.c.event_id).where(*own), insert(exchange_inbox), row)


def _put_once(engine: Engine, same: Any, statement: Any, row: Json) -> bool:
    try:
        with writing(engine) as connection:
            if connection.execute(same).first() is not None:
                return False
            connection.execute(statement, row)
    except StoreError as fault:
        if isinstance(fault.__cause__, IntegrityError):
            return False
        raise
    return True


def count_waiting(engine: Engine, client_id: str) -> int:
    own = (exchange_outbox.c.client_id == client_id, exchange_outbox.c.state == WAITING)
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(exchange_outbox).where(*own)).scalar_one())


def count_received(engine: Engine, client_id: str) -> int:
    own = exchange_inbox.c.client_id == client_id
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(exchange_inbox).where(own)).scalar_one())


def take_due(engine: Engine, now: int, lease: int, most: int) -> list[Outgoing]:
    """What is due, each for this caller alone until its lease ends."""
    with reading(engine) as connection:
        due = (exchange_outbox.c.state == WAITING, exchange_outbox.c.due_at <= now)
        query = select(exchange_outbox).where(*due).order_by(exchange_outbox.c.due_at).limit(most)
        rows = [_outgoing(row) for row in connection.execute(query)]
    return [row for row in rows if _lease(engine, row, now + lease)]


def _lease(engine: Engine, row: Outgoing, until: int) -> bool:
    same = (
        exchange_outbox.c.id == row.id,
        exchange_outbox.c.state == WAITING,
        exchange_outbox.c.due_at == row.due_at,
    )
    with writing(engine) as connection:
        return connection.execute(update(exchange_outbox).where(*same).values(due_at=until)).rowcount == 1


def note_attempt(engine: Engine, name: str, state: str, outcome: str, due_at: int, ended_at: int | None) -> None:
    """What became of an attempt."""
    changes = {
        "state": state,
        "outcome": outcome,
        "due_at": due_at,
        "ended_at": ended_at,
        "attempts": exchange_outbox.c.attempts + 1,
    }
    with writing(engine) as connection:
        connection.execute(update(exchange_outbox).where(exchange_outbox.c.id == name).values(**changes))


def outgoing_events(engine: Engine, most: int) -> list[Outgoing]:
    """The newest first."""
    query = select(exchange_outbox).order_by(exchange_outbox.c.created_at.desc(), exchange_outbox.c.id).limit(most)
    with reading(engine) as connection:
        return [_outgoing(row) for row in connection.execute(query)]


def received_events(engine: Engine, most: int) -> list[Received]:
    """The newest first."""
    query = select(exchange_inbox).order_by(exchange_inbox.c.received_at.desc()).limit(most)
    with reading(engine) as connection:
        return [Received(**row._mapping) for row in connection.execute(query)]


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(**row._mapping)
