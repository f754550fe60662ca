"""The state of each key in a log, a projection of its frames."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select

from ledger.log.admission import Gap, KeyState
from ledger.store.database import chunks, reading
from ledger.store.schema import key_states


def key_state(engine: Engine, log_id: bytes, kid: bytes) -> KeyState | None:
    with reading(engine) as connection:
        return select_states(connection, log_id, [kid]).get(kid)


def select_states(connection: Connection, log_id: bytes, kids: Sequence[bytes]) -> dict[bytes, KeyState]:
    """The states of those keys that have signed a frame of the log."""
    states: dict[bytes, KeyState] = {}
    for part in chunks(kids):
        query = select(key_states).where(key_states.c.log_id == log_id, key_states.c.kid.in_(part))
        states.update((row.kid, _state(row)) for row in connection.execute(query))
    return states


def put_states(connection: Connection, log_id: bytes, states: Mapping[bytes, KeyState]) -> None:
    for part in chunks(list(states)):
        connection.execute(delete(key_states).where(key_states.c.log_id == log_id, key_states.c.kid.in_(part)))
        connection.execute(insert(key_states), [_row(log_id, kid, states[kid]) for kid in part])


def _row(log_id: bytes, kid: bytes, state: KeyState) -> dict[str, Any]:
    return {
        "log_id": log_id,
        "kid": kid,
        "seq": state.seq,
        "digest": state.digest,
        "iat": state.iat,
        "seen_size": state.seen_size,
        "forked_at": state.forked_at,
        "gaps": _pack_gaps(state.gaps),
    }


def _state(row: Row[Any]) -> KeyState:
    return KeyState(row.seq, row.digest, row.iat, row.seen_size, row.forked_at, _unpack_gaps(row.gaps))


def _pack_gaps(gaps: Iterable[Gap]) -> str:
    return json.dumps([[gap.first, gap.last, gap.before.hex(), gap.after.hex()] for gap in gaps])


def _unpack_gaps(text: str) -> tuple[Gap, ...]:
    return tuple(
        Gap(first, last, bytes.fromhex(before), bytes.fromhex(after)) for first, last, before, after in json.loads(text)
    )
