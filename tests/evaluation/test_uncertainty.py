"""Uncertainty by IPCC 2006, approach 1: the two rules, what moves a source, and a grade that could flip."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import exact_number
from ledger.evaluation.inputs import Rules
from ledger.evaluation.root import SCALE, root_up, share_of
from ledger.evaluation.uncertain import Part
from ledger.evaluation.uncertainty import Line
from ledger.grading.grade import Grade, Measure
from ledger.grading.warning import flip
from ledger.rules import load_rule
from tests.evaluation.plant import ELECTRICITY_ONLY, RULES, SITE, Log, hour, item, result, whole

POINT_2 = 'unit = "kWh"\nkind = "amount"\nuncertainty = "2"'


def line(emission: int, *percents: Fraction | int) -> Line:
    """A source whose inputs are so uncertain."""
    parts = [
        Part(f"input {at}", "meter", Fraction(each), True, Fraction(emission) * each / 100)
        for at, each in enumerate(percents)
    ]
    return Line("source", Fraction(emission), tuple(parts))


def percent_of_sum(*lines: Line) -> Fraction | None:
    return share_of(
        sum((each.square for each in lines), Fraction(0)), sum((each.emission for each in lines), Fraction(0))
    )


def test_the_rules_of_products_and_sums() -> None:
    """UNC-PROP: 5 % and 10 % make 11.18033989 %; 10 % of 100 t and 20 % of 50 t make 9.42809042 % of 150 t."""
    assert line(100, 5, 10).percent == Fraction("11.180340")
    assert percent_of_sum(line(100, 10), line(50, 20)) == Fraction("9.428091")
    assert percent_of_sum(line(5, 1), line(-5, 1)) is None


@pytest.mark.parametrize(("percent", "tonnes"), [("1", "269"), ("2.5", "672.5"), ("5", "1345")])
def test_a_flow_meters_uncertainty_in_tonnes(percent: str, tonnes: str) -> None:
    """UNC-METER: 10,000 t × 48 GJ/t × 56.1 t/TJ = 26,928 t, printed as 26,900; of that 1, 2.5 and 5 %."""
    assert Fraction(10_000) * 48 * Fraction("56.1") / 1000 == 26_928
    found = line(26_900, Fraction(percent)).percent
    assert found is not None
    assert found * 26_900 / 100 == Fraction(tonnes)


@given(st.fractions(min_value=0, max_value=10**9))
def test_roots_are_rounded_up_and_by_less_than_a_millionth(square: Fraction) -> None:
    root = root_up(square)
    assert root * SCALE % 1 == 0
    assert root**2 >= square
    assert root == 0 or (root - Fraction(1, SCALE)) ** 2 < square


def uncertainty_of(log: Log, site: str, kind: int = 1) -> Any:
    return result(log, site, kind).document["uncertainty"]


def test_a_points_own_percentage_and_a_prescribed_factor() -> None:
    """Electricity: the meter's 2 % is all; the grid factor is what the programme says."""
    stated = uncertainty_of(Log().power(), ELECTRICITY_ONLY.replace('unit = "kWh"\nkind = "amount"', POINT_2))
    assert stated["percent"] == "2"
    assert stated["assumed"] == []
    assert [part["data"] for part in stated["lines"][0]["parts"]] == ["metered"]
    assert stated["lines"][0]["parts"][0]["stated"] is True


def test_where_nothing_is_stated_our_assumption_shows_as_one() -> None:
    assumed = uncertainty_of(Log().power(), ELECTRICITY_ONLY)
    assert assumed["percent"] == "2.5"
    assert assumed["assumed"] == [{"data": "metered", "percent": "2.5"}]
    assert assumed["lines"][0]["parts"][0]["stated"] is False
    assert set(assumed["statement"]) == {"zh", "en"}


def test_a_fuel_is_a_product_of_its_meter_and_three_properties() -> None:
    """√(2.5² + 3 · 3²) = 5.766281…; the carbon ratio is exact."""
    found = uncertainty_of(whole(), SITE)
    gas = next(line for line in found["lines"] if line["source"] == "natural_gas")
    assert gas["percent"] == "5.766282"
    assert [part["of"] for part in gas["parts"]][1:] == [
        "natural_gas.ncv",
        "natural_gas.carbon",
        "natural_gas.oxidation",
    ]


def test_the_total_is_the_sum_of_its_sources() -> None:
    """The total's percentage follows from the lines by the rule of sums, to the last digit that is rounded."""
    document = result(whole(), SITE).document
    totals = {name: exact_number(entry["total"]) for name, entry in document["emissions"]["by_source"].items()}
    squares = [
        (totals[each["source"]] * exact_number(each["percent"]) / 100) ** 2 for each in document["uncertainty"]["lines"]
    ]
    expected = root_up(sum(squares, Fraction(0)) * 10_000 / sum(totals.values(), Fraction(0)) ** 2)
    assert 0 <= expected - exact_number(document["uncertainty"]["percent"]) <= Fraction(3, SCALE)


def test_degraded_readings_count_as_declared_ones() -> None:
    """A late reading is not as good as the meter that took it: 1.5 of 3 kWh at 2 %, 1.5 at 5 %."""
    site = ELECTRICITY_ONLY.replace('unit = "kWh"\nkind = "amount"', POINT_2)
    log = Log()
    log.add(hour(1_643_558_400, "1.5"))
    log.add(hour(1_643_562_000, "1.5"), anchored_at=1_643_558_400 + 20 * 86_400)
    found = uncertainty_of(log, site)
    expected = root_up(Fraction(2, 2) ** 2 + Fraction(5, 2) ** 2)
    assert exact_number(found["percent"]) == expected
    assert {(part["data"], part["percent"]) for part in found["lines"][0]["parts"]} == {
        ("metered", "2"),
        ("declared", "5"),
    }


def test_a_factors_own_percentage() -> None:
    """A set may state it: electricity at 2 % and a grid factor at 1.5 % make 2.5 %."""
    text = RULES.factors.decode()
    old = 'id = "electricity.grid"'
    assert old in text
    rules = Rules(RULES.method, text.replace(old, f'{old}\nuncertainty = "1.5"').encode())
    site = ELECTRICITY_ONLY.replace('unit = "kWh"\nkind = "amount"', POINT_2)
    found = result(Log().power(), site, 1, rules).document["uncertainty"]
    assert found["percent"] == "2.5"


def test_a_process_without_emissions_has_no_percentage() -> None:
    assert uncertainty_of(Log().power(value="0"), ELECTRICITY_ONLY)["percent"] is None


def measured(numerator: str, *bounds: str) -> Grade:
    measure = Measure("total", Fraction(numerator), "t", tuple(map(Fraction, bounds)), len(bounds) + 1)
    return Grade(measure.grade, None, measures=(measure,))


@pytest.mark.parametrize(
    ("numerator", "off", "expected"),
    [
        ("100", "0", None),
        ("100", "5", (1, 2)),
        ("95", "5", None),  # at the bound it is still the better grade
        ("95", "5.000001", (1, 2)),
        ("101", "1", (1, 2)),
        ("110", "15", (1, 3)),
        ("130", "5", None),
        ("120", "1", (2, 3)),
    ],
)
def test_a_grade_that_could_flip_is_warned_of(numerator: str, off: str, expected: tuple[int, int] | None) -> None:
    """Bounds 100 and 120."""
    found = flip(measured(numerator, "100", "120"), {"total": Fraction(off)})
    assert (None if found is None else (found.lower, found.higher)) == expected


def test_a_warning_says_how_far_the_bounds_are() -> None:
    found = flip(measured("125", "100", "150"), {"total": Fraction(50)})
    assert found is not None
    assert (found.percent, found.to_better, found.to_worse) == (Fraction(40), Fraction(20), Fraction(20))


def test_the_warning_stands_in_the_result() -> None:
    """The plant's K is 1.27, its energy emissions 3 % uncertain: the bound of 1.2 is 5 % away and does not matter; with
    more value added it is near."""
    assert "warning" not in result(whole(), kind=2).document["grade"]
    near = result(whole("21200"), kind=2).document["grade"]
    assert near["grade"] == 4
    assert (near["warning"]["lower"], near["warning"]["higher"]) == (3, 4)
    assert exact_number(near["warning"]["to_better"]) < exact_number(near["warning"]["percent"])


def test_gaps_that_are_filled_are_very_uncertain() -> None:
    """A method that fills gaps at the highest rate: the filled amount is off by 20 %."""
    method = load_rule("general").replace(b'rule = "report"', b'rule = "highest-rate"')
    log = Log().power(range(1_643_558_400, 1_643_731_200 - 86_400, 3600))
    found = result(log, ELECTRICITY_ONLY, 1, Rules(method, RULES.factors)).document["uncertainty"]
    parts = {part["data"]: part["percent"] for part in found["lines"][0]["parts"]}
    assert parts == {"metered": "2.5", "estimated": "20"}
    assert exact_number(found["percent"]) == root_up(Fraction("1.25") ** 2 + Fraction(10) ** 2)


def test_two_meters_of_one_item_are_independent() -> None:
    """Two like meters of 2 % each: 1.414214 % of their sum."""
    second = SITE[SITE.index("[[meter]]") : SITE.index("[[meter]]\nsub = " + '"88.118.20999/EQ-2"')]
    second = second.replace("EQ-1", "EQ-9")
    site = ELECTRICITY_ONLY.replace("[[source]]", second.replace('ratio = "10"\n', "") + "[[source]]").replace(
        'unit = "kWh"\nkind = "amount"', POINT_2
    )
    log = Log().power()
    for start in range(1_643_558_400, 1_643_731_200, 3600):
        log.add(hour(start, "1.5", "88.118.20999/EQ-9/power"), "88.118.20999/EQ-9")
    log.declare(item("value_added", "1", "{CNY}"))
    assert uncertainty_of(log, site)["percent"] == "1.414214"
