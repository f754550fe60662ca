"""What a product's certificate takes from a result: rounded once, never to the product's advantage."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.footprints import footprint_of
from ledger.evaluation.inputs import EvaluationError
from ledger.evaluation.result import Result
from tests.evaluation import plant
from tests.evaluation.press_shop import BRACKET, HOURS, MADE, PERIOD, SHEET, SITE, batch, footprints, shop

GRID, STEEL = Fraction("0.6205"), Fraction("2.32")
EMITTED = 96 * GRID + SHEET * STEEL  # kgCO2e


def fields(result: Result, identifier: str = BRACKET) -> dict[str, object]:
    return result.statement_fields(identifier)


def test_a_product_carries_all_that_was_emitted_for_it() -> None:
    found = fields(footprints(shop()))
    assert (found["unit"], found["quantity"]) == ("{piece}", MADE * 1000)
    assert found["footprint"] == -(-EMITTED * 10**6 // MADE)
    assert found["upstream_root"] == bytes(32)
    assert found["grade"] == 0


def test_a_product_of_another_kind_of_result_has_no_footprint() -> None:
    found = footprints(shop(), kind=1)
    assert footprint_of(found.document, BRACKET) is None
    assert fields(found)["quantity"] == 0


@pytest.mark.parametrize("identifier", [f"{plant.ISS}/bolt", f"{BRACKET}/B1", BRACKET.upper() + "S", "", f"{BRACKET}/"])
def test_an_identifier_that_the_result_does_not_know_has_no_fields(identifier: str) -> None:
    """INV-13: nothing that a statement could say equals None."""
    found = fields(footprints(shop()), identifier)
    assert found["unit"] is found["footprint"] is found["quantity"] is found["upstream_root"] is None


def test_shares_are_those_of_the_product() -> None:
    """INV-17: half of the electricity is missing, so that less is covered; sheet is declared with a default factor."""
    whole, half = (footprint_of(footprints(shop(log)).document, BRACKET)["quality"] for log in (HOURS, HOURS[:24]))
    assert whole["declared"] == int(SHEET * STEEL * 10_000 / EMITTED) + 1  # rounding goes to the weaker class
    assert whole["metered"] + whole["declared"] + whole["defaulted"] + whole["estimated"] == 10_000
    assert whole["coverage"] == int(96 * GRID * 10_000 / EMITTED)
    assert half["coverage"] < whole["coverage"]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**6), st.integers(0, 10**9))
def test_rounding_never_lets_less_be_delivered_than_was_emitted(pieces: int, sheet: int) -> None:
    """INV-11: quantity down, footprint up: their product holds everything, and hardly more."""
    made, stated = Fraction(pieces, 997), Fraction(sheet, 1000)
    log = shop(pieces=str(round(float(made), 3)), sheet=f"{float(stated):.3f}")
    document = footprints(log).document
    found = footprint_of(document, BRACKET)
    product = document["products"][0]
    emitted, output = Fraction(product["total"]), Fraction(product["quantity"])
    if found is None:
        assert output < Fraction(1, 1000)
        return
    quantity, footprint = Fraction(int(found["quantity"]), 1000), Fraction(int(found["value"]), 10**6)
    assert quantity <= output
    assert emitted <= quantity * footprint < emitted + quantity / 10**6


def test_what_is_made_in_batches_is_certified_once() -> None:
    """INV-14: the product as a whole has no certificate beside those of its batches."""
    site = SITE + batch("B1", "2023-01-31", "2023-01-31", "240") + batch("B2", "2023-02-01", "2023-02-01", "239.9999")
    document = footprints(shop(), site).document
    assert footprint_of(document, BRACKET) is None
    first, second = (footprint_of(document, f"{BRACKET}/{name}") for name in ("B1", "B2"))
    assert (first["quantity"], second["quantity"]) == ("240000", "239999")
    carried = sum(int(one["quantity"]) * int(one["value"]) for one in (first, second))
    assert EMITTED * 10**9 * Fraction("0.999999") < carried < EMITTED * 10**9 + 480_000


@pytest.mark.parametrize(
    ("batches", "certified"),
    [
        (batch("B1", "2023-01-31", "2023-01-31", "480.001"), False),  # more than was made
        (batch("B1", "2023-01-31", "2023-01-31", "300") + batch("B2", "2023-02-01", "2023-02-01", "181"), False),
        (batch("B1", "2023-01-30", "2023-01-31", "240"), False),  # began before the period
        (batch("B1", "2023-02-01", "2023-02-02", "240"), False),  # ends after it
        (batch("B1", "2023-01-31", "2023-02-01", "0.0004"), False),  # not a thousandth
        (batch("B1", "2023-01-31", "2023-02-01", "480"), True),
    ],
)
def test_a_batch_that_says_more_than_the_period_shows_is_not_certified(batches: str, *, certified: bool) -> None:
    """INV-14, INV-11: a larger quantity would make the footprint of each piece smaller."""
    document = footprints(shop(), SITE + batches).document
    assert (footprint_of(document, f"{BRACKET}/B1") is not None) is certified


def test_an_organisation_s_method_gives_no_footprint() -> None:
    """INV-11: its total has deductions and lacks what was bought."""
    with pytest.raises(EvaluationError, match="quantifies an organisation"):
        plant.result(plant.whole(), kind=3)


def test_a_site_file_without_products_gives_no_footprint() -> None:
    text = SITE[: SITE.index("[[product]]")]
    with pytest.raises(EvaluationError, match="names no product"):
        footprints(shop(), text)


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(EvaluationError, match="kind 4"):
        evaluate(SITE.encode(), plant.RULES, [], PERIOD, seed=plant.SEED, kind=4)
