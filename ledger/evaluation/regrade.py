"""Grading a closed result again: a new document beside the old one, which stays as it is.

Only scheme and benchmarks change. Activity, factors, emissions and period are those of the old result; the mean is of
the same industry and year. The new document names the old one by its hash. A mark never goes away by grading again,
and a grade that was refused for missing data stays refused.
"""

import hashlib
from typing import Any

from ledger.canonical import canonical_json
from ledger.evaluation.evaluate import CARBON_EFFICIENCY
from ledger.evaluation.grading import checked_mean
from ledger.evaluation.reread import Reread, reread
from ledger.evaluation.site import ACTIVITY_FILE, MARKS, WHAT_IF
from ledger.grading.assess import Graders, assess
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.document import grade_document
from ledger.grading.grade import NO_DATA, TOO_MANY_GAPS, Grade, GradingError, no_grade
from ledger.grading.scheme import EFFICIENCY, INTENSITY, LINES, parse_scheme

STAYS = (NO_DATA, TOO_MANY_GAPS)


def regrade(old: bytes, scheme: bytes, benchmarks: bytes) -> dict[str, Any]:
    """The old result graded by other rules, as a document of its own; `regrades` is the SHA-256 of the old one.

    Raises `Malformed`, the named error of the rule file that is wrong, or `GradingError`.
    """
    result = reread(old)
    graders = Graders(parse_scheme(scheme), parse_benchmarks(benchmarks))
    _check(result, graders)
    graded = grade_again(result, graders)
    heads = {"scheme": graders.scheme.head, "benchmarks": graders.benchmarks.head}
    marks = result.marks.union(*(head.marks for head in heads.values()), {"DEMO"} if graded.demo else ())
    return {
        **result.document,
        "rules": {**result.document["rules"], **{role: head.document() for role, head in heads.items()}},
        "grade": grade_document(graded, graders, result.case.uses, amounts=result.amounts),
        "marks": [mark for mark in (*MARKS, ACTIVITY_FILE, WHAT_IF) if mark in marks],
        "regrades": "0x" + hashlib.sha256(canonical_json(result.document)).hexdigest(),
    }


def grade_again(result: Reread, graders: Graders) -> Grade:
    """The grade of a result's figures by a scheme; what missing data refused stays refused."""
    if result.reason in STAYS:
        return no_grade(result.reason)
    return checked_mean(assess(graders, result.case), result.declared_mean, graders.scheme)


def _check(result: Reread, graders: Graders) -> None:
    if "scheme" not in result.rules:
        raise GradingError("the result was never graded", mend="evaluate its evidence with a scheme")
    if (result.kind == CARBON_EFFICIENCY) == (graders.scheme.kind in (LINES, INTENSITY)):
        raise GradingError(
            f"a scheme of kind {graders.scheme.kind!r} does not fit a result of kind {result.kind}",
            mend="carbon efficiency by carbon efficiency, lines by lines",
        )
    now = {"scheme": graders.scheme.head, "benchmarks": graders.benchmarks.head}
    if all(result.rules.get(role) == (head.id, head.sha256) for role, head in now.items()):
        raise GradingError("the result was graded by exactly these rules", mend="give another edition")
    year = result.case.year
    for head in now.values():
        first, last = head.years
        if year is None or year < first or (last is not None and year > last):
            raise GradingError(
                f"{head.id!r} ({head.edition}) does not apply to the result's period ({year or 'several years'})",
                mend="grade a period by the rules and the mean of its own year",
            )
    if graders.scheme.kind == EFFICIENCY and graders.benchmarks.mean(result.case.industry, year or 0) is None:
        raise GradingError(
            f"{graders.benchmarks.head.id!r} has no mean of {result.case.industry} in {year}",
            mend="the mean of another year or industry cannot take its place",
        )
