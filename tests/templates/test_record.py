"""A record against its template: values with their provenance, every fault named by the item's index."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.templates import RecordError
from ledger.templates.record import check_record
from tests.templates.samples import GLASS_TEMPLATE, Json, extended, extension, quantity

HASH = "0x" + "ab" * 32
METER = "88.118.20260/EQ-0001"
PLAIN: Json = {
    "orgName": "某玻璃厂", "uscc": "913200001234567887", "vaaPrefix": "88.118.20260", "industryCode": "C3041",
    "regionCode": "320000", "objectType": "enterprise", "objectId": "vaa:88.118.20260/P-1",
    "boundaryType": "legal-entity", "boundaryDesc": "全厂", "scopes": ["1", "2"], "ghgSet": ["CO2"],
    "gwpSource": "AR5", "periodStart": "2026-01-01", "periodEnd": "2027-01-01", "frequency": "month",
    "standard": "GB/T 32151.7", "factorSetId": "cn-a-2013", "gridFactorId": "2022, national",
    "totalEmission": "123456.78", "scope1": "100000", "process": "20000", "scope2Electricity": "23456.78",
    "scope2Heat": "0", "primaryShare": "83.2", "evaluator": "88.118.3/EVAL", "certNo": "1", "issueDate": "2027-02-01",
    "validUntil": "2028-02-01", "status": "valid", "ledgerProof": "root, 1, leaf",
}  # fmt: skip


def measured(qty: str = "12.5", unit: str | None = "MWh", month: int = 1, **more: Any) -> Json:
    entry = {
        "qty": qty, "unit": unit, "periodStart": f"2026-{month:02}-01", "periodEnd": f"2026-{month + 1:02}-01",
        "sourceKind": "measured", "deviceId": METER, "calibrationDue": "2026-12-31", "evidenceHash": HASH, **more,
    }  # fmt: skip
    return {field: value for field, value in entry.items() if value is not None}


def ledger(qty: str, unit: str | None, **more: Any) -> Json:
    return measured(qty, unit, sourceKind="ledger", deviceId=None, calibrationDue=None, **more)


VALUES: Json = PLAIN | {
    "output": [ledger("1000", "t")],
    "purchasedElectricity": [measured("1"), measured("2", month=2)],
    "glassCases": [ledger("20000", "{weight-case}")],
}


def check(values: Json, **head: Any) -> list[RecordError]:
    document = {"format": "template-record/1", "template": f"0x{GLASS_TEMPLATE.sha256.hex()}", "values": values, **head}
    return check_record(GLASS_TEMPLATE, json.dumps(document).encode())


def test_a_record_that_fits_has_no_fault() -> None:
    assert check(VALUES) == []


@pytest.mark.parametrize("code", sorted(VALUES))
def test_a_required_item_is_missed_by_its_index(code: str) -> None:
    index = next(item.index for item in GLASS_TEMPLATE.items if item.code == code)
    (fault,) = check({other: value for other, value in VALUES.items() if other != code})
    assert fault.index == index
    assert str(index) in str(fault)
    assert "missing" in str(fault)


@pytest.mark.parametrize(
    ("code", "value", "index", "message"),
    [
        ("orgName", "", 2000, "1 to 200"),
        ("uscc", "913200001234567888", 2001, "no uscc"),
        ("industryCode", "3041", 2005, "does not fit"),
        ("objectType", "country", 2010, "none of"),
        ("scopes", ["1", "1"], 2014, "twice"),
        ("scopes", ["4"], 2014, "none of"),
        ("scopes", [], 2014, "entries"),
        ("periodStart", "2026-02-30", 2020, "no date"),
        ("totalEmission", "123456.7", 2050, "2 are asked for"),
        ("totalEmission", 123456, 2050, "expected string, found integer"),
        ("primaryShare", "100.01", 2060, "above 100"),
        ("primaryShare", "-1", 2060, "below 0"),
        ("primaryShare", "NaN", 2060, "no decimal"),
        ("grade", 6, 2058, "above 5"),
        ("grade", True, 2058, "expected integer, found boolean"),
        ("prevHandle", "nobody", 2081, "no vaa-identifier"),
        ("output", "1000", 2040, "expected array"),
        ("output", [ledger("1", None)], 2040, "'unit' is missing"),
        ("output", [ledger("1", "t", colour="red")], 2040, "unknown 'colour'"),
        ("output", [ledger("1", "barrels")], 2040, "no unit"),
        ("output", [ledger("1,000", "t")], 2040, "no decimal"),
        ("purchasedElectricity", [measured("-1")], 2230, "below 0"),
        ("purchasedElectricity", [measured(unit="kWh")], 2230, "'kWh' is not 'MWh'"),
        ("purchasedElectricity", [measured(sourceKind="invoice")], 2230, "none of: measured"),
        ("purchasedElectricity", [measured(deviceId=None)], 2230, "states deviceId"),
        ("purchasedElectricity", [measured(calibrationDue=None)], 2230, "states calibrationDue"),
        ("purchasedElectricity", [measured(evidenceHash=None)], 2230, "states evidenceHash"),
        ("purchasedElectricity", [measured(evidenceHash="0x12")], 2230, "no sha256"),
        ("purchasedElectricity", [measured(calibrationDue="2026-01-30")], 2230, "calibration was due"),
        ("purchasedElectricity", [measured(periodEnd="2026-01-01")], 2230, "the first day after it"),
        ("purchasedElectricity", [measured(), measured()], 2230, "overlap"),
        ("purchasedElectricity", [measured(dqr={"tech": "6", "geo": "1", "temp": "1"})], 2230, "above 5"),
        ("naturalGasNcv", [ledger("389.31", "GJ/10^4Nm3")], 2210, "none of: lab, default"),
        ("glassCases", [ledger("1", "{weight-case}", evidenceHash=None)], 2240, "states evidenceHash"),
    ],
)
def test_a_fault_is_named_with_its_index(code: str, value: Any, index: int, message: str) -> None:
    (fault,) = check(VALUES | {code: value})
    assert fault.index == index
    assert message in str(fault)
    assert f"item {index} {code}" in str(fault)


def test_calibration_due_on_the_last_day_is_in_time() -> None:
    assert check(VALUES | {"purchasedElectricity": [measured(calibrationDue="2026-01-31")]}) == []


def test_a_default_states_nothing_behind_it() -> None:
    default = {
        "qty": "389.31", "unit": "GJ/10^4Nm3", "periodStart": "2026-01-01", "periodEnd": "2027-01-01",
        "sourceKind": "default",
    }  # fmt: skip
    assert check(VALUES | {"naturalGasNcv": [default]}) == []


def test_two_devices_and_a_correction_may_share_a_period() -> None:
    entries = [measured(), measured(deviceId="88.118.20260/EQ-0002"), measured("13", correctionOf=HASH)]
    assert check(VALUES | {"purchasedElectricity": entries}) == []


def test_a_record_is_of_this_template() -> None:
    (fault,) = check(VALUES, template=HASH)
    assert "the record is of template" in str(fault)
    (fault,) = check(VALUES | {"nobody": "1"})
    assert (fault.index, "no item 'nobody'" in str(fault)) == (None, True)
    assert "format" in str(check(VALUES, format="template-record/2")[0])


def test_a_disabled_item_takes_no_value() -> None:
    template = extended(extension({"tinBath": quantity(3000, "锡", "Tin", {"x-disabled": True})}, ["tinBath"]))
    head = {"format": "template-record/1", "template": f"0x{template.sha256.hex()}"}
    assert check_record(template, json.dumps(head | {"values": VALUES}).encode()) == []
    full = VALUES | {"tinBath": [ledger("1", "t")]}
    (fault,) = check_record(template, json.dumps(head | {"values": full}).encode())
    assert fault.index == 3000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "1", "t", "2026-01-01", "measured", HASH]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["qty", "unit", "x"]), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(VALUES)), JSON, st.sampled_from(["qty", "unit", "periodStart", "sourceKind", "dqr"]))
def test_any_value_is_taken_or_named(code: str, value: Any, field: str) -> None:
    """INV-18."""
    for changed in (value, [measured() | {field: value}]):
        for fault in check(VALUES | {code: changed}):
            assert isinstance(fault, RecordError)
            assert fault.index is not None


@given(st.binary(max_size=100))
def test_garbage_is_one_named_fault(data: bytes) -> None:
    """INV-18."""
    assert [type(fault) for fault in check_record(GLASS_TEMPLATE, data)] == [RecordError]
