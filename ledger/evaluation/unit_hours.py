"""Metered amounts in stretches of time: what the meters of a unit measured in a team's or a batch's hours.

An amount belongs to the hour of its start, so that the parts of a time add up to the whole. Several meters are added up
once, hour by hour in whole numbers; every stretch is then the difference of two sums.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm

from ledger.evaluation.hourly import HOUR, Hours
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_units import Organisation

Points = Mapping[str, Sequence[Hours]]
"""By the point's id, the same months in order."""
Spans = Sequence[tuple[int, int]]
"""From–to, in whole hours."""


@dataclass(frozen=True, slots=True)
class _MonthSums:
    """`sums[n]`: what was measured in the first n hours of a month, × the denominator; None where that is not known."""

    start: int
    seconds: int
    sums: list[int] | None

    def between(self, start: int, end: int) -> int | None:
        since, until = max(start - self.start, 0), min(end - self.start, self.seconds)
        if self.sums is None or since % HOUR or (until % HOUR and until != self.seconds):
            return None
        return self.sums[-(-until // HOUR)] - self.sums[since // HOUR]


class MeterSums:
    """Some meters added up. Nothing is known of a month in which one has intervals longer than an hour."""

    def __init__(self, meters: Sequence[tuple[Sequence[Hours], Fraction]]) -> None:
        scales = [[scale * month.amount(1) for month in months if month.intervals] for months, scale in meters]
        self._denominator = lcm(*(scale.denominator for month in scales for scale in month))
        self._months = [self._add(at, meters) for at in range(len(meters[0][0]) if meters else 0)]
        self._starts = [month.start for month in self._months]

    def amount(self, spans: Spans) -> Fraction | None:
        """What was measured in some stretches of time; None where a part of it is not known."""
        total = 0
        for start, end in spans:
            first, last = max(bisect_right(self._starts, start) - 1, 0), bisect_left(self._starts, end)
            for month in self._months[first:last]:
                amount = month.between(start, end)
                if amount is None:
                    return None
                total += amount
        return Fraction(total, self._denominator)

    def _add(self, at: int, meters: Sequence[tuple[Sequence[Hours], Fraction]]) -> _MonthSums:
        first = meters[0][0][at]
        measured = [(months[at], scale) for months, scale in meters if months[at].intervals]
        if any(month.longest > HOUR for month, _ in measured):
            return _MonthSums(first.start, first.seconds, None)
        columns = []
        for month, scale in measured:
            factor = int(scale * month.amount(1) * self._denominator)
            columns += [
                [factor * amount for amount in amounts] for amounts in (month.metered, month.declared) if amounts
            ]
        hours = map(sum, zip(*columns, strict=True)) if columns else [0] * -(-first.seconds // HOUR)
        return _MonthSums(first.start, first.seconds, list(accumulate(hours, initial=0)))


class UnitHours:
    """The meters that measure what enters one unit, item by item."""

    def __init__(self, organisation: Organisation, metering: Metering, points: Points, unit_id: str) -> None:
        self._metering, self._points = metering, points
        self._inside = frozenset(place for place in organisation.places() if unit_id in organisation.above(place))
        self._entering: dict[str, MeterSums | None] = {}

    def of_items(self, items: Iterable[str], spans: Spans) -> Fraction | None:
        """What entered the unit of the one item that is metered there; None for none, several, or without data."""
        metered = [sums for item in items if (sums := self._of_item(item)) is not None]
        return metered[0].amount(spans) if len(metered) == 1 else None

    def of_output(self, output: str, spans: Spans) -> Fraction | None:
        """What an item, or one point, stated."""
        sums = self._of_item(output)
        return None if sums is None else sums.amount(spans)

    def _of_item(self, output: str) -> MeterSums | None:
        if output not in self._entering:
            meters = self._metering.meters(output) or self._metering.entries(output, self._inside)
            self._entering[output] = self._sums(meters)
        return self._entering[output]

    def _sums(self, points: Sequence[Point]) -> MeterSums | None:
        meters = [(self._points[point.id], self._metering.scale(point)) for point in points]
        return MeterSums(meters) if meters else None
