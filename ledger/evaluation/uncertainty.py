"""Uncertainty of a period's emissions by IPCC 2006, approach 1, source by source.

A source's emission is as uncertain as its inputs: each meter, declaration, gap and factor moves it by its own
percentage, the same way in every month, and independently of the others (root of the sum of squares). Where a formula
is a product this is the rule of products, where it adds (a carbon balance) the rule of sums. Sources are then added as
independent, which is approach 1; a factor that two sources share is not.

A point's percentage stands in the site file, a factor's in its set. Where nothing is stated a percentage of ours by the
class of the data is assumed, and the result says so. What a programme prescribes, and stoichiometry, count as exact:
the figure is uncertain within its method, not about the method. Half-ranges, meant for 95 % confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ledger.accounting.sources import DEDUCTION
from ledger.accounting.units import Unit
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import Emissions
from ledger.evaluation.root import root_up, share_of
from ledger.evaluation.uncertain import ASSUMED, Part, amounts_of, parts_of, square_of
from ledger.grading.case import CARBON, ENERGY, NET_ENERGY, TOTAL
from ledger.grading.grade import Grade

STATEMENT = {
    "zh": "未注明不确定度之处按数据类别取本项目假定值（半区间，按 95 % 置信水平理解）；"
    "各排放源视为相互独立（IPCC 2006 方法1）。",
    "en": "Where no uncertainty is stated, assumptions of this project by class of data (half-ranges, meant for 95 %); "
    "sources as independent of each other (IPCC 2006, approach 1).",
}
Json = object


@dataclass(frozen=True, slots=True)
class Line:
    """One source with what moves it."""

    source: str
    emission: Fraction
    parts: tuple[Part, ...]

    @property
    def square(self) -> Fraction:
        return sum((part.moves**2 for part in self.parts), Fraction(0))

    @property
    def percent(self) -> Fraction | None:
        return share_of(self.square, self.emission)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """`percent` of the total. `amounts`: by how much each numerator of a grade may be off, rounded up, by its name:
    "total", "energy" in the method's unit, "energy-less-deductions" in tCO2, and items in theirs."""

    percent: Fraction | None
    lines: tuple[Line, ...]
    amounts: Mapping[str, Fraction]


def uncertainty(activity: Activity, emissions: Emissions, unit: Unit) -> Uncertainty:
    """How far off the total, each source, and each numerator of a grade may be. `unit`: the method's."""
    amounts = {item: tuple(amounts_of(activity, item)) for item in activity.items}
    labels = {month.label: at for at, month in enumerate(activity.months)}
    lines = {
        source_id: Line(
            source_id, sum((month.value for month in months), Fraction(0)), parts_of(months, amounts, labels)
        )
        for source_id, months in emissions.sources.items()
    }
    counted = {month.emission.source.id for month in emissions.counted()}
    sources = {
        months[0].emission.source.id: months[0].emission.source for months in emissions.sources.values() if months
    }
    energy = {source_id for source_id in counted if sources[source_id].energy}
    deducted = {source_id for source_id, source in sources.items() if source.counts == DEDUCTION}

    def square(of: set[str]) -> Fraction:
        return sum((lines[source_id].square for source_id in of), Fraction(0))

    total = sum((lines[source_id].emission for source_id in counted), Fraction(0))
    net = square(energy | deducted) * (unit.scale / CARBON.scale) ** 2
    by_name = {TOTAL: square(counted), ENERGY: square(energy), NET_ENERGY: net}
    by_name |= {item: square_of(parts) for item, parts in amounts.items()}
    return Uncertainty(
        share_of(square(counted), total),
        tuple(lines.values()),
        {name: root_up(value) for name, value in by_name.items()},
    )


def with_parts(found: Uncertainty, graded: Grade) -> Uncertainty:
    """Units and products that a grade is about are taken to be as uncertain as the whole."""
    parts = {
        measure.of: root_up((measure.numerator * (found.percent or 0) / 100) ** 2)
        for measure in graded.measures
        if measure.of not in found.amounts
    }
    return replace(found, amounts={**found.amounts, **parts})


def uncertainty_document(found: Uncertainty) -> dict[str, Json]:
    """The `uncertainty` member of a result."""
    assumed = sorted({part.data for line in found.lines for part in line.parts if not part.stated})
    return {
        "method": "IPCC 2006, volume 1, chapter 3, approach 1",
        "percent": _exact(found.percent),
        "amounts": {name: decimal_text(amount) for name, amount in found.amounts.items()},
        "lines": [
            {
                "source": line.source,
                "percent": _exact(line.percent),
                "parts": [
                    {"of": part.of, "data": part.data, "percent": decimal_text(part.percent), "stated": part.stated}
                    for part in line.parts
                ],
            }
            for line in found.lines
        ],
        "assumed": [{"data": data, "percent": decimal_text(ASSUMED[data])} for data in assumed],
        "statement": dict(STATEMENT),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)
