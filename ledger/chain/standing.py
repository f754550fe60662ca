"""Where a certificate stands, by what happened to it on the chain: a pure fold over its events.

    minted ──► active ◄──► suspended          reinstated ends a suspension
                 │             │
                 └──────┬──────┘
                        ├──► superseded        by its successor, for good
                        └──► revoked           by a second account, for good

Expiry is no event: an active certificate is expired from `valid_until` on, by the chain's time. A proposed revocation
changes nothing until it is confirmed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.certificates.statement import Statement
from ledger.chain.certificate_events import CertificateEvent

ACTIVE, SUSPENDED, REVOKED, SUPERSEDED, EXPIRED = "active", "suspended", "revoked", "superseded", "expired"
_MOVES = {"suspended": SUSPENDED, "reinstated": ACTIVE, "revoked": REVOKED, "superseded": SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Standing:
    """`status` is the stored one, never expired: `status_at` adds the clock. `actor` and `reason` belong to the last
    change, at the chain's time `changed_at` in `changed_block`; a successor acts by being minted. `place` is block and
    index of the mint: of one subject's certificates the latest place is the newest."""

    token_id: bytes
    status: str
    successor: bytes | None
    actor: bytes | None
    reason: str
    changed_at: int
    changed_block: int
    minted_at: int
    place: tuple[int, int]
    statement: Statement

    @property
    def identifier(self) -> str:
        return self.statement.identifier

    @property
    def valid_until(self) -> int:
        return self.statement.valid_until

    def status_at(self, time: int) -> str:
        """With expiry, as the contract judges it."""
        return status_at(self.status, self.valid_until, time)


def status_at(status: str, valid_until: int, time: int) -> str:
    return EXPIRED if status == ACTIVE and time >= valid_until else status


def fold(events: Iterable[CertificateEvent]) -> dict[bytes, Standing]:
    """Standings by token, from all events of these tokens in the chain's order. What happened to a token whose mint is
    not among them is left out."""
    found: dict[bytes, Standing] = {}
    for event in events:
        if event.statement is not None:
            found[event.token] = _minted(event, event.statement)
        elif event.kind in _MOVES and (before := found.get(event.token)) is not None:
            found[event.token] = replace(
                before, status=_MOVES[event.kind], successor=event.successor, actor=event.actor, reason=event.reason,
                changed_at=event.time, changed_block=event.block,
            )  # fmt: skip
    return found


def _minted(event: CertificateEvent, statement: Statement) -> Standing:
    return Standing(
        token_id=event.token, status=ACTIVE, successor=None, actor=None, reason="", changed_at=event.time,
        changed_block=event.block, minted_at=event.time, place=(event.block, event.index), statement=statement,
    )  # fmt: skip
