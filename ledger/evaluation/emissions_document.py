"""The emissions section of a result: totals, and every source with what it is."""

from collections.abc import Sequence
from typing import Any

from ledger.accounting.method import Method
from ledger.canonical import decimal_text
from ledger.evaluation.emissions import Emissions, MonthEmission
from ledger.evaluation.figures import Totals

Json = Any


def emissions_document(method: Method, emissions: Emissions, totals: Totals, labels: Sequence[str]) -> dict[str, Json]:
    """`bases` stands only where a method counts one activity in several ways."""
    written: dict[str, Json] = {
        "unit": method.unit.text,
        "gases": list(method.gases),
        "gwp_set": method.gwp_set,
        "total": decimal_text(totals.total),
        "incomplete": [source_id for source_id, months in emissions.sources.items() if not months],
        "energy": decimal_text(totals.energy),
        "deductions": decimal_text(totals.deductions),
        **{f"scope{scope}": decimal_text(value) for scope, value in totals.by_scope.items()},
        "by_month": {
            label: decimal_text(totals.by_month[label]) if label in totals.by_month else None for label in labels
        },
        "by_group": {name: decimal_text(value) for name, value in sorted(totals.by_group.items())},
        "by_gas": {name: decimal_text(value) for name, value in sorted(totals.by_gas.items())},
        "by_source": {source_id: _source(method, source_id, months) for source_id, months in emissions.sources.items()},
    }
    if len(method.bases) > 1:
        written["bases"] = {name: decimal_text(value) for name, value in totals.by_basis.items()}
    return written


def _source(method: Method, source_id: str, months: Sequence[MonthEmission]) -> Json:
    source, manner = method.sources[source_id], method.sources[source_id].manner
    return {
        "name": dict(source.name),
        "scope": manner.scope,
        "energy": manner.energy,
        "counts": manner.counts,
        "basis": manner.basis,
        "in_total": manner.in_total,
        "gas": manner.gas,
        "group": manner.group,
        "total": decimal_text(sum(month.value for month in months)) if months else None,
        "by_month": {month.label: decimal_text(month.value) if month.present else None for month in months},
    }
