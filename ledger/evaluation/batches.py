"""A product's emissions parted among its batches, month by month and source by source.

1. Where no two batches of a product overlap and the unit's meters have amounts by the hour, a batch's part is the
   source's emission × amount in the batch's hours ÷ amount in the month (rule "hours").
2. Otherwise it is the emission × quantity made in the month ÷ the product's output of that month; a batch is spread
   evenly over its time (rule "quantity"). Where the output is unknown, or less than the batches say, their sum stands
   for it.
3. What no batch explains stays with the product: batches and the rest add up to it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from ledger.accounting.method import Method
from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.allocating import ProductFigures
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.levels import Cell, Figures, put, sources_document, whole
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_units import Batch
from ledger.evaluation.unit_hours import UnitHours

Json = object
HOURS, QUANTITY = "hours", "quantity"


@dataclass(slots=True)
class BatchFigures:
    """`quantity` in the product's unit. `rules`: by which its parts were found."""

    batch: Batch
    quantity: Fraction | None
    figures: Figures = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)


class Batches:
    """Parts the figures of products among batches. `hours`: by unit, where amounts are known by the hour."""

    def __init__(
        self,
        method: Method,
        activity: Activity,
        metering: Metering,
        hours: Mapping[str, UnitHours],
        found: Findings,
    ) -> None:
        self._method, self._activity, self._metering = method, activity, metering
        self._hours, self._found = hours, found

    def part(self, made: ProductFigures, batches: Sequence[Batch]) -> list[BatchFigures]:
        """The batches of one product, in the file's order."""
        hours = self._hours.get(made.product.at)
        parts = [BatchFigures(batch, self._quantity(made, batch, hours)) for batch in batches]
        for part in parts:
            if part.quantity is None:
                self._found.add("batch-without-quantity", part.batch.id)
        in_turn = None if _overlapping(batches) else hours
        for cell, amount in made.figures.items():
            shares = self._by_hours(cell, parts, in_turn)
            rule = HOURS if shares is not None else QUANTITY
            for part, share in zip(parts, shares or self._by_quantity(made, cell[1], parts), strict=True):
                put(part.figures, cell, amount * share)
                if share:
                    part.rules.add(rule)
        return parts

    def _quantity(self, made: ProductFigures, batch: Batch, hours: UnitHours | None) -> Fraction | None:
        if batch.quantity is not None:
            return batch.quantity
        output = None if hours is None else hours.of_output(made.product.output, [(batch.start, batch.end)])
        return None if output is None else self._in_unit(made, output)

    def _by_hours(self, cell: Cell, parts: Sequence[BatchFigures], hours: UnitHours | None) -> list[Fraction] | None:
        if hours is None:
            return None
        items, month = self._method.sources[cell[0]].items, self._activity.months[cell[1]]
        entered = hours.of_items(items, [(month.start, month.end)])
        if not entered:
            return None
        spans = [[span] if (span := _cut(part.batch, month)) else [] for part in parts]
        amounts = [hours.of_items(items, cut) if cut else Fraction(0) for cut in spans]
        return None if None in amounts else [(amount or Fraction(0)) / entered for amount in amounts]

    def _by_quantity(self, made: ProductFigures, at: int, parts: Sequence[BatchFigures]) -> list[Fraction]:
        month = self._activity.months[at]
        quantities = [_within(part, month) for part in parts]
        output = self._metering.month(made.product.output, at)
        base = sum(quantities, Fraction(0))
        if output is not None:
            base = max(base, self._in_unit(made, output))
        return [quantity / base if base else Fraction(0) for quantity in quantities]

    def _in_unit(self, made: ProductFigures, output: Fraction) -> Fraction:
        amount = Quantity(output, self._metering.unit(made.product.output))
        return (amount if made.product.unit is None else amount.to(made.product.unit)).value


def _overlapping(batches: Sequence[Batch]) -> bool:
    in_order = sorted(batches, key=lambda batch: batch.start)
    return any(after.start < before.end for before, after in pairwise(in_order))


def _cut(batch: Batch, month: Month) -> tuple[int, int] | None:
    start, end = max(batch.start, month.start), min(batch.end, month.end)
    return (start, end) if start < end else None


def _within(part: BatchFigures, month: Month) -> Fraction:
    """The quantity of a batch that falls into a month."""
    cut = _cut(part.batch, month)
    if cut is None or part.quantity is None:
        return Fraction(0)
    return part.quantity * (cut[1] - cut[0]) / (part.batch.end - part.batch.start)


def batch_document(part: BatchFigures, footprint: Json = None) -> dict[str, Json]:
    total = whole(part.figures)
    return {
        "id": part.batch.id,
        "start": part.batch.start,
        "end": part.batch.end,
        "quantity": None if part.quantity is None else decimal_text(part.quantity),
        "total": decimal_text(total),
        "intensity": decimal_text(total / part.quantity) if part.quantity else None,
        "by_source": sources_document(part.figures),
        "rules": sorted(part.rules),
        **({} if footprint is None else {"footprint": footprint}),
    }
