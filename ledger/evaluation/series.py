"""One measuring point over one period: which interval counts, what each month holds, what is missing.

Amounts are summed exactly; registers are differenced into amounts first. Rules, all on the point's own values:

1. An interval belongs to the month of its start; one that starts outside the period does not count.
2. The same interval stated twice with one value counts once; with two values the greater one counts, as declared.
3. Of intervals that overlap otherwise, the one that was logged first stands.
4. An amount below zero, and a register that fell without its stated rollover explaining it, leave a gap.
5. A gap is never a zero: it is listed, from–to.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.gap_rules import fill
from ledger.evaluation.hourly import HOUR, Hours, hours
from ledger.evaluation.magnitude import check_intervals
from ledger.evaluation.rates import EXACT, Amount, Gap, by_length, highest, rates_of
from ledger.evaluation.screening import DECLARED

Stand = tuple[int, int, int, Decimal]
"""Time, leaf index, quality, register."""


@dataclass(frozen=True, slots=True)
class PointTotals:
    """`months` in order: (metered, declared) sums in the point's own unit, before its ratio. `gaps` from–to in the
    period. `missing`: seconds per month; `filled`: what the method's rule lets stand for them."""

    months: tuple[tuple[Fraction, Fraction], ...]
    intervals: int
    gaps: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]
    filled: tuple[Fraction, ...]


def month_hours(
    amounts: list[Amount], months: Sequence[Month], service: tuple[int, int], place: str, found: Findings
) -> list[Hours]:
    """Hour by hour what a point counted over its time in service within the period, [from, to)."""
    since, until = service
    rows = _apart(amounts, place, found)
    first = bisect_left(rows, (since,))
    counting = rows[first : max(first, bisect_left(rows, (until,)))]
    cursor = max(since, rows[first - 1][1]) if first else since
    ends = [Gap(cursor, counting[0][0], None, counting[0])] if counting and cursor != counting[0][0] else []
    inner = [Gap(low[1], high[0], low, high) for low, high in pairwise(counting) if low[1] != high[0]]
    gaps = [*ends, *inner]
    cursor = counting[-1][1] if counting else cursor
    if cursor < until:
        gaps.append(Gap(cursor, until, counting[-1] if counting else None, None))
    bounds = [0, *(bisect_left(counting, (month.end,)) for month in months)]
    inside = [counting[low:high] for low, high in pairwise(bounds)]
    with localcontext(EXACT):
        return [_hours(month, counting, gaps, place, found) for month, counting in zip(months, inside, strict=True)]


def _hours(month: Month, rows: Sequence[Amount], gaps: Sequence[Gap], place: str, found: Findings) -> Hours:
    count = -(-(month.end - month.start) // HOUR)
    sums = metered, declared = [Decimal(0)] * count, [Decimal(0)] * count
    first = month.start
    for start, _, _, quality, amount in rows:
        sums[quality][(start - first) // HOUR] += amount
    by = by_length(rows)
    check_intervals(rows, by, place, found)
    within = [gap for gap in gaps if gap.start < month.end and month.start < gap.end]
    return hours(
        (month.start, month.end), metered, declared, [(gap.start, gap.end) for gap in within],
        intervals=len(rows), longest=max(by, default=0), fastest=highest(by), rates=rates_of(rows, by, within),
    )  # fmt: skip


def totals(months: Sequence[Hours], rule: str) -> PointTotals:
    """A point's months added up; what was parted at a month's end is one gap."""
    gaps: list[tuple[int, int]] = []
    for month in months:
        for start, end in month.gaps:
            if gaps and gaps[-1][1] == start == month.start:
                start = gaps.pop()[0]
            gaps.append((start, end))
    return PointTotals(
        months=tuple(month.sums() for month in months),
        intervals=sum(month.intervals for month in months),
        gaps=tuple(gaps),
        missing=tuple(sum(end - start for start, end in month.gaps) for month in months),
        filled=fill(rule, months),
    )


def differences(stands: list[Stand], rollover: Decimal | None, place: str, found: Findings) -> list[Amount]:
    """The amounts between a register's consecutive stands."""
    rows = _one_stand_a_time(stands, place, found)
    amounts: list[Amount] = []
    with localcontext(EXACT):
        for (start, _, before, low), (end, index, after, high) in pairwise(rows):
            amount = high - low
            if amount < 0 and rollover is not None and low < rollover and (amount + rollover) * 2 < rollover:
                amount += rollover
                found.add("register-rollover", place)
            if amount < 0:
                found.add("register-fell", place)
                continue
            amounts.append((start, end, index, max(before, after), amount))
    return amounts


def _one_stand_a_time(stands: list[Stand], place: str, found: Findings) -> list[Stand]:
    rows: list[Stand] = []
    for row in sorted(stands):
        if rows and rows[-1][0] == row[0]:
            if rows[-1][3] != row[3]:
                found.add("conflicting-values", place)
                rows[-1] = (row[0], rows[-1][1], DECLARED, rows[-1][3])
            continue
        rows.append(row)
    return rows


def _apart(amounts: list[Amount], place: str, found: Findings) -> list[Amount]:
    """The intervals that count, in order, none overlapping."""
    amounts.sort()
    last = 0
    for row in amounts:
        if row[0] < last or row[4] < 0:
            break
        last = row[1]
    else:
        return amounts
    rows = [row for row in amounts if row[4] >= 0]
    if len(rows) < len(amounts):
        found.add("negative-amount", place, len(amounts) - len(rows))
    return _first_logged(_merged_twins(rows, place, found), place, found)


def _merged_twins(rows: list[Amount], place: str, found: Findings) -> list[Amount]:
    merged: dict[tuple[int, int], Amount] = {}
    for row in rows:
        twin = merged.get(row[:2])
        if twin is None:
            merged[row[:2]] = row
        elif twin[4] != row[4]:
            found.add("conflicting-values", place)
            merged[row[:2]] = (*row[:2], min(twin[2], row[2]), DECLARED, max(twin[4], row[4]))
        else:
            found.add("stated-twice", place)
    return list(merged.values())


def _first_logged(rows: list[Amount], place: str, found: Findings) -> list[Amount]:
    standing: list[Amount] = []
    for row in sorted(rows, key=lambda entry: entry[2]):
        at = bisect_left(standing, row)
        before = standing[at - 1][1] if at else row[0]
        after = standing[at][0] if at < len(standing) else row[1]
        if before <= row[0] and row[1] <= after:
            standing.insert(at, row)
        else:
            found.add("overlap", place)
    return standing
