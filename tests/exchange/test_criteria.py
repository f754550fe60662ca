"""The filters of PACT 3.0: OR within one, AND across them, strict bounds, and nothing found where nothing can be."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.exchange.criteria import criteria, nearest
from ledger.exchange.footprint import product_footprint
from tests.exchange.products import NODE, certificate

START, END = "2018-12-31T16:00:00Z", "2020-12-31T16:00:00Z"


@pytest.fixture(scope="module")
def footprint() -> dict[str, Any]:
    document = product_footprint(certificate(), "active", NODE)
    assert (document["validityPeriodStart"], document["validityPeriodEnd"]) == (START, END)
    return document


PRODUCT = ("productId", "urn:pact:ledger.example:vaa:88.118.20261/INGOT")
COMPANY = ("companyId", "urn:pact:ledger.example:vaa:88.118.20261")
USCC = ("companyId", "urn:pact:ledger.example:uscc:91350100M000100Y43")
CLASS = ("classification", "urn:pact:productclassification:gb-t-4754:3216")


@pytest.mark.parametrize(
    ("pairs", "matches"),
    [
        ([], True),
        ([PRODUCT], True),
        ([("productId", PRODUCT[1].upper())], True),
        ([("productid", PRODUCT[1])], True),
        ([("productId", "urn:bogus:1")], False),
        ([("productId", "urn:bogus:1"), PRODUCT], True),
        ([COMPANY], True),
        ([USCC], True),
        ([("companyId", "urn:a:b"), COMPANY, ("companyId", "urn:c:d")], True),
        ([PRODUCT, ("companyId", "urn:a:b")], False),
        ([PRODUCT, COMPANY, CLASS, ("status", "active")], True),
        ([CLASS], True),
        ([("classification", "urn:bogus")], False),
        ([("geography", "CN-YN")], True),
        ([("geography", "cn")], True),
        ([("geography", "Eastern Asia")], True),
        ([("geography", "Asia")], True),
        ([("geography", "CN-ZJ")], False),
        ([("geography", "XX")], False),
        ([("geography", "")], False),
        ([("status", "Active")], True),
        ([("status", "ACTIVE")], True),
        ([("status", "Deprecated")], False),
        ([("status", "Bogus")], False),
        ([("validOn", START)], True),
        ([("validOn", END)], True),
        ([("validOn", "2018-12-31T15:59:59Z")], False),
        ([("validOn", "2020-12-31T16:00:00.001Z")], False),
        ([("validOn", "1900-01-01T00:00:00Z")], False),
        ([("validAfter", START)], False),
        ([("validAfter", "2018-12-30T16:00:00Z")], True),
        ([("validAfter", "2099-01-01T00:00:00Z")], False),
        ([("validBefore", END)], False),
        ([("validBefore", "2021-01-01T00:00:00 08:00")], False),
        ([("validBefore", "2021-01-01T16:00:00Z")], True),
        ([("validBefore", "1900-01-01T00:00:00Z")], False),
        ([("validOn", "yesterday")], False),
        ([("validOn", "")], False),
        ([("limit", "1"), ("$filter", "created ge 1"), ("x-other-invoice", "7")], True),
    ],
)
def test_what_matches(footprint: dict[str, Any], pairs: list[tuple[str, str]], matches: bool) -> None:
    assert criteria(pairs).match(footprint) is matches


NAMES = ("productId", "companyId", "geography", "classification", "validOn", "validAfter", "validBefore", "status")


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30)), max_size=8))
@settings(deadline=None)
def test_any_value_is_an_answer(pairs: list[tuple[str, str]]) -> None:
    """INV-18: whatever is asked, a footprint matches or does not; within one filter another value never takes away."""
    document = product_footprint(certificate(), "active", NODE)
    if criteria(pairs).match(document):
        assert criteria([*pairs, *((name, "bogus") for name, _ in pairs)]).match(document)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("", "rods b1 b2 wire"),
        ("rods", "rods"),
        ("rods gtin:1", "rods b2"),
        ("b1", "b1"),
        ("b1 rods", "rods b1"),
        ("b1 b2", "b1 b2"),
        ("b1 rods wire", "rods b1 wire"),
        ("RODS", "rods"),
        ("wire other", "wire"),
        ("rods wire gtin:7", "rods wire"),
    ],
)
def test_an_answer_is_about_what_was_asked_for(asked: str, answered: str) -> None:
    """Of all that match: the batches of a product only where there is no footprint of the product itself."""
    held = {"rods": ["urn:x:rods"], "b1": ["urn:x:b1", "urn:x:rods"], "b2": ["urn:x:b2", "urn:x:rods", "urn:gtin:1"],
            "wire": ["urn:x:wire", "urn:gtin:7"]}  # fmt: skip
    names = [name if name.startswith("gtin") else f"x:{name}" for name in asked.split()]
    wanted = criteria(("productId", f"urn:{name}") for name in names)
    ids = {name.casefold() for name in (f"urn:{name}" for name in names)}
    matching = [name for name, own in held.items() if not asked or ids & set(own)]
    assert nearest(wanted, matching, lambda name: held[name]) == answered.split()
