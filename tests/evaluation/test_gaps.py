"""What stands for missing time, and how much of it a certificate bears (INV-02, INV-17)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.certificates.certify import NotCertifiable, draw_up
from ledger.evaluation.calendar import Month
from ledger.evaluation.certifiable import refusal
from ledger.evaluation.findings import Findings
from ledger.evaluation.hourly import decode
from ledger.evaluation.rates import SCALE, Amount, by_length, highest, mean_plus_two_sigma, rate, rates_of, root_up
from ledger.evaluation.series import month_hours, totals
from tests.evaluation.plant import ELECTRICITY_ONLY, HOUR, HOURS, PERIOD, POWER, RULES, Log, electricity, hour, result


def ruled(rule: str, log: Log) -> dict[str, Any]:
    method = RULES.method.replace(b'rule = "report"', f'rule = "{rule}"'.encode())
    return result(log, ELECTRICITY_ONLY, rules=replace(RULES, method=method)).document


def hours(values: Sequence[str | None]) -> Log:
    """The electricity meter's hours from the first on; None is a gap, and so is all that follows."""
    log = Log()
    for start, value in zip(HOURS, values, strict=False):
        if value is not None:
            log.add(hour(start, value))
    return log


@pytest.mark.parametrize(
    ("rule", "estimated"),
    [
        ("report", "0"),
        ("highest-rate", "6"),  # two hours at 3
        ("before-after-mean", "4"),  # (1 + 3) / 2 for the hour between, 2 for the last
        ("mean-plus-2-sigma", "8.0000000000032"),  # mean 2, sigma 1: 4 an hour, and the root rounded up
    ],
)
def test_each_rule_fills_with_a_rate_of_the_points_own(rule: str, estimated: str) -> None:
    log = hours(["1", None, "3", "2"])
    whole = replace(PERIOD, end=HOURS[5])
    method = RULES.method.replace(b'rule = "report"', f'rule = "{rule}"'.encode())
    found = result(log, ELECTRICITY_ONLY, rules=replace(RULES, method=method), period=whole).document
    entry = found["activity"]["purchased_electricity"]
    assert (entry["metered"], entry["estimated"]) == ("6", estimated)
    assert [gap["start"] for gap in found["gaps"]["list"]] == [HOURS[1], HOURS[4]]
    assert found["gaps"]["rule"] == rule


def test_a_gap_across_a_months_end_is_parted_by_its_seconds() -> None:
    values: list[str | None] = ["2"] * 48
    values[22:26] = [None] * 4
    entry = ruled("before-after-mean", hours(values))["activity"]["purchased_electricity"]
    assert entry["by_month"] == {"2022-01": "48", "2022-02": "48"}
    assert entry["estimated"] == "8"


@pytest.mark.parametrize("rule", ["highest-rate", "before-after-mean", "mean-plus-2-sigma"])
def test_a_point_without_any_data_is_never_filled_with_zero(rule: str) -> None:
    """INV-02: what nobody knows cannot be estimated."""
    document = ruled(rule, Log())
    assert document["activity"]["purchased_electricity"]["by_month"] == {"2022-01": None, "2022-02": None}
    assert document["quality"]["coverage"] == 0
    assert document["not_certifiable"][0]["code"] == "no-data"


@pytest.mark.parametrize(("missing", "limit", "certifiable"), [(4, 1000, True), (5, 1000, False), (5, 1042, True)])
def test_above_a_stated_share_nothing_is_certified(missing: int, limit: int, certifiable: bool) -> None:
    """INV-17: 5 of 48 hours are 10.4 %; whatever the kind of result."""
    method = RULES.method.replace(b"limit = 500", f"limit = 500\ncertificate_limit = {limit}".encode())
    found = result(Log().power(HOURS[missing:]), ELECTRICITY_ONLY, rules=replace(RULES, method=method))
    assert (refusal(found.document) == "") is certifiable
    assert ("certifiable" not in found.document) is certifiable
    if not certifiable:
        assert found.document["not_certifiable"][0]["code"] == "too-many-gaps"
        assert found.document["gaps"]["share"] == "5/48"
        with pytest.raises(NotCertifiable, match="too-many-gaps") as caught:
            draw_up(None, None, "", b"", {}, b"", 0, [], found)  # type: ignore[arg-type]
        assert caught.value.mend


def test_a_sound_result_says_nothing_of_it() -> None:
    assert refusal(electricity().document) == ""


@given(st.fractions(min_value=0, max_value=10**9, max_denominator=10**9))
def test_a_root_is_never_too_small(square: Fraction) -> None:
    root = root_up(square)
    assert root * root >= square
    assert root == 0 or (root - Fraction(1, SCALE)) ** 2 < square


@given(st.lists(st.tuples(st.integers(1, 7200), st.decimals(0, 10**6, places=3)), max_size=30))
def test_rates_are_those_of_plain_fractions(rows: list[tuple[int, Decimal]]) -> None:
    amounts: list[Amount] = [(0, seconds, 0, 0, value) for seconds, value in rows]
    rates = [Fraction(value) / seconds for seconds, value in rows]
    assert highest(by_length(amounts)) == max(rates, default=0)
    of = rates_of(amounts, by_length(amounts), [])
    bound = mean_plus_two_sigma(len(amounts), of.total, of.squares)
    if rates:
        mean = sum(rates, Fraction(0)) / len(rates)
        variance = sum(((rate - mean) ** 2 for rate in rates), Fraction(0)) / max(1, len(rates) - 1)
        assert (bound - mean) ** 2 >= 4 * variance
        assert bound == mean + 2 * root_up(variance)


def test_the_unit_of_a_filled_gap_is_the_items() -> None:
    log = hours([None, *["1.5"] * 47])
    document = ruled("before-after-mean", log)
    assert document["activity"]["purchased_electricity"]["value"] == "72"
    assert document["gaps"]["list"] == [{"point": POWER, "start": HOURS[0], "end": HOURS[0] + HOUR}]
    assert document["quality"]["estimated"] == 209  # 1 of 48 hours, rounded towards the weaker class


SPANS = [Month(str(at), 2022, at * 100, (at + 1) * 100) for at in range(4)]


@given(
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 4), st.decimals(0, 50, places=2)), max_size=30),
    st.sampled_from([(0, 400), (50, 400), (0, 333), (120, 180)]),
)
def test_gaps_parted_by_months_are_filled_as_if_they_were_whole(
    entries: list[tuple[int, int, Decimal]], service: tuple[int, int]
) -> None:
    """Months are kept apart, as bytes; put together they give what the intervals themselves say."""
    rows: list[Amount] = []
    for at, length, amount in sorted(entries):
        if not rows or rows[-1][1] <= at * 10:
            rows.append((at * 10, (at + length) * 10, len(rows), 0, amount))
    hours_of = month_hours(list(rows), SPANS, service, "p", Findings())
    assert [decode(hour.encode()) for hour in hours_of] == hours_of
    counting = [row for row in rows if service[0] <= row[0] < service[1]]
    gaps = totals(hours_of, "report").gaps
    wanted = [Fraction(0)] * len(SPANS)
    for start, end in gaps:
        before = [rate(row) for row in counting if row[0] < start][-1:]
        after = [rate(row) for row in counting if row[0] >= end][:1]
        for number, month in enumerate(SPANS):
            seconds = max(0, min(end, month.end) - max(start, month.start))
            if before or after:
                wanted[number] += sum(before + after, Fraction(0)) / len(before + after) * seconds
    assert list(totals(hours_of, "before-after-mean").filled) == wanted
    of = rates_of(counting, by_length(counting), [])
    both = mean_plus_two_sigma(len(counting), of.total, of.squares)
    missing = totals(hours_of, "report").missing
    assert list(totals(hours_of, "mean-plus-2-sigma").filled) == [both * seconds for seconds in missing]
    assert list(totals(hours_of, "highest-rate").filled) == [
        highest(by_length(counting)) * seconds for seconds in missing
    ]
    assert not any(totals(hours_of, "report").filled)
