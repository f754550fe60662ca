"""Rates of a point's intervals, exactly: amount per second. Of a month only what gap rules need is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from math import isqrt
from operator import mul

EXACT = Context(prec=400, traps=[Inexact])
SCALE = 10**15  # a standard deviation is rounded up to this part of the point's unit per second

Amount = tuple[int, int, int, int, Decimal]
"""Start, end, leaf index, quality, amount."""
Beside = tuple[Fraction | None, Fraction | None]
"""The rates right before and right after a gap, as far as these intervals start in the same month."""


@dataclass(frozen=True, slots=True)
class Gap:
    """From–to, with the intervals that counted on either side; None at an end of the service in the period."""

    start: int
    end: int
    before: Amount | None
    after: Amount | None


@dataclass(frozen=True, slots=True)
class Rates:
    """A month's rates: their sum and the sum of their squares, the first and the last. `beside`: one for each gap."""

    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)
    first: Fraction | None = None
    last: Fraction | None = None
    beside: tuple[Beside, ...] = ()


ByLength = dict[int, list[Decimal]]
"""Amounts by the seconds that they took: almost always one length, so that sums run in C."""


def by_length(rows: Sequence[Amount]) -> ByLength:
    """The amounts of intervals, apart by length."""
    lengths = {row[1] - row[0] for row in rows}
    if len(lengths) == 1:
        return {lengths.pop(): [row[4] for row in rows]}
    found: ByLength = {length: [] for length in lengths}
    for start, end, _, _, amount in rows:
        found[end - start].append(amount)
    return found


def rates_of(rows: Sequence[Amount], amounts: ByLength, gaps: Sequence[Gap]) -> Rates:
    """`rows`: a month's intervals that counted, in order; `amounts`: the same by length. `gaps`: those that touch the
    month."""
    with localcontext(EXACT):
        sums = {length: sum(of, Decimal(0)) for length, of in amounts.items()}
        squares = {length: sum(map(mul, of, of), Decimal(0)) for length, of in amounts.items()}
    return Rates(
        sum((Fraction(amount) / length for length, amount in sums.items()), Fraction(0)),
        sum((Fraction(square) / length**2 for length, square in squares.items()), Fraction(0)),
        rate(rows[0]) if rows else None,
        rate(rows[-1]) if rows else None,
        tuple((_within(gap.before, rows), _within(gap.after, rows)) for gap in gaps),
    )


def _within(row: Amount | None, rows: Sequence[Amount]) -> Fraction | None:
    inside = row is not None and bool(rows) and rows[0][0] <= row[0] <= rows[-1][0]
    return rate(row) if inside and row is not None else None


def rate(row: Amount) -> Fraction:
    """The mean rate of one interval."""
    return Fraction(row[4]) / (row[1] - row[0])


def highest(amounts: ByLength) -> Fraction:
    """The highest rate of any interval; 0 where there is none."""
    return max((Fraction(max(of)) / length for length, of in amounts.items()), default=Fraction(0))


def mean_plus_two_sigma(number: int, total: Fraction, squares: Fraction) -> Fraction:
    """The mean of `number` rates and twice their standard deviation (n - 1 in the denominator), never less than that:
    the root is rounded up at `SCALE`. 0 where there is no rate."""
    if number == 0:
        return Fraction(0)
    mean = total / number
    return mean + 2 * root_up((squares - number * mean * mean) / max(1, number - 1))


def root_up(square: Fraction) -> Fraction:
    """The square root, exact where `SCALE` allows, else the next step above it."""
    scaled = square * SCALE * SCALE
    floor = isqrt(scaled.numerator // scaled.denominator)
    return Fraction(floor if floor * floor == scaled else floor + 1, SCALE)
