"""Where each certificate stands in the status lists: a place is given once, at random, and never given again.

At random, because who asks for a list learns the place of the certificate at hand: places in the order of issue would
tell who was certified next to whom, and how many there are. docs/decisions/status-lists.md.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, insert, select

from ledger.chain.standing import REVOKED, SUPERSEDED, SUSPENDED
from ledger.credentials.status_list import ENTRIES
from ledger.store.database import reading, writing
from ledger.store.schema import standings, status_entries

FULL = 100_000
"""So many certificates a list: then the next one is begun, while a free place is still found at once."""
MOST_LISTS = 1_000
ENDED = (REVOKED, SUPERSEDED, SUSPENDED)


@dataclass(frozen=True, slots=True)
class StatusEntry:
    list_number: int
    index: int


def status_entry(engine: Engine, token: bytes) -> StatusEntry:
    """The certificate's place; given to it now, where it has none."""
    with reading(engine) as connection:
        found = _entry(connection, token)
    if found is None:
        with writing(engine) as connection:
            found = _entry(connection, token) or _give(connection, token)
    return found


def place_ended(engine: Engine) -> None:
    """A place for every certificate that ended and has none yet: a list that is kept for some time is then complete,
    also for one whose first credential is asked for in the meantime."""
    place = status_entries.c.token_id == standings.c.token_id
    joined = standings.outerjoin(status_entries, place)
    wanted = (standings.c.status.in_(ENDED), status_entries.c.token_id.is_(None))
    query = select(standings.c.token_id).select_from(joined).where(*wanted)
    with reading(engine) as connection:
        tokens = list(connection.scalars(query))
    for token in tokens:
        status_entry(engine, token)


def has_list(engine: Engine, number: int) -> bool:
    """Whether a place of this list was given to anything; the first list is always there."""
    query = select(status_entries.c.token_id).where(status_entries.c.list_number == number).limit(1)
    with reading(engine) as connection:
        return number == 0 or connection.execute(query).first() is not None


def ended_entries(engine: Engine, number: int) -> dict[int, str]:
    """Index → status of what was revoked, superseded or suspended, as far as the chain was followed."""
    joined = status_entries.join(standings, standings.c.token_id == status_entries.c.token_id)
    wanted = (status_entries.c.list_number == number, standings.c.status.in_(ENDED))
    query = select(status_entries.c.entry, standings.c.status).select_from(joined).where(*wanted)
    with reading(engine) as connection:
        return {row.entry: row.status for row in connection.execute(query)}


def _entry(connection: Connection, token: bytes) -> StatusEntry | None:
    row = connection.execute(select(status_entries).where(status_entries.c.token_id == token)).first()
    return None if row is None else StatusEntry(row.list_number, row.entry)


def _give(connection: Connection, token: bytes) -> StatusEntry:
    count = connection.execute(select(func.count()).select_from(status_entries)).scalar_one()
    number = count // FULL
    taken = select(status_entries.c.entry).where(status_entries.c.list_number == number)
    while True:
        index = secrets.randbelow(ENTRIES)
        if connection.execute(taken.where(status_entries.c.entry == index)).first() is None:
            break
    connection.execute(insert(status_entries), {"token_id": token, "list_number": number, "entry": index})
    return StatusEntry(number, index)
