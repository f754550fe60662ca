"""The log of who read evidence. An entry is committed before what it tells of is answered; nothing here is changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from ledger.access.journal import Entry, Reading, next_entry
from ledger.store.database import StoreError, reading, writing
from ledger.store.schema import readings

MOST = 10_000
TRIES = 20


def record(engine: Engine, what: Reading) -> Entry:
    """Add an entry at the end of its enterprise's chain. Raises StoreError; then nothing may be answered."""
    return record_all(engine, [what])[0]


def record_all(engine: Engine, whats: Sequence[Reading]) -> list[Entry]:
    """All of them or none, each at the end of its enterprise's chain. Raises StoreError; then nothing may be answered.
    Those of one enterprise stay in their order; enterprises come in that of their prefixes, so that two who write of
    several do not wait for each other."""
    ordered = sorted(whats, key=lambda what: what.enterprise)
    for _ in range(TRIES):
        try:
            return _add(engine, ordered) if ordered else []
        except StoreError as fault:  # on a database that locks no table another gateway may take the place first
            if not isinstance(fault.__cause__, IntegrityError):
                raise
    raise StoreError("others write to this log of readings at the same time", where=ordered[0].enterprise)


def _add(engine: Engine, whats: Sequence[Reading]) -> list[Entry]:
    last: dict[str, Entry | None] = {}
    entries = []
    with writing(engine) as connection:
        for what in whats:
            name = what.enterprise
            last[name] = entry = next_entry(last[name] if name in last else _last(connection, name), what)
            connection.execute(insert(readings), _row(entry))
            entries.append(entry)
    return entries


def entries_of(engine: Engine, enterprise: str, after: int = 0, most: int = MOST) -> list[Entry]:
    """In their order, from the one behind number `after`."""
    own = (readings.c.enterprise == enterprise, readings.c.number > after)
    with reading(engine) as connection:
        query = select(readings).where(*own).order_by(readings.c.number).limit(most)
        return [_entry(row) for row in connection.execute(query)]


def read_enterprises(engine: Engine) -> list[str]:
    """Those of whose evidence anybody tried to read."""
    with reading(engine) as connection:
        column = readings.c.enterprise
        return list(connection.scalars(select(column).distinct().order_by(column)))


def _last(connection: Connection, enterprise: str) -> Entry | None:
    query = select(readings).where(readings.c.enterprise == enterprise).order_by(readings.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _entry(row)


def _row(entry: Entry) -> dict[str, Any]:
    told = entry.reading
    return {
        "enterprise": told.enterprise, "number": entry.number, "at": told.at, "client_id": told.client_id,
        "organisation": told.organisation, "role": told.role, "act": told.act, "identifier": told.identifier,
        "token_id": told.token, "part": told.part, "detail": told.detail,
        "grants": " ".join(grant.hex() for grant in told.grants), "previous": entry.previous, "hash": entry.hash,
    }  # fmt: skip


def _entry(row: Row[Any]) -> Entry:
    told = Reading(
        enterprise=row.enterprise, at=row.at, client_id=row.client_id, organisation=row.organisation, role=row.role,
        act=row.act, identifier=row.identifier, token=row.token_id, part=row.part, detail=row.detail,
        grants=tuple(bytes.fromhex(grant) for grant in row.grants.split()),
    )  # fmt: skip
    return Entry(row.number, told, row.previous, row.hash)
