from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.units import Quantity, UnitError, parse_unit, product, quotient


@pytest.mark.parametrize(
    ("amount", "unit", "same", "in_unit"),
    [
        ("1", "MWh", "1000", "kWh"),
        ("3.6", "GJ", "1", "MWh"),
        ("1", "10^4Nm3", "10000", "m3{n}"),
        ("389.31", "GJ/10^4Nm3", "38931", "kJ/Nm3"),
        ("389.31", "GJ/10^4 Nm3", "0.038931", "GJ/m3{n}"),
        ("0.6101", "tCO2/MWh", "0.6101", "kg{CO2}/kWh"),
        ("4.5", "tCO2/10^4{CNY}", "0.45", "kg{CO2}/{CNY}"),
        ("4.5", "t{CO2}/(10*4.{CNY})", "4.5", "tCO2/10^4{CNY}"),
        ("20908", "kJ/kg", "20.908", "GJ/t"),
        ("26.37", "tC/TJ", "0.02637", "tC/GJ"),
        ("94", "%", "0.94", "1"),
        ("1", "kW.h", "1", "kWh"),
        ("5", "kvarh", "5000", "varh"),
        ("1", "m3", "1000", "l"),
        ("2", "/100", "2", "%"),
    ],
)
def test_conversions_are_exact(amount: str, unit: str, same: str, in_unit: str) -> None:
    assert Quantity(Fraction(amount), parse_unit(unit)).to(parse_unit(in_unit)).value == Fraction(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t", "m3"), ("m3", "m3{n}"), ("t", "tCO2"), ("tC", "tCO2"), ("tCO2", "tCO2e"), ("kWh", "kvarh"), ("GJ", "t"),
        ("GJ/t", "GJ/10^4Nm3"), ("{CNY}", "{USD}"), ("kW", "kWh"), ("kWh", "kVAh"), ("t", "t{clinker}"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(one: str, other: str) -> None:
    with pytest.raises(UnitError):
        Quantity(Fraction(1), parse_unit(one)).to(parse_unit(other))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "kwh",
        "tonne",
        "t//m3",
        "/t",
        "t.",
        "(t",
        "t)",
        "{}",
        "{a b}",
        "10^",
        "m0",
        "t" * 65,
        "(" * 40,
        "t{CO2",
        "²",
    ],
)
def test_texts_that_are_no_unit(text: str) -> None:
    with pytest.raises(UnitError):
        parse_unit(text)


def test_products_and_quotients_cancel() -> None:
    heat = product(parse_unit("10^4Nm3"), parse_unit("GJ/10^4Nm3"))
    assert heat.fits(parse_unit("GJ"))
    assert quotient(parse_unit("tCO2"), parse_unit("tC")).fits(parse_unit("tCO2/tC"))


@settings(deadline=None)
@given(st.text(max_size=70))
def test_garbage_is_refused_by_name(text: str) -> None:
    """INV-18: a unit text answers with a unit or with its own error."""
    with suppress(UnitError):
        parse_unit(text)
