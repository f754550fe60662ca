"""The stages of a verification and who may take which step from where: one line a step.

Clauses (from memory of the standards): planning, document review, site visit, independent review before the opinion –
ISO 14064-3:2019, ISO/IEC 17029:2019 9.3–9.7; appeals handled by others than those who decided – ISO/IEC 17029 9.9;
finding, rectification, conservative calculation, 复核 – 《企业温室气体排放报告核查指南（试行）》 4.1 and 5. Days that a
step may take are this project's own choice where they are not that guideline's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

DAY = 86_400
SKEW = 300
"""Clocks of two persons differ by so many seconds."""
APPEAL_WITHIN = 14 * DAY
DECIDE_WITHIN = 14 * DAY
"""The guideline's 7 and 10 working days, in calendar days that hold them with a holiday between."""
MAX_STEPS = 1000


class State(StrEnum):
    APPLIED = "applied"
    PLANNED = "planned"
    DOCUMENTS_REVIEWED = "documents-reviewed"
    VISITED = "visited"
    REVIEWED = "reviewed"
    OPINED = "opined"
    DRAWN_UP = "drawn-up"
    MINTED = "minted"
    REFUSED = "refused"
    DECLINED = "declined"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"


class Role(StrEnum):
    """`body`: a person of the verification body with no part in the engagement so far."""

    ENTERPRISE = "enterprise"
    EVALUATOR = "evaluator"
    LEAD = "lead"
    MEMBER = "member"
    REVIEWER = "reviewer"
    BODY = "body"


S, R = State, Role
AT_WORK = (S.DOCUMENTS_REVIEWED, S.VISITED)
"""While the team looks, findings come and go."""
ANSWERED_IN = (*AT_WORK, S.MINTED)
"""What is found after the certificate is answered too, by a certificate that supersedes it or by evidence."""
BEFORE_MINTING = (
    S.APPLIED, S.PLANNED, S.DOCUMENTS_REVIEWED, S.VISITED, S.REVIEWED, S.OPINED, S.DRAWN_UP, S.APPEALED,
)  # fmt: skip
FINAL = frozenset((S.MINTED, S.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class Rule:
    by: frozenset[Role]
    origins: frozenset[State]


def _rule(by: Iterable[Role], origins: Iterable[State]) -> Rule:
    return Rule(frozenset(by), frozenset(origins))


TEAM = (R.LEAD, R.MEMBER)
RULES: dict[str, Rule] = {
    "plan": _rule([R.BODY], [S.APPLIED]),
    "declare": _rule([R.LEAD, R.MEMBER, R.REVIEWER], [S.PLANNED, *AT_WORK]),
    "review-documents": _rule(TEAM, [S.PLANNED]),
    "visit": _rule(TEAM, AT_WORK),
    "find": _rule(TEAM, [*AT_WORK, S.REVIEWED, S.OPINED, S.DRAWN_UP, S.MINTED]),
    "rectify": _rule([R.ENTERPRISE], ANSWERED_IN),
    "close": _rule(TEAM, ANSWERED_IN),
    "return": _rule(TEAM, ANSWERED_IN),
    "recalculate": _rule(TEAM, AT_WORK),
    "technical-review": _rule([R.REVIEWER], AT_WORK),
    "opine": _rule([R.LEAD], [S.REVIEWED]),
    "draw-up": _rule([R.EVALUATOR], [S.OPINED, S.DRAWN_UP]),
    "sign": _rule([R.ENTERPRISE, R.EVALUATOR, R.LEAD], [S.DRAWN_UP]),
    "mint": _rule([R.ENTERPRISE], [S.DRAWN_UP]),
    "refuse": _rule([R.BODY, R.LEAD], [S.APPLIED, S.PLANNED, *AT_WORK, S.REVIEWED]),
    "appeal": _rule([R.ENTERPRISE], [S.REFUSED, S.DECLINED, S.OPINED]),
    "decide": _rule([R.BODY], [S.APPEALED]),
    "withdraw": _rule([R.ENTERPRISE], BEFORE_MINTING),
}
SIGNS_FOR = {R.ENTERPRISE: "enterprise", R.EVALUATOR: "evaluator", R.LEAD: "verifier"}
CORRECTABLE = frozenset(("plan", "review-documents", "visit", "find", "rectify", "recalculate"))
"""What may be stated anew, by its own author and until the technical review, which is of what stood there then."""
