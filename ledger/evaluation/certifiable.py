"""Why a result cannot become a certificate of any kind: what is missing is more than the method lets stand, or unknown.

The result is drawn up all the same and says so; `certify` and the verification refuse it.
"""

from collections.abc import Collection, Mapping

from ledger.accounting.method_rules import DataRules
from ledger.evaluation.emissions import BASIS_POINTS, Emissions, missing_share
from ledger.evaluation.site import ACTIVITY_FILE, WHAT_IF

Json = object
UNVERIFIABLE = frozenset((ACTIVITY_FILE, WHAT_IF))

REASONS = {
    "no-data": {
        "zh": "有排放源或测点在整个期间没有任何数据，缺失多少无从估计",
        "en": "a source or a point stated nothing at all in the period, so that nobody knows how much is missing",
    },
    "too-many-gaps": {
        "zh": "缺失时段所占排放份额超过方法规定的出证上限",
        "en": "gaps stand for more of the emissions than the method lets be certified",
    },
    "unverified": {
        "zh": "活动数据不是来自经核验的签名帧",
        "en": "the activity does not come from verified frames",
    },
}


def obstacles(emissions: Emissions, rules: DataRules, marks: Collection[str]) -> list[str]:
    """The reasons, by code."""
    found = ["unverified"] if UNVERIFIABLE.intersection(marks) else []
    if emissions.blind:
        found.append("no-data")
    elif missing_share(emissions) * BASIS_POINTS > rules.certificate_limit:
        found.append("too-many-gaps")
    return found


def certifiable_document(codes: list[str]) -> dict[str, Json]:
    """Members of the result; none where nothing stands in the way."""
    if not codes:
        return {}
    return {"certifiable": False, "not_certifiable": [{"code": code, "text": dict(REASONS[code])} for code in codes]}


def refusal(document: Mapping[str, Json]) -> str:
    """Why a result must not be certified, in a line; empty where it may."""
    if document.get("certifiable", True) is True:
        return ""
    reasons = document.get("not_certifiable")
    codes = [entry.get("code") for entry in reasons if isinstance(entry, dict)] if isinstance(reasons, list) else []
    return ", ".join(str(code) for code in codes) or "the result says so"
