"""Teams and batches: parts by the hours in which something was metered, or by quantity; they add up exactly."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import exact_number
from ledger.evaluation.hourly import Hours
from ledger.evaluation.rates import Rates
from ledger.evaluation.site import parse_site
from ledger.evaluation.site_shifts import DAY, NOBODY, Shifts
from ledger.evaluation.unit_hours import MeterSums
from tests.evaluation.plant import FEBRUARY, HOUR, HOURS, METER, PERIOD, Log, hour, result
from tests.evaluation.works import LINE_POWER, NAME, PRODUCTS, log, table, unit, works

KWH = Fraction("0.5703") / 1000
SHIFTS = {"first": '"2022-01-01"', "starts": '["00:00", "08:00", "16:00"]', "pattern": '["red blue -", "blue - red"]'}
TEAMS = unit("red", "team", "line") + unit("blue", "team", "line") + table("shifts", at='"line"', **SHIFTS)
ONE = PRODUCTS[: PRODUCTS.index("\n[[product]]", 1)]


@given(
    st.lists(st.integers(0, 23), min_size=1, max_size=4, unique=True).map(sorted),
    st.sampled_from([["a", "b"], ["a", "b", NOBODY]]).flatmap(
        lambda teams: st.lists(st.lists(st.sampled_from(teams), min_size=4, max_size=4), min_size=1, max_size=5)
    ),
    st.integers(0, 60),
    st.integers(0, 40),
)
def test_shifts_part_the_time_without_overlap(
    starts: list[int], pattern: list[list[str]], since: int, length: int
) -> None:
    """Each hour after the first day's first shift belongs to at most one team, to one if the pattern names one."""
    days = tuple(tuple(day[: len(starts)]) for day in pattern)
    shifts = Shifts("line", 10 * DAY, tuple(hour * HOUR for hour in starts), days, "-")
    start, end = 9 * DAY + since * HOUR, 9 * DAY + (since + length) * HOUR
    worked = list(shifts.hours(start, end))
    bounds = [bound for _, begin, stop in worked for bound in (begin, stop)]
    assert bounds == sorted(bounds)
    assert all(start <= begin < stop <= end for _, begin, stop in worked)
    if NOBODY not in {team for day in days for team in day}:
        first = 10 * DAY + starts[0] * HOUR
        assert sum(stop - begin for _, begin, stop in worked) == max(0, end - max(start, first))


def teams(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (worked,) = document["teams"]
    parts = [exact_number(team["total"]) for team in worked["teams"]] + [exact_number(worked["nobody"])]
    assert sum(parts) == exact_number(worked["total"])
    assert worked["total"] == next(level for level in document["levels"] if level["id"] == worked["at"])["total"]
    return {team["id"]: team for team in worked["teams"]}


def varied(hours: Iterable[int] = HOURS) -> Log:
    """The line takes 2 kWh an hour before noon and 6 after."""
    found = Log([entry for entry in log().frames if not _is_of(entry, LINE_POWER)])
    for start in hours:
        late = (start - PERIOD.start) % DAY >= DAY // 2
        found.add(hour(start, "6" if late else "2", LINE_POWER), METER)
    return found


def _is_of(entry: Any, name: str) -> bool:
    return any(record.point == name for record in getattr(entry.content, "records", ()))


def test_a_team_has_what_was_metered_in_its_hours() -> None:
    """Day 1: red 0–8, blue 8–16; day 2: blue 0–8, red 16–24. Of the line's 192 kWh red has 16 + 48, blue 32 + 16."""
    document = result(varied(), works(TEAMS)).document
    found = teams(document)
    assert exact_number(found["red"]["total"]) == 64 * KWH
    assert exact_number(found["blue"]["total"]) == (4 * 2 + 4 * 6 + 8 * 2) * KWH
    assert exact_number(document["teams"][0]["nobody"]) == (192 - 64 - 48) * KWH
    assert [team["seconds"] for team in found.values()] == [16 * HOUR, 16 * HOUR]
    panes = found["red"]["outputs"][0]
    assert (panes["product"], panes["quantity"], panes["unit"]) == ("panes", "32", "t")
    assert panes["intensity"] is None
    (alone,) = teams(result(varied(), works(TEAMS, products=ONE)).document)["red"]["outputs"]
    assert exact_number(alone["intensity"]) == 64 * KWH / 32


def test_what_no_meter_says_by_the_hour_belongs_to_nobody() -> None:
    """Declared heat has no hours."""
    heat = table("allocation", of='"enterprise"', source='"purchased_heat"', rule='"avoid"', to='"line"')
    document = result(log(), works(TEAMS, heat)).document
    found = teams(document)
    assert set(found["red"]["by_source"]) == {"purchased_electricity"}
    assert exact_number(document["teams"][0]["nobody"]) == 11 + 4 * 16 * KWH


def test_intervals_longer_than_an_hour_tell_nothing_of_shifts() -> None:
    found = Log([entry for entry in log().frames if not _is_of(entry, LINE_POWER)])
    for start in HOURS[::4]:
        found.add(hour(start, "16", LINE_POWER, seconds=4 * HOUR), METER)
    document = result(found, works(TEAMS)).document
    assert [team["total"] for team in teams(document).values()] == ["0", "0"]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 40), min_size=48, max_size=48),
    st.lists(st.sampled_from(["red", "blue", "-"]), min_size=3, max_size=3),
)
def test_teams_and_nobody_add_up_to_the_unit(amounts: list[int], day: list[str]) -> None:
    found = Log([entry for entry in log().frames if not _is_of(entry, LINE_POWER)])
    for start, amount in zip(HOURS, amounts, strict=True):
        found.add(hour(start, str(amount), LINE_POWER), METER)
    named = " ".join(day)
    text = works(TEAMS.replace("red blue -", named))
    teams(result(found, text).document)


def batches(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (product,) = document["products"]
    found = {batch["id"]: batch for batch in product["batches"]}
    assert sum(exact_number(batch["total"]) for batch in found.values()) <= exact_number(product["total"])
    return found


def batch(identity: str, since: str, until: str, quantity: str = "") -> str:
    fields = {"id": f'"{identity}"', "product": '"panes"', "from_": f'"{since}"', "to": f'"{until}"'}
    return table("batch", **fields, **({"quantity": f'"{quantity}"'} if quantity else {}))


def test_a_batch_has_what_was_metered_in_its_hours() -> None:
    """Across the month's end; its output is metered, where no quantity is stated."""
    text = works(
        batch("b-1", "2022-01-31T06:00", "2022-01-31T18:00"),
        batch("b-2", "2022-01-31T18:00", "2022-02-01T06:00"),
        products=ONE,
    )
    found = batches(result(varied(), text).document)
    assert exact_number(found["b-1"]["total"]) == (6 * 2 + 6 * 6) * KWH
    assert exact_number(found["b-2"]["total"]) == (6 * 6 + 6 * 2) * KWH
    assert [found[name]["quantity"] for name in found] == ["24", "24"]
    assert exact_number(found["b-1"]["intensity"]) == 48 * KWH / 24
    assert found["b-1"]["rules"] == ["hours"]


def test_batches_made_at_the_same_time_are_parted_by_quantity() -> None:
    """48 t were made in January; a quarter of that is the first batch's, an eighth the second's."""
    text = works(
        batch("b-1", "2022-01-31", "2022-01-31", "12"),
        batch("b-2", "2022-01-31T12:00", "2022-02-01T12:00", "12"),
        products=ONE,
    )
    found = batches(result(varied(), text).document)
    assert exact_number(found["b-1"]["total"]) == 96 * KWH * 12 / 48
    assert exact_number(found["b-2"]["total"]) == 96 * KWH * 6 / 48 + 96 * KWH * 6 / 48
    assert found["b-1"]["rules"] == ["quantity"]


def test_batches_that_say_more_than_was_made_share_all_of_it() -> None:
    text = works(
        batch("b-1", "2022-01-31", "2022-01-31", "90"), batch("b-2", "2022-01-31", "2022-01-31", "30"), products=ONE
    )
    found = batches(result(varied(), text).document)
    assert exact_number(found["b-1"]["total"]) == 96 * KWH * 3 / 4
    assert exact_number(found["b-2"]["total"]) == 96 * KWH / 4


def test_a_batch_without_quantity_or_metered_output_is_a_finding() -> None:
    declared = table("product", id='"panes"', name=NAME, at='"furnace"', output='"purchased_heat"')
    document = result(log(), works(batch("b-1", "2022-01-31", "2022-01-31"), products=declared)).document
    assert ("batch-without-quantity", "b-1") in {(entry["code"], entry["place"]) for entry in document["findings"]}
    assert batches(document)["b-1"]["intensity"] is None


@pytest.mark.parametrize("moment", [FEBRUARY - HOUR, FEBRUARY])
def test_a_batch_begins_at_a_moment_of_the_site(moment: int) -> None:
    since = {FEBRUARY - HOUR: "2022-01-31T23:00", FEBRUARY: "2022-02-01"}[moment]
    text = works(batch("b-1", since, "2022-02-01", "1"), products=ONE)
    assert parse_site(text.encode()).organisation.batches[0].start == moment


HOURLY = st.lists(st.integers(0, 99), min_size=30, max_size=30)


@given(
    st.lists(st.tuples(HOURLY, st.integers(-3, 2), st.fractions(1, 9, max_denominator=7)), min_size=1, max_size=4),
    st.lists(st.integers(0, 60), min_size=1, max_size=6).map(sorted),
)
def test_meters_added_up_once_say_what_each_says(
    meters: list[tuple[list[int], int, Fraction]], cuts: list[int]
) -> None:
    """Two months of 30 hours; each meter with a power of ten and a ratio of its own."""
    months = [
        ([_hours(0, amounts, power), _hours(30 * HOUR, amounts[::-1], power)], ratio)
        for amounts, power, ratio in meters
    ]
    sums = MeterSums(months)
    for since, until in pairwise([0, *cuts, 60]):
        expected = sum(
            (Fraction((amounts + amounts[::-1])[at]) * Fraction(10) ** power * ratio)
            for amounts, power, ratio in meters
            for at in range(since, until)
        )
        assert sums.amount([(since * HOUR, until * HOUR)]) == expected
    assert sums.amount([(0, 1800)]) is None


def _hours(start: int, amounts: list[int], power: int) -> Hours:
    return Hours(start, 30 * HOUR, power, tuple(amounts), (), 30, HOUR, Fraction(0), (), Rates())
