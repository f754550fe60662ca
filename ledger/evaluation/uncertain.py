"""What moves a source's emission: the points, declarations and gaps of its items, its factors; and by how much each.

An input moves the emission as far as the formula says: it is changed by a small share, and the formula computed again.
That is exact where the emission is linear in the input, as in every guideline's formula.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ledger.accounting.engine import MEASURED, Input
from ledger.accounting.expression import FormulaError
from ledger.accounting.formula import run_step
from ledger.accounting.units import Quantity
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import MonthEmission
from ledger.evaluation.site_meters import Point

ASSUMED = {
    "metered": Fraction("2.5"),
    "declared": Fraction(5),
    "estimated": Fraction(20),
    "defaulted": Fraction(3),
    "measured": Fraction(1),
}
"""Percent, ours, where nothing is stated. defaulted: of each property that a default stands for – three of them make
5.2 % of a fuel's emission factor; measured: a laboratory's value."""

_STEP = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that moves a source: a point, an item's declarations or gaps, or a factor. `stated`: its percentage
    was; else it is the assumption for `data`. `moves`: by how much it moves the emission."""

    of: str
    data: str
    percent: Fraction
    stated: bool
    moves: Fraction


@dataclass(frozen=True, slots=True)
class Amount:
    """A part of an item, month by month, in the item's unit."""

    of: str
    data: str
    percent: Fraction
    stated: bool
    months: tuple[Fraction, ...]


def amounts_of(activity: Activity, item: str) -> Iterator[Amount]:
    """What an item's amount consists of: each point that feeds it, what was declared, what fills gaps."""
    months = activity.items[item].months
    declared = [month.declared for month in months]
    for line in activity.points:
        if line.point.item != item or not activity.tree.feeds(line.point):
            continue
        degraded = [amount * line.scale for _, amount in line.totals.months]
        declared = [whole - part for whole, part in zip(declared, degraded, strict=True)]
        yield from _amount(line.point.id, "metered", [part * line.scale for part, _ in line.totals.months], line.point)
        yield from _amount(line.point.id, "declared", degraded, line.point)
    yield from _amount(item, "declared", declared)
    yield from _amount(item, "estimated", [month.estimated for month in months])


def _amount(of: str, data: str, months: Sequence[Fraction], point: Point | None = None) -> Iterator[Amount]:
    """Nothing where the amount is nothing. A degraded reading is at least as uncertain as a declaration."""
    if not any(months):
        return
    stated = None if point is None else point.uncertainty
    if stated is not None and data != "metered":
        stated = stated if stated >= ASSUMED[data] else None
    percent = ASSUMED[data] if stated is None else stated
    yield Amount(of, data, percent, stated is not None, tuple(months))


def square_of(amounts: Sequence[Amount]) -> Fraction:
    """Of an item itself."""
    return sum(((sum(part.months) * part.percent / 100) ** 2 for part in amounts), Fraction(0))


def parts_of(
    months: Sequence[MonthEmission], amounts: Mapping[str, Sequence[Amount]], labels: Mapping[str, int]
) -> tuple[Part, ...]:
    """What moves a source, added up over its months."""
    parts: dict[tuple[str, str, bool], Part] = {}
    for month in months:
        for used in month.emission.inputs:
            for part in _moved(month, used, amounts, labels[month.label]):
                key = (part.of, part.data, part.stated)
                before = parts[key].moves if key in parts else Fraction(0)
                parts[key] = replace(part, moves=before + part.moves)
    return tuple(part for part in parts.values() if part.moves)


def _moved(month: MonthEmission, used: Input, amounts: Mapping[str, Sequence[Amount]], at: int) -> Iterator[Part]:
    """By how much an input moves the emission of one month when it is off by its percentage."""
    if used.kind == "item":
        parts = amounts[used.id]
        whole = sum((part.months[at] for part in parts), Fraction(0))
        slope = _slope(month, used) / whole if whole else Fraction(0)
        for part in parts:
            yield Part(part.of, part.data, part.percent, part.stated, slope * part.months[at] * part.percent / 100)
        return
    data = "measured" if used.kind == MEASURED else "defaulted"
    stated = None if used.factor is None else used.factor.uncertainty
    if stated is None and (used.kind == "constant" or (used.factor is not None and not used.factor.stands_in)):
        return
    percent = ASSUMED[data] if stated is None else stated
    yield Part(used.id, data, percent, stated is not None, _slope(month, used) * percent / 100)


def _slope(month: MonthEmission, used: Input) -> Fraction:
    """Change of the emission per relative change of one input; exact where the formula is linear in it."""
    emission = month.emission
    quantities = {entry.name: entry.quantity for entry in emission.inputs}
    quantities[used.name] = Quantity(used.quantity.value * (1 + _STEP), used.quantity.unit)
    try:
        for step in emission.source.formula.steps:
            quantities[step.name] = run_step(step, quantities)
    except FormulaError:  # the step met a pole of the formula: as if it were a product
        return emission.quantity.value
    first, moved = emission.steps[-1].output, quantities[emission.source.formula.steps[-1].name]
    change = (moved.value - first.value) / _STEP
    return change * first.unit.scale / emission.quantity.unit.scale
