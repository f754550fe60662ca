"""Emissions of a period from its activity: per source and month, and how good the data behind each tonne is.

Every emission belongs to one class, by the weakest thing that made it: *metered* – amounts of a meter's key, undisputed
and in time, calibrated – and prescribed or measured factors; *defaulted* – metered amounts, but a default stood in for
a value that the enterprise could have measured; *declared* – an amount that an office stated, or a reading that was
degraded; *estimated* – an amount that fills a gap. Shares weigh each class by the absolute value of its emissions: a
deduction cannot hide another source.

coverage = emissions of undisputed metered intervals ÷ (all emissions + what the missing intervals stand for).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.engine import Emission, Engine
from ledger.accounting.factors import PUNITIVE
from ledger.accounting.units import Quantity
from ledger.evaluation.activity import Activity
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.findings import Findings
from ledger.evaluation.site import Site

CLASSES = ("metered", "defaulted", "declared", "estimated")
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class MonthEmission:
    """One source in one month, with everything that made it."""

    label: str
    emission: Emission
    by_class: dict[str, Fraction]
    covered: Fraction
    missing: Fraction
    present: bool

    @property
    def value(self) -> Fraction:
        return self.emission.quantity.value


@dataclass(slots=True)
class Emissions:
    """By source id, in the site file's order. `blind`: a source of the total has no data, so that coverage cannot be
    known and is 0; a memo, a deduction or another basis without data leaves the total as it is."""

    sources: dict[str, list[MonthEmission]] = field(default_factory=dict)
    blind: bool = False

    def counted(self) -> list[MonthEmission]:
        """All that is part of the total; a memo, another basis, and what only a grade deducts are not."""
        return [month for months in self.sources.values() for month in months if month.emission.source.in_total]


def emit(site: Site, engine: Engine, activity: Activity, found: Findings) -> Emissions:
    """Compute every source that the site file has within its boundary."""
    emissions = Emissions()
    for listed in site.sources:
        if listed.absent is not None:
            continue
        source = engine.method.sources[listed.id]
        if not source.in_total and (lacking := _lacking(engine, activity, listed.id)):
            found.add("no-factor", f"{listed.id} {lacking}")
            continue
        items = {item: activity.items[item] for item in source.items}
        told = [
            at for at in range(len(activity.months)) if any(_says_something(item.months[at]) for item in items.values())
        ]
        known = [at for at in told if _is_measured(engine, activity, listed.id, at, found)]
        months = [_month(engine, activity, listed.id, items, at) for at in known]
        if not told:
            found.add("no-data", listed.id)
        _tell_punitive(months, found)
        emissions.sources[listed.id] = months
        unknown = not months or known != told or any(item.blind for item in items.values())
        emissions.blind |= source.in_total and unknown
    return emissions


def _is_measured(engine: Engine, activity: Activity, source_id: str, at: int, found: Findings) -> bool:
    """Whether everything that only a laboratory can state was stated for a month. Where it was not, the month is no
    zero: its emission is unknown, and so is coverage."""
    month = activity.months[at]
    lacking = engine.unmeasured(source_id, activity.measured[at])
    if lacking is not None:
        found.add("not-measured", f"{source_id} {lacking} {month.label}")
    return lacking is None


def _tell_punitive(months: Sequence[MonthEmission], found: Findings) -> None:
    """A default that is too high on purpose is applied openly: a finding says for which property to measure."""
    for month in months:
        for entry in month.emission.inputs:
            if entry.reason == PUNITIVE:
                found.add("punitive-default", entry.id)


def shares(emissions: Emissions) -> dict[str, int]:
    """The four classes in basis points."""
    months = emissions.counted()
    return class_shares({name: sum((abs(month.by_class[name]) for month in months), Fraction(0)) for name in CLASSES})


def class_shares(amounts: Mapping[str, Fraction]) -> dict[str, int]:
    """Classes in basis points of all. They add up to 10,000, or are all 0 where nothing was emitted; what rounding
    leaves over goes to the weaker class."""
    weights = [amounts[name] for name in CLASSES]
    whole = sum(weights, Fraction(0))
    if whole == 0:
        return dict.fromkeys(CLASSES, 0)
    bounds = [int(sum(weights[: at + 1], Fraction(0)) * BASIS_POINTS / whole) for at in range(len(CLASSES))]
    return {name: bound - before for name, bound, before in zip(CLASSES, bounds, [0, *bounds], strict=False)}


def coverage(emissions: Emissions) -> int:
    """Basis points, rounded down; 0 where the denominator is 0 or cannot be known."""
    months = emissions.counted()
    covered = sum((abs(month.covered) for month in months), Fraction(0))
    whole = sum((abs(month.value) + abs(month.missing) for month in months), Fraction(0))
    return 0 if emissions.blind or whole == 0 else int(covered * BASIS_POINTS / whole)


def missing_share(emissions: Emissions) -> Fraction:
    """The share of all emissions that gaps stand for, or that fills them."""
    months = emissions.counted()
    gaps = sum((abs(month.missing) + abs(month.by_class["estimated"]) for month in months), Fraction(0))
    whole = sum((abs(month.value) + abs(month.missing) for month in months), Fraction(0))
    return gaps / whole if whole else Fraction(0)


def _month(
    engine: Engine, activity: Activity, source_id: str, items: dict[str, ItemActivity], at: int
) -> MonthEmission:
    month, measured = activity.months[at], activity.measured[at]
    present = {name: Quantity(item.months[at].total, item.unit) for name, item in items.items()}
    emission = engine.emission(source_id, month.year, present, measured)
    absent = {name: Quantity(item.months[at].missing, item.unit) for name, item in items.items()}
    missing = Fraction(0)
    if any(quantity.value for quantity in absent.values()):
        missing = engine.emission(source_id, month.year, absent, measured).quantity.value
    by_class = _split([item.months[at] for item in items.values()], emission.quantity.value)
    covered = by_class["metered"]
    if emission.defaulted:
        by_class |= {"defaulted": covered, "metered": Fraction(0)}
    stated = any(item.months[at].present for item in items.values())
    return MonthEmission(month.label, emission, by_class, covered, missing, stated)


def _lacking(engine: Engine, activity: Activity, source_id: str) -> str | None:
    """The factor that a source lacks in some month. Beside the total this is a finding, not the end: a year without a
    residual factor has no market-based figure."""
    for month, measured in zip(activity.months, activity.measured, strict=True):
        if lacking := engine.lacks(source_id, month.year, measured):
            return lacking
    return None


def _says_something(amount: MonthAmount) -> bool:
    return amount.present or amount.estimated != 0 or amount.missing != 0


def _split(amounts: Sequence[MonthAmount], value: Fraction) -> dict[str, Fraction]:
    """Part an emission by where its one item's amount came from; with several items it is as weak as the weakest."""
    by_class = dict.fromkeys(CLASSES, Fraction(0))
    if len(amounts) == 1 and amounts[0].total != 0:
        for name in ("metered", "declared", "estimated"):
            by_class[name] = value * getattr(amounts[0], name) / amounts[0].total
    else:
        weakest = max((CLASSES.index(name) for entry in amounts for name in _present(entry)), default=0)
        by_class[CLASSES[weakest]] = value
    return by_class


def _present(amount: MonthAmount) -> list[str]:
    return [name for name in ("metered", "declared", "estimated") if getattr(amount, name) != 0]
