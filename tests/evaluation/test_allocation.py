"""Parting by a key: the parts add up exactly, whatever the amount and the weights."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.accounting.units import ONE, Quantity, parse_unit
from ledger.evaluation.allocation import (
    AllocationError,
    Allotment,
    KeyLine,
    allotment_document,
    shares,
)
from ledger.evaluation.site_units import ECONOMIC, Allocation, Price

FRACTIONS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=997)
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=10**6, max_denominator=97), min_size=1, max_size=12)


@given(FRACTIONS, WEIGHTS)
def test_parts_add_up_to_the_whole(amount: Fraction, weights: list[Fraction]) -> None:
    """Also a negative amount; a key of zeros is refused by name and parts nothing."""
    if not any(weights):
        with pytest.raises(AllocationError, match="every amount of the key is zero") as caught:
            shares(weights, "site file, line 3")
        assert caught.value.where == "site file, line 3"
        return
    parts = [amount * share for share in shares(weights, "-")]
    assert sum(parts) == amount
    assert all(parted == 0 for parted, weight in zip(parts, weights, strict=True) if weight == 0)


def test_a_key_below_zero_parts_nothing() -> None:
    with pytest.raises(AllocationError, match="below zero"):
        shares([Fraction(2), Fraction(-1)], "-")


def test_an_economic_key_weighs_quantity_by_price_and_shows_both() -> None:
    """Two co-products of which one was not made: it takes nothing, and the line says so."""
    tonne, price = parse_unit("t"), parse_unit("CNY/t")
    key = (
        KeyLine("slab", "crude_steel", Quantity(Fraction(900), tonne), Price(Fraction(3500), price)),
        KeyLine("slag", "slag", Quantity(Fraction(300), tonne), Price(Fraction(70), price)),
        KeyLine("tar", "tar", Quantity(Fraction(0), tonne), Price(Fraction(4000), price)),
    )
    rule = Allocation("*", "mill", ECONOMIC, (), ONE, None, {"zh": "无", "en": "no common physical cause"}, "line 9")
    parted = shares([line.weight for line in key], "line 9")
    document = allotment_document(Allotment(rule, key, tuple(parted), {"coke": Fraction(800), "power": Fraction(200)}))
    assert isinstance(document["key"], list)
    assert [line["share"] for line in document["key"]] == ["150/151", "1/151", "0/1"]
    assert [line["part"] for line in document["key"]] == ["150000/151", "1000/151", "0"]
    assert [line["price"] for line in document["key"]] == ["3500", "70", "4000"]
    assert document["reason"] == {"zh": "无", "en": "no common physical cause"}
