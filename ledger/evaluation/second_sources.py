"""What second sources say – a meter, bills or a statistics form, a stock balance –, held against their items."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ledger.accounting.items import Item
from ledger.accounting.units import Unit, UnitError
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.calendar import Month
from ledger.evaluation.cross_checks import CheckLine, First, Second, compare
from ledger.evaluation.declared import Stated
from ledger.evaluation.findings import Findings
from ledger.evaluation.site import Site
from ledger.evaluation.site_checks import CrossCheck
from ledger.evaluation.stock import consumed
from ledger.evaluation.submeters import Submeters


def cross_check(
    site: Site,
    items: Mapping[str, ItemActivity],
    stated: Sequence[Stated],
    sums: Submeters,
    months: Sequence[Month],
    found: Findings,
) -> list[CheckLine]:
    """Every comparison that the site file asks for, in its order."""
    lines: list[CheckLine] = []
    measuring = {point.id for _, point in site.points()}
    declared = {entry.item for entry in site.declarations}
    for check in site.cross_checks:
        item = items[check.item]
        first = First(item.unit, [month.total if month.present else None for month in item.months])
        if check.by in measuring:
            lines += _by_point(check, first, sums, months, found)
        elif check.by in declared:
            lines += _by_declaration(check, first, stated, months, found)
        else:
            roles = [role for role, part in check.parts.items() if part in declared]
            lines += _by_balance(check, first, roles, stated, months, found)
    return lines


def _by_point(
    check: CrossCheck, item: First, sums: Submeters, months: Sequence[Month], found: Findings
) -> list[CheckLine]:
    """Held against a second meter."""
    said = [Second(at, at, sums.amount(check.by, at)) for at in range(len(months)) if sums.measured(check.by, at)]
    return compare(check, item, said, months, found)


def _by_declaration(
    check: CrossCheck, item: First, stated: Sequence[Stated], months: Sequence[Month], found: Findings
) -> list[CheckLine]:
    """Held against bills or a statistics form."""
    said = [Second(*span, amount) for span, amount in _spoken(check.by, item.unit, stated, months, found)]
    return compare(check, item, said, months, found)


def _by_balance(
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
    return compare(check, item, [Second(at, at, amount) for at, amount in present], months, found)


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
