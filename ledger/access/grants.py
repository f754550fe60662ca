"""Who may read which part of a certificate's evidence: a pure decision over the grants that the enterprise signed.

1. An enterprise reads all of its own.
2. Anybody else reads a part if a grant in force gives it: to its organisation in its role, about this certificate,
   within the grant's period, from `since` up to, not including, `until`, and not ended.
3. Of several grants each gives what it gives; figures add up.
4. Where nothing is given, whoever was once granted something about the certificate in this role hears why; to everybody
   else there is nothing to be seen at all.

A role bounds what can be given to it: a bundle opens every figure and holds readings in the clear, and nobody hands it
to a customer by a slip of the pen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.access.roles import Role
from ledger.identifiers.vaa import folded


class Part(StrEnum):
    """`figures`: committed figures with their openings · `activity`: amounts by item and month · `result`: the whole
    result · `bundle`: the evidence bundle with readings and seed."""

    FIGURES = "figures"
    ACTIVITY = "activity"
    RESULT = "result"
    BUNDLE = "bundle"


_ALL = frozenset(Part)
GRANTABLE: Mapping[Role, frozenset[Part]] = {
    Role.ENTERPRISE: frozenset(),
    Role.CUSTOMER: frozenset((Part.FIGURES, Part.ACTIVITY)),
    Role.FINANCIER: _ALL,
    Role.VERIFIER: _ALL,
    Role.REGULATOR: _ALL,
}
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Period:
    """Unix seconds, the end exclusive."""

    start: int
    end: int

    def holds(self, other: "Period") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Grant:
    """`digest` of the signed frame is its name; `by` the officer who signed, at `at`. `about`: one identifier, or
    `<prefix>/*` for all certificates of the enterprise; `period`: only certificates of a period within it; `figures`:
    only these, None for all. `ended_at` is the time of the act that ended it."""

    digest: bytes
    enterprise: str
    by: str
    at: int
    to: str
    role: Role
    about: str
    parts: frozenset[Part]
    since: int
    until: int
    figures: frozenset[str] | None = None
    period: Period | None = None
    purpose: str = ""
    ended_at: int | None = None
    ended_by: str = ""

    def is_about(self, subject: "Subject") -> bool:
        return self.about == f"{subject.enterprise}/{EVERYTHING}" or folded(self.about) == folded(subject.identifier)

    def in_force(self, now: int) -> bool:
        return self.since <= now < self.until and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Viewer:
    """An organisation in one of its roles."""

    organisation: str
    role: Role


@dataclass(frozen=True, slots=True)
class Subject:
    """A certificate whose evidence somebody wants to read."""

    identifier: str
    period: Period

    @property
    def enterprise(self) -> str:
        return self.identifier.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason`: own, granted; other-part, other-period, not-yet, over, ended; stranger, to whom nothing exists.
    `figures`: which ones, None for all. `grants`: those that gave it, or that fell short."""

    allowed: bool
    reason: str
    grants: tuple[Grant, ...] = ()
    figures: frozenset[str] | None = None

    @property
    def visible(self) -> bool:
        return self.reason != "stranger"


def may(viewer: Viewer, subject: Subject, part: Part, now: int, grants: Iterable[Grant]) -> Decision:
    """Whether the viewer may read this part now, and why."""
    if viewer.role is Role.ENTERPRISE and viewer.organisation == subject.enterprise:
        return Decision(True, "own")
    mine = [grant for grant in grants if _concerns(grant, viewer, subject)]
    giving = tuple(grant for grant in mine if _obstacle(grant, subject, part, now) is None)
    if giving:
        return Decision(True, "granted", giving, _figures(giving) if part is Part.FIGURES else None)
    if not mine:
        return Decision(False, "stranger")
    return _refusal(mine, subject, part, now)


def _concerns(grant: Grant, viewer: Viewer, subject: Subject) -> bool:
    return (
        grant.enterprise == subject.enterprise
        and (grant.to, grant.role) == (viewer.organisation, viewer.role)
        and grant.is_about(subject)
    )


def _obstacle(grant: Grant, subject: Subject, part: Part, now: int) -> str | None:
    """The first reason why a grant does not give the part; in this order the later ones are nearer to giving it."""
    if part not in grant.parts & GRANTABLE[grant.role]:
        return "other-part"
    if grant.period is not None and not grant.period.holds(subject.period):
        return "other-period"
    if grant.ended_at is not None:
        return "ended"
    if now >= grant.until:
        return "over"
    return "not-yet" if now < grant.since else None


_NEARER = ("other-part", "other-period", "ended", "over", "not-yet")


def _refusal(mine: Sequence[Grant], subject: Subject, part: Part, now: int) -> Decision:
    """By the grant that comes nearest."""
    reasons = [(_obstacle(grant, subject, part, now) or "", grant) for grant in mine]
    reason, grant = max(reasons, key=lambda pair: (_NEARER.index(pair[0]), pair[1].until))
    return Decision(False, reason, (grant,))


def _figures(giving: Iterable[Grant]) -> frozenset[str] | None:
    named = [grant.figures for grant in giving]
    return None if None in named else frozenset().union(*(names for names in named if names is not None))
