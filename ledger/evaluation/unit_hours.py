"""Metered amounts in stretches of time: what the meters of a unit measured in a team's or a batch's hours."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from ledger.evaluation.hourly import HOUR, Hours
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_units import Organisation

Amounts = Callable[[Point, int, int], Fraction | None]
"""What a point measured in [start, end), in its own unit and before its ratio; None where nothing is known of it. An
interval belongs to where it starts, so that the parts of a time add up to the whole. Bounds are whole hours."""
Spans = Sequence[tuple[int, int]]


def by_the_hour(points: Mapping[str, Sequence[Hours]]) -> Amounts:
    """Amounts out of hourly ones. Nothing is known within intervals that are longer than an hour."""
    sums: dict[tuple[str, int], list[int]] = {}
    starts = [month.start for months in list(points.values())[:1] for month in months]

    def running(point_id: str, month: Hours) -> list[int]:
        key = point_id, month.start
        if key not in sums:
            declared = month.declared or (0,) * len(month.metered)
            each = (metered + stated for metered, stated in zip(month.metered, declared, strict=True))
            sums[key] = list(accumulate(each, initial=0))
        return sums[key]

    def amount(point: Point, start: int, end: int) -> Fraction | None:
        total = Fraction(0)
        first = max(bisect_right(starts, start) - 1, 0)
        for month in points[point.id][first : bisect_left(starts, end)]:
            since, until = max(start, month.start) - month.start, min(end, month.end) - month.start
            if since >= until or not month.intervals:
                continue
            if month.longest > HOUR or since % HOUR or (until % HOUR and until != month.seconds):
                return None
            hours = running(point.id, month)
            total += month.amount(hours[-(-until // HOUR)] - hours[since // HOUR])
        return total

    return amount


class UnitHours:
    """The meters that measure what enters one unit, and their amounts."""

    def __init__(self, organisation: Organisation, metering: Metering, amounts: Amounts, unit_id: str) -> None:
        self._metering, self._amounts = metering, amounts
        self._inside = frozenset(place for place in organisation.places() if unit_id in organisation.above(place))
        self._entering: dict[str, list[Point]] = {}

    def of_items(self, items: Iterable[str], spans: Spans) -> Fraction | None:
        """What entered the unit of the one item that is metered there; None for none, several, or without data."""
        metered = [item for item in items if self._points(item)]
        return self.of_points(self._points(metered[0]), spans) if len(metered) == 1 else None

    def of_output(self, output: str, spans: Spans) -> Fraction | None:
        """What an item, or one point, stated."""
        point = self._metering.point(output)
        return self.of_points(self._points(output) if point is None else [point], spans)

    def of_points(self, points: Sequence[Point], spans: Spans) -> Fraction | None:
        total = Fraction(0)
        for start, end in spans:
            for point in points:
                amount = self._amounts(point, start, end)
                if amount is None:
                    return None
                total += amount * self._metering.scale(point)
        return total if points else None

    def _points(self, item: str) -> list[Point]:
        if item not in self._entering:
            self._entering[item] = self._metering.entries(item, self._inside)
        return self._entering[item]
