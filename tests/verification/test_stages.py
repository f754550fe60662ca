"""The way of an engagement, and every way around a rule that was tried."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.verification import contents as c
from ledger.verification.advance import advance, follow, opening, replay
from ledger.verification.case import Case
from ledger.verification.errors import StepRefused
from ledger.verification.opinion import check_mintable
from ledger.verification.stages import RULES, State
from ledger.verification.standing import concerns, waiting
from terminal_signer.frame import KeyClass
from tests.verification import engagement as e
from tests.verification.engagement import DAY, PEOPLE, START, Story


def asked(case: Case, day: float = 15) -> list[tuple[str, str]]:
    return [(one.role.value, one.action) for one in waiting(case, START + int(day * DAY))]


def test_from_application_to_token() -> None:
    """Each stage, and for whom it waits."""
    story = Story().take("officer", "apply", e.APPLY)
    assert asked(story.now()) == [("body", "plan")]
    story.take("lead", "plan", e.PLAN)
    assert asked(story.now())[:3] == [("lead", "declare"), ("member", "declare"), ("reviewer", "declare")]
    for who in ("lead", "member", "reviewer"):
        story.take(who, "declare", e.DECLARE)
    assert asked(story.now()) == [("lead", "review-documents")]
    story.take("member", "review-documents", e.READ)
    assert asked(story.now()) == [("lead", "visit")]
    story.day = 8
    story.take("lead", "visit", e.VISIT).take("member", "find", e.FIND)
    assert asked(story.now()) == [("enterprise", "rectify")]
    assert asked(story.now(), 60) == [("lead", "recalculate")]
    story.take("officer-2", "rectify", e.RECTIFY)
    assert asked(story.now()) == [("lead", "close")]
    story.take("lead", "close", e.CLOSE)
    assert asked(story.now()) == [("reviewer", "technical-review")]
    story.take("reviewer", "technical-review", e.PASSED).take("lead", "opine", e.OPINE)
    assert asked(story.now()) == [("evaluator", "draw-up")]
    story.take("evaluator", "draw-up", e.drawn(story.now()))
    assert asked(story.now()) == [("enterprise", "sign"), ("evaluator", "sign"), ("lead", "sign")]
    for who, party in (("lead", "verifier"), ("officer", "enterprise"), ("evaluator", "evaluator")):
        story.take(who, "sign", e.signature(story.now(), party))
    assert asked(story.now()) == [("enterprise", "mint")]
    statement, signatures = check_mintable(story.now())
    assert statement.opinion == story.now().opinion_hash
    assert len(signatures.verifier) == 65
    story.take("officer", "mint", e.minted(story.now()))
    assert story.now().state is State.MINTED
    assert asked(story.now()) == []
    assert replay(story.made) == story.now()


def test_a_finding_that_nobody_rectifies_is_calculated_conservatively() -> None:
    story = e.found().take("officer", "rectify", e.UNABLE)
    assert asked(story.now()) == [("lead", "recalculate")]
    story.take("lead", "recalculate", e.RECALCULATE)
    assert story.now().result == e.NEW_RESULT
    story.take("reviewer", "technical-review", replace(e.PASSED, result=e.NEW_RESULT))
    late = e.found()
    late.day = 38
    assert late.take("lead", "recalculate", e.RECALCULATE).now().result == e.NEW_RESULT
    returned = e.found().take("officer", "rectify", e.RECTIFY).take("lead", "return", e.RETURN)
    assert returned.now().findings[0].due == e.RETURN.due
    assert returned.take("member", "recalculate", e.RECALCULATE).now().open_findings() == []


def test_what_is_found_late_takes_back_what_was_built_on_it() -> None:
    """INV-12: a finding after the signatures leaves nothing that could be minted."""
    for built in (e.reviewed, e.opined, e.drawn_up, e.signed):
        story = built()
        story.take("lead", "find", replace(e.FIND, due=START + 90 * DAY))
        assert (story.now().state, story.now().reviewer, story.now().drawn) == (State.VISITED, None, None)
        assert story.now().opinion is None
        assert not story.now().signatures
        with pytest.raises(StepRefused) as refused:
            check_mintable(story.now())
        assert refused.value.code == "open-finding"


def test_what_is_found_after_the_certificate_stays_open_until_it_is_answered() -> None:
    story = e.signed()
    story.take("officer", "mint", e.minted(story.now())).take("lead", "find", replace(e.FIND, due=START + 90 * DAY))
    assert (story.now().state, asked(story.now())) == (State.MINTED, [("enterprise", "rectify")])
    assert asked(story.now(), 100) == [("enterprise", "rectify")]
    story.take("officer", "rectify", replace(e.RECTIFY, text="superseded by a corrected certificate"))
    assert asked(story.now()) == [("lead", "close")]
    assert story.take("lead", "close", e.CLOSE).now().token is not None
    assert asked(story.now()) == []
    with pytest.raises(StepRefused):
        story.take("lead", "recalculate", e.RECALCULATE)


def test_an_appeal_is_decided_by_another_and_once() -> None:
    adverse = replace(e.OPINE, opinion="adverse", misstatement=900)
    story = e.opined(adverse)
    assert story.now().state is State.DECLINED
    assert asked(story.now()) == [("enterprise", "appeal")]
    story.take("officer", "appeal", e.REASON)
    assert asked(story.now()) == [("body", "decide")]
    one = waiting(story.now(), START)[0]
    judges = [who for who in PEOPLE if concerns(story.now(), one, PEOPLE[who])]
    assert judges == ["other", "another"]
    story.take("other", "decide", c.Decide("upheld", "the furnace was open"))
    assert (story.now().state, story.now().opinion) == (State.VISITED, None)
    dismissed = e.opined(adverse).take("officer", "appeal", e.REASON)
    dismissed.take("other", "decide", c.Decide("dismissed", "the sample was swapped"))
    assert dismissed.now().state is State.DECLINED
    assert asked(dismissed.now()) == []
    refused = Story().take("officer", "apply", e.APPLY).take("other", "refuse", e.REASON)
    refused.take("officer", "appeal", e.REASON).take("another", "decide", c.Decide("upheld", "there is access"))
    assert refused.now().state is State.APPLIED
    assert refused.take("lead", "plan", e.PLAN).now().state is State.PLANNED


def test_a_document_is_corrected_by_another_that_names_it() -> None:
    story = e.visited()
    visit = story.made[-1]
    moved = replace(e.VISIT, started=START + 7 * DAY, ended=START + 7 * DAY + 60)
    story.take("lead", "visit", moved, corrects=visit.digest)
    assert [one.stated.content for one in story.now().visits] == [moved]
    assert story.made[-2] == visit
    assert visit in story.now().steps
    story.take("lead", "visit", replace(moved, place="hall 2"), corrects=story.made[-1].digest)
    assert story.now().visits[0].stated.content == replace(moved, place="hall 2")
    story.take("reviewer", "technical-review", e.PASSED)
    assert replay(story.made) == story.now()


def test_the_correction_of_a_certificate_needs_no_second_visit() -> None:
    plan = replace(e.PLAN, visit_from=None, visit_until=None)
    story = e.planned(replace(e.APPLY, supersedes=b"\x71" * 32), plan).take("lead", "review-documents", e.READ)
    assert asked(story.now()) == [("reviewer", "technical-review")]
    story.take("reviewer", "technical-review", e.PASSED).take("lead", "opine", e.OPINE)
    story.take("evaluator", "draw-up", e.drawn(story.now()))
    assert story.now().state is State.DRAWN_UP


@dataclass(frozen=True)
class Attempt:
    """A step that must be refused, by which rule, and the story before it."""

    code: str
    before: Callable[[], Story]
    who: str
    action: str
    content: Any
    more: tuple[tuple[str, Any], ...] = ()
    day: float | None = None


def at(**more: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(more.items())


def went(*who: str) -> c.Visit:
    return replace(e.VISIT, persons=tuple(PEOPLE[one] for one in who))


def read() -> Story:
    return e.planned().take("lead", "review-documents", e.READ)


def statement(**changes: Any) -> Any:
    return lambda case: e.drawn(case, **changes)


ATTEMPTS = [
    Attempt("open-finding", e.found, "reviewer", "technical-review", e.PASSED),
    Attempt("wrong-state", e.visited, "lead", "opine", e.OPINE),
    Attempt("wrong-state", e.planned, "lead", "opine", e.OPINE),
    Attempt("wrong-state", e.opined, "officer", "sign", c.Sign("enterprise", bytes(32), bytes(65))),
    Attempt("wrong-state", e.opined, "officer", "mint", c.Mint(bytes(32), bytes(32), 1)),
    Attempt("unsigned", e.drawn_up, "officer", "mint", e.minted),
    Attempt("other-statement", e.signed, "officer", "mint", c.Mint(bytes(32), bytes(32), 1)),
    Attempt("wrong-role", e.reviewed, "reviewer", "opine", e.OPINE),
    Attempt("wrong-role", e.visited, "lead", "technical-review", e.PASSED),
    Attempt("wrong-role", e.visited, "member", "technical-review", e.PASSED),
    Attempt("wrong-role", e.visited, "other", "technical-review", e.PASSED),
    Attempt("wrong-role", e.visited, "officer", "find", e.FIND),
    Attempt("wrong-role", e.found, "lead", "rectify", e.RECTIFY),
    Attempt("wrong-role", e.signed, "lead", "mint", e.minted),
    Attempt("stranger", e.visited, "stranger", "find", e.FIND),
    Attempt("key-class", e.visited, "lead", "find", e.FIND, at(key_class=KeyClass.OFFICER)),
    Attempt("key-class", e.found, "officer", "rectify", e.RECTIFY, at(key_class=KeyClass.METER)),
    Attempt("one-key-one-person", e.visited, "reviewer", "technical-review", e.PASSED, at(kid=e.kid_of("lead"))),
    Attempt("visit-persons", e.planned, "lead", "visit", went("lead", "reviewer"), day=8),
    Attempt("stale", e.visited, "lead", "find", e.FIND, at(previous=b"\x01" * 32)),
    Attempt("other-engagement", e.visited, "lead", "find", e.FIND, at(engagement=f"{e.ENTERPRISE}/V-2")),
    Attempt("time-runs-backwards", e.visited, "lead", "find", e.FIND, at(at=START)),
    Attempt("visit-date", e.planned, "lead", "visit", replace(e.VISIT, started=START)),
    Attempt("visit-date", e.planned, "lead", "visit", e.VISIT, day=5.5),
    Attempt("visit-date", e.planned, "lead", "visit", replace(e.VISIT, ended=START + 9 * DAY), day=8),
    Attempt("visit-persons", e.planned, "lead", "visit", went("member"), day=8),
    Attempt("undeclared", e.planned, "lead", "visit", went("lead", "other"), day=8),
    Attempt("visit-persons", e.planned, "lead", "visit", replace(e.VISIT, met=()), day=8),
    Attempt("due-date", e.visited, "lead", "find", replace(e.FIND, due=START)),
    Attempt("number-taken", e.found, "lead", "find", e.FIND),
    Attempt("no-such-finding", e.found, "officer", "rectify", replace(e.RECTIFY, number=2)),
    Attempt("no-evidence", e.found, "officer", "rectify", replace(e.RECTIFY, exhibits=())),
    Attempt("not-rectified", e.found, "lead", "close", e.CLOSE),
    Attempt("not-rectified", lambda: e.found().take("officer", "rectify", e.UNABLE), "lead", "close", e.CLOSE),
    Attempt("time-to-rectify", e.found, "lead", "recalculate", e.RECALCULATE),
    Attempt("other-result", e.visited, "reviewer", "technical-review", replace(e.PASSED, result=e.NEW_RESULT)),
    Attempt("other-result", e.reviewed, "lead", "opine", replace(e.OPINE, result=e.NEW_RESULT)),
    Attempt("material-misstatement", e.reviewed, "lead", "opine", replace(e.OPINE, misstatement=501)),
    Attempt("not-as-planned", e.reviewed, "lead", "opine", replace(e.OPINE, assurance="limited")),
    Attempt("not-as-planned", e.reviewed, "lead", "opine", replace(e.OPINE, materiality=1000)),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(opinion=bytes(32))),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(result_hash=e.NEW_RESULT)),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(assurance=1)),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(supersedes=5)),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(period_end=e.YEAR[1] + 1)),
    Attempt("statement-differs", e.opined, "evaluator", "draw-up", statement(site=bytes(32))),
    Attempt("wrong-role", e.drawn_up, "officer", "sign", lambda case: e.signature(case, "evaluator")),
    Attempt("signature", e.drawn_up, "officer", "sign", lambda case: e.signature(case, "enterprise", "evaluator")),
    Attempt("signed-already", e.signed, "officer-2", "sign", lambda case: e.signature(case, "enterprise")),
    Attempt("appeal-late", e.refused, "officer", "appeal", e.REASON, day=60),
    Attempt("wrong-role", e.appealed, "lead", "decide", e.DISMISSED),
    Attempt("appeal-by-others", lambda: e.appealed("other"), "other", "decide", e.DISMISSED),
    Attempt("appealed-before", e.dismissed, "officer", "appeal", e.REASON),
    Attempt("wrong-state", lambda: e.visited().take("officer", "withdraw", e.REASON), "lead", "find", e.FIND),
    Attempt("applied-already", e.planned, "officer", "apply", e.APPLY),
    Attempt("lead-plans", e.applied, "other", "plan", e.PLAN),
    Attempt("one-person-one-role", e.applied, "lead", "plan", replace(e.PLAN, reviewer=PEOPLE["lead"])),
    Attempt("one-person-one-role", e.applied, "lead", "plan", replace(e.PLAN, reviewer=PEOPLE["member"])),
    Attempt("other-organisation", e.applied, "lead", "plan", replace(e.PLAN, reviewer=PEOPLE["evaluator"])),
    Attempt("no-site-visit", e.applied, "lead", "plan", replace(e.PLAN, visit_from=None)),
    Attempt("materiality", e.applied, "lead", "plan", replace(e.PLAN, materiality=0)),
    Attempt("no-site-visit", read, "reviewer", "technical-review", e.PASSED),
    Attempt("undeclared", lambda: e.applied().take("lead", "plan", e.PLAN), "lead", "review-documents", e.READ),
    Attempt("no-evidence", e.planned, "lead", "review-documents", replace(e.READ, exhibits=())),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: f"{attempt.code}: {attempt.who} {attempt.action}")
def test_a_step_against_a_rule_is_refused_with_its_rule_and_the_way_to_mend_it(attempt: Attempt) -> None:
    """INV-12: no token without opinion, review by a second person, visit, three organisations, closed findings."""
    story = attempt.before()
    if attempt.action == "visit" and story.now().state is State.PLANNED:
        story.take("member", "review-documents", e.READ)
    story.day = attempt.day if attempt.day is not None else story.day
    content = attempt.content(story.now()) if callable(attempt.content) else attempt.content
    step = story.step(attempt.who, attempt.action, content, **dict(attempt.more))
    with pytest.raises(StepRefused) as refused:
        advance(story.now(), step)
    assert refused.value.code == attempt.code
    assert refused.value.message
    void = follow([*story.made, step])
    assert [one.why.code for one in void.void] == [attempt.code]
    assert void.case == story.now()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verifier": e.ENTERPRISE}, "related-organisations"),
        ({"verifier": f"{e.ENTERPRISE}.7"}, "related-organisations"),
        ({"verifier": e.EVALUATOR}, "related-organisations"),
        ({"evaluator": "88.118"}, "related-organisations"),
        ({"identifier": f"{e.EVALUATOR}/CE-1"}, "other-organisation"),
        ({"period_end": START + 9 * DAY}, "period"),
        ({"period_end": e.YEAR[0]}, "period"),
    ],
)
def test_an_application_that_opens_nothing(changes: dict[str, Any], code: str) -> None:
    """INV-12: one organisation under two prefixes, as far as prefixes show it."""
    with pytest.raises(StepRefused) as refused:
        opening(Story().step("officer", "apply", replace(e.APPLY, **changes)))
    assert refused.value.code == code


def test_nobody_applies_for_another() -> None:
    for who in ("lead", "evaluator", "stranger"):
        with pytest.raises(StepRefused):
            opening(Story().step(who, "apply", e.APPLY))
    with pytest.raises(StepRefused):
        opening(Story().step("lead", "plan", e.PLAN))


def test_a_correction_that_the_rules_do_not_bear_changes_nothing() -> None:
    story = e.visited()
    visit, plan = story.made[-1], story.made[1]
    attempts = [
        ("visit-date", "lead", "visit", replace(e.VISIT, started=START), visit.digest),
        ("corrects", "member", "visit", e.VISIT, visit.digest),
        ("corrects", "lead", "find", e.FIND, visit.digest),
        ("corrects", "lead", "visit", e.VISIT, b"\x09" * 32),
        ("wrong-role", "lead", "plan", replace(e.PLAN, team=()), plan.digest),
        ("corrects", "lead", "declare", e.DECLARE, story.made[2].digest),
    ]
    for code, who, action, content, corrects in attempts:
        with pytest.raises(StepRefused) as refused:
            advance(story.now(), story.step(who, action, content, corrects=corrects))
        assert refused.value.code == code
    story.take("reviewer", "technical-review", e.PASSED)
    with pytest.raises(StepRefused) as refused:
        advance(story.now(), story.step("lead", "visit", e.VISIT, corrects=visit.digest))
    assert refused.value.code == "corrects-after-review"


class Everybody(RuleBasedStateMachine):
    """Everybody tries everything, at any time; what counts never breaks what must always hold."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story().take("officer", "apply", e.APPLY)

    @rule(
        who=st.sampled_from(list(PEOPLE)),
        action=st.sampled_from(list(RULES)),
        choice=st.integers(0, 5),
        days=st.sampled_from([0.1, 1, 3, 20]),
    )
    def try_it(self, who: str, action: str, choice: int, days: float) -> None:
        self.story.day += days
        self._try(who, action, choice)

    @rule(choice=st.integers(0, 5), other=st.booleans())
    def do_what_is_asked(self, choice: int, other: bool) -> None:
        case = self.story.now()
        asked = waiting(case, START + int(self.story.day * DAY))
        if asked:
            one = asked[0]
            who = next(who for who in PEOPLE if concerns(case, one, PEOPLE[who]))
            self._try(who, one.action, choice)

    def _try(self, who: str, action: str, choice: int) -> None:
        options = contents(self.story, action, PEOPLE[who])
        if options:
            try:
                self.story.take(who, action, options[choice % len(options)])
            except StepRefused as refused:
                assert refused.message  # noqa: PT017

    @invariant()
    def nothing_is_built_on_sand(self) -> None:
        case = self.story.now()
        if case.state is State.MINTED:
            minted = next(place for place, step in enumerate(case.steps) if step.action == "mint")
            assert not replay(case.steps[: minted + 1]).open_findings()
        if case.state in (State.REVIEWED, State.OPINED, State.DRAWN_UP):
            assert not case.open_findings()
        if case.state in (State.REVIEWED, State.OPINED, State.DRAWN_UP, State.MINTED):
            assert case.plan is not None
            assert case.reviewer == case.plan.reviewer != case.plan.lead
            assert case.visits
        if case.state is State.MINTED:
            assert set(case.signatures) == {"enterprise", "evaluator", "verifier"}
            assert case.opinion is not None
            assert case.opinion.opinion in ("unmodified", "modified")
        assert len({step.by for step in case.steps}) == len({step.kid for step in case.steps})

    def teardown(self) -> None:
        assert replay(self.story.made) == self.story.now()


def contents(story: Story, action: str, who: str) -> list[Any]:
    case, now = story.now(), START + int(story.day * DAY)
    numbers = [finding.found.number for finding in case.open_findings()] or [1]
    visit = replace(e.VISIT, started=now - 7200, ended=now - 3600, persons=(who,))
    found = replace(e.FIND, number=len(case.findings) + 1, due=now + 5 * DAY)
    made: dict[str, list[Any]] = {
        "plan": [e.PLAN, replace(e.PLAN, team=())],
        "declare": [e.DECLARE],
        "review-documents": [e.READ],
        "visit": [visit],
        "find": [found],
        "rectify": [replace(e.RECTIFY, number=numbers[0]), replace(e.UNABLE, number=numbers[0])],
        "close": [replace(e.CLOSE, number=numbers[0])],
        "return": [replace(e.RETURN, number=numbers[0], due=now + DAY)],
        "recalculate": [replace(e.RECALCULATE, number=numbers[0])],
        "technical-review": [c.TechnicalReview(outcome, "looked", case.result) for outcome in ("passed", "returned")],
        "opine": [
            c.Opine(word, "reasonable", 500, 100, "so it is", case.result)
            for word in ("unmodified", "modified", "adverse", "disclaimer")
        ],
        "decide": [c.Decide("upheld", "yes"), c.Decide("dismissed", "no")],
        "draw-up": [e.drawn(case)] if case.opinion else [],
        "sign": [e.signature(case, party) for party in e.ACCOUNTS] if case.drawn else [],
        "mint": [e.minted(case)] if case.drawn else [],
    }  # fmt: skip
    return made.get(action, [e.REASON])


TestEverybody = Everybody.TestCase
TestEverybody.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
