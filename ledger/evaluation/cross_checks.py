"""Items held against their second sources: month by month where that speaks of single months, and over all it says.

A difference is within tolerance if it is at most the stated percentage of what the second source says. One beyond it is
a finding and changes no figure; so is a second source that says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Unit
from ledger.canonical import decimal_text
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.site_checks import CrossCheck

Json = object


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One comparison; `month` None: over all months of which the second source speaks. `second` None: it says nothing,
    `first` None: the item has no data."""

    check: CrossCheck
    unit: str
    month: str | None
    first: Fraction | None
    second: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        return None if self.first is None or self.second is None else self.first - self.second

    @property
    def within(self) -> bool | None:
        if self.difference is None or self.second is None:
            return None
        return abs(self.difference) * 100 <= self.check.tolerance * abs(self.second)


@dataclass(frozen=True, slots=True)
class First:
    """An item as it counts: each month's amount, None where there is no data."""

    unit: Unit
    months: Sequence[Fraction | None]


@dataclass(frozen=True, slots=True)
class Second:
    """What a second source says: of the months from `first` to `last` (numbers) an amount in the item's unit."""

    first: int
    last: int
    amount: Fraction


def compare(
    check: CrossCheck, item: First, said: Sequence[Second], months: Sequence[Month], found: Findings
) -> list[CheckLine]:
    if not said:
        found.add("cross-check-missing", f"{check.item} {check.by}")
        return [CheckLine(check, item.unit.text, None, None, None)]
    monthly: dict[int, Fraction] = {}
    for entry in said:
        if entry.first == entry.last:
            monthly[entry.first] = monthly.get(entry.first, Fraction(0)) + entry.amount
    spanned = {at for entry in said if entry.first < entry.last for at in range(entry.first, entry.last + 1)}
    lines = [
        CheckLine(check, item.unit.text, months[at].label, item.months[at], amount)
        for at, amount in sorted(monthly.items())
        if at not in spanned
    ]
    covered = [item.months[at] for at in sorted(spanned | set(monthly))]
    known = [amount for amount in covered if amount is not None]
    whole = sum(known, Fraction(0)) if known else None
    lines.append(CheckLine(check, item.unit.text, None, whole, sum((entry.amount for entry in said), Fraction(0))))
    for line in lines:
        if line.within is False:
            found.add("cross-check-differs", f"{check.item} {check.by} {line.month or 'total'}", **_figures(line))
    return lines


def _figures(line: CheckLine) -> dict[str, str]:
    return {
        "first": _text(line.first) or "",
        "second": _text(line.second) or "",
        "unit": line.unit,
        "tolerance": decimal_text(line.check.tolerance),
    }


def cross_check_document(lines: Sequence[CheckLine]) -> dict[str, Json]:
    """The member `cross_checks` of a result; none where the site file names no second source."""
    if not lines:
        return {}
    return {"cross_checks": [_line(line) for line in lines]}


def _line(line: CheckLine) -> Mapping[str, Json]:
    return {
        "item": line.check.item,
        "name": None if line.check.name is None else dict(line.check.name),
        "by": line.check.by,
        "month": line.month,
        "unit": line.unit,
        "first": _text(line.first),
        "second": _text(line.second),
        "difference": _text(line.difference),
        "tolerance": decimal_text(line.check.tolerance),
        "within": line.within,
    }


def _text(amount: Fraction | None) -> str | None:
    return None if amount is None else decimal_text(amount)
