"""What goes into the hidden part of an SD-JWT, from results as evaluations really write them."""

import re
from fractions import Fraction
from typing import Any

import pytest

from ledger.credentials.certificate import Confidential, confidential, local_time, number
from tests.evaluation import plant, press_shop
from tests.reports import samples as reports

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
RESULTS = {
    "graded": lambda: plant.result(plant.whole(), kind=2).document,
    "statement": lambda: plant.electricity().document,
    "products": lambda: press_shop.footprints(press_shop.shop()).document,
    "report": reports.full,
    "nothing": reports.with_nothing_emitted,
    "below zero": reports.below_zero,
    "lines": reports.held_against_lines,
    "empty": dict,
}


@pytest.mark.parametrize("name", RESULTS)
def test_any_result_can_be_read(name: str) -> None:
    """Every value is a plain decimal with a unit, none a ratio or missing."""
    for amount in amounts(confidential(RESULTS[name]())):
        assert DECIMAL.fullmatch(amount["value"]), amount
        assert isinstance(amount["unit"], str)


def amounts(found: Confidential) -> list[dict[str, Any]]:
    single = [amount for amount in (found.total, found.value_added) if amount]
    intensities = [product["intensity"] for product in found.products if "intensity" in product]
    return [*single, *found.activity, *found.output, *intensities]


def test_of_a_graded_plant() -> None:
    document = plant.result(plant.whole(), kind=2).document
    found = confidential(document)
    assert found.total == {"value": document["emissions"]["total"], "unit": document["emissions"]["unit"]}
    assert found.value_added is not None
    assert found.value_added["value"] == document["activity"]["value_added"]["value"]
    assert {entry["item"] for entry in found.activity} == document["activity"].keys() - {"value_added"}
    assert [facility["name"] for facility in found.facilities] == [{"zh": "全厂", "en": "The whole plant"}]


def test_of_products() -> None:
    document = press_shop.footprints(press_shop.shop()).document
    found = confidential(document)
    made = [str(product["id"]) for product in document["products"]]
    assert [product["id"] for product in found.products] == made
    assert {entry["item"] for entry in found.output} <= set(made)
    assert found.facilities


@pytest.mark.parametrize(
    ("text", "shown"),
    [("12.5", "12.5"), ("0", "0"), ("1/3", "0.333333333333333"), ("-2/3", "-0.666666666666667"),
     ("10000000000000001/3", "3333333333333330"), ("1/3000000", "0.000000333333333333333")],
)  # fmt: skip
def test_a_ratio_has_fifteen_digits(text: str, shown: str) -> None:
    assert number(text) == shown
    assert abs(Fraction(text) - Fraction(shown)) <= abs(Fraction(text)) / 10**14


@pytest.mark.parametrize(
    ("offset", "text"),
    [("+00:00", "2018-01-01T00:00:00Z"), ("+08:00", "2018-01-01T08:00:00+08:00"),
     ("-03:30", "2017-12-31T20:30:00-03:30")],
)  # fmt: skip
def test_times_at_the_sites_offset(offset: str, text: str) -> None:
    assert local_time(1_514_764_800, offset) == text
