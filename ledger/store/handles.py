"""Handle records that clients registered: values by index, each row with the handle it belongs to and who owns it.

`record` is the handle with its ASCII letters lower-cased, under which it is found; `handle` is as it was registered.
A record exists as long as it has a value. What a certificate says as a handle record is not stored here: it follows
from the certificate (`ledger.resolution.record`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, literal, or_, select

from ledger.resolution.faults import (
    HANDLE_EXISTS,
    HANDLE_NOT_FOUND,
    NO_PERMISSION,
    VALUE_EXISTS,
    VALUES_NOT_FOUND,
    HandleFault,
    bad_value,
)
from ledger.resolution.value_json import MAX_VALUES
from ledger.resolution.values import PUBLIC_READ, HandleValue, Reference
from ledger.store.database import reading, writing
from ledger.store.schema import certificates, clients, enrolments, handle_values

MOST_FOUND = 1000
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Record:
    """`values` by index; `owner` is the prefix of the organisation that registered it."""

    handle: str
    owner: str
    values: tuple[HandleValue, ...]


def record_key(handle: str) -> str:
    return handle.translate(_LOWER)


def record_of(engine: Engine, handle: str) -> Record | None:
    with reading(engine) as connection:
        return _record(connection, handle)


def create_record(
    engine: Engine, handle: str, owner: str, values: Sequence[HandleValue], now: int, *, overwrite: bool
) -> bool:
    """The whole record; whether it is new. Raises HandleFault where there is one and it may not be replaced."""
    with writing(engine) as connection:
        before = _record(connection, handle)
        if before is not None and not overwrite:
            raise HandleFault(HANDLE_EXISTS, "the handle exists", mend="overwrite=true replaces it")
        _check_owner(before, owner)
        connection.execute(delete(handle_values).where(handle_values.c.record == record_key(handle)))
        _insert(connection, before.handle if before else handle, owner, values, now)
    return before is None


def put_values(
    engine: Engine, handle: str, owner: str, values: Sequence[HandleValue], now: int, *, overwrite: bool, create: bool
) -> None:
    """Some values of a record, the others stay. `create`: the record may be one that is known elsewhere only. Raises
    HandleFault."""
    with writing(engine) as connection:
        before = _record(connection, handle)
        if before is None and not create:
            raise HandleFault(HANDLE_NOT_FOUND, "there is no such handle", mend="register it first")
        _check_owner(before, owner)
        present = {value.index for value in before.values} if before else set()
        given = {value.index for value in values}
        if present & given and not overwrite:
            raise HandleFault(VALUE_EXISTS, f"index {min(present & given)} exists", mend="overwrite=true replaces it")
        if len(present | given) > MAX_VALUES:
            raise bad_value(f"a record has at most {MAX_VALUES} values")
        _delete(connection, handle, given)
        _insert(connection, before.handle if before else handle, owner, values, now)


def remove_values(engine: Engine, handle: str, owner: str, indices: Collection[int]) -> None:
    """Some values of a record, or all of them where no index is named. Raises HandleFault."""
    with writing(engine) as connection:
        before = _record(connection, handle)
        if before is None:
            raise HandleFault(HANDLE_NOT_FOUND, "there is no such handle")
        _check_owner(before, owner)
        present = {value.index for value in before.values}
        if indices and not present & set(indices):
            raise HandleFault(VALUES_NOT_FOUND, "the handle has none of these values")
        _delete(connection, handle, set(indices) or present)


def find_handles(engine: Engine, patterns: Mapping[str, str], viewer: str, most: int = MOST_FOUND) -> list[str]:
    """Handles that have, for each type, a value whose text fits the pattern (`*` stands for anything; case does not
    count). Hidden values count for their owner only."""
    columns = handle_values.c
    query = select(columns.handle).distinct().order_by(columns.handle).limit(most)
    for kind, pattern in patterns.items():
        fits = select(columns.record).where(
            func.lower(columns.type) == record_key(kind),
            columns.searched.like(_like(pattern), escape="\\"),
            or_(columns.permissions.bitwise_and(PUBLIC_READ) != 0, columns.owner == viewer),
        )
        query = query.where(columns.record.in_(fits))
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def is_administrator(engine: Engine, handle: str) -> bool:
    """Whether a client in force has the identifier `<index>:<handle>`, the form in which Handle clients log in."""
    ids = select(clients.c.client_id).where(
        clients.c.client_id.endswith(f":{handle}", autoescape=True), clients.c.ended_at.is_(None)
    )
    with reading(engine) as connection:
        return any(one.removesuffix(f":{handle}").isdecimal() for one in connection.execute(ids).scalars())


def knows_prefix(engine: Engine, prefix: str) -> bool:
    """Whether anything of a prefix is stored: a certificate, a registered value, a terminal."""
    mine = f"{prefix}/"
    queries = (
        select(literal(1)).where(certificates.c.identifier.startswith(mine, autoescape=True)).limit(1),
        select(literal(1)).where(handle_values.c.record.startswith(mine, autoescape=True)).limit(1),
        select(literal(1)).where(enrolments.c.iss == prefix).limit(1),
    )
    with reading(engine) as connection:
        return any(connection.execute(query).first() is not None for query in queries)


def _like(pattern: str) -> str:
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, f"\\{sign}")
    return record_key(pattern).replace("*", "%")


def _record(connection: Connection, handle: str) -> Record | None:
    query = select(handle_values).where(handle_values.c.record == record_key(handle))
    rows = connection.execute(query.order_by(handle_values.c.value_index)).all()
    return Record(rows[0].handle, rows[0].owner, tuple(map(_value, rows))) if rows else None


def _check_owner(record: Record | None, owner: str) -> None:
    if record is not None and record.owner != owner:
        raise HandleFault(NO_PERMISSION, "the record belongs to another organisation")


def _delete(connection: Connection, handle: str, indices: Collection[int]) -> None:
    own = handle_values.c.record == record_key(handle)
    connection.execute(delete(handle_values).where(own, handle_values.c.value_index.in_(indices)))


def _insert(connection: Connection, handle: str, owner: str, values: Sequence[HandleValue], now: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "record": record_key(handle),
            "value_index": value.index,
            "handle": handle,
            "owner": owner,
            "type": value.type,
            "data": value.data,
            "searched": record_key(value.text.replace("\0", "")),
            "ttl": value.ttl,
            "ttl_type": value.ttl_type,
            "permissions": value.permissions,
            "references": [[one.handle, one.index] for one in value.references],
            "changed_at": now,
        }
        for value in values
    ]
    connection.execute(insert(handle_values), rows)


def _value(row: Row[Any]) -> HandleValue:
    return HandleValue(
        index=row.value_index,
        type=row.type,
        data=row.data,
        ttl=row.ttl,
        ttl_type=row.ttl_type,
        permissions=row.permissions,
        timestamp=row.changed_at,
        references=tuple(Reference(handle, index) for handle, index in row.references),
    )
