"""One engagement as its steps have left it, and the fold over them. Whoever has the frames gets the same case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ledger.verification.contents import Apply, Close, DrawUp, Find, Opine, Plan, Recalculate, Rectify, Return
from ledger.verification.stages import Role, State
from ledger.verification.steps import Step


@dataclass(frozen=True, slots=True)
class Finding:
    """A 不符合项 and what became of it. `due`: by when the enterprise answers; `answer`: its last rectification, None
    once that was returned; `settled`: by what it was closed."""

    found: Find
    step: Step
    due: int
    answer: Rectify | None = None
    returned: bool = False
    settled: Close | Recalculate | None = None

    @property
    def is_open(self) -> bool:
        return self.settled is None

    def answered(self, content: Rectify) -> "Finding":
        return replace(self, answer=content, returned=False)

    def sent_back(self, content: Return) -> "Finding":
        return replace(self, answer=None, returned=True, due=content.due)


@dataclass(frozen=True, slots=True)
class Case:
    """`result`: the result hash that is verified now. `people`: who took part, in which role; `keys`: whose key is
    whose. `answer_to`: the state in which an appeal was filed. `amended`: contents stated anew, by the digest of the
    step that first had them."""

    application: Step
    state: State
    since: int
    result: bytes
    steps: tuple[Step, ...]
    plan: Plan | None = None
    planned: int = 0
    declared: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    visits: tuple[Step, ...] = ()
    reviewer: str | None = None
    opinion: Opine | None = None
    opinion_hash: bytes = bytes(32)
    drawn: DrawUp | None = None
    signatures: Mapping[str, bytes] = field(default_factory=dict)
    people: Mapping[str, Role] = field(default_factory=dict)
    keys: Mapping[bytes, str] = field(default_factory=dict)
    answer_to: State | None = None
    appealed: bool = False
    token: bytes | None = None
    amended: Mapping[bytes, Step] = field(default_factory=dict)

    @property
    def engagement(self) -> str:
        return self.application.stated.engagement

    @property
    def enterprise(self) -> str:
        return self.engagement.partition("/")[0]

    @property
    def applied(self) -> Apply:
        content = self.application.stated.content
        assert isinstance(content, Apply)  # noqa: S101 - `opening` admits nothing else
        return content

    @property
    def is_correction(self) -> bool:
        """Whether the certificate is to replace an earlier one."""
        return self.applied.supersedes is not None

    def open_findings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_open]

    def finding(self, number: int) -> Finding | None:
        return next((finding for finding in self.findings if finding.found.number == number), None)

    def put(self, finding: Finding) -> "Case":
        """With this finding in the place of the one of its number, or added."""
        kept = [other for other in self.findings if other.found.number != finding.found.number]
        ordered = sorted([*kept, finding], key=lambda one: one.found.number)
        return replace(self, findings=tuple(ordered))

    def moved(self, state: State, at: int) -> "Case":
        return self if self.state is state else replace(self, state=state, since=at)

    def role_of(self, person: str) -> Role | None:
        """The person's part: as it is on record, as the plan gives it, or by its organisation. None: no party's."""
        if person in self.people:
            return self.people[person]
        prefix = person.partition("/")[0]
        parties = {
            self.enterprise: Role.ENTERPRISE, self.applied.evaluator: Role.EVALUATOR, self.applied.verifier: Role.BODY,
        }  # fmt: skip
        return parties.get(prefix)


def digests(steps: Iterable[Step]) -> set[bytes]:
    return {step.digest for step in steps}
