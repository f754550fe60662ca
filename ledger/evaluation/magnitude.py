"""Jumps of magnitude: kWh and MWh mixed up, a comma that moved. Told, never mended.

1. An interval whose rate is more than `FACTOR` times the point's median rate of the month. The median is the lower one
   of the rates above zero, so that hours at rest do not count; fewer than `FEWEST` of them tell nothing.
2. A month whose mean rate is more than `FACTOR` times that of one of the two months before it, or less than that part
   of it. A month without data, or at rest, is passed over.

Rates are told per hour, in the point's own unit before its ratio.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import groupby

from ledger.canonical import decimal_text
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.rates import EXACT, Amount, highest, rate

FACTOR = 100
FEWEST = 12
MOST_TOLD = 20  # stretches of a month that are told one by one
HOUR = 3600
CODE = "magnitude-jump"


def check_intervals(rows: Sequence[Amount], place: str, found: Findings) -> None:
    """Rule 1. `rows`: a month's intervals that counted, in order. Sorted only where there is a jump."""
    limit = highest(rows) / FACTOR
    if not _may_jump(rows, limit):
        return
    rates = sorted(rate(row) for row in rows if row[4] > 0)
    median = rates[(len(rates) - 1) // 2]
    stretches = [list(stretch) for jumps, stretch in groupby(rows, lambda row: rate(row) > FACTOR * median) if jumps]
    for stretch in stretches[:MOST_TOLD]:
        found.add(
            CODE,
            f"{place} {stretch[0][0]}",
            len(stretch),
            end=str(stretch[-1][1]),
            rate=_hourly(highest(stretch)),
            median=_hourly(median),
        )
    if rest := sum(len(stretch) for stretch in stretches[MOST_TOLD:]):
        found.add(CODE, place, rest)


def _may_jump(rows: Sequence[Amount], limit: Fraction) -> bool:
    """Whether the median of the rates above zero lies below `limit`: counted, without sorting."""
    bounds: dict[int, Decimal] = {}
    above = below = 0
    for start, end, _, _, amount in rows:
        if amount > 0:
            bound = bounds.get(end - start)
            if bound is None:
                bound = bounds[end - start] = _at_least(limit * (end - start))
            if amount < bound:
                below += 1
            else:
                above += 1
    return above + below >= FEWEST and below > (above + below - 1) // 2


def _at_least(number: Fraction) -> Decimal:
    """A decimal that is no less than `number`: a screen may only err towards looking closer."""
    with localcontext(EXACT):
        return Decimal(-(-number.numerator * 10**40 // number.denominator)).scaleb(-40)


def check_months(rates: Sequence[Fraction], months: Sequence[Month], place: str, found: Findings) -> None:
    """Rule 2. `rates`: each month's mean rate, 0 where there is none."""
    known: list[tuple[Fraction, str]] = []
    for mean, month in zip(rates, months, strict=True):
        if mean == 0:
            continue
        for before, label in known[-2:]:
            if mean > FACTOR * before or before > FACTOR * mean:
                found.add(CODE, f"{place} {month.label}", rate=_hourly(mean), before=_hourly(before), month=label)
                break
        known.append((mean, month.label))


def _hourly(per_second: Fraction) -> str:
    return decimal_text(per_second * HOUR)
