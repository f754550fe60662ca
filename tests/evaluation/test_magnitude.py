"""Jumps of magnitude are told, with where and how much, and change no figure."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.magnitude import FACTOR, FEWEST, MOST_TOLD, check_intervals, check_months
from ledger.evaluation.rates import Amount, by_length
from tests.evaluation.plant import ELECTRICITY_ONLY, HOURS, POWER, Log, hour, result

CODE = "magnitude-jump"


def rows(*values: str, seconds: int = 3600) -> list[Amount]:
    return [(at * seconds, (at + 1) * seconds, at, 0, Decimal(value)) for at, value in enumerate(values)]


def told(amounts: list[Amount]) -> dict[str, int]:
    found = Findings()
    check_intervals(amounts, by_length(amounts), "p", found)
    assert {code for code, _ in found.counts} <= {CODE}
    return {place: count for (_, place), count in found.counts.items()}


def test_an_hour_in_watt_hours_is_told_with_its_rate() -> None:
    log = Log().power([start for start in HOURS if start != HOURS[7]])
    log.add(hour(HOURS[7], "1500"))
    document = result(log, ELECTRICITY_ONLY).document
    figures = {"end": str(HOURS[8]), "rate": "1500", "median": "1.5"}
    assert document["findings"] == [{"code": CODE, "place": f"{POWER} {HOURS[7]}", "count": 1, "figures": figures}]
    assert document["activity"]["purchased_electricity"]["value"] == "1570.5"


def test_a_month_in_another_unit_is_told() -> None:
    log = Log().power(HOURS[:24]).power(HOURS[24:], "1500")
    document = result(log, ELECTRICITY_ONLY).document
    figures = {"rate": "1500", "before": "1.5", "month": "2022-01"}
    assert {"code": CODE, "place": f"{POWER} 2022-02", "count": 1, "figures": figures} in document["findings"]


@pytest.mark.parametrize(
    ("values", "places"),
    [
        (["1"] * 20 + ["100"], {}),  # a hundred times is no jump yet
        (["1"] * 20 + ["100.001"], {"p 72000": 1}),
        (["1"] * 20 + ["1000", "1000", "1", "1000"], {"p 72000": 2, "p 82800": 1}),
        (["0"] * 20 + ["5"] * 12, {}),  # at rest is no rate
        (["0"] * 20 + ["1"] * 11 + ["1000"], {"p 111600": 1}),
        (["1"] * (FEWEST - 2) + ["1000"], {}),
        ([], {}),
        (["0"] * 30, {}),
        (["1"] * 12 + ["1000"] * 12, {f"p {12 * 3600}": 12}),  # half of them: the lower median
    ],
)
def test_intervals(values: list[str], places: dict[str, int]) -> None:
    assert told(rows(*values)) == places


def test_intervals_of_different_lengths_are_compared_by_rate() -> None:
    amounts = [*rows(*["1"] * 20), (72_000, 72_000 + 360_000, 20, 0, Decimal(10_000))]
    assert told(amounts) == {}
    assert told([*amounts[:-1], (72_000, 72_000 + 3_600, 20, 0, Decimal(10_000))]) == {"p 72000": 1}


def test_many_stretches_are_told_in_part_and_counted_as_a_whole() -> None:
    places = told(rows(*["1", "1", "1000"] * 60))
    assert len(places) == MOST_TOLD + 1
    assert places["p"] == 60 - MOST_TOLD


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["0", "0.01", "1", "99", "100", "101", "10000"]))))
def test_told_is_what_the_definition_says(entries: list[tuple[int, str]]) -> None:
    amounts: list[Amount] = [
        (at * 10, at * 10 + length, at, 0, Decimal(text)) for at, (length, text) in enumerate(entries)
    ]
    rates = sorted(Fraction(row[4]) / (row[1] - row[0]) for row in amounts if row[4])
    jumps = 0
    if len(rates) >= FEWEST:
        jumps = sum(rate > FACTOR * rates[(len(rates) - 1) // 2] for rate in rates)
    assert sum(told(amounts).values()) == jumps


@pytest.mark.parametrize(
    ("rates", "labels"),
    [
        ([1, 1, 100, 1], []),
        ([1, 1, 101, 1], ["p 3", "p 4"]),
        ([1000, 1], ["p 2"]),
        ([1, 0, 1000], ["p 3"]),
        ([1, 30, 1000], ["p 3"]),  # the month in which the unit changed lies between
        ([1, 1, 1, 50, 99], []),
        ([0, 0, 0], []),
    ],
)
def test_months(rates: list[int], labels: list[str]) -> None:
    months = [Month(str(at + 1), 2022, at, at + 1) for at in range(len(rates))]
    found = Findings()
    check_months([Fraction(rate) for rate in rates], months, "p", found)
    assert [place for _, place in found.counts] == labels
