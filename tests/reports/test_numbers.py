"""Numbers as they are printed: rounded half to even, grouped, never a zero that is none."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.reports import numbers
from ledger.reports.unit_words import unit_text

ANY = st.fractions(min_value=-(10**20), max_value=10**20)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("1234.5", 1, "1,234.5"), ("1234.25", 1, "1,234.2"), ("1234.35", 1, "1,234.4"), ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("-1234.25", 1, "−1,234.2"), ("0", 2, "0.00"), ("1/3", 3, "0.333"), ("0.004", 2, "<\u00a00.01"),
        ("-0.004", 2, ">\u00a0−0.01"), ("0.005", 2, "<\u00a00.01"), ("999.95", 1, "1,000.0"), ("0.4", 0, "<\u00a01"),
        ("1000000000000000", 2, "1.000\u00a0×\u00a010¹⁵"),
    ],
)  # fmt: skip
def test_fixed(value: str, places: int, text: str) -> None:
    assert numbers.fixed(Fraction(value), places) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["1234567.5", "1.5"], ["1,234,568", "2"]),
        (["1234.5", "0.01"], ["1,234.5", "<\u00a00.1"]),
        (["1.5", "-1"], ["1.50", "−1.00"]),
        (["0.012345", "0.5"], ["0.0123", "0.5000"]),
        (["0", "0"], ["0.00", "0.00"]),
    ],
)
def test_a_column_has_the_same_decimals(values: list[str], texts: list[str]) -> None:
    assert numbers.column(map(Fraction, values)) == texts


def test_no_number_is_a_dash() -> None:
    assert numbers.column([None, Fraction(2)]) == ["–", "2.00"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.5703", "0.5703"), ("44/12", "3.66667"), ("389.31", "389.31"), ("99", "99"), ("96400000", "96,400,000"),
        ("0", "0"), ("1/3000000", "0.000000333333"), ("-0.02", "−0.02"), ("1/10000000000", "1.000\u00a0×\u00a010⁻¹⁰"),
    ],
)  # fmt: skip
def test_what_was_stated_stays_as_it_is(value: str, text: str) -> None:
    assert numbers.faithful(Fraction(value)) == text


@settings(max_examples=50, deadline=None)
@given(ANY, st.integers(0, 8))
def test_the_text_is_within_half_a_unit_of_the_number(value: Fraction, places: int) -> None:
    text = numbers.fixed(value, places)
    if not text.startswith(("<", ">")) and "×" not in text:
        shown = Fraction(text.replace(",", "").replace(numbers.MINUS, "-"))
        assert abs(shown - value) <= Fraction(1, 2 * 10**places)
        assert shown != 0 or value == 0


@settings(max_examples=50, deadline=None)
@given(ANY)
def test_every_form_takes_any_number(value: Fraction) -> None:
    for text in (
        numbers.alone(value),
        numbers.faithful(value),
        numbers.percent(value, Fraction(7)),
        numbers.power(value) if value else "",
    ):
        assert "e" not in text.lower()


@settings(max_examples=50, deadline=None)
@given(st.fractions(min_value=Fraction(1, 10**30), max_value=10**30))
def test_a_power_of_ten_has_one_digit_before_the_point(value: Fraction) -> None:
    assert len(numbers.power(value).split("\u00a0")[0]) == 5


def test_no_share_of_nothing() -> None:
    assert numbers.percent(Fraction(0), Fraction(0)) == "–"


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("tCO2e", "tCO₂e", "tCO₂e"), ("tCO2/10^4{CNY}", "tCO₂/万元", "tCO₂/10⁴ CNY"), ("{CNY}", "元", "CNY"),
        ("GJ/10^4Nm3", "GJ/10⁴ Nm³", "GJ/10⁴ Nm³"), ("m3{n}", "Nm³", "Nm³"), ("m3", "m³", "m³"),
        ("t{CF4}", "t CF₄", "t CF₄"), ("kWh", "kWh", "kWh"), ("%", "%", "%"), ("", "", ""),
    ],
)  # fmt: skip
def test_units(unit: str, zh: str, en: str) -> None:
    assert (unit_text(unit, "zh"), unit_text(unit, "en")) == (zh, en)
