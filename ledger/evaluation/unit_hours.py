"""Metered amounts in stretches of time: what the meters of a unit measured in a team's or a batch's hours."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from ledger.evaluation.metering import Metering
from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_units import Organisation

Amounts = Callable[[Point, int, int], Fraction | None]
"""What a point measured in [start, end), in its own unit and before its ratio; None where nothing is known of it. An
interval belongs to where it starts, so that the parts of a time add up to the whole. Bounds are whole hours."""
Spans = Sequence[tuple[int, int]]


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
