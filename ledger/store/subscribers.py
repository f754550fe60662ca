"""Clients that are told of footprints, and what each was told: a footprint in the status that it had then.

What an event tells is written down in the transaction that puts the event into the outbox. Of several gateways over one
store one does so; the others find it told.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from ledger.store.database import StoreError, chunks, reading, writing
from ledger.store.exchange import NOTICE, WAITING, Outgoing
from ledger.store.schema import exchange_announced, exchange_outbox, exchange_subscribers


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`partner`: the name of the one whose interface takes the events of this client."""

    client_id: str
    partner: str
    created_at: int


def put_subscriber(engine: Engine, made: Subscriber) -> bool:
    """False where the client is one already."""
    own = exchange_subscribers.c.client_id == made.client_id
    row = {name: getattr(made, name) for name in Subscriber.__dataclass_fields__}
    with writing(engine) as connection:
        if connection.execute(select(exchange_subscribers.c.client_id).where(own)).first() is not None:
            return False
        connection.execute(insert(exchange_subscribers), row)
    return True


def remove_subscriber(engine: Engine, client_id: str) -> bool:
    """And forget what it was told: entered again it is told everything. False where there is none."""
    with writing(engine) as connection:
        connection.execute(delete(exchange_announced).where(exchange_announced.c.client_id == client_id))
        own = exchange_subscribers.c.client_id == client_id
        return connection.execute(delete(exchange_subscribers).where(own)).rowcount == 1


def subscriber_of(engine: Engine, client_id: str) -> Subscriber | None:
    return next((one for one in subscribers(engine) if one.client_id == client_id), None)


def subscribers(engine: Engine) -> list[Subscriber]:
    query = select(exchange_subscribers).order_by(exchange_subscribers.c.client_id)
    with reading(engine) as connection:
        return [Subscriber(**row._mapping) for row in connection.execute(query)]


def is_told_now(engine: Engine, client_id: str) -> bool:
    """Whether an event for this client is still on its way: the next one waits for it."""
    own = (
        exchange_outbox.c.client_id == client_id,
        exchange_outbox.c.kind == NOTICE,
        exchange_outbox.c.state == WAITING,
    )
    with reading(engine) as connection:
        return connection.execute(select(exchange_outbox.c.id).where(*own).limit(1)).first() is not None


def announced_to(engine: Engine, client_id: str) -> dict[str, str]:
    """Status by footprint."""
    columns = select(exchange_announced.c.footprint_id, exchange_announced.c.status)
    with reading(engine) as connection:
        rows = connection.execute(columns.where(exchange_announced.c.client_id == client_id))
        return {row.footprint_id: row.status for row in rows}


def count_announced(engine: Engine) -> dict[str, int]:
    """How many footprints each client was told of."""
    column = exchange_announced.c.client_id
    with reading(engine) as connection:
        return {row[0]: int(row[1]) for row in connection.execute(select(column, func.count()).group_by(column))}


def announce(engine: Engine, outgoing: Outgoing, known: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """Put the event into the outbox and write down what it tells; `known` is what this rests on. False where somebody
    else told some of it meanwhile, or nobody is to be told any more."""
    row = {name: getattr(outgoing, name) for name in Outgoing.__dataclass_fields__}
    client_id, names = outgoing.client_id, sorted(told)
    subscribed = select(exchange_subscribers.c.client_id).where(exchange_subscribers.c.client_id == client_id)
    try:
        with writing(engine) as connection:
            before = _statuses(connection, client_id, names)
            if before != {name: known[name] for name in names if name in known}:
                return False
            if connection.execute(subscribed).first() is None:
                return False
            _forget(connection, client_id, names)
            new = [{"client_id": client_id, "footprint_id": name, "status": told[name]} for name in names]
            connection.execute(insert(exchange_announced), new)
            connection.execute(insert(exchange_outbox), row)
    except StoreError as fault:
        if isinstance(fault.__cause__, IntegrityError):
            return False
        raise
    return True


def forget(engine: Engine, client_id: str, names: Collection[str]) -> None:
    """What the client may see no more: should it come to see it again, that is told again."""
    with writing(engine) as connection:
        _forget(connection, client_id, names)


def _statuses(connection: Connection, client_id: str, names: Collection[str]) -> dict[str, str]:
    columns = select(exchange_announced.c.footprint_id, exchange_announced.c.status)
    found: dict[str, str] = {}
    for part in chunks(sorted(names)):
        found |= {row.footprint_id: row.status for row in connection.execute(columns.where(*_own(client_id, part)))}
    return found


def _forget(connection: Connection, client_id: str, names: Collection[str]) -> None:
    for part in chunks(sorted(names)):
        connection.execute(delete(exchange_announced).where(*_own(client_id, part)))


def _own(client_id: str, names: Collection[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return exchange_announced.c.client_id == client_id, exchange_announced.c.footprint_id.in_(names)
