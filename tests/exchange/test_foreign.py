"""Footprints from elsewhere: read with every fault named, never believed for what they look like."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.exchange.errors import FootprintFault
from ledger.exchange.footprint import product_footprint
from ledger.exchange.foreign import read_footprint
from tests.exchange.products import NODE, certificate, product_statement

OURS = product_footprint(certificate(product_statement(supersedes=7)), "active", NODE)


def test_our_own() -> None:
    found = read_footprint(OURS)
    assert (found.unit, str(found.footprint), str(found.primary)) == ("kilogram", "11.234567891", "94.12")
    assert found.preceding == tuple(OURS["precedingPfIds"])
    assert found.verified_by.startswith("Demo Verification Body")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_specifications_examples(vectors: Path, number: int) -> None:
    document = json.loads((vectors / "pact" / f"example-{number}.json").read_text(encoding="utf-8"))
    found = read_footprint(document)
    assert found.id == document["id"]
    assert format(found.footprint, "f") == document["pcf"]["pcfExcludingBiogenicUptake"]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("id", "7", "id"),
        ("id", ..., "id"),
        ("specVersion", "2.3.0", "specVersion"),
        ("status", "active", "status"),
        ("companyIds", [], "companyIds"),
        ("companyIds", ["88.118.8"], "companyIds"),
        ("productIds", "urn:x:y", "productIds"),
        ("precedingPfIds", [], "precedingPfIds"),
        ("companyName", "", "companyName"),
        ("pcf", [], "pcf"),
        ("pcf.declaredUnitOfMeasurement", "ton", "pcf.declaredUnitOfMeasurement"),
        ("pcf.declaredUnitAmount", "0", "pcf.declaredUnitAmount"),
        ("pcf.declaredUnitAmount", 1, "pcf.declaredUnitAmount"),
        ("pcf.pcfExcludingBiogenicUptake", "1e3", "pcf.pcfExcludingBiogenicUptake"),
        ("pcf.pcfExcludingBiogenicUptake", 1.5, "pcf.pcfExcludingBiogenicUptake"),
        ("pcf.pcfExcludingBiogenicUptake", "NaN", "pcf.pcfExcludingBiogenicUptake"),
        ("pcf.pcfExcludingBiogenicUptake", "1" * 61, "pcf.pcfExcludingBiogenicUptake"),
        ("pcf.fossilGhgEmissions", "-1", "pcf.fossilGhgEmissions"),
        ("pcf.fossilCarbonContent", ..., "pcf.fossilCarbonContent"),
        ("pcf.exemptedEmissionsPercent", "five", "pcf.exemptedEmissionsPercent"),
        ("pcf.referencePeriodEnd", "2000-01-01T00:00:00Z", "pcf.referencePeriodEnd"),
        ("pcf.referencePeriodStart", "spring", "referencePeriodStart"),
        ("pcf.geographyCountry", "CN", "pcf"),
        ("pcf.ipccCharacterizationFactors", ["SAR"], "pcf.ipccCharacterizationFactors"),
    ],
)
def test_a_fault_is_named_by_its_field(path: str, value: Any, where: str) -> None:
    document = copy.deepcopy(OURS)
    *parents, name = path.split(".")
    inner = document
    for parent in parents:
        inner = inner[parent]
    if value is ...:
        del inner[name]
    else:
        inner[name] = value
    with pytest.raises(FootprintFault) as fault:
        read_footprint(document)
    assert fault.value.where == where


_NAMES = st.sampled_from([*OURS, *OURS["pcf"]])
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=10,
)


@given(_ANY, _NAMES)
@settings(deadline=None)
def test_footprints_of_any_shape(value: Any, name: str) -> None:
    """INV-18: read, or a FootprintFault."""
    for document in (value, {**OURS, name: value}, {**OURS, "pcf": {**OURS["pcf"], name: value}}):
        with contextlib.suppress(FootprintFault):
            read_footprint(document)
