"""A tree head in the anchorer's outbox, and where it stands."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a head stands."""

    FIXED = "fixed"
    SENT = "sent"
    MINED = "mined"
    SAFE = "safe"
    FINAL = "final"
    ORPHANED = "orphaned"
    OVERTAKEN = "overtaken"


WAITING = frozenset({State.FIXED, State.SENT, State.ORPHANED})
ON_CHAIN = frozenset({State.MINED, State.SAFE, State.FINAL})


class Depth(IntEnum):
    """How deep the contract's state holds a head."""

    NOWHERE = 0
    LATEST = 1
    SAFE = 2
    FINAL = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The block that holds a head."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head in the outbox. `nonce`, `fee`, `sent_at` and `tx_hash` are those of its newest transaction."""

    size: int
    root: bytes
    previous_size: int
    checkpoint: bytes
    state: State
    created_at: int
    attempts: int = 0
    tx_hash: bytes | None = None
    nonce: int | None = None
    fee: int | None = None
    sent_at: int | None = None
    place: Place | None = None
    gas_used: int | None = None
