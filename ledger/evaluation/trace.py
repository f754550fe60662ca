"""The trace: for every source and month the formula, its inputs with units and origin, and what came out.

`trace` is data inside the result; `trace_text` makes lines of it that an accountant can read.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from ledger.accounting.engine import Input
from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text, exact_number, round_half_even
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import Emissions, MonthEmission

Json = Any


def trace(activity: Activity, emissions: Emissions) -> list[Json]:
    """Lines of activity (what each point summed to), then lines of emission."""
    lines = [line for entry in activity.points for line in _point_lines(activity, entry.point.id)]
    lines += [
        {
            "line": "declared",
            "item": value.entry.item,
            "sub": value.sub,
            "start": value.start,
            "end": value.end,
            "document": "0x" + value.document.hex(),
            "demo": value.entry.demo,
            **_quantity(value.quantity),
        }
        | {name: text for name, text in (("number", value.number), ("sample", value.sample)) if text is not None}
        | ({"certified": True} if value.entry.certified else {})
        | ({} if value.entry.replaces is not None or value.entry.item in activity.items else {"adds": False})
        for value in activity.stated
    ]
    for source_id, months in emissions.sources.items():
        lines += [_emission_line(source_id, month) for month in months if month.present or month.value]
    return lines


def factor_lines(emissions: Emissions) -> list[Json]:
    """Every factor used, once: value, source, years, how sure we are of it, and why it and no other."""
    used = {
        (entry.factor.id, entry.factor.years[0], entry.factor.region): (entry.factor, entry.reason)
        for months in emissions.sources.values()
        for month in months
        for entry in month.emission.inputs
        if entry.factor is not None
    }
    return [
        {
            "id": factor.id,
            **_quantity(factor.quantity),
            "basis": factor.basis,
            "years": [factor.years[0], factor.years[1]],
            **({"region": factor.region} if factor.region else {}),
            "data_year": factor.data_year,
            "published": factor.published,
            "source": factor.source,
            "confidence": factor.confidence,
            "reason": reason,
        }
        for _, (factor, reason) in sorted(used.items(), key=itemgetter(0))
    ]


def trace_text(document: Mapping[str, Json], language: str = "en") -> list[str]:
    """The trace of a result document as lines to read, in Chinese ("zh") or English."""
    words = _WORDS["zh" if language == "zh" else "en"]
    factors = {(factor["id"], factor["value"], factor["unit"]): factor for factor in document["factors"]}
    lines = []
    for line in document["trace"]:
        if line["line"] == "metered":
            lines.append(
                f"{line['month']}  {line['item']}: {line['point']} = ({line['metered']} {words['metered']}"
                f" + {line['declared']} {words['degraded']}) {line['unit']} × {line['ratio']}"
                f" = {line['value']} {line['item_unit']}"
            )
        elif line["line"] == "declared":
            demo = "  DEMO" if line["demo"] else ""
            lines.append(
                f"{words['declared']}  {line['item']} = {line['value']} {line['unit']}"
                f"  [{line['sub']}, {line['document'][:18]}…]{demo}"
            )
        else:
            lines += _emission_text(line, factors, words)
    return lines


_WORDS = {
    "zh": {"metered": "计量", "degraded": "降级", "declared": "申报", "because": "其中", "default": "缺省"},
    "en": {
        "metered": "metered",
        "degraded": "degraded",
        "declared": "declared",
        "because": "where",
        "default": "default",
    },
}


def _emission_text(line: Json, factors: Mapping[tuple[str, str, str], Json], words: Mapping[str, str]) -> list[str]:
    lines = [f"{line['month']}  {line['source']}  ({line['clause']})"]
    for used in line["inputs"]:
        origin = used["from"]
        factor = factors.get((used["id"], used["value"], used["unit"]))
        if factor is not None:
            basis = words["default"] + ", " if factor["basis"] == "default" else ""
            origin = f"{used['id']}: {factor['source']} [{basis}{factor['confidence']}]"
        lines.append(
            f"    {words['because']} {used['name']} = {used['value']} {used['unit']}  ← {origin or used['id']}"
        )
    lines += [f"    {step['step']}  = {_readable(step['value'])} {step['unit']}" for step in line["steps"]]
    return lines


def _readable(value: str) -> str:
    """A value for the eye; one without a finite decimal as a ratio, and what it is about."""
    if "/" not in value:
        return value
    return f"{value} ≈ {decimal_text(round_half_even(exact_number(value), 6))}"


def _point_lines(activity: Activity, point_id: str) -> Sequence[Json]:
    entry = next(line for line in activity.points if line.point.id == point_id)
    item = activity.items[entry.point.item]
    return [
        {
            "line": "metered",
            "month": month.label,
            "item": entry.point.item,
            "point": point_id,
            "metered": decimal_text(metered),
            "declared": decimal_text(declared),
            "unit": entry.point.unit_text,
            "ratio": decimal_text(entry.point.ratio),
            "value": decimal_text((metered + declared) * entry.scale),
            "item_unit": item.unit.text,
            "missing_seconds": missing,
        }
        | ({} if activity.tree.feeds(entry.point) else {"adds": False})
        for month, (metered, declared), missing in zip(
            activity.months, entry.totals.months, entry.totals.missing, strict=True
        )
    ]


def _emission_line(source_id: str, month: MonthEmission) -> Json:
    emission = month.emission
    return {
        "line": "emission",
        "month": month.label,
        "source": source_id,
        "formula": emission.source.formula.id,
        "clause": emission.source.formula.clause,
        "inputs": [_input(entry) for entry in emission.inputs],
        "steps": [{"name": step.name, "step": step.text, **_quantity(step.output)} for step in emission.steps],
    }


def _input(entry: Input) -> Json:
    """A factor's source stands once, in the result's list of factors."""
    origin = "" if entry.factor is not None else entry.origin
    return {"name": entry.name, "kind": entry.kind, "id": entry.id, **_quantity(entry.quantity), "from": origin}


def _quantity(quantity: Quantity) -> dict[str, str]:
    return {"value": decimal_text(quantity.value), "unit": quantity.unit.text}
