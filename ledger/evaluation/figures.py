"""Adding up: totals that months, sources and scopes add up to exactly."""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.method import Method
from ledger.accounting.sources import DEDUCTION
from ledger.evaluation.emissions import Emissions


@dataclass(frozen=True, slots=True)
class Totals:
    """In the method's unit. `energy`: from energy consumption only, the numerator of a carbon-efficiency grade before
    its `deductions`; these are never in `total`. A month in which no source had data is not in `by_month`. `by_basis`:
    the parallel totals that can be stated, of which `total` is the first; `by_gas` and `by_group` part `total`."""

    total: Fraction
    energy: Fraction
    deductions: Fraction
    by_scope: dict[int, Fraction]
    by_month: dict[str, Fraction]
    by_source: dict[str, Fraction]
    by_basis: dict[str, Fraction]
    by_gas: dict[str, Fraction]
    by_group: dict[str, Fraction]


def add_up(emissions: Emissions, method: Method) -> Totals:
    """The totals of a period."""
    total = energy = deductions = Fraction(0)
    by_scope = {1: Fraction(0), 2: Fraction(0), 3: Fraction(0)}
    by_month: dict[str, Fraction] = {}
    by_source: dict[str, Fraction] = {}
    by_gas: dict[str, Fraction] = {}
    by_group: dict[str, Fraction] = {}
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
            _add(by_gas, source.manner.gas, month.value)
            _add(by_group, source.manner.group, month.value)
            if month.present or month.value:
                _add(by_month, month.label, month.value)
    labelled = dict(sorted(by_month.items()))
    by_basis = _by_basis(emissions, method, by_source)
    return Totals(total, energy, deductions, by_scope, labelled, by_source, by_basis, by_gas, by_group)


def _add(sums: dict[str, Fraction], name: str, value: Fraction) -> None:
    sums[name] = sums.get(name, Fraction(0)) + value


def _by_basis(emissions: Emissions, method: Method, by_source: dict[str, Fraction]) -> dict[str, Fraction]:
    return {
        basis: sum(
            (value for source, value in by_source.items() if method.sources[source].in_basis(basis)), Fraction(0)
        )
        for basis in method.complete_bases(emissions.sources)
    }
