"""What would lift a grade: from a result document, its scheme and its benchmarks, without writing anything.

For each better grade: how much less its numerator would have to be; for carbon efficiency also how much more value
added, or how much zero-carbon electricity instead of the grid's, would reach it alone. `try_changes` grades again with
sources or items changed; a source's emission is changed in proportion, which is exact for what is metered or bought.

Value added appears as a percentage only: K and its bounds give that away, but never the amount.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ledger.accounting.sources import DEDUCTION
from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import CanonicalError, exact_number
from ledger.evaluation.regrade import grade_again
from ledger.evaluation.reread import Reread, SourceFigure, zero_carbon_room
from ledger.grading.assess import Graders
from ledger.grading.case import NET_ENERGY, TOTAL, Case
from ledger.grading.grade import Grade, Measure
from ledger.grading.warning import Flip, flip
from terminal_signer.errors import CarbonError

_CHANGE = re.compile(r"(?P<id>[A-Za-z0-9_.\-]{1,80})=(?P<amount>[+-]?[0-9]+(?:\.[0-9]+)?)(?P<percent>%?)")


class WhatIfError(CarbonError):
    """A change that cannot be tried on this result."""

    code = "what-if"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a better grade, for one measure. `less` of the numerator, in its unit and in `percent` of it; for
    carbon efficiency instead `more`, in percent of the denominator, or `electricity`: kWh of zero-carbon instead of
    grid electricity, None where the result has no grid factor or not so much grid electricity. `share`: `less` in
    percent of all emissions of energy consumption."""

    grade: int
    of: str
    bound: Fraction
    less: Fraction
    unit: str
    percent: Fraction | None
    share: Fraction | None
    more: Fraction | None
    electricity: Fraction | None


@dataclass(frozen=True, slots=True)
class Weight:
    """A source and what it is of the numerator, in percent; below zero for what is deducted."""

    source: SourceFigure
    percent: Fraction


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a result stands, what could flip it, and what would lift it."""

    graded: Grade
    flip: Flip | None
    ways: tuple[Way, ...]
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """`id`: a source or an item. By `percent`, or by an amount in its unit."""

    id: str
    amount: Fraction
    percent: bool
    text: str


def outlook(result: Reread, graders: Graders) -> Outlook:
    """The grade now, ways to each better one, the sources by weight."""
    graded = grade_again(result, graders)
    ways = (_way(result, measure, grade) for measure in graded.measures for grade in range(measure.grade - 1, 0, -1))
    return Outlook(graded, flip(graded, result.amounts), tuple(ways), _weights(result, graded))


def read_change(text: str) -> Change:
    """`natural_gas=-10%`, `value_added=+5%`, `purchased_electricity=-120`: relative, or by an amount."""
    match = _CHANGE.fullmatch(text)
    try:
        if match is None:
            raise CanonicalError(text)
        amount = exact_number(match["amount"].removeprefix("+"))
    except CanonicalError:
        raise WhatIfError(
            f"{text[:80]!r} is no change", mend="write natural_gas=-10% or purchased_heat=-12.5"
        ) from None
    return Change(match["id"], amount, bool(match["percent"]), text)


def try_changes(result: Reread, graders: Graders, changes: Sequence[Change]) -> tuple[Reread, Grade]:
    """The result with the changes, and its grade. A change of a source moves the item of the same name with it.

    Raises WhatIfError at an id that the result does not have.
    """
    for change in changes:
        result = _changed(result, change)
    return result, grade_again(result, graders)


def _way(result: Reread, measure: Measure, grade: int) -> Way:
    bound = measure.bounds[grade - 1]
    less = measure.numerator - bound
    energy = result.case.energy * result.case.unit.scale
    net = measure.of == NET_ENERGY
    return Way(
        grade,
        measure.of,
        bound,
        less,
        measure.unit,
        _percent(less, measure.numerator),
        _percent(less * parse_unit(measure.unit).scale, energy) if net else None,
        (measure.numerator / bound - 1) * 100 if net and bound > 0 else None,
        _electricity(result, less) if net else None,
    )


def _percent(part: Fraction, whole: Fraction) -> Fraction | None:
    return part * 100 / whole if whole > 0 else None


def _electricity(result: Reread, less: Fraction) -> Fraction | None:
    """kWh, rounded up: of what the enterprise buys today."""
    room = zero_carbon_room(result.case)
    if not result.grid or room is None:
        return None
    needed = Fraction(-(-less // result.grid))
    return needed if needed <= room else None


def _weights(result: Reread, graded: Grade) -> tuple[Weight, ...]:
    """Of the deciding numerator: sources of energy and deductions for carbon efficiency, else all that adds up."""
    measure = graded.deciding
    net = measure is None or measure.of == NET_ENERGY
    if measure is not None and measure.of not in (NET_ENERGY, TOTAL):
        return ()
    whole = result.case.energy - result.case.deductions if net else result.case.total
    weighed = [
        Weight(source, (-1 if source.counts == DEDUCTION else 1) * source.total * 100 / whole)
        for source in result.sources
        if source.total and whole and _counts(source, net=net)
    ]
    return tuple(sorted(weighed, key=lambda weight: (-abs(weight.percent), weight.source.id)))


def _counts(source: SourceFigure, *, net: bool) -> bool:
    return (source.adds and (source.energy or not net)) or (net and source.counts == DEDUCTION)


def _changed(result: Reread, change: Change) -> Reread:
    source = next((source for source in result.sources if source.id == change.id), None)
    item = result.case.items.get(change.id)
    value = source.total if source is not None else item.value if item is not None else None
    if value is None:
        known = ", ".join(sorted({*(source.id for source in result.sources if source.total), *result.case.items}))
        raise WhatIfError(f"the result has no source or item {change.id!r} with data", mend=f"one of: {known}")
    factor = _factor(change, value)
    case, sources = result.case, result.sources
    if source is not None:
        case = _with_source(case, source, value * (factor - 1))
        changed = replace(source, total=value * factor)
        sources = tuple(changed if entry is source else entry for entry in sources)
    if item is not None:
        case = replace(case, items={**case.items, change.id: Quantity(item.value * factor, item.unit)})
    return replace(result, case=case, sources=sources)


def _factor(change: Change, value: Fraction) -> Fraction:
    if not change.percent and value == 0:
        raise WhatIfError(f"{change.id!r} is 0: there is nothing to change in proportion", mend="change something else")
    factor = 1 + (change.amount / 100 if change.percent else change.amount / value)
    if factor < 0:
        raise WhatIfError(f"{change.text[:80]!r}: nothing can fall by more than 100 %", mend="-100% leaves it out")
    return factor


def _with_source(case: Case, source: SourceFigure, change: Fraction) -> Case:
    if source.counts == DEDUCTION:
        return replace(case, deductions=case.deductions + change)
    if not source.adds:
        return case
    return replace(case, total=case.total + change, energy=case.energy + (change if source.energy else 0))
