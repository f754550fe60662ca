"""Other names of an identifier: a GS1 key, an OID, an Ecode, a DID, a 统一社会信用代码, and which of the industrial
internet's identifiers it stands for. One name may stand for several, and one identifier have several names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from ledger.resolution.faults import bad_value
from ledger.store.database import reading, writing
from ledger.store.schema import aliases

MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Alias:
    """`alias` is `<scheme>:<normal form>`; `owner` is the prefix of the organisation that says so."""

    alias: str
    identifier: str
    owner: str
    created_at: int


def put_alias(engine: Engine, alias: Alias) -> bool:
    """Whether it is new. Raises HandleFault where one name would stand for too many."""
    with writing(engine) as connection:
        same = select(aliases.c.identifier).where(aliases.c.alias == alias.alias)
        known = list(connection.execute(same).scalars())
        if alias.identifier in known:
            return False
        if len(known) >= MOST_NAMES:
            raise bad_value(f"{alias.alias} stands for {MOST_NAMES} identifiers already")
        row = {
            "alias": alias.alias,
            "identifier": alias.identifier,
            "owner": alias.owner,
            "created_at": alias.created_at,
        }
        connection.execute(insert(aliases), row)
    return True


def remove_alias(engine: Engine, alias: str, identifier: str) -> bool:
    own = (aliases.c.alias == alias, aliases.c.identifier == identifier)
    with writing(engine) as connection:
        return connection.execute(delete(aliases).where(*own)).rowcount == 1


def aliases_named(engine: Engine, names: Sequence[str]) -> list[Alias]:
    """Those of any of these names, in the order of the names, the oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(aliases).where(aliases.c.alias.in_(names))).all()
    found = [Alias(row.alias, row.identifier, row.owner, row.created_at) for row in rows]
    return sorted(found, key=lambda one: (names.index(one.alias), one.created_at, one.identifier))


def aliases_of(engine: Engine, identifier: str | None = None) -> list[Alias]:
    """The other names of an identifier; of all, without one."""
    query = select(aliases).order_by(aliases.c.alias, aliases.c.identifier)
    if identifier is not None:
        query = query.where(aliases.c.identifier == identifier)
    with reading(engine) as connection:
        return [Alias(row.alias, row.identifier, row.owner, row.created_at) for row in connection.execute(query)]
