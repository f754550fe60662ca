"""Items held against their second sources: month by month where that speaks of single months, and over all it says.

A difference is within tolerance if it is at most the stated percentage of what the second source says. One beyond it is
a finding and changes no figure; so is a second source that says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.items import Item
from ledger.accounting.units import Unit, UnitError
from ledger.canonical import decimal_text
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.calendar import Month
from ledger.evaluation.declared import Stated
from ledger.evaluation.findings import Findings
from ledger.evaluation.site_checks import CrossCheck
from ledger.evaluation.stock import consumed
from ledger.evaluation.submeters import Submeters

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
class _Second:
    """What a second source says: of the months from `first` to `last` (numbers) an amount in the item's unit."""

    first: int
    last: int
    amount: Fraction


def by_point(
    check: CrossCheck, item: First, sums: Submeters, months: Sequence[Month], found: Findings
) -> list[CheckLine]:
    """Held against a second meter."""
    said = [_Second(at, at, sums.amount(check.by, at)) for at in range(len(months)) if sums.measured(check.by, at)]
    return _compare(check, item, said, months, found)


def by_declaration(
    check: CrossCheck, item: First, stated: Sequence[Stated], months: Sequence[Month], found: Findings
) -> list[CheckLine]:
    """Held against bills or a statistics form."""
    said = [_Second(*span, amount) for span, amount in _spoken(check.by, item.unit, stated, months, found)]
    return _compare(check, item, said, months, found)


def by_balance(
    check: CrossCheck,
    item: First,
    roles: Sequence[str],
    stated: Sequence[Stated],
    months: Sequence[Month],
    found: Findings,
) -> list[CheckLine]:
    """Held against a stock balance, of which the site file declares these `roles`."""
    parts = {role: check.parts[role] for role in roles}
    amounts = {part: ItemActivity(item.unit, [MonthAmount() for _ in months]) for part in parts.values()}
    for part, activity in amounts.items():
        for (at, _), amount in _spoken(part, item.unit, stated, months, found):
            activity.months[at].declared += amount
            activity.months[at].present = True
    whole = consumed(Item(check.by, item.unit, {}, signed=False, parts=parts), amounts, months, found)
    present = [(at, amount.total) for at, amount in enumerate(whole.months) if amount.present and not whole.blind]
    return _compare(check, item, [_Second(at, at, amount) for at, amount in present], months, found)


def _spoken(
    name: str, unit: Unit, stated: Sequence[Stated], months: Sequence[Month], found: Findings
) -> Iterator[tuple[tuple[int, int], Fraction]]:
    """What was declared under a name: the first and the last month that it speaks of, and the amount."""
    for value in stated:
        if value.entry.item == name:
            try:
                amount = value.quantity.to(unit).value
            except UnitError:
                found.add("unit-differs", f"{name} {value.quantity.unit.text}")
                continue
            touched = [at for at, month in enumerate(months) if month.start < value.end and value.start < month.end]
            yield (touched[0], touched[-1]), amount


def _compare(
    check: CrossCheck, item: First, said: Sequence[_Second], months: Sequence[Month], found: Findings
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
