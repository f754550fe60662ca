"""One measuring point over one period: which interval counts, what each month holds, what is missing.

Amounts are summed exactly; registers are differenced into amounts first. Rules, all on the point's own values:

1. An interval belongs to the month of its start; one that starts outside the period does not count.
2. The same interval stated twice with one value counts once; with two values the greater one counts, as declared.
3. Of intervals that overlap otherwise, the one that was logged first stands.
4. An amount below zero, and a register that fell without its stated rollover explaining it, leave a gap.
5. A gap is never a zero: it is listed, from–to.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from itertools import pairwise

from ledger.evaluation.calendar import Month
from ledger.evaluation.hourly import HOUR, Hours, hours
from ledger.evaluation.screening import DECLARED

_EXACT = Context(prec=400, traps=[Inexact])

Amount = tuple[int, int, int, int, Decimal]
"""Start, end, leaf index, quality, amount."""
Stand = tuple[int, int, int, Decimal]
"""Time, leaf index, quality, register."""


@dataclass(slots=True)
class Findings:
    """What was not as it should be: code and place → how often, and the figures that show it, where there are any."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    figures: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def add(self, code: str, place: str, times: int = 1, **figures: str) -> None:
        self.counts[code, place] = self.counts.get((code, place), 0) + times
        if figures:
            self.figures[code, place] = figures

    def copy(self) -> "Findings":
        return Findings(dict(self.counts), dict(self.figures))

    def document(self) -> list[dict[str, object]]:
        """By code and place, as a result lists them."""
        return [
            {"code": code, "place": place, "count": count}
            | ({"figures": self.figures[code, place]} if (code, place) in self.figures else {})
            for (code, place), count in sorted(self.counts.items())
        ]


@dataclass(frozen=True, slots=True)
class PointTotals:
    """`months` in order: (metered, declared) sums in the point's own unit, before its ratio. `gaps` from–to in the
    period. `missing`: seconds per month. `fastest`: the highest amount per second of any interval that counted, where
    there are gaps that it might fill."""

    months: tuple[tuple[Fraction, Fraction], ...]
    intervals: int
    gaps: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]
    fastest: Fraction


def month_hours(
    amounts: list[Amount], months: Sequence[Month], service: tuple[int, int], place: str, found: Findings
) -> list[Hours]:
    """Hour by hour what a point counted over its time in service within the period, [from, to)."""
    since, until = service
    rows = iter(_apart(amounts, place, found))
    row = next(rows, None)
    gaps: list[tuple[int, int]] = []
    sums: list[_MonthSums] = []
    cursor = since
    with localcontext(_EXACT):
        for month in months:
            month_start, month_end = month.start, month.end
            adding = _MonthSums.of(month)
            by_quality, fastest = (adding.metered, adding.declared), adding.fastest
            while row is not None and row[0] < month_end:
                start, end, _, quality, amount = row
                row = next(rows, None)
                if start < since:
                    cursor = max(cursor, end)
                    continue
                if start >= until:
                    continue
                if start != cursor:
                    gaps.append((cursor, start))
                by_quality[quality][(start - month_start) // HOUR] += amount
                adding.intervals += 1
                cursor = end
                length = end - start
                highest = fastest.get(length)
                if highest is None or amount > highest:
                    fastest[length] = amount
            sums.append(adding)
        if cursor < until:
            gaps.append((cursor, until))
        return [adding.done(gaps) for adding in sums]


@dataclass(slots=True)
class _MonthSums:
    """A month as it is added up. `fastest`: the highest amount of the intervals of one length."""

    month: Month
    metered: list[Decimal]
    declared: list[Decimal]
    intervals: int = 0
    fastest: dict[int, Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, month: Month) -> "_MonthSums":
        count = -(-(month.end - month.start) // HOUR)
        return cls(month, [Decimal(0)] * count, [Decimal(0)] * count)

    def done(self, gaps: Iterable[tuple[int, int]]) -> Hours:
        rates = [Fraction(amount) / length for length, amount in self.fastest.items()]
        return hours(
            (self.month.start, self.month.end), self.metered, self.declared, gaps, intervals=self.intervals,
            longest=max(self.fastest, default=0), fastest=max(rates, default=Fraction(0)),
        )  # fmt: skip


def totals(months: Sequence[Hours]) -> PointTotals:
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
        fastest=max((month.fastest for month in months), default=Fraction(0)) if gaps else Fraction(0),
    )


def differences(stands: list[Stand], rollover: Decimal | None, place: str, found: Findings) -> list[Amount]:
    """The amounts between a register's consecutive stands."""
    rows = _one_stand_a_time(stands, place, found)
    amounts: list[Amount] = []
    with localcontext(_EXACT):
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
