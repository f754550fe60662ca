"""What a site file states of a product: it stands in the result as written, changes no figure, and reaches partners."""

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.evaluation.site import parse_site
from ledger.exchange.facts import facts_of
from ledger.exchange.footprint import product_footprint
from terminal_signer.errors import CarbonError
from tests.evaluation.press_shop import BRACKET, SITE, footprints, shop
from tests.exchange.products import NODE, PAGE, certificate, product_statement
from tests.exchange.test_footprint import pact_schema

STATED = """gtin = "6901234567892"
mass = "1.25"
fossil_carbon = "0.004"
classifications = ["hs:8302.30"]
"""


def test_it_changes_no_figure() -> None:
    """INV-11: the statement's figures are the same with and without it."""
    plain, told = footprints(shop()).document, footprints(shop(), site=SITE + STATED).document
    product = told["products"][0]
    assert product.pop("stated") == {
        "gtin": "06901234567892", "mass": "1.25", "fossil_carbon": "0.004", "classifications": ["hs:8302.30"],
    }  # fmt: skip
    assert product == plain["products"][0]


def test_a_result_as_it_is_evaluated_becomes_a_footprint(vectors: Path) -> None:
    result = footprints(shop(), site=SITE + STATED)
    fields = result.statement_fields(BRACKET)
    said = replace(product_statement(BRACKET), **{name: fields[name] for name in ("unit", "footprint", "quantity")})
    document = product_footprint(certificate(said, facts_of(BRACKET, result.document, PAGE.to_json())), "active", NODE)
    pact_schema(vectors, "ProductFootprint")(document)
    pcf = document["pcf"]
    assert (pcf["declaredUnitOfMeasurement"], pcf["productMassPerDeclaredUnit"]) == ("piece", "1.25")
    assert pcf["fossilCarbonContent"] == "0.004"
    assert document["productNameCompany"] == "Bracket / 支架"
    assert "urn:gtin:06901234567892" in document["productIds"]
    assert "urn:pact:productclassification:hs:8302.30" in document["productClassifications"]
    assert pcf["ipccCharacterizationFactors"] == ["AR6"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('gtin = "6901234567890"', "gtin"),
        ('gtin = "690123456789A"', "gtin"),
        ('mass = "-1"', "not below zero"),
        ('mass = "1/3"', "not below zero"),
        ("mass = 1.25", "mass"),
        ('fossil_carbon = "much"', "fossil_carbon"),
        ('classifications = "hs:1"', "classifications"),
        ('classifications = ["8302.30"]', "list:code"),
        ('classifications = ["hs:"]', "list:code"),
        ('weight = "1"', "weight"),
    ],
)
def test_what_is_no_statement_is_named(line: str, told: str) -> None:
    with pytest.raises(CarbonError) as fault:
        parse_site((SITE + line + "\n").encode())
    assert told in str(fault.value)
