"""The way of an extension, step by step, and every way around the two approvals."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.templates import TemplateError
from ledger.templates.approval import (
    DAY,
    RULES,
    TIMEOUTS,
    Body,
    Case,
    State,
    Step,
    StepRefused,
    advance,
    at,
    draft,
    open_case,
    replay,
)
from ledger.templates.standing import (
    FULL,
    NONE,
    PROVISIONAL,
    RESOLVED,
    UNPUBLISHED,
    identifier_answer,
    standing,
    template_answer,
    use,
)
from tests.templates.samples import GLASS, PUBLIC, extension, layer, quantity

EXTENSION = layer()
CASE = open_case(PUBLIC, GLASS, EXTENSION)
APPLICANT, NODE, TOP = "88.118.20260", "88.118.0", "88.100.0"
START = 1_777_600_000  # 2026-05-01
DAYS = 40
ACCOUNTS = {
    "applicant": f"{APPLICANT}/P-1", "reviewer": f"{NODE}/P-1", "approver": f"{NODE}/P-2",
    "top reviewer": f"{TOP}/P-1", "top approver": f"{TOP}/P-2", "stranger": "88.118.9/P-1",
}  # fmt: skip


def key(who: str) -> bytes:
    return who.encode().ljust(32, b".")


def step(action: str, who: str, day: int = 0, reason: str | None = None, kid: bytes | None = None) -> Step:
    return Step(action, ACCOUNTS.get(who, who), kid or key(who), START + day * DAY, EXTENSION.sha256, reason)


WAY = [
    step("submit", "applicant", 0), step("node-review", "reviewer", 1), step("node-approve", "approver", 2),
    step("top-review", "top reviewer", 3), step("register", "top approver", 4),
]  # fmt: skip


def after(count: int) -> Case:
    return replay(CASE, WAY[:count])


def test_the_whole_way() -> None:
    states = [after(count).state.value for count in range(6)]
    assert states == ["draft", "submitted", "node_review", "node_approved", "top_review", "registered"]
    assert at(after(5), EXTENSION.effective - 1).state is State.REGISTERED
    assert at(after(5), EXTENSION.effective).state is State.EFFECTIVE


def test_what_is_registered_after_its_time_takes_effect_at_once() -> None:
    late = replay(CASE, [*WAY[:4], step("register", "top approver", DAYS)])
    assert EXTENSION.effective < START + DAYS * DAY
    assert at(late, START + DAYS * DAY).since == START + DAYS * DAY


@pytest.mark.parametrize("action", RULES)
@pytest.mark.parametrize("count", range(6))
def test_a_step_out_of_order_is_refused(action: str, count: int) -> None:
    case = after(count)
    if case.state in RULES[action].origins:
        return
    who = {Body.APPLICANT: "applicant", Body.NODE: "approver", Body.TOP: "top approver"}[min(RULES[action].by)]
    with pytest.raises(StepRefused, match="not possible in state"):
        advance(case, step(action, who, 5, "because"))


@pytest.mark.parametrize(
    ("count", "action", "who", "message"),
    [
        (0, "submit", "approver", "is for the applicant"),
        (1, "node-review", "applicant", "the applicant's own account"),
        (2, "node-approve", "applicant", "the applicant's own account"),
        (2, "node-approve", "top approver", "the top's own account"),
        (2, "node-approve", "stranger", "of neither body"),
        (2, "node-approve", "nobody at all", "of neither body"),
        (2, "node-approve", "reviewer", "reviewed it and cannot node-approve it too"),
        (2, "node-reject", "applicant", "the applicant's own account"),
        (4, "register", "applicant", "the applicant's own account"),
        (4, "register", "approver", "the node's own account"),
        (4, "register", "top reviewer", "reviewed it and cannot register it too"),
        (3, "top-reject", "approver", "not possible in state"),
        (4, "top-reject", "approver", "the node's own account"),
        (3, "withdraw", "approver", "is for the applicant"),
        (5, "disable", "approver", "is for the top"),
    ],
)  # fmt: skip
def test_a_step_by_the_wrong_account_is_refused(count: int, action: str, who: str, message: str) -> None:
    with pytest.raises(StepRefused, match=message):
        advance(after(count), step(action, who, 5, "because"))


@pytest.mark.parametrize(("count", "action", "who"), [(2, "node-approve", "approver"), (4, "register", "top approver")])
@pytest.mark.parametrize("earlier", range(4))
def test_two_accounts_of_one_key_are_one_person(count: int, action: str, who: str, earlier: int) -> None:
    if earlier >= count:
        return
    with pytest.raises(StepRefused, match="its key signed"):
        advance(after(count), step(action, who, 5, kid=WAY[earlier].kid))


@pytest.mark.parametrize(
    ("count", "action", "who"),
    [
        (2, "node-reject", "reviewer"), (4, "top-reject", "top reviewer"), (3, "withdraw", "applicant"),
        (5, "disable", "top approver"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_refusal_states_its_reason(count: int, action: str, who: str, reason: str | None) -> None:
    with pytest.raises(StepRefused, match="states a reason"):
        advance(after(count), step(action, who, 5, reason))
    assert advance(after(count), step(action, who, 5, "because")).state is RULES[action].target


@pytest.mark.parametrize("count", range(5))
def test_an_application_is_withdrawn_before_it_is_registered(count: int) -> None:
    assert advance(after(count), step("withdraw", "applicant", 5, "no longer")).state is State.WITHDRAWN


def test_a_registered_one_is_not_withdrawn() -> None:
    with pytest.raises(StepRefused, match="not possible in state registered"):
        advance(after(5), step("withdraw", "applicant", 5, "no longer"))


def test_a_step_is_about_this_text_and_not_before_the_last() -> None:
    with pytest.raises(StepRefused, match="another application"):
        advance(after(2), Step("node-approve", ACCOUNTS["approver"], key("x"), START + 9 * DAY, bytes(32)))
    with pytest.raises(StepRefused, match="earlier than the step before"):
        advance(after(2), step("node-approve", "approver", 0))
    with pytest.raises(StepRefused, match="no step 'approve'"):
        advance(after(2), step("approve", "approver", 3))


def test_a_refusal_names_the_step_by_its_number() -> None:
    with pytest.raises(StepRefused, match=r"step 3, node-approve by 88\.118\.0/P-1"):
        replay(CASE, [*WAY[:2], step("node-approve", "reviewer", 2)])


def test_a_case_is_opened_for_layers_that_merge_and_for_three_bodies() -> None:
    with pytest.raises(TemplateError, match="index"):
        open_case(PUBLIC, GLASS, layer(extension({"gas": quantity(2200, "气", "Gas")})))
    own = layer(extension(handle=f"{NODE}/META_CARBON_GLASS_EXT_1"))
    with pytest.raises(TemplateError, match="three bodies"):
        open_case(PUBLIC, GLASS, own)


def test_an_overdue_review_is_escalated_and_taken_over_by_another() -> None:
    case, limit = after(2), TIMEOUTS[State.NODE_REVIEW] // DAY
    assert standing(case, START + (1 + limit) * DAY).escalated_to is None
    late = standing(case, START + (1 + limit) * DAY + 1)
    assert (late.escalated_to, late.waits_for) == (Body.TOP, Body.NODE)
    with pytest.raises(StepRefused):
        advance(case, step("node-review", "approver", 1 + limit))
    with pytest.raises(StepRefused):
        advance(case, step("node-review", "reviewer", 2 + limit))
    taken = advance(case, step("node-review", "approver", 2 + limit))
    for who in ("approver", "reviewer"):
        with pytest.raises(StepRefused, match="reviewed it"):
            advance(taken, step("node-approve", who, 3 + limit))
    assert advance(taken, step("node-approve", f"{NODE}/P-3", 3 + limit)).state is State.NODE_APPROVED


def test_time_alone_approves_nothing() -> None:
    assert [at(after(count), 1 << 32).state for count in range(5)] == [after(count).state for count in range(5)]


@pytest.mark.parametrize(
    ("count", "waits", "steps"),
    [
        (0, Body.APPLICANT, ("submit", "withdraw")), (1, Body.NODE, ("node-review",)),
        (2, Body.NODE, ("node-reject", "node-approve")), (3, Body.TOP, ("top-review",)),
        (4, Body.TOP, ("top-reject", "register")), (5, None, ("disable",)),
    ],
)  # fmt: skip
def test_who_must_act_next(count: int, waits: Body | None, steps: tuple[str, ...]) -> None:
    found = standing(after(count), START + 4 * DAY)
    assert (found.waits_for, found.steps) == (waits, steps)


def test_an_extension_is_provisional_for_its_enterprise_after_the_node_approved() -> None:
    soon = START + 5 * DAY
    assert [use(after(count), APPLICANT, soon) for count in range(6)] == [NONE] * 3 + [PROVISIONAL] * 3
    assert use(after(5), APPLICANT, EXTENSION.effective) == FULL
    assert {use(after(count), "88.118.9", EXTENSION.effective) for count in range(6)} == {NONE}
    rejected = advance(after(4), step("top-reject", "top reviewer", 5, "because"))
    assert use(rejected, APPLICANT, soon) == NONE


def test_a_registered_template_answers_only_from_its_effective_time() -> None:
    assert template_answer(after(5), EXTENSION.effective - 1) == UNPUBLISHED
    assert template_answer(after(5), EXTENSION.effective) == RESOLVED


def test_a_withdrawn_template_is_gone_and_its_old_identifiers_resolve() -> None:
    withdrawn = advance(after(4), step("withdraw", "applicant", 6, "no longer"))
    assert template_answer(withdrawn, EXTENSION.effective) == UNPUBLISHED == 600
    assert identifier_answer(withdrawn, START + 5 * DAY) == RESOLVED
    assert identifier_answer(withdrawn, START + DAY) == UNPUBLISHED
    assert identifier_answer(withdrawn, START + 7 * DAY) == UNPUBLISHED


def test_deprecated_still_answers_and_takes_no_new_identifiers_and_disabled_does_not_answer() -> None:
    day = (EXTENSION.effective - START) // DAY + 2
    deprecated = advance(after(5), step("deprecate", "applicant", day, "replaced"))
    now = START + (day + 1) * DAY
    assert (template_answer(deprecated, now), use(deprecated, APPLICANT, now)) == (RESOLVED, NONE)
    disabled = advance(deprecated, step("disable", "top approver", day + 1, "wrong"))
    assert template_answer(disabled, now) == UNPUBLISHED
    assert identifier_answer(disabled, START + (day - 1) * DAY) == RESOLVED


class Approval(RuleBasedStateMachine):
    """Anybody tries anything at any time, with any key."""

    def __init__(self) -> None:
        super().__init__()
        self.case = CASE
        self.now = START

    @rule(
        action=st.sampled_from(sorted(RULES)),
        account=st.sampled_from([*ACCOUNTS.values(), f"{NODE}/P-3", f"{TOP}/P-3"]),
        kid=st.sampled_from([key(who) for who in ACCOUNTS]),
        hours=st.sampled_from([-30, 0, 1, 200, 500]),
        reason=st.sampled_from([None, "because"]),
    )
    def attempt(self, action: str, account: str, kid: bytes, hours: int, reason: str | None) -> None:
        moment = self.now + hours * 3600
        try:
            self.case = advance(self.case, Step(action, account, kid, moment, CASE.layer, reason))
        except StepRefused:
            return
        self.now = moment

    @rule()
    def go_on(self) -> None:
        """The next step of the regular way, so that the far states are reached."""
        for regular in WAY:
            forward = Step(regular.action, regular.account, regular.kid, self.now, CASE.layer)
            try:
                self.case = advance(self.case, forward)
            except StepRefused:
                continue
            return

    @invariant()
    def effective_means_two_approvals_by_four_persons(self) -> None:
        if at(self.case, 1 << 32).state not in (State.EFFECTIVE, State.DEPRECATED):
            return
        taken = {one.action: one for one in self.case.steps}
        node, top = taken["node-approve"], taken["register"]
        assert node.account.startswith(f"{NODE}/")
        assert top.account.startswith(f"{TOP}/")
        assert node.at <= top.at
        assert "node-reject" not in taken
        assert "top-reject" not in taken
        for approval, review in ((node, "node-review"), (top, "top-review")):
            others = [one for one in self.case.steps if one.action == review]
            assert others
            assert approval.account not in [one.account for one in others]
            assert approval.kid not in [one.kid for one in others]
        assert node.kid != top.kid
        assert not any(one.account.startswith(f"{APPLICANT}/") for one in (node, top))

    @invariant()
    def replaying_its_steps_gives_the_same_case(self) -> None:
        assert replay(draft(CASE.bodies, CASE.layer, CASE.effective), self.case.steps) == self.case

    @invariant()
    def time_runs_forward(self) -> None:
        times = [one.at for one in self.case.steps]
        assert times == sorted(times)


Approval.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestApproval: Callable[..., object] = Approval.TestCase
