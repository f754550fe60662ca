"""Hourly amounts: exact, one encoding, and the sums that the intervals themselves give."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.method_rules import HIGHEST
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.hourly import HOUR, Amounts, Hours, HoursFault, amounts, decode
from ledger.evaluation.rates import Amount, Rates
from ledger.evaluation.series import month_hours, totals

START = 1_643_558_400
MONTHS = [
    Month("2022-01", 2022, START, START + 24 * HOUR),
    Month("2022-02", 2022, START + 24 * HOUR, START + 45 * HOUR),
]
END = MONTHS[-1].end
numbers = st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(0, 1 << 63), st.integers(0, 18))


@st.composite
def intervals(draw: st.DrawFn) -> list[Amount]:
    """Intervals that do not overlap, with holes, some before and after the period."""
    rows: list[Amount] = []
    at = START - draw(st.integers(0, 12)) * 900
    while at < END + HOUR and len(rows) < 40:
        start = at + draw(st.sampled_from([0, 0, 0, 300, 2 * HOUR]))
        end = start + draw(st.sampled_from([900, HOUR, 5 * HOUR]))
        rows.append((start, end, len(rows), draw(st.integers(0, 1)), draw(numbers)))
        at = end
    return rows


@settings(deadline=None)
@given(intervals(), st.sampled_from([START, START + 5 * HOUR]), st.sampled_from([END, END - 30 * HOUR]))
def test_months_add_up_to_their_intervals(rows: list[Amount], since: int, until: int) -> None:
    """INV-15: whatever way a sum is cut into hours."""
    found = Findings()
    by_month = [decode(hours.encode()) for hours in month_hours(list(rows), MONTHS, (since, until), "p", found)]
    sums = totals(by_month, HIGHEST)
    counted = [row for row in rows if since <= row[0] < until]
    for month, both in zip(MONTHS, sums.months, strict=True):
        for quality in (0, 1):
            own = [Fraction(row[4]) for row in counted if row[3] == quality and month.start <= row[0] < month.end]
            assert both[quality] == sum(own, Fraction(0))
    assert sums.intervals == len(counted)
    assert {code for code, _ in found.counts} <= {"magnitude-jump"}
    held = set()
    for start, end, *_ in [row for row in rows if row[0] < until]:
        held |= set(range(max(start, since), min(end, until), 300))
    lacking = {moment for start, end in sums.gaps for moment in range(start, end, 300)}
    assert lacking == set(range(since, until, 300)) - held
    assert sum(sums.missing) == sum(end - start for start, end in sums.gaps)
    assert all(before[1] < after[0] for before, after in pairwise(sums.gaps))
    rates = [Fraction(row[4]) / (row[1] - row[0]) for row in counted]
    assert sums.filled == tuple(max(rates, default=Fraction(0)) * missing for missing in sums.missing)


wholes = st.integers(-(1 << 80), 1 << 80) | st.integers(-200, 200)


@st.composite
def known_rates(draw: st.DrawFn, gaps: int) -> Rates:
    maybe = st.none() | st.fractions()
    beside = tuple((draw(maybe), draw(maybe)) for _ in range(gaps))
    return Rates(draw(st.fractions()), draw(st.fractions()), draw(maybe), draw(maybe), beside)


@st.composite
def values(draw: st.DrawFn) -> Hours:
    count = draw(st.integers(1, 30))
    gaps, at = [], START
    for _ in range(draw(st.integers(0, 4))):
        gaps.append((at, at + 60))
        at += 120
    some = st.lists(wholes, min_size=count, max_size=count).map(tuple)
    return Hours(
        START, count * HOUR - draw(st.integers(0, HOUR - 1)), draw(st.integers(-40, 40)), draw(some),
        draw(some) if draw(st.booleans()) else (), draw(st.integers(0, 5000)), draw(st.integers(0, 90_000)),
        draw(st.fractions()), tuple(gaps), draw(known_rates(len(gaps))),
    )  # fmt: skip


@settings(deadline=None)
@given(values())
def test_what_is_encoded_comes_back(value: Hours) -> None:
    assert decode(value.encode()) == value


@settings(deadline=None)
@given(values(), st.data())
def test_what_is_cut_or_longer_is_refused(value: Hours, data: st.DataObject) -> None:
    encoded = value.encode()
    for wrong in (encoded[: data.draw(st.integers(0, len(encoded) - 1))], encoded + b"\0"):
        with pytest.raises(HoursFault):
            decode(wrong)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    with suppress(HoursFault):
        decode(data)


@settings(deadline=None)
@given(intervals(), st.lists(st.integers(START, END), max_size=5))
def test_shifts_that_follow_one_another_add_up(rows: list[Amount], changes: list[int]) -> None:
    by_month = month_hours(list(rows), MONTHS, (START, END), "p", Findings())
    bounds = [START, *sorted(changes), END]
    shifts = [amounts(by_month, start, end) for start, end in pairwise(bounds)]
    sums = totals(by_month, HIGHEST)
    assert sum((shift.metered for shift in shifts), Fraction(0)) == sum((both[0] for both in sums.months), Fraction(0))


def test_a_shift_in_hours() -> None:
    rows = [(START + at * HOUR, START + (at + 1) * HOUR, at, 0, Decimal(at)) for at in range(45) if at != 9]
    by_month = month_hours(rows, MONTHS, (START, END), "p", Findings())
    night, day = amounts(by_month, START, START + 8 * HOUR), amounts(by_month, START + 8 * HOUR, START + 26 * HOUR)
    assert night == Amounts(Fraction(sum(range(8))), Fraction(0), 0, False)
    assert day == Amounts(Fraction(sum(range(8, 26)) - 9), Fraction(0), HOUR, False)
    daily = month_hours([(START, START + 24 * HOUR, 0, 1, Decimal(5))], MONTHS, (START, END), "p", Findings())
    assert amounts(daily, START, START + HOUR).coarse
    assert amounts(daily, START, START + HOUR).declared == 5
