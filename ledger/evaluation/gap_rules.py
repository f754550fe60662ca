"""What a method lets stand for missing time. Every rule fills a gap with a rate of the point's own, as 'estimated'.

`highest-rate`: the highest of the period. `before-after-mean`: the mean of the intervals right before and right after
the gap, of the one where the other lies outside the period. `mean-plus-2-sigma`: the mean of the period's rates and
twice their standard deviation. `report` fills nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.method_rules import BEFORE_AFTER, HIGHEST, MEAN_2_SIGMA
from ledger.evaluation.hourly import Hours
from ledger.evaluation.rates import mean_plus_two_sigma


def fill(rule: str, months: Sequence[Hours]) -> tuple[Fraction, ...]:
    """What fills each month's gaps."""
    if rule == BEFORE_AFTER:
        return _by_neighbours(months)
    by = Fraction(0)
    if rule == HIGHEST and any(month.gaps for month in months):
        by = max(month.fastest for month in months)
    elif rule == MEAN_2_SIGMA and any(month.gaps for month in months):
        total = sum((month.rates.total for month in months), Fraction(0))
        squares = sum((month.rates.squares for month in months), Fraction(0))
        by = mean_plus_two_sigma(sum(month.intervals for month in months), total, squares)
    return tuple(by * sum(end - start for start, end in month.gaps) for month in months)


@dataclass(slots=True)
class _Open:
    """A gap as it is put together again from its months. `parts`: the month's number and its seconds in it."""

    end: int
    before: Fraction | None
    after: Fraction | None
    parts: list[tuple[int, int]] = field(default_factory=list)


def _by_neighbours(months: Sequence[Hours]) -> tuple[Fraction, ...]:
    filled = [Fraction(0)] * len(months)
    for gap in _rejoined(months):
        beside = [by for by in (gap.before, gap.after) if by is not None]
        for at, seconds in gap.parts:
            filled[at] += sum(beside, Fraction(0)) * seconds / max(1, len(beside))
    return tuple(filled)


def _rejoined(months: Sequence[Hours]) -> list[_Open]:
    gaps: list[_Open] = []
    last: Fraction | None = None
    for at, month in enumerate(months):
        if gaps and gaps[-1].after is None and month.rates.first is not None:
            gaps[-1].after = month.rates.first
        for (start, end), (before, after) in zip(month.gaps, month.rates.beside, strict=True):
            if not (gaps and gaps[-1].end == start == month.start):
                gaps.append(_Open(end, last if before is None else before, after))
            gaps[-1].end = end
            gaps[-1].after = gaps[-1].after if after is None else after
            gaps[-1].parts.append((at, end - start))
        last = last if month.rates.last is None else month.rates.last
    return gaps
