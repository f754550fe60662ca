"""Where an extension stands at a moment: who must act, by when, who may use it, and what a resolver answers."""

from dataclasses import dataclass, replace

from ledger.templates.approval import RULES, TIMEOUTS, Body, Case, State, at, is_overdue, open_steps, replay

RESOLVED = 1
UNPUBLISHED = 600
"""The answer of an enterprise node for a template that is not published."""
_WAITS_FOR = {
    State.DRAFT: Body.APPLICANT,
    State.SUBMITTED: Body.NODE,
    State.NODE_REVIEW: Body.NODE,
    State.NODE_APPROVED: Body.TOP,
    State.TOP_REVIEW: Body.TOP,
}
_PROVISIONAL = frozenset((State.NODE_APPROVED, State.TOP_REVIEW, State.REGISTERED))
_PUBLISHED = frozenset((State.EFFECTIVE, State.DEPRECATED))
NONE, PROVISIONAL, FULL = "none", "provisional", "full"


@dataclass(frozen=True, slots=True)
class Standing:
    """`waits_for`: None where nothing is to be done. `due`: by when. `escalated_to`: who is told that it is overdue."""

    state: State
    since: int
    waits_for: Body | None
    steps: tuple[str, ...]
    due: int | None
    escalated_to: Body | None


def standing(case: Case, now: int) -> Standing:
    moved = at(case, now)
    body = _WAITS_FOR.get(moved.state)
    due = moved.since + TIMEOUTS[moved.state] if moved.state in TIMEOUTS else None
    steps = tuple(action for action in open_steps(moved) if body is None or body in RULES[action].by)
    return Standing(moved.state, moved.since, body, steps, due, Body.TOP if is_overdue(moved, now) else None)


def use(case: Case, prefix: str, now: int) -> str:
    """Who may register identifiers under the extension: its own enterprise, provisionally once the node approved."""
    state = at(case, now).state
    if prefix != case.bodies.applicant:
        return NONE
    return FULL if state is State.EFFECTIVE else PROVISIONAL if state in _PROVISIONAL else NONE


def template_answer(case: Case, now: int) -> int:
    """What a resolver answers for the template itself; its items show in records from the same moment."""
    return RESOLVED if at(case, now).state in _PUBLISHED else UNPUBLISHED


def identifier_answer(case: Case, registered_at: int) -> int:
    """For an identifier registered under the extension while it could be used: it resolves whatever became of the
    template since."""
    then = [step for step in case.steps if step.at <= registered_at]
    past = replay(replace(case, state=State.DRAFT, since=0, steps=()), then)
    return UNPUBLISHED if use(past, case.bodies.applicant, registered_at) == NONE else RESOLVED
