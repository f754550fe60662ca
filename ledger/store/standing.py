"""What the chain said of certificates up to the block that was followed last, and how long ago that was.

Written by the follower (`ledger.follower`, `ledger.store.following`); read by everybody else.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)

from ledger.certificates.statement import Statement
from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.standing import Standing as Standing
from ledger.chain.views import Block
from ledger.identifiers.vaa import folded
from ledger.store.certificates import Json
from ledger.store.database import reading
from ledger.store.prepared import Prepared
from ledger.store.schema import (
    HASH,
    certificate_events,
    certificates,
    chain_positions,
    handle_values,
    standings,
    upstream_flags,
)

__all__ = [
    "LookedUp",
    "Position",
    "Shown",
    "Standing",
    "all_standings",
    "followed",
    "history",
    "look_up",
    "standing_of",
]

NAME = "certificates"


@dataclass(frozen=True, slots=True)
class Position:
    """How far the registry of one deployment was followed. `seen_at`: when the machine that follows first saw this
    block as the latest; `read_at`: when it last saw it there."""

    chain_id: int
    contract: bytes
    latest: Block
    final: Block
    seen_at: int
    read_at: int

    def age(self, now: int) -> int:
        """Seconds since the chain was asked, by the machine's clock: no change before then is unknown."""
        return max(0, now - self.read_at)

    def chain_time(self, now: int) -> int:
        """The chain's time now, by which certificates expire: the last block's, and what has passed since it came. A
        replay's clock stands elsewhere than the machine's, and a chain without traffic has no new block."""
        return self.latest.time + max(0, now - self.seen_at)


def followed(engine: Engine) -> Position | None:
    """None before the first step."""
    with reading(engine) as connection:
        return select_position(connection)


def standing_of(engine: Engine, token: bytes) -> Standing | None:
    with reading(engine) as connection:
        return next(iter(select_standings(connection, standings.c.token_id == token)), None)


def all_standings(engine: Engine) -> list[Standing]:
    """In the order in which they were minted."""
    with reading(engine) as connection:
        return select_standings(connection, true())


def history(engine: Engine, token: bytes) -> list[CertificateEvent]:
    """Everything that happened to a certificate, proposals too, in the chain's order."""
    with reading(engine) as connection:
        return events_of(connection, [token])


@dataclass(frozen=True, slots=True)
class Shown:
    """What this gateway keeps of a certificate and shows: `StoredCertificate` without the result, which it does not."""

    token: bytes
    statement: Statement
    openings: Json
    marks: tuple[str, ...]
    summary: Json
    transaction: bytes
    issued_at: int


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What store and chain know of an identifier. `standing`: the newest certificate on the chain, as of `position`,
    which is None where nothing was followed yet. `shown`: the stored row of that certificate, or where the chain has
    none, the newest row. `ahead`: a row names a later block than the one followed; only the chain can answer.
    `registered`: how many values clients keep in the identifier's handle record; `upstream`
    as in CertificateView."""

    identifier: str
    position: Position | None
    standing: Standing | None
    shown: Shown | None
    ahead: bool
    registered: int = 0
    upstream: str = ""


def look_up(engine: Engine, identifier: str, token: bytes | None = None) -> LookedUp | None:
    """An identifier's newest certificate, or the one with this token; None where neither chain nor store has any. One
    query."""
    row = _LOOK_UP.first(engine, identifier=identifier, subject=folded(identifier), token=token)
    standing = None if row.status is None else _standing(row)
    shown = None if row.kept is None else _shown(row)
    if standing is None and shown is None:
        return None
    position = None if row.read_at is None else position_of(row)
    ahead = position is None or (row.newest or 0) > position.latest.number
    return LookedUp(identifier, position, standing, shown, ahead, row.registered, row.worst or "")


def select_position(connection: Connection) -> Position | None:
    row = connection.execute(select(chain_positions).where(chain_positions.c.name == NAME)).first()
    return None if row is None else position_of(row)


def position_of(row: Row[Any]) -> Position:
    return Position(
        chain_id=row.chain_id,
        contract=row.contract,
        latest=Block(row.block, row.block_hash, row.block_time),
        final=Block(row.final_block, row.final_hash, row.final_time),
        seen_at=row.seen_at,
        read_at=row.read_at,
    )


def select_standings(connection: Connection, which: ColumnElement[bool]) -> list[Standing]:
    order = (standings.c.minted_block, standings.c.minted_index)
    return [_standing(row) for row in connection.execute(select(*_STANDING).where(which).order_by(*order))]


def events_of(connection: Connection, tokens: Sequence[bytes]) -> list[CertificateEvent]:
    order = (certificate_events.c.block, certificate_events.c.log_index)
    query = select(certificate_events).where(certificate_events.c.token_id.in_(tokens)).order_by(*order)
    return [_event(row) for row in connection.execute(query)]


def _event(row: Row[Any]) -> CertificateEvent:
    statement = None if row.statement is None else Statement.from_json(row.statement)
    return CertificateEvent(
        block=row.block, index=row.log_index, time=row.block_time, transaction=row.transaction_hash, kind=row.kind,
        token=row.token_id, successor=row.successor, actor=row.actor, reason=row.reason, statement=statement,
    )  # fmt: skip


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        token_id=row.token_id, status=row.status, successor=row.successor, actor=row.actor, reason=row.reason,
        changed_at=row.changed_at, changed_block=row.changed_block, minted_at=row.minted_at,
        place=(row.minted_block, row.minted_index), statement=_statement(row.said),
    )  # fmt: skip


def _shown(row: Any) -> Shown:
    return Shown(
        token=row.kept,
        statement=_statement(row.kept_statement),
        openings=json.loads(row.openings),
        marks=tuple(json.loads(row.marks)),
        summary=json.loads(row.summary),
        transaction=row.transaction_hash,
        issued_at=row.issued_at,
    )


@lru_cache(maxsize=1024)
def _statement(text: str) -> Statement:
    """The same text is the same statement: reading one takes longer than fetching it."""
    return Statement.from_json(json.loads(text))


_STANDING = (
    *(column for column in standings.c if column.name != "statement"), cast(standings.c.statement, Text).label("said"),
)  # fmt: skip


def _look_up() -> Select[Any]:
    """One row, whether there is anything or not."""
    named = bindparam("token", type_=HASH)
    on_chain = select(standings.c.token_id).where(standings.c.subject == bindparam("subject"))
    on_chain = on_chain.where(or_(named.is_(None), standings.c.token_id == named))
    newest_first = (standings.c.minted_block.desc(), standings.c.minted_index.desc())
    chain_token = on_chain.order_by(*newest_first).limit(1).scalar_subquery()
    own = certificates.c.identifier == bindparam("identifier")
    rows = select(certificates.c.token_id).where(own, or_(named.is_(None), certificates.c.token_id == named))
    order = (certificates.c.issued_at.desc(), certificates.c.block_number.desc(), certificates.c.token_id)
    kept_token = rows.order_by(*order).limit(1).scalar_subquery()
    kept = certificates.c
    beside = select(func.count()).where(handle_values.c.record == bindparam("subject"))
    return select(
        *chain_positions.c, *_STANDING, kept.token_id.label("kept"), cast(kept.statement, Text).label("kept_statement"),
        *(cast(column, Text).label(column.name) for column in (kept.openings, kept.marks, kept.summary)),
        kept.transaction_hash, kept.issued_at,
        select(func.max(kept.block_number)).where(own).scalar_subquery().label("newest"),
        upstream_flags.c.worst,
        beside.scalar_subquery().label("registered"),
    ).select_from(
        select(literal(1).label("one")).subquery()
        .outerjoin(chain_positions, chain_positions.c.name == NAME)
        .outerjoin(standings, standings.c.token_id == chain_token)
        .outerjoin(upstream_flags, upstream_flags.c.token_id == chain_token)
        .outerjoin(certificates, kept.token_id == func.coalesce(chain_token, kept_token))
    )  # fmt: skip


_LOOK_UP = Prepared(_look_up())
