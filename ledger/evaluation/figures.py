"""Adding up: totals that months, sources and scopes add up to exactly."""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.sources import DEDUCTION
from ledger.evaluation.emissions import Emissions


@dataclass(frozen=True, slots=True)
class Totals:
    """In the method's unit. `energy`: from energy consumption only, the numerator of a carbon-efficiency grade before
    its `deductions`; these are never in `total`. A month in which no source had data is not in `by_month`."""

    total: Fraction
    energy: Fraction
    deductions: Fraction
    by_scope: dict[int, Fraction]
    by_month: dict[str, Fraction]
    by_source: dict[str, Fraction]


def add_up(emissions: Emissions) -> Totals:
    """The totals of a period."""
    total = energy = deductions = Fraction(0)
    by_scope = {1: Fraction(0), 2: Fraction(0), 3: Fraction(0)}
    by_month: dict[str, Fraction] = {}
    by_source: dict[str, Fraction] = {}
    for source_id, months in emissions.sources.items():
        by_source[source_id] = sum((month.value for month in months), Fraction(0))
        for month in months:
            source = month.emission.source
            if source.counts == DEDUCTION:
                deductions += month.value
            if not source.in_total:
                continue
            total += month.value
            energy += month.value if source.energy else 0
            by_scope[source.scope] += month.value
            if month.present or month.value:
                by_month[month.label] = by_month.get(month.label, Fraction(0)) + month.value
    return Totals(total, energy, deductions, by_scope, dict(sorted(by_month.items())), by_source)
