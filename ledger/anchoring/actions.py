"""What the anchorer can do, one thing at a time; the numbers are those of the rules in `rules.py`."""

from dataclasses import dataclass

from ledger.anchoring.heads import State
from ledger.chain.views import Anchored, TreeHead


@dataclass(frozen=True, slots=True)
class Orphan:
    """Rule 1."""

    size: int
    below_finality: bool


@dataclass(frozen=True, slots=True)
class Confirm:
    """Rule 2."""

    seen: Anchored


@dataclass(frozen=True, slots=True)
class Deepen:
    """Rule 3."""

    size: int
    state: State


@dataclass(frozen=True, slots=True)
class Adopt:
    """Rule 4."""

    seen: Anchored


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rule 4: the end of all anchoring until a person has looked."""

    tip: TreeHead


@dataclass(frozen=True, slots=True)
class Overtake:
    """Rule 5."""

    size: int


@dataclass(frozen=True, slots=True)
class Relink:
    """Rule 6: the head will follow another one than it was fixed after."""

    size: int
    previous_size: int


@dataclass(frozen=True, slots=True)
class Send:
    """Rules 6 and 7: sign, note, broadcast."""

    size: int
    nonce: int
    fee: int


@dataclass(frozen=True, slots=True)
class Rebroadcast:
    """Rule 7: the same bytes again."""

    size: int


@dataclass(frozen=True, slots=True)
class Fix:
    """Rule 8."""

    size: int
    previous_size: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do now."""

    reason: str


Action = Orphan | Confirm | Deepen | Adopt | Conflict | Overtake | Relink | Send | Rebroadcast | Fix | Wait
