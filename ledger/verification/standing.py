"""Whose turn it is: for each person or party that an engagement waits for, what is to be done and by when."""

from dataclasses import dataclass

from ledger.verification.case import Case, Finding
from ledger.verification.opinion import PARTIES
from ledger.verification.persons import undeclared
from ledger.verification.stages import APPEAL_WITHIN, DECIDE_WITHIN, SIGNS_FOR, Role, State


@dataclass(frozen=True, slots=True)
class Waiting:
    """`person` is one by name, else any of the `role`. `due`: by when; `finding`: its number; `may`: it can be done,
    and nothing stands still without it."""

    role: Role
    action: str
    person: str | None = None
    due: int | None = None
    finding: int | None = None
    may: bool = False


def waiting(case: Case, now: int) -> list[Waiting]:
    """What is open, in the order in which it came."""
    plan = case.plan
    lead = plan.lead if plan else None
    if case.state is State.APPLIED:
        return [Waiting(Role.BODY, "plan")]
    if case.state is State.APPEALED:
        return [Waiting(Role.BODY, "decide", due=case.since + DECIDE_WITHIN)]
    if case.state in (State.REFUSED, State.DECLINED):
        until = case.since + APPEAL_WITHIN
        return [] if case.appealed or now > until else [Waiting(Role.ENTERPRISE, "appeal", due=until, may=True)]
    if case.state is State.REVIEWED:
        return [Waiting(Role.LEAD, "opine", lead)]
    if case.state is State.OPINED:
        return [Waiting(Role.EVALUATOR, "draw-up")]
    if case.state is State.DRAWN_UP:
        return _signatures(case, lead) or [Waiting(Role.ENTERPRISE, "mint")]
    if case.state is State.WITHDRAWN:
        return []
    if case.state is State.MINTED:
        return [_finding(finding, lead, finding.due) for finding in case.open_findings()]
    return _at_work(case, now)


def _at_work(case: Case, now: int) -> list[Waiting]:
    lead = case.plan.lead if case.plan else None
    asked = [Waiting(case.people[person], "declare", person) for person in undeclared(case)]
    asked += [_finding(finding, lead, now) for finding in case.open_findings()]
    if case.state is State.PLANNED:
        return [*asked, Waiting(Role.LEAD, "review-documents", lead)]
    if case.state is State.DOCUMENTS_REVIEWED and not case.is_correction:
        until = case.plan.visit_until if case.plan else None
        return [*asked, Waiting(Role.LEAD, "visit", lead, due=until)]
    if not asked and case.plan:
        asked = [Waiting(Role.REVIEWER, "technical-review", case.plan.reviewer)]
        if case.steps[-1].action == "technical-review":
            asked.insert(0, Waiting(Role.LEAD, "find", lead, may=True))
    return asked


def _finding(finding: Finding, lead: str | None, now: int) -> Waiting:
    number = finding.found.number
    if finding.answer is None:
        if now > finding.due:
            return Waiting(Role.LEAD, "recalculate", lead, finding=number)
        return Waiting(Role.ENTERPRISE, "rectify", due=finding.due, finding=number)
    action = "close" if finding.answer.outcome == "rectified" else "recalculate"
    return Waiting(Role.LEAD, action, lead, finding=number)


def _signatures(case: Case, lead: str | None) -> list[Waiting]:
    by_party = {party: role for role, party in SIGNS_FOR.items()}
    missing = [by_party[party] for party in PARTIES if party not in case.signatures]
    return [Waiting(role, "sign", lead if role is Role.LEAD else None) for role in missing]


def concerns(case: Case, one: Waiting, person: str) -> bool:
    """Whether it is this person's turn, or may be. Who took part in what is appealed is not asked to decide it."""
    if one.action == "decide" and person in case.people:
        return False
    if one.person is not None and one.action not in ("review-documents", "visit", "close", "recalculate"):
        return one.person == person
    role = case.role_of(person)
    return role is one.role or (one.role is Role.LEAD and role is Role.MEMBER)
