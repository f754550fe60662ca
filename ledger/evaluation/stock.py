"""Consumption from purchases and stocks: purchased + opening stock − closing stock − sold − other use, month by month.

1. The opening stock of a month is the closing stock of the month before. Stated once, it holds for both; stated twice
   and differently, both enter as stated and `stock-differs` tells of it, for stock came or went unrecorded between.
2. A stock that nobody stated between two months cancels out over the period: the total is exact, the months are not
   (`stock-incomplete`). Without the first opening or the last closing stock nobody knows what was consumed: blind.
3. Consumption below zero enters as it is: the next month gives it back. Unless the item is signed – coke that is sold
   rather than bought –, it is told (`negative-consumption`).
4. Each month is as good as the weakest part of it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ledger.accounting.items import PART_SIGNS, Item
from ledger.canonical import decimal_text
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings

OPENING, CLOSING = "opening_stock", "closing_stock"

_Entered = list[tuple[int, MonthAmount]]
"""The parts of one month, each with the sign that it enters with."""


def consumed(item: Item, items: Mapping[str, ItemActivity], months: Sequence[Month], found: Findings) -> ItemActivity:
    """What an item's parts, as far as they are fed, amount to."""
    parts = {role: items[part] for role, part in item.parts.items() if part in items}
    entered: list[_Entered] = [
        [(PART_SIGNS[role], part.months[at]) for role, part in parts.items()] for at in range(len(months))
    ]
    blind = any(part.blind for part in parts.values())
    if OPENING in parts and CLOSING in parts:
        opening, closing = parts[OPENING].months, parts[CLOSING].months
        blind |= not opening[0].present or not closing[-1].present
        _join(item, opening, closing, entered, months, found)
    whole = [_sum(amounts) for amounts in entered]
    for amount, month in zip(whole, months, strict=True):
        if amount.total < 0 and not item.signed:
            found.add("negative-consumption", f"{item.id} {month.label}", amount=_text(amount), unit=item.unit.text)
    return ItemActivity(item.unit, whole, [name for part in parts.values() for name in part.metered_by], blind)


def _join(
    item: Item,
    opening: Sequence[MonthAmount],
    closing: Sequence[MonthAmount],
    entered: list[_Entered],
    months: Sequence[Month],
    found: Findings,
) -> None:
    for at in range(1, len(months)):
        before, after, place = closing[at - 1], opening[at], f"{item.id} {months[at].label}"
        if before.present and after.present:
            if before.total != after.total:
                found.add("stock-differs", place, closing=_text(before), opening=_text(after), unit=item.unit.text)
        elif before.present:
            entered[at].append((PART_SIGNS[OPENING], before))
        elif after.present:
            entered[at - 1].append((PART_SIGNS[CLOSING], after))
        else:
            found.add("stock-incomplete", place)


def _sum(entered: _Entered) -> MonthAmount:
    """All of it in the class of the weakest part: parts of either sign must not hide one another."""
    total = sum((sign * part.total for sign, part in entered), Fraction(0))
    whole = MonthAmount(missing=sum((part.missing for _, part in entered), Fraction(0)))
    whole.present = any(part.present for _, part in entered)
    if any(part.estimated for _, part in entered):
        whole.estimated = total
    elif any(part.declared for _, part in entered):
        whole.declared = total
    else:
        whole.metered = total
    return whole


def _text(amount: MonthAmount) -> str:
    return decimal_text(amount.total)
