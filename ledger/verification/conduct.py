"""What each step must fulfil and what it changes, one function a step.

What is found after the review, the opinion or the statement takes them away again: they were about something else. What
is found after the certificate changes nothing that was minted; it stands open until it is answered.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.verification import contents as c
from ledger.verification import opinion
from ledger.verification.case import Case, Finding
from ledger.verification.errors import StepRefused
from ledger.verification.persons import check_plan, planned, undeclared
from ledger.verification.stages import APPEAL_WITHIN, AT_WORK, SKEW, Role, State
from ledger.verification.steps import Step


def conduct(case: Case, step: Step) -> Case:
    """The case with the step's effect; person and state are in order. Raises StepRefused."""
    return _CONDUCT[step.action](case, step, step.stated.content)


def check_period(applied: c.Apply, step: Step) -> None:
    if not applied.period_start < applied.period_end <= step.at + SKEW:
        raise StepRefused(
            "the period has not ended, or ends before it starts", code="period",
            mend="apply for a period when it is over",
        )  # fmt: skip


def _plan(case: Case, step: Step, content: c.Plan) -> Case:
    check_plan(case, content, step.by)
    _require(content.materiality > 0, "materiality", "a materiality threshold is above zero", "500 is five per cent")
    planned_visit = content.visit_from is not None and content.visit_until is not None
    _require(
        case.is_correction or planned_visit, "no-site-visit", "the plan names no time of a site visit",
        "only the correction of a certificate is verified without one",
    )  # fmt: skip
    people = dict(case.people) | {person: role for role, person in planned(content)}
    return replace(case, plan=content, planned=step.at, people=people).moved(State.PLANNED, step.at)


def _declare(case: Case, step: Step, content: c.Declare) -> Case:
    return replace(case, declared=case.declared | {step.by})


def _review_documents(case: Case, step: Step, content: c.ReviewDocuments) -> Case:
    _require_declared(case, [step.by])
    _require(bool(content.exhibits), "no-evidence", "no document is named", "name each document that was read")
    return case.moved(State.DOCUMENTS_REVIEWED, step.at)


def _visit(case: Case, step: Step, content: c.Visit) -> Case:
    _require_declared(case, content.persons)
    team = {person for role, person in planned(case.plan) if role is not Role.REVIEWER} if case.plan else set()
    _require(
        step.by in content.persons and set(content.persons) <= team, "visit-persons",
        "the report of a visit is signed by one who was there, and names members of the team alone",
        "name in persons who went, as the plan has them",
    )  # fmt: skip
    _require(bool(content.met), "visit-persons", "nobody of the enterprise was met", "name whom you spoke to")
    _require(
        case.planned <= content.started < content.ended <= step.at + SKEW, "visit-date",
        "a visit lies between the plan and the report of it", "check the dates",
    )  # fmt: skip
    return replace(case, visits=(*case.visits, step)).moved(State.VISITED, step.at)


def _find(case: Case, step: Step, content: c.Find) -> Case:
    _require_declared(case, [step.by])
    _require(case.finding(content.number) is None, "number-taken", "this number has a finding", "take the next number")
    _require(content.due > step.at, "due-date", "it is due before it was found", "leave time to answer, 30 days")
    found = case.put(Finding(content, step, content.due))
    if case.state is State.MINTED:
        return found
    back = case.state if case.state in AT_WORK else _work_state(case)
    return _unreviewed(found, back, step.at)


def _rectify(case: Case, step: Step, content: c.Rectify) -> Case:
    finding = _open_finding(case, content.number)
    _require(
        bool(content.exhibits) or content.outcome == "unable", "no-evidence", "a rectification without evidence",
        "name the evidence, or say that there is none: --unable",
    )  # fmt: skip
    moved = case.put(finding.answered(content))
    if content.result is None or case.state is State.MINTED:
        return moved
    return replace(moved, result=content.result)


def _close(case: Case, step: Step, content: c.Close) -> Case:
    finding = _open_finding(case, content.number)
    _require(
        finding.answer is not None and finding.answer.outcome == "rectified", "not-rectified",
        "nothing was rectified", "wait for the enterprise, or calculate conservatively when its time is over",
    )  # fmt: skip
    return case.put(replace(finding, settled=content))


def _return(case: Case, step: Step, content: c.Return) -> Case:
    finding = _open_finding(case, content.number)
    _require(finding.answer is not None, "not-rectified", "there is no rectification to return", "wait for one")
    _require(content.due > step.at, "due-date", "the new date has passed already", "leave time to answer")
    return case.put(finding.sent_back(content))


def _recalculate(case: Case, step: Step, content: c.Recalculate) -> Case:
    finding = _open_finding(case, content.number)
    unable = finding.answer is not None and finding.answer.outcome == "unable"
    _require(
        unable or finding.returned or step.at > finding.due, "time-to-rectify",
        "the enterprise still has time to rectify it", "wait until it is due, was returned, or there is no evidence",
    )  # fmt: skip
    return replace(case.put(replace(finding, settled=content)), result=content.result)


def _technical_review(case: Case, step: Step, content: c.TechnicalReview) -> Case:
    _require_no_open_finding(case)
    if case.state is State.DOCUMENTS_REVIEWED:
        _require(
            case.is_correction, "no-site-visit", "nobody has been on the site", "carbon verification visit",
        )  # fmt: skip
    _require_declared(case, undeclared(case))
    opinion.check_result(case, content.result)
    if content.outcome == "returned":
        return case
    return replace(case, reviewer=step.by).moved(State.REVIEWED, step.at)


def _opine(case: Case, step: Step, content: c.Opine) -> Case:
    _require_no_open_finding(case)
    _require(
        case.reviewer not in (None, step.by), "no-technical-review", "no second person has reviewed it", "ask for it"
    )
    on_time = all(_ended(visit) <= step.at + SKEW for visit in case.visits)
    _require(on_time, "visit-date", "a visit is dated after the opinion", "correct its report")
    opinion.check(case, content)
    moved = replace(case, opinion=content, opinion_hash=step.sha256)
    certifies = content.opinion in opinion.CERTIFY
    return moved.moved(State.OPINED if certifies else State.DECLINED, step.at)


def _ended(visit: Step) -> int:
    content = visit.stated.content
    return content.ended if isinstance(content, c.Visit) else 0


def _draw_up(case: Case, step: Step, content: c.DrawUp) -> Case:
    _require_no_open_finding(case)
    opinion.check_statement(case, content)
    return replace(case, drawn=content, signatures={}).moved(State.DRAWN_UP, step.at)


def _sign(case: Case, step: Step, content: c.Sign) -> Case:
    opinion.check_signature(case, case.people.get(step.by) or case.role_of(step.by), content)
    return replace(case, signatures=dict(case.signatures) | {content.party: content.signature})


def _mint(case: Case, step: Step, content: c.Mint) -> Case:
    opinion.check_mintable(case)
    opinion.check_token(case, content.token)
    return replace(case, token=content.token).moved(State.MINTED, step.at)


def _refuse(case: Case, step: Step, content: c.Reasoned) -> Case:
    return replace(case, answer_to=case.state).moved(State.REFUSED, step.at)


def _appeal(case: Case, step: Step, content: c.Reasoned) -> Case:
    _require(not case.appealed, "appealed-before", "it was appealed before", "a dismissed appeal is final")
    _require(step.at <= case.since + APPEAL_WITHIN, "appeal-late", "the time for an appeal is over", "within 14 days")
    before = case.answer_to if case.state is State.REFUSED else None
    return replace(case, appealed=True, answer_to=before or case.state).moved(State.APPEALED, step.at)


def _decide(case: Case, step: Step, content: c.Decide) -> Case:
    _require(
        step.by not in case.people, "appeal-by-others", "it took part in what is appealed",
        "a person of the body with no part in the engagement decides",
    )  # fmt: skip
    if content.outcome == "dismissed":
        if case.opinion is None:
            return case.moved(State.REFUSED, step.at)
        return case.moved(State.OPINED if case.opinion.opinion in opinion.CERTIFY else State.DECLINED, step.at)
    return _unreviewed(case, _work_state(case), step.at)


def _withdraw(case: Case, step: Step, content: c.Reasoned) -> Case:
    return case.moved(State.WITHDRAWN, step.at)


def _work_state(case: Case) -> State:
    """How far the team had come, without what was made of it."""
    if case.visits:
        return State.VISITED
    if any(step.action == "review-documents" for step in case.steps):
        return State.DOCUMENTS_REVIEWED
    return State.PLANNED if case.plan else State.APPLIED


def _unreviewed(case: Case, state: State, at: int) -> Case:
    bare = replace(case, reviewer=None, opinion=None, opinion_hash=bytes(32), drawn=None, signatures={})
    return bare.moved(state, at)


def _open_finding(case: Case, number: int) -> Finding:
    finding = case.finding(number)
    if finding is None or not finding.is_open:
        numbers = ", ".join(str(one.found.number) for one in case.open_findings())
        raise StepRefused(f"finding {number} is not open", code="no-such-finding", mend=f"open: {numbers or 'none'}")
    return finding


def _require_no_open_finding(case: Case) -> None:
    if still := case.open_findings():
        numbers = ", ".join(str(finding.found.number) for finding in still)
        raise StepRefused(
            f"findings are open: {numbers}", code="open-finding", mend="close each, or calculate conservatively"
        )


def _require_declared(case: Case, persons: list[str] | tuple[str, ...]) -> None:
    if missing := [person for person in persons if person not in case.declared]:
        raise StepRefused(
            f"{missing[0]} has not declared to be independent", code="undeclared",
            mend="each person of the plan signs it himself: carbon verification declare",
        )  # fmt: skip


def _require(holds: bool, code: str, message: str, mend: str) -> None:
    if not holds:
        raise StepRefused(message, code=code, mend=mend)


_CONDUCT: dict[str, Callable[[Case, Step, Any], Case]] = {
    "plan": _plan,
    "declare": _declare,
    "review-documents": _review_documents,
    "visit": _visit,
    "find": _find,
    "rectify": _rectify,
    "close": _close,
    "return": _return,
    "recalculate": _recalculate,
    "technical-review": _technical_review,
    "opine": _opine,
    "draw-up": _draw_up,
    "sign": _sign,
    "mint": _mint,
    "refuse": _refuse,
    "appeal": _appeal,
    "decide": _decide,
    "withdraw": _withdraw,
}
