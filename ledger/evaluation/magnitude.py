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
from ledger.evaluation.rates import EXACT, Amount, ByLength, by_length, highest, rate

FACTOR = 100
FEWEST = 12
MOST_TOLD = 20  # stretches of a month that are told one by one
HOUR = 3600
CODE = "magnitude-jump"


def check_intervals(rows: Sequence[Amount], amounts: ByLength, place: str, found: Findings) -> None:
    """Rule 1. `rows`: a month's intervals that counted, in order; `amounts`: the same by length. Sorted only where
    there is a jump."""
    if not _may_jump(amounts, highest(amounts) / FACTOR):
        return
    rates = sorted(rate(row) for row in rows if row[4] > 0)
    median = rates[(len(rates) - 1) // 2] if len(rates) >= FEWEST else rates[-1]
    stretches = [list(stretch) for jumps, stretch in groupby(rows, lambda row: rate(row) > FACTOR * median) if jumps]
    for stretch in stretches[:MOST_TOLD]:
        found.add(
            CODE,
            f"{place} {stretch[0][0]}",
            len(stretch),
            end=str(stretch[-1][1]),
            rate=_hourly(highest(by_length(stretch))),
            median=_hourly(median),
        )
    if rest := sum(len(stretch) for stretch in stretches[MOST_TOLD:]):
        found.add(CODE, place, rest)


def _may_jump(amounts: ByLength, limit: Fraction) -> bool:
    """Whether the median of the rates may lie below `limit`, a hundredth of the highest: counted, without sorting.
    Intervals at rest are counted as below it, which errs towards looking closer."""
    number = sum(map(len, amounts.values()))
    below = sum(sum(map(_at_least(limit * length).__gt__, of)) for length, of in amounts.items())
    return limit > 0 and number >= FEWEST and below > (number - 1) // 2


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
