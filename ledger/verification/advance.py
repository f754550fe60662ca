"""The fold: a case and its next step give the next case, or the step is refused with its rule and the way to mend it.

What the log holds is never refused there, for it is authentic; here it simply does not count. `follow` takes whatever
was logged and tells apart what counts; `replay` demands that all of it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.verification import conduct
from ledger.verification.case import Case
from ledger.verification.contents import Apply
from ledger.verification.errors import StepRefused
from ledger.verification.persons import check_class, check_key, check_organisations
from ledger.verification.stages import CORRECTABLE, MAX_STEPS, RULES, SKEW, Role, State
from ledger.verification.steps import Step


@dataclass(frozen=True, slots=True)
class Void:
    """A step that does not count, and why."""

    step: Step
    why: StepRefused


@dataclass(frozen=True, slots=True)
class Followed:
    """`case` is None where nobody applied."""

    case: Case | None
    void: tuple[Void, ...]


def follow(steps: Iterable[Step]) -> Followed:
    """Steps of one engagement in the order of the log."""
    case: Case | None = None
    void: list[Void] = []
    for step in steps:
        try:
            case = opening(step) if case is None else advance(case, step)
        except StepRefused as why:
            void.append(Void(step, why))
    return Followed(case, tuple(void))


def replay(steps: Iterable[Step]) -> Case:
    """The case after all steps; StepRefused names the first that does not count."""
    followed = follow(steps)
    if followed.void:
        first = followed.void[0]
        where = f"{first.step.action} by {first.step.by}"
        raise StepRefused(first.why.message, code=first.why.code, where=where, mend=first.why.mend)
    if followed.case is None:
        raise StepRefused("there is no step", code="no-application", mend="carbon verification apply")
    return followed.case


def opening(step: Step) -> Case:
    """The case that an application opens."""
    content, stated = step.stated.content, step.stated
    if not isinstance(content, Apply) or stated.previous is not None or stated.corrects is not None:
        raise StepRefused("an engagement begins with an application", code="no-application")
    enterprise = stated.engagement.partition("/")[0]
    if step.by.partition("/")[0] != enterprise or content.identifier.partition("/")[0] != enterprise:
        raise StepRefused(
            f"{step.by} does not apply for {enterprise}", code="other-organisation",
            mend="engagement and certificate are named under the enterprise's own prefix",
        )  # fmt: skip
    check_organisations(enterprise, content)
    check_class(Role.ENTERPRISE, step)
    conduct.check_period(content, step)
    return Case(
        step, State.APPLIED, step.at, content.result, (step,),
        people={step.by: Role.ENTERPRISE}, keys={step.kid: step.by},
    )  # fmt: skip


def advance(case: Case, step: Step) -> Case:
    """The case after one step; else StepRefused."""
    _check_place(case, step)
    role = _check_person(case, step)
    if step.stated.corrects is not None:
        moved = _corrected(case, step)
    else:
        _check_state(case, step, role)
        moved = conduct.conduct(case, step)
    people = dict(moved.people) | ({step.by: role} if step.by not in moved.people else {})
    return replace(moved, steps=(*case.steps, step), people=people, keys=dict(case.keys) | {step.kid: step.by})


def _check_place(case: Case, step: Step) -> None:
    if step.stated.engagement != case.engagement:
        raise StepRefused(f"it is of engagement {step.stated.engagement}", code="other-engagement")
    if step.digest in {earlier.digest for earlier in case.steps}:
        raise StepRefused("it counts already", code="twice")
    if step.stated.previous != case.steps[-1].digest:
        raise StepRefused(
            "it does not follow the engagement's last document", code="stale",
            mend="look at what was added since (carbon verification show) and sign again",
        )  # fmt: skip
    if step.at < case.steps[-1].at - SKEW:
        raise StepRefused("it is dated before the document that it follows", code="time-runs-backwards")
    if len(case.steps) >= MAX_STEPS:
        raise StepRefused(f"more than {MAX_STEPS} documents", code="too-many")


def _check_person(case: Case, step: Step) -> Role:
    role = case.role_of(step.by)
    if role is None:
        raise StepRefused(
            f"{step.by[:80]!r} belongs to no party of this engagement", code="stranger",
            mend=f"parties: {case.enterprise}, {case.applied.evaluator}, {case.applied.verifier}",
        )  # fmt: skip
    check_class(role, step)
    check_key(case, step)
    return role


def _check_state(case: Case, step: Step, role: Role) -> None:
    rule = RULES.get(step.action)
    if rule is None:
        raise StepRefused("there is an application already", code="applied-already", mend="take another number")
    if role not in rule.by:
        raise StepRefused(
            f"{step.action} is not for the {role.value}", code="wrong-role",
            mend="it is for: " + ", ".join(sorted(rule.by)),
        )  # fmt: skip
    if case.state not in rule.origins:
        raise StepRefused(
            f"not possible in state {case.state.value}", code="wrong-state",
            mend="possible: " + (", ".join(possible(case)) or "nothing"),
        )  # fmt: skip


def possible(case: Case) -> list[str]:
    return [action for action, rule in RULES.items() if case.state in rule.origins]


def _corrected(case: Case, step: Step) -> Case:
    """The case as it would be, had the corrected document said from the start what it says now."""
    named = step.stated.corrects
    first = next((root for root, new in case.amended.items() if new.digest == named), named)
    old = next((earlier for earlier in case.steps if earlier.digest == first), None)
    if old is None or old.action != step.action or old.by != step.by or step.action not in CORRECTABLE:
        raise StepRefused(
            "only a document of one's own and of the same kind is corrected", code="corrects",
            mend="of the kinds " + ", ".join(sorted(CORRECTABLE)),
        )  # fmt: skip
    if case.state not in (State.PLANNED, State.DOCUMENTS_REVIEWED, State.VISITED):
        raise StepRefused(
            "what the technical review saw is not corrected after it", code="corrects-after-review",
            mend="raise a finding: carbon verification find",
        )  # fmt: skip
    amended = dict(case.amended) | {old.digest: step}
    again = opening(case.steps[0])
    for earlier in case.steps[1:]:
        if earlier.stated.corrects is not None:
            again = replace(again, steps=(*again.steps, earlier))
            continue
        new = amended.get(earlier.digest)
        content = earlier if new is None else replace(
            earlier, stated=replace(earlier.stated, content=new.stated.content)
        )  # fmt: skip
        role = _check_person(again, content)
        _check_state(again, content, role)
        moved = conduct.conduct(again, content)
        again = replace(moved, steps=(*again.steps, earlier), people={earlier.by: role} | dict(moved.people))
    return replace(again, amended=amended, since=case.since)
