"""Where an item's amount was measured, and how much of what an item or a point states a period has."""

from collections.abc import Sequence
from fractions import Fraction

from ledger.accounting.units import Quantity, Unit
from ledger.evaluation.activity import Activity
from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_units import ENTERPRISE
from ledger.evaluation.submeters import PointLine

OWN, REMAINDER, SHARED = "own", "remainder", "shared"
Where = tuple[str, str]
"""A unit, and which of its figures: measured there, left over from its meters, or not measured at any unit."""
NOWHERE: Where = (ENTERPRISE, SHARED)


class Metering:
    """Amounts of points in their item's unit."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._lines = {line.point.id: line for line in activity.points}
        self._stands = {line.point.id: self._unit_of(line.point) for line in activity.points}

    def places(self, item: str, at: int) -> dict[Where, Fraction]:
        """Whose the metered amount of an item was in a month, sub-meters carved out of their parents."""
        found: dict[Where, Fraction] = {}
        for line in self._activity.points:
            point = line.point
            if point.item == item and point.replaces is None and self._activity.tree.feeds(point):
                self._carve(point.id, at, self._here(point.id, at), ENTERPRISE, found)
        return found

    def entries(self, item: str, unit_ids: frozenset[str]) -> list[Point]:
        """The points of an item that measure what enters the units: no other meter among them stands above."""
        placed = self._stands
        return [
            line.point
            for line in self._activity.points
            if line.point.item == item
            and placed[line.point.id] in unit_ids
            and (line.point.parent is None or placed[line.point.parent] not in unit_ids)
            and (line.point.parent is not None or self._activity.tree.feeds(line.point))
        ]

    def amount(self, output: str) -> Quantity | None:
        """What an item, or the meters at a point's place, stated over the period; None where that is nothing at all."""
        item = self._activity.items.get(output)
        if item is not None:
            return Quantity(item.total(), item.unit) if any(month.present for month in item.months) else None
        lines = self._chain(output)
        if not any(line.totals.intervals for line in lines):
            return None
        whole = sum((line.amount(at) for line in lines for at in range(len(self._activity.months))), Fraction(0))
        return Quantity(whole, self.unit(output))

    def month(self, output: str, at: int) -> Fraction | None:
        """The same for one month, in the item's unit."""
        item = self._activity.items.get(output)
        if item is not None:
            return item.months[at].total if item.months[at].present else None
        lines = self._chain(output)
        return sum((line.amount(at) for line in lines), Fraction(0)) if lines else None

    def meters(self, output: str) -> list[Point]:
        """The meters at a point's place, one after the other; none if there is no such point."""
        return [line.point for line in self._chain(output)]

    def unit(self, output: str) -> Unit:
        """In which `amount` and `month` state it; of what nothing states, there is no amount."""
        line = self._lines.get(output)
        return self._activity.items[output if line is None else line.point.item].unit

    def scale(self, point: Point) -> Fraction:
        """What leads from a point's own figures to its item's unit."""
        return self._lines[point.id].scale

    def _chain(self, output: str) -> list[PointLine]:
        """The meters at a point's place; none of an activity file, which has no points."""
        return [self._lines[point.id] for point in self._activity.tree.chain(output)] if output in self._lines else []

    def _unit_of(self, point: Point) -> str:
        """The unit that a point stands at: its own, or its parent's."""
        while point.at is None and point.parent is not None:
            point = self._lines[point.parent].point
        return point.at or ENTERPRISE

    def _here(self, head: str, at: int) -> Fraction:
        """What the meters at one place measured, and what fills their gaps."""
        return sum((self._stated(self._lines[point.id], at) for point in self._activity.tree.chain(head)), Fraction(0))

    def _stated(self, line: PointLine, at: int) -> Fraction:
        return line.amount(at) + line.totals.filled[at] * line.scale

    def _carve(self, head: str, at: int, amount: Fraction, above: str, found: dict[Where, Fraction]) -> None:
        """Part `amount`, what counts at a place, between its unit and those of its sub-meters."""
        tree = self._activity.tree
        chain, children = tree.chain(head), tree.children(head)
        below = {child: self._here(child, at) for child in children}
        parts = sum(below.values(), Fraction(0))
        fitting = amount / parts if parts > amount else Fraction(1)
        rest = amount - parts * fitting
        sort = REMAINDER if children else OWN
        for point, share in self._by_point(chain, at):
            unit_id = point.at or above
            where = NOWHERE if (unit_id, sort) == (ENTERPRISE, OWN) else (unit_id, sort)
            found[where] = found.get(where, Fraction(0)) + rest * share
        for child, measured in below.items():
            self._carve(child, at, measured * fitting, chain[0].at or above, found)

    def _by_point(self, chain: Sequence[Point], at: int) -> list[tuple[Point, Fraction]]:
        """A place's meters, one after the other, with the share that each measured in a month."""
        if len(chain) == 1:
            return [(chain[0], Fraction(1))]
        stated = [(point, self._stated(self._lines[point.id], at)) for point in chain]
        whole = sum((amount for _, amount in stated), Fraction(0))
        if whole == 0:
            return [(chain[0], Fraction(1))]
        return [(point, amount / whole) for point, amount in stated]
