"""Independence: three organisations, one role a person, one person a key, nobody who lends his name.

- The prefixes of enterprise, evaluator and verification body differ, and none lies under another's. Common ownership
  behind two prefixes no machine sees: it is what each person of the plan declares in his own words and signs.
- Enterprise and evaluator act through officers' keys, the verification body through verifiers' keys.
- A person has one role in an engagement, and a key belongs to one person in it.
- Who is named in the plan has declared with his own key before the technical review: nobody's name is lent (挂名).
"""

from collections.abc import Iterator
from itertools import combinations

from ledger.verification.case import Case
from ledger.verification.contents import Apply, Plan
from ledger.verification.errors import StepRefused
from ledger.verification.stages import Role
from ledger.verification.steps import Step
from terminal_signer.frame import KeyClass


def check_organisations(enterprise: str, applied: Apply) -> None:
    parties = {"enterprise": enterprise, "evaluator": applied.evaluator, "verifier": applied.verifier}
    for (one, first), (other, second) in combinations(parties.items(), 2):
        if first == second or first.startswith(second + ".") or second.startswith(first + "."):
            raise StepRefused(
                f"{one} {first} and {other} {second} are not two organisations", code="related-organisations",
                mend="a body verifies for none that it belongs to, and none that belongs to it",
            )  # fmt: skip


def check_class(role: Role, step: Step) -> None:
    wanted = KeyClass.OFFICER if role in (Role.ENTERPRISE, Role.EVALUATOR) else KeyClass.VERIFIER
    if step.key_class is not wanted:
        raise StepRefused(
            f"{step.by[:80]!r} signs with a key of class {step.key_class.name.lower()}", code="key-class",
            mend=f"enrol a key of class {wanted.name.lower()} for this person",
        )  # fmt: skip


def check_key(case: Case, step: Step) -> None:
    holder = case.keys.get(step.kid)
    if holder not in (None, step.by):
        raise StepRefused(
            f"its key signed for {holder} already", code="one-key-one-person", mend="each person has a key of his own"
        )


def check_plan(case: Case, plan: Plan, by: str) -> None:
    """Lead, team and reviewer are persons of the body, each once, and none has acted in another role."""
    if by != plan.lead:
        raise StepRefused(f"the plan names {plan.lead} as lead", code="lead-plans", mend="the lead verifier signs it")
    seen: set[str] = set()
    for role, person in planned(plan):
        if person.partition("/")[0] != case.applied.verifier:
            raise StepRefused(
                f"{person} is not of the verification body {case.applied.verifier}", code="other-organisation",
                mend="name persons under the body's prefix",
            )  # fmt: skip
        if person in seen or case.people.get(person, role) is not role:
            raise StepRefused(
                f"{person} has another role in this engagement", code="one-person-one-role",
                mend="lead, team and reviewer are different persons",
            )  # fmt: skip
        seen.add(person)


def planned(plan: Plan) -> Iterator[tuple[Role, str]]:
    yield Role.LEAD, plan.lead
    yield from ((Role.MEMBER, person) for person in plan.team)
    yield Role.REVIEWER, plan.reviewer


def undeclared(case: Case) -> list[str]:
    """Persons of the plan who have not declared."""
    return [person for _, person in planned(case.plan) if person not in case.declared] if case.plan else []
