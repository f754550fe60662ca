"""A certificate of a product as a footprint of PACT 3.0: valid by the specification's own schema, exact, and honest."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.exchange.errors import NotExchangeable
from ledger.exchange.facts import Facts, facts_of
from ledger.exchange.footprint import footprint_id, product_footprint, status_of
from ledger.exchange.proof import schema
from tests.exchange.products import INGOT, NODE, PAGE, WHEEL, certificate, product_statement, result


def pact_schema(vectors: Path, name: str) -> Callable[[object], None]:
    text = (vectors / "pact" / "conformance_openapi_v3_0.yaml").read_text(encoding="utf-8")
    document = {"$ref": f"#/components/schemas/{name}", "components": yaml.safe_load(text)["components"]}
    return jsonschema_rs.Draft202012Validator(document, validate_formats=True).validate


def built(standing: str = "active", **changes: Any) -> dict[str, Any]:
    return product_footprint(certificate(product_statement(**changes)), standing, NODE)


def known(**changes: Any) -> Facts:
    return replace(certificate().facts, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"unit": "{piece}", "identifier": WHEEL},
        {"unit": "MWh"},
        {"unit": "m3"},
        {"unit": "L"},
        {"supersedes": 7},
        {"assurance": 0},
        {"assurance": 2},
        {"footprint": 0},
    ],
)
def test_the_specifications_own_schema_accepts_it(vectors: Path, changes: dict[str, Any]) -> None:
    document = built(**changes)
    pact_schema(vectors, "ProductFootprint")(document)
    jsonschema_rs.Draft202012Validator(schema(), validate_formats=True).validate(document["extensions"][0]["data"])


def test_with_nothing_known_but_the_statement(vectors: Path) -> None:
    document = product_footprint(certificate(facts=Facts()), "active", NODE)
    pact_schema(vectors, "ProductFootprint")(document)
    assert document["companyName"] == "88.118.20261"
    assert document["productNameCompany"] == INGOT
    assert "productClassifications" not in document
    assert {"companyName", "productNameCompany", "ipccCharacterizationFactors", "fossilCarbonContent"} <= set(
        document["extensions"][0]["data"]["notDetermined"]
    )


def test_what_the_three_signed_is_what_the_footprint_says() -> None:
    """INV-11: the figures are the statement's, per declared unit, without rounding."""
    document = built()
    pcf = document["pcf"]
    assert (pcf["declaredUnitOfMeasurement"], pcf["declaredUnitAmount"]) == ("kilogram", "1")
    assert pcf["productMassPerDeclaredUnit"] == "1"
    for name in ("pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake", "fossilGhgEmissions"):
        assert pcf[name] == "11.234567891"
    assert pcf["primaryDataShare"] == "94.12"
    assert (pcf["referencePeriodStart"], pcf["referencePeriodEnd"]) == ("2017-12-31T16:00:00Z", "2018-12-31T16:00:00Z")
    assert pcf["geographyCountrySubdivision"] == "CN-YN"
    assert (pcf["packagingEmissionsIncluded"], pcf["packagingGhgEmissions"]) == (True, "0.002")
    assert pcf["ipccCharacterizationFactors"] == ["AR6"]
    assert pcf["secondaryEmissionFactorSources"] == [{"name": "cn-footprint-2024", "version": "2024-12"}]
    assert document["companyIds"] == [
        "urn:pact:ledger.example:vaa:88.118.20261", "urn:pact:ledger.example:uscc:91350100M000100Y43",
    ]  # fmt: skip
    assert document["productIds"] == ["urn:pact:ledger.example:vaa:88.118.20261/INGOT"]
    assert document["productClassifications"] == ["urn:pact:productclassification:gb-t-4754:3216"]
    assert document["productNameCompany"] == "Aluminium ingot for remelting / 重熔用铝锭"


def test_a_batch_carries_the_name_of_its_product_too() -> None:
    said = product_statement(WHEEL, unit="{piece}")
    facts = facts_of(WHEEL, result(id="WHEEL"), PAGE.to_json())
    document = product_footprint(certificate(said, facts), "active", NODE)
    assert document["productIds"] == [
        f"urn:pact:ledger.example:vaa:{name}" for name in (WHEEL, WHEEL.removesuffix("/B-2018-07"))
    ]


def test_what_the_enterprise_stated_of_its_product() -> None:
    stated = {"gtin": "6901234567892", "mass": "12.5", "fossil_carbon": "0.05", "classifications": ["hs:8708.70"]}
    facts = facts_of(WHEEL, result(id="WHEEL", stated=stated), PAGE.to_json())
    document = product_footprint(certificate(product_statement(WHEEL, unit="{piece}"), facts), "active", NODE)
    pcf = document["pcf"]
    assert (pcf["declaredUnitOfMeasurement"], pcf["productMassPerDeclaredUnit"]) == ("piece", "12.5")
    assert pcf["fossilCarbonContent"] == "0.05"
    assert "urn:gtin:06901234567892" in document["productIds"]
    assert document["productClassifications"][0] == "urn:pact:productclassification:hs:8708.70"
    unknown = document["extensions"][0]["data"]["notDetermined"]
    assert not {"fossilCarbonContent", "productMassPerDeclaredUnit"} & set(unknown)


def test_what_nobody_stated_is_named() -> None:
    """INV-17: a value that only stands in for a mandatory field is told, for people and for machines."""
    document = built(unit="{piece}")
    unknown = document["extensions"][0]["data"]["notDetermined"]
    assert {"productMassPerDeclaredUnit", "fossilCarbonContent", "pcfIncludingBiogenicUptake"} <= set(unknown)
    assert "productMassPerDeclaredUnit" in document["comment"]
    assert "仅为满足必填要求" in document["comment"]
    assert document["comment"].startswith("DEMO: ")
    assert "dqi" not in document["pcf"]


def test_gaps_and_absent_sources_are_the_exemption() -> None:
    said = product_statement()
    facts = known(gap_share="1/30000", absent=("refrigerants: none on site",))
    pcf = product_footprint(certificate(said, facts), "active", NODE)["pcf"]
    assert pcf["exemptedEmissionsPercent"] == "0.0034"
    assert "refrigerants: none on site" in pcf["exemptedEmissionsDescription"]
    assert built()["pcf"]["exemptedEmissionsPercent"] == "0"
    assert built()["pcf"]["exemptedEmissionsDescription"] == ""


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        ("active", "Active"),
        ("expired", "Active"),
        ("superseded", "Deprecated"),
        ("revoked", "Deprecated"),
        ("suspended", "Deprecated"),
    ],
)
def test_nothing_but_the_status_follows_from_the_standing(standing: str, status: str) -> None:
    """INV-24: a superseded certificate stays to be seen, and says that it is not the one to use."""
    document = built(standing)
    assert document.pop("status") == status == status_of(standing)
    plain = built()
    del plain["status"]
    assert document == plain


def test_a_correction_names_what_it_corrects() -> None:
    first = product_statement()
    token = certificate(first).issue.token
    second = built(footprint=first.footprint - 1, supersedes=int.from_bytes(token))
    assert second["precedingPfIds"] == [footprint_id(token)]
    assert second["id"] != footprint_id(token) == built()["id"]
    assert second["extensions"][0]["data"]["supersedes"] == f"0x{token.hex()}"


def test_an_id_is_a_uuid_of_version_5_that_anyone_can_derive() -> None:
    name = uuid.UUID(footprint_id(b"\x01" * 32))
    assert name.version == 5
    assert str(name) == "5f098ac0-51a3-55aa-9452-669abbd008d3"
    assert name == uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "footprints.carbon-ledger"), "0x" + "01" * 32)


def test_verification_is_there_where_somebody_gave_an_opinion() -> None:
    """INV-12: without an assurance level the object is absent, for PACT reads its presence as 'verified'."""
    told = built(assurance=1)["pcf"]["verification"]
    assert told["coverage"] == "product level"
    assert told["providerName"] == "Demo Verification Body / 演示核查机构"
    assert told["completedAt"] == "2019-01-09T02:13:20Z"
    assert told["standardName"].startswith("GB/T 24067")
    assert "limited assurance" in told["comments"]
    assert "0b0b0b" in told["comments"]
    assert "reasonable" in built(assurance=2)["pcf"]["verification"]["comments"]
    assert "verification" not in built(assurance=0)["pcf"]


def test_the_proof_leads_to_the_certificate() -> None:
    extension = built()["extensions"][0]
    said = certificate()
    assert extension["dataSchema"].startswith("https://ledger.example/3/extensions/certificate-proof/")
    data = extension["data"]
    assert data["token"] == f"0x{said.issue.token.hex()}"
    assert data["verify"] == f"https://ledger.example/certificates/88.118.20261/INGOT?token={data['token']}"
    assert data["certified"] == {"footprint": "11234567891", "quantity": "1250000", "unit": "t"}
    assert data["log"]["size"] == 9131
    assert data["marks"] == ["DEMO"]


def test_what_a_demo_deployment_holds_is_marked() -> None:
    plain = replace(certificate(), marks=("REPLAYED",))
    for demo, marks in ((True, ["DEMO", "REPLAYED"]), (False, ["REPLAYED"])):
        document = product_footprint(plain, "active", replace(NODE, demo=demo))
        assert document["extensions"][0]["data"]["marks"] == marks
        assert document["comment"].startswith("DEMO: ") is demo


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": 2}, "of no product"),
        ({"unit": "{CNY}"}, "no declared unit"),
        ({"unit": "{weight-case}"}, "no declared unit"),
        ({"unit": "no unit"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"period_end": 2**63}, "calendar"),
        ({"period_end": 0}, "calendar"),
    ],
)
def test_what_has_no_form_in_pact_is_refused_by_name(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(NotExchangeable, match=told):
        built(**changes)


@given(
    st.integers(0, 2**128 - 1), st.sampled_from(["t", "kg", "g", "kWh", "MWh", "GJ", "L", "m3", "m2", "t.km", "{pc}"])
)
@settings(deadline=None)
def test_amounts_are_exact_and_without_exponent(footprint: int, unit: str) -> None:
    """Per declared unit times the declared units in one of the certificate's gives the signed figure again."""
    pcf = built(footprint=footprint, unit=unit)["pcf"]
    text = pcf["fossilGhgEmissions"]
    assert text.replace(".", "").isdecimal()
    held = {"t": Fraction(1000), "g": Fraction(1, 1000), "MWh": Fraction(1000), "GJ": Fraction(1000)}.get(unit, 1)
    assert Fraction(text) / Fraction(pcf["declaredUnitAmount"]) * held == Fraction(footprint, 10**6)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "site",
                        "rules",
                        "products",
                        "name",
                        "en",
                        "zh",
                        "method",
                        "id",
                        "absent",
                        "gaps",
                        "share",
                        "batches",
                        "quantity",
                        "by_source",
                        "packaging",
                        "emissions",
                        "unit",
                        "stated",
                        "classifications",
                    ]
                ),
                inner,
            )
        ),
    )
)
@settings(deadline=None)
def test_facts_of_a_result_of_any_shape(document: Any) -> None:
    """INV-18: what a result has in another form stays empty; nothing falls over."""
    document = document if isinstance(document, dict) else {"site": document, "products": [document]}
    facts = facts_of(INGOT, document, document)
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
