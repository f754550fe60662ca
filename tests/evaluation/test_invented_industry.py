"""Adding an industry needs no Python: signed declarations, an invented method and factor set give a whole result."""

from decimal import Decimal
from typing import Any

import pytest

from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import Rules
from ledger.evaluation.trace import trace_text
from ledger.rules import load_rule
from terminal_signer.frame import Item, KeyClass
from tests.accounting.invented import FACTORS, METHOD
from tests.evaluation.plant import FEBRUARY, LAB, PERIOD, SEED, Log, item
from tests.evaluation.test_source_list import site

RULES = Rules(METHOD.encode(), FACTORS.encode())
SOURCES = [
    "soda",
    "glim",
    "purchased_electricity",
    "market_electricity",
    "green_certificates",
    "scorch",
    "beads.lint",
    "scorched.lint",
]
ITEMS = ["soda", "glim", "purchased_electricity", "green_certificates", "scorched", "beads"]


def months(name: str, values: tuple[str, str], unit: str) -> list[Item]:
    """The same item in January and February."""
    return [
        Item(name, Decimal(values[0]), unit, PERIOD.start, FEBRUARY),
        Item(name, Decimal(values[1]), unit, FEBRUARY, PERIOD.end),
    ]


def stated() -> Log:
    log = Log()
    log.declare(
        *months("soda", ("100", "50"), "t"),
        *months("glim", ("0.5", "0"), "t{glim}"),
        *months("purchased_electricity", ("2000", "4000"), "kWh"),
        *months("green_certificates", ("1500", "0"), "kWh"),
        *months("scorched", ("2", "1"), "t"),
        *months("beads", ("8", "4"), "t"),
    )
    return log


def document(log: Log, sources: list[str] = SOURCES, items: list[str] = ITEMS, replaces: tuple[str, ...] = ()) -> Any:
    text = site(sources, items, replaces)
    return evaluate(text.encode(), RULES, log.frames, PERIOD, seed=SEED, kind=1).document


def test_totals_by_basis_gas_and_group() -> None:
    """Soda 60.99324, glim 500, electricity 3 by location and 3.6 by market – certificates without serials count for
    nothing –, lint 0.15. The memo is in no sum."""
    emissions = document(stated())["emissions"]
    assert emissions["total"] == "564.14324"
    assert emissions["bases"] == {"location": "564.14324", "market": "564.74324"}
    assert emissions["by_gas"] == {"CO2": "64.14324", "glim": "500"}
    assert emissions["by_group"] == {"electricity": "3", "process": "560.99324", "waste": "0.15"}
    assert emissions["by_source"]["scorch"]["total"] == "0.375"
    assert emissions["by_source"]["scorch"]["counts"] == "memo"
    assert not emissions["by_source"]["market_electricity"]["in_total"]
    assert (emissions["scope1"], emissions["scope2"]) == ("560.99324", "3")


def test_without_certificates_the_location_based_figure_stands_alone() -> None:
    """INV-11: nobody gets a market-based figure by leaving its sources out."""
    sources = [source for source in SOURCES if source not in ("market_electricity", "green_certificates")]
    items = [name for name in ITEMS if name != "green_certificates"]
    emissions = document(stated(), sources, items)["emissions"]
    assert emissions["bases"] == {"location": "564.14324"}


def test_a_measured_month_takes_the_place_of_the_punitive_default() -> None:
    log = stated()
    measured = Item("soda.purity", Decimal("0.5"), "1", PERIOD.start, FEBRUARY)
    log.declare(measured, sub=LAB, key_class=KeyClass.LABORATORY)
    found = document(log, replaces=("soda.purity",))
    assert found["emissions"]["by_source"]["soda"]["by_month"] == {"2022-01": "20.746", "2022-02": "20.33108"}
    assert [factor["basis"] for factor in found["factors"] if factor["id"] == "soda.purity"] == ["punitive"]
    assert any("soda.purity" in line for line in trace_text(found))


@pytest.mark.parametrize(
    ("value", "unit", "code", "counts"),
    [
        ("101", "%", "over-100-percent", False),
        ("-1", "%", "negative-amount", False),
        ("1", "t", "unit-differs", False),
        ("59", "%", "implausible", True),
    ],
)
def test_a_measured_value_that_cannot_be_is_a_finding(value: str, unit: str, code: str, counts: bool) -> None:
    log = stated()
    log.declare(item("soda.purity", value, unit), sub=LAB, key_class=KeyClass.LABORATORY)
    found = document(log, replaces=("soda.purity",))
    assert code in {finding["code"] for finding in found["findings"]}
    assert ("soda.purity" in {factor["id"] for factor in found["factors"]}) is not counts


def test_a_month_without_the_value_that_only_a_laboratory_can_state_is_no_zero() -> None:
    """INV-17: its emission is unknown, which is told, and nothing is certified."""
    log = stated()
    content = Item("soda.carbon_content", Decimal("0.1"), "tC/t", PERIOD.start, FEBRUARY)
    log.declare(content, sub=LAB, key_class=KeyClass.LABORATORY)
    sources = ["soda_by_carbon", *SOURCES[1:]]
    found = document(log, sources, replaces=("soda.carbon_content",))
    told = [entry["place"] for entry in found["findings"] if entry["code"] == "not-measured"]
    assert told == ["soda_by_carbon soda.carbon_content 2022-02"]
    assert list(found["emissions"]["by_source"]["soda_by_carbon"]["by_month"]) == ["2022-01"]
    assert found["quality"]["coverage"] == 0
    assert found["certifiable"] is False


def test_a_mixed_currency_does_not_enter() -> None:
    """The general method counts value added in CNY; an amount in another currency is told and left out."""
    rules = Rules(load_rule("general"), load_rule("cn-a-2013"))
    text = site(["purchased_electricity"], ["purchased_electricity", "value_added"])
    text = text.replace('"bead-works"', '"general"').replace('"bead-factors"', '"cn-a-2013"')
    log = Log()
    log.declare(item("purchased_electricity", "1000", "kWh"), item("value_added", "5000", "{USD}"))
    found = evaluate(text.encode(), rules, log.frames, PERIOD, seed=SEED, kind=1).document
    assert ("unit-differs", "value_added {USD}") in {(entry["code"], entry["place"]) for entry in found["findings"]}
    assert found["activity"]["value_added"]["value"] == "0"
