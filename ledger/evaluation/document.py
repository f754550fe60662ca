"""Writes `result/1`: every figure with what made it. Quantities are exact texts; nothing is rounded here.

The order of lists is fixed (months and gaps by time, sources as in the site file, all else by name), so that the same
evidence gives the same bytes.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.amounts import ItemActivity
from ledger.evaluation.balance import Balance, balance_document
from ledger.evaluation.certifiable import certifiable_document, obstacles
from ledger.evaluation.closings import closings_document
from ledger.evaluation.corrections import Correction, Signed
from ledger.evaluation.cross_checks import cross_check_document
from ledger.evaluation.emissions import Emissions, coverage, missing_share, shares
from ledger.evaluation.emissions_document import emissions_document
from ledger.evaluation.figures import Totals
from ledger.evaluation.findings import Findings
from ledger.evaluation.footprints import Footprints
from ledger.evaluation.gathering import Counts
from ledger.evaluation.green import green_document
from ledger.evaluation.inputs import Period
from ledger.evaluation.organisation import Organised, organisation_document
from ledger.evaluation.screening import DECLARED
from ledger.evaluation.self_signed import MeterCounts
from ledger.evaluation.site import ACTIVITY_FILE, MARKS, WHAT_IF, Site
from ledger.evaluation.trace import factor_lines, trace
from ledger.evaluation.uncertainty import uncertainty, uncertainty_document, with_parts
from ledger.evaluation.upstream_inputs import upstream_document
from ledger.grading.assess import Graders
from ledger.grading.document import grade_document
from ledger.grading.grade import Grade
from ledger.rules.head import RuleHead
from ledger.templates import Template

FORMAT = "result/1"
PRODUCT_FOOTPRINT = 3
Json = object


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an evaluation found, before it is written down."""

    kind: int
    period: Period
    site: Site
    engine: Engine
    heads: dict[str, RuleHead]
    counts: Counts
    activity: Activity
    emissions: Emissions
    totals: Totals
    grade: Grade
    graders: Graders | None
    marks: frozenset[str]
    found: Findings
    template: Template | None
    organised: Organised | None = None
    balance: Balance | None = None


def write(facts: Facts) -> dict[str, Json]:
    """The document."""
    method = facts.engine.method
    rules: dict[str, Json] = {kind: head.document() for kind, head in facts.heads.items()}
    totals, labels = facts.totals, [month.label for month in facts.activity.months]
    unsure = with_parts(uncertainty(facts.activity, facts.emissions, method.unit), facts.grade)
    if facts.template is not None:
        rules["template"] = facts.template.document()
    return {
        "format": FORMAT,
        "kind": facts.kind,
        "period": {"start": facts.period.start, "end": facts.period.end, "offset": facts.site.offset_text},
        "site": _site(facts.site),
        "rules": rules,
        "activity": {item: _item(facts, entry) for item, entry in facts.activity.items.items()},
        "emissions": emissions_document(method, facts.emissions, totals, labels),
        "grade": grade_document(facts.grade, facts.graders, facts.site.uses, amounts=unsure.amounts),
        "uncertainty": uncertainty_document(unsure),
        "quality": {"coverage": coverage(facts.emissions), **shares(facts.emissions)},
        "marks": [mark for mark in (*MARKS, ACTIVITY_FILE, WHAT_IF) if mark in facts.marks],
        "gaps": {
            "rule": method.data_rules.gaps,
            "statement": dict(method.data_rules.gaps_statement),
            "share": decimal_text(missing_share(facts.emissions)),
            "certificate_limit": method.data_rules.certificate_limit,
            "list": [
                {"point": line.point.id, "start": start, "end": end}
                for line in sorted(facts.activity.points, key=lambda line: line.point.id)
                for start, end in line.totals.gaps
            ],
        },
        "frames": _frames(facts.counts, len(facts.activity.corrections)),
        "corrections": [_correction(entry) for entry in facts.activity.corrections],
        "self_signed": [_meter(line) for line in facts.activity.self_signed],
        "findings": facts.found.document(),
        "factors": factor_lines(facts.emissions),
        "trace": trace(facts.activity, facts.emissions),
        **_organisation(facts),
        **cross_check_document(facts.activity.checks),
        **closings_document(facts.activity.closings),
        **upstream_document(facts.activity.upstream),
        **certifiable_document(obstacles(facts.emissions, method.data_rules, facts.marks)),
        **({} if facts.activity.green is None else {"green": green_document(facts.activity.green)}),
    }


def _organisation(facts: Facts) -> dict[str, Json]:
    footprints = None
    if facts.kind == PRODUCT_FOOTPRINT:
        footprints = Footprints(facts.site.iss, facts.period, facts.engine.method, facts.activity, facts.emissions)
    parts = {}
    if facts.organised is not None:
        parts = organisation_document(facts.organised, facts.site, facts.activity, footprints)
    return parts if facts.balance is None else {**parts, "balance": balance_document(facts.balance)}


def _site(site: Site) -> Json:
    return {
        "sha256": "0x" + site.sha256.hex(),
        "enterprise": site.iss,
        "subject": site.subject,
        "name": dict(site.name),
        "uscc": site.uscc,
        "industry": site.industry,
        "region": site.region,
        "boundary": dict(site.boundary),
        "absent": [
            {"source": source.id, "reason": dict(source.absent)} for source in site.sources if source.absent is not None
        ],
    }


def _item(facts: Facts, item: ItemActivity) -> Json:
    months = list(zip(facts.activity.months, item.months, strict=True))

    def whole(amounts: list[Fraction]) -> str:
        return decimal_text(sum(amounts, Fraction(0)))

    return {
        "value": decimal_text(item.total()),
        "unit": item.unit.text,
        "by_month": {month.label: decimal_text(amount.total) if amount.present else None for month, amount in months},
        "metered": whole([amount.metered for amount in item.months]),
        "declared": whole([amount.declared for amount in item.months]),
        "estimated": whole([amount.estimated for amount in item.months]),
    }


def _correction(correction: Correction) -> Json:
    return {
        "by": _signed(correction.by),
        "corrects": _signed(correction.corrected),
        "reason": correction.reason,
        "values": [
            {
                "name": change.name,
                "start": change.start,
                "end": change.end,
                "unit": change.unit,
                "first": decimal_text(Fraction(change.first)),
                "value": decimal_text(Fraction(change.value)),
                "declared": change.quality == DECLARED,
                "superseded": change.superseded,
            }
            for change in correction.changes
        ],
    }


def _signed(signed: Signed) -> Json:
    return {
        "sub": signed.sub,
        "class": signed.key_class.name.lower(),
        "digest": "0x" + signed.digest.hex(),
        "index": signed.index,
    }


def _meter(line: MeterCounts) -> Json:
    """What a meter that signs for itself says of its own records: its counters, context by context."""
    return {
        "sub": line.sub,
        "serial": line.serial,
        "records": line.records,
        "verified": line.verified,
        "counters": {
            context: {
                "first": counter.first,
                "last": counter.last,
                "missing": [[first, last] for first, last in counter.missing],
                "repeated": list(counter.repeated),
                "reordered": list(counter.reordered),
                "conflicting": list(counter.conflicting),
            }
            for context, counter in line.counters.items()
        },
    }


def _frames(counts: Counts, corrections: int) -> Json:
    return {
        "held": counts.held,
        "readings": counts.readings,
        "documents": counts.documents,
        "heartbeats": counts.heartbeats,
        "excluded": counts.excluded,
        "degraded": counts.degraded,
        "corrections": corrections,
        "flags": dict(counts.flags),
        "keys": [
            {
                "sub": chain.sub,
                "kid": "0x" + chain.kid.hex(),
                "class": chain.key_class.name.lower(),
                "frames": chain.frames,
                "first": chain.first,
                "last": chain.last,
                "missing": chain.missing,
                "forked_at": chain.forked_at,
            }
            for chain in counts.keys
        ],
    }
