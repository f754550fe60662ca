"""How an enterprise's extension becomes effective: a state machine over signed steps. Pure: time is an input.

    step          by         from                                     to             reason
    submit        applicant  draft                                    submitted
    node-review   node       submitted (node_review, overdue)         node_review
    node-reject   node       node_review                              node_rejected  yes
    node-approve  node       node_review                              node_approved
    top-review    top        node_approved (top_review, overdue)      top_review
    top-reject    top        top_review                               top_rejected   yes
    register      top        top_review                               registered
    –             time       registered, its effective time come      effective
    deprecate     applicant, top   effective                          deprecated     yes
    disable       top        registered, effective, deprecated        disabled       yes
    withdraw      applicant  whatever comes before registered         withdrawn      yes

- An account belongs to the body whose prefix its identifier has; the three bodies are three prefixes, that of the
  extension, of its industry layer and of the public layer. Nobody approves what his own enterprise applied for.
- Two persons approve for each body: who approves or registers is neither the account nor the key that reviewed.
- All steps are of one text: each names the layer's hash. Time never runs backwards.
- A body that lets its time run out is named to the one above (escalated), and another of its accounts may take the
  review over. Time alone never approves.
- From node_approved on the applicant may use the extension, provisionally; a rejection by the top ends that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ledger.identifiers.vaa import IdentifierError, split
from ledger.templates.errors import TemplateError
from ledger.templates.layer import Layer
from ledger.templates.merge import merge

DAY = 86_400


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NODE_REVIEW = "node_review"
    NODE_REJECTED = "node_rejected"
    NODE_APPROVED = "node_approved"
    TOP_REVIEW = "top_review"
    TOP_REJECTED = "top_rejected"
    REGISTERED = "registered"
    EFFECTIVE = "effective"
    DEPRECATED = "deprecated"
    DISABLED = "disabled"
    WITHDRAWN = "withdrawn"


class Body(StrEnum):
    APPLICANT = "applicant"
    NODE = "node"
    TOP = "top"


S, B = State, Body
BEFORE_REGISTERED = frozenset(
    (S.DRAFT, S.SUBMITTED, S.NODE_REVIEW, S.NODE_REJECTED, S.NODE_APPROVED, S.TOP_REVIEW, S.TOP_REJECTED)
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table above."""

    by: frozenset[Body]
    origins: frozenset[State]
    target: State
    reason: bool = False


def _rule(by: Iterable[Body], origins: Iterable[State], target: State, *, reason: bool = False) -> Rule:
    return Rule(frozenset(by), frozenset(origins), target, reason)


RULES: dict[str, Rule] = {
    "submit": _rule([B.APPLICANT], [S.DRAFT], S.SUBMITTED),
    "node-review": _rule([B.NODE], [S.SUBMITTED], S.NODE_REVIEW),
    "node-reject": _rule([B.NODE], [S.NODE_REVIEW], S.NODE_REJECTED, reason=True),
    "node-approve": _rule([B.NODE], [S.NODE_REVIEW], S.NODE_APPROVED),
    "top-review": _rule([B.TOP], [S.NODE_APPROVED], S.TOP_REVIEW),
    "top-reject": _rule([B.TOP], [S.TOP_REVIEW], S.TOP_REJECTED, reason=True),
    "register": _rule([B.TOP], [S.TOP_REVIEW], S.REGISTERED),
    "deprecate": _rule([B.APPLICANT, B.TOP], [S.EFFECTIVE], S.DEPRECATED, reason=True),
    "disable": _rule([B.TOP], [S.REGISTERED, S.EFFECTIVE, S.DEPRECATED], S.DISABLED, reason=True),
    "withdraw": _rule([B.APPLICANT], BEFORE_REGISTERED, S.WITHDRAWN, reason=True),
}
APPROVALS = frozenset(("node-approve", "register"))
REVIEWS = frozenset(("node-review", "top-review"))
TIMEOUTS = {S.SUBMITTED: 5 * DAY, S.NODE_REVIEW: 15 * DAY, S.NODE_APPROVED: 5 * DAY, S.TOP_REVIEW: 15 * DAY}
"""How long a body may take; this project's own proposal."""
MAX_STEPS = 1000


class StepRefused(TemplateError):
    """A step that may not be taken: out of order, by the wrong account, or without its reason."""

    code = "template-step"


@dataclass(frozen=True, slots=True)
class Step:
    """`account` is an identifier under its body's prefix, `kid` the key that signed, `layer` the hash it speaks of."""

    action: str
    account: str
    kid: bytes
    at: int
    layer: bytes
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """The prefixes of the three; they differ."""

    applicant: str
    node: str
    top: str

    def of(self, account: str) -> Body | None:
        try:
            prefix = split(account)[0]
        except IdentifierError:
            return None
        return next((body for body in Body if getattr(self, body.value) == prefix), None)


@dataclass(frozen=True, slots=True)
class Case:
    """One extension on its way. `effective`: the time its layer names; `since`: when `state` began."""

    bodies: Bodies
    layer: bytes
    effective: int
    state: State = State.DRAFT
    since: int = 0
    steps: tuple[Step, ...] = field(default=())


def open_case(public: Layer, industry: Layer, extension: Layer) -> Case:
    """A draft whose layers merge; `TemplateError` where they do not, or where one body would judge itself."""
    merge(public, industry, extension)
    return draft(Bodies(extension.owner, industry.owner, public.owner), extension.sha256, extension.effective)


def draft(bodies: Bodies, layer: bytes, effective: int) -> Case:
    if len({bodies.applicant, bodies.node, bodies.top}) != 3:
        raise TemplateError("applicant, node and top are three bodies", mend="nobody registers an extension of his own")
    return Case(bodies, layer, effective)


def replay(case: Case, steps: Iterable[Step]) -> Case:
    """The case after all steps; `StepRefused` names the first that may not be taken, by its number."""
    for number, step in enumerate(steps, 1):
        if number > MAX_STEPS:
            raise StepRefused(f"more than {MAX_STEPS} steps")
        try:
            case = advance(case, step)
        except StepRefused as refused:
            raise StepRefused(
                refused.message, where=f"step {number}, {step.action} by {step.account}", mend=refused.mend
            ) from None
    return case


def advance(case: Case, step: Step) -> Case:
    """The case after one step; else `StepRefused`."""
    now = at(case, step.at)
    rule = RULES.get(step.action)
    if rule is None:
        raise StepRefused(f"there is no step {step.action[:40]!r}", mend="one of: " + ", ".join(RULES))
    if step.layer != case.layer:
        raise StepRefused(
            f"it is about layer 0x{step.layer.hex()}, the case about 0x{case.layer.hex()}",
            mend="a changed extension is another application",
        )
    if case.steps and step.at < case.steps[-1].at:
        raise StepRefused("it is earlier than the step before it", mend="put the steps in order")
    if now.state not in rule.origins and not _takes_over(now, step):
        raise StepRefused(
            f"not possible in state {now.state.value}", mend="possible: " + (", ".join(open_steps(now)) or "nothing")
        )
    _check_account(now, step, rule)
    if rule.reason and not (step.reason and step.reason.strip()):
        raise StepRefused(f"{step.action} states a reason", mend="say why")
    return replace(now, state=rule.target, since=step.at, steps=(*now.steps, step))


def at(case: Case, now: int) -> Case:
    """The case as time has moved it: what is registered takes effect when its time has come."""
    start = max(case.effective, case.since)
    if case.state is State.REGISTERED and now >= start:
        return replace(case, state=State.EFFECTIVE, since=start)
    return case


def open_steps(case: Case) -> list[str]:
    """The steps that somebody may take from here."""
    return [action for action, rule in RULES.items() if case.state in rule.origins]


def is_overdue(case: Case, now: int) -> bool:
    return case.state in TIMEOUTS and now > case.since + TIMEOUTS[case.state]


def _takes_over(case: Case, step: Step) -> bool:
    """The same review again, by another account, once its time has run out."""
    again = step.action in REVIEWS and RULES[step.action].target is case.state and is_overdue(case, step.at)
    return again and step.account not in [earlier.account for earlier in case.steps]


def _check_account(case: Case, step: Step, rule: Rule) -> None:
    body = case.bodies.of(step.account)
    if body not in rule.by:
        whose = f"the {body.value}'s own account" if body else "of neither body"
        raise StepRefused(
            f"{step.account[:80]!r} is {whose}; {step.action} is for the {' or '.join(sorted(rule.by))}",
            mend=", ".join(f"{name.value}: {getattr(case.bodies, name.value)}/…" for name in sorted(rule.by)),
        )
    if step.action in APPROVALS:
        _check_second_person(case, step)


def _check_second_person(case: Case, step: Step) -> None:
    """Every review of this body counts, also one that was taken over; two accounts of one key are one person."""
    wanted = RULES[step.action].by
    for earlier in case.steps:
        if earlier.action in REVIEWS and case.bodies.of(earlier.account) in wanted and earlier.account == step.account:
            raise StepRefused(
                f"{step.account[:80]!r} reviewed it and cannot {step.action} it too", mend="a second person approves"
            )
        if earlier.kid == step.kid:
            raise StepRefused(
                f"its key signed {earlier.action} for {earlier.account[:80]!r} already", mend="a second person approves"
            )
