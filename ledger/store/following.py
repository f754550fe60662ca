"""The follower's side of `ledger.store.standing`: events, standings and position, a whole step in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, true

from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.standing import Standing, fold
from ledger.identifiers.vaa import folded
from ledger.store.database import chunks, reading, writing
from ledger.store.schema import certificate_events, chain_positions, standings, upstream_flags
from ledger.store.standing import NAME, Position, events_of, select_position, select_standings
from ledger.upstream import NO_INPUTS

__all__ = ["advance", "made_of_certified", "touch"]


def advance(
    engine: Engine,
    position: Position,
    events: Sequence[CertificateEvent],
    *,
    after: Position | None,
    back_to: int,
    upstreams: Mapping[bytes, str] = MappingProxyType({}),
) -> list[Standing] | None:
    """Take a step: forget what was read above block `back_to`, add the events, stand at `position`; `upstreams`: what
    now stands against the inputs of these tokens' products, empty for nothing. The standings that changed; a
    certificate that a reorganisation took away is in no answer. None, and nothing done, where another follower
    has moved on from `after` in the meantime. Raises StoreError."""
    with writing(engine) as connection:
        if not _same_place(select_position(connection), after):
            return None
        gone = certificate_events.c.block > back_to
        tokens = set(connection.scalars(select(certificate_events.c.token_id).where(gone)))
        connection.execute(delete(certificate_events).where(gone))
        if events:
            connection.execute(insert(certificate_events), [_event_row(event) for event in events])
        changed = _fold_again(connection, tokens | {event.token for event in events})
        _put_upstreams(connection, upstreams)
        _put_position(connection, position)
    return changed


def made_of_certified(engine: Engine) -> list[bytes]:
    """Tokens whose products are made of certified ones."""
    with reading(engine) as connection:
        return [
            found.token_id
            for found in select_standings(connection, true())
            if found.statement.upstream_root != NO_INPUTS
        ]


def _put_upstreams(connection: Connection, upstreams: Mapping[bytes, str]) -> None:
    for part in chunks(sorted(upstreams)):
        connection.execute(delete(upstream_flags).where(upstream_flags.c.token_id.in_(part)))
    rows = [{"token_id": token, "worst": worst} for token, worst in upstreams.items() if worst]
    if rows:
        connection.execute(insert(upstream_flags), rows)


def touch(engine: Engine, position: Position) -> None:
    """Note that the chain still ends where it did."""
    with writing(engine) as connection:
        if _same_place(select_position(connection), position):
            _put_position(connection, position)


def _same_place(one: Position | None, other: Position | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.chain_id, one.contract, one.latest.hash) == (other.chain_id, other.contract, other.latest.hash)


def _put_position(connection: Connection, position: Position) -> None:
    connection.execute(delete(chain_positions).where(chain_positions.c.name == NAME))
    row = {
        "name": NAME, "chain_id": position.chain_id, "contract": position.contract, "block": position.latest.number,
        "block_hash": position.latest.hash, "block_time": position.latest.time, "final_block": position.final.number,
        "final_hash": position.final.hash, "final_time": position.final.time, "seen_at": position.seen_at,
        "read_at": position.read_at,
    }  # fmt: skip
    connection.execute(insert(chain_positions), row)


def _fold_again(connection: Connection, tokens: Iterable[bytes]) -> list[Standing]:
    """Only where the outcome differs: a proposed revocation changes no standing."""
    changed = []
    for part in chunks(sorted(tokens)):
        here = standings.c.token_id.in_(part)
        before = {standing.token_id: standing for standing in select_standings(connection, here)}
        after = fold(events_of(connection, part))
        changed += [standing for token, standing in after.items() if before.get(token) != standing]
        connection.execute(delete(standings).where(here))
        if after:
            connection.execute(insert(standings), [_standing_row(standing) for standing in after.values()])
    return changed


def _event_row(event: CertificateEvent) -> dict[str, Any]:
    return {
        "block": event.block, "log_index": event.index, "block_time": event.time, "transaction_hash": event.transaction,
        "kind": event.kind, "token_id": event.token, "successor": event.successor, "actor": event.actor,
        "reason": event.reason, "statement": event.statement.to_json() if event.statement else None,
    }  # fmt: skip


def _standing_row(standing: Standing) -> dict[str, Any]:
    return {
        "token_id": standing.token_id, "subject": folded(standing.identifier), "status": standing.status,
        "successor": standing.successor, "actor": standing.actor, "reason": standing.reason,
        "changed_at": standing.changed_at, "changed_block": standing.changed_block, "minted_at": standing.minted_at,
        "minted_block": standing.place[0], "minted_index": standing.place[1], "valid_until": standing.valid_until,
        "statement": standing.statement.to_json(),
    }  # fmt: skip
