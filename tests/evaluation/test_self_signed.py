"""Meters that sign for themselves: omission, repetition, reordering and forgery told apart.

INV-01, INV-02, INV-03, INV-23.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.evaluation.result import Result
from ledger.evaluation.site import SiteError
from terminal_signer import document
from terminal_signer.frame import Document, Item, KeyClass
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    HOUR,
    HOURS,
    METER,
    OFFICER,
    PERIOD,
    POWER,
    Log,
    hour,
    result,
    stand,
)

KEY, OTHER = (ec.derive_private_key(number, ec.SECP256R1()) for number in (7, 8))
SERIAL, REGISTER = "BQ27400330016", "1-b:1.8.0"
SPKI = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo).hex()
SITE = ELECTRICITY_ONLY.replace(
    'kind = "amount"\n', f'kind = "register"\nobis = "{REGISTER}"\n'
).replace(
    "\n[[meter.point]]", f'\n[meter.ocmf]\nserial = "{SERIAL}"\npublic_key = "{SPKI}"\n\n[[meter.point]]', 1
)  # fmt: skip
READINGS = (*HOURS[::6], PERIOD.end)
"""Nine stands, 9 kWh apart: 72 kWh in all."""


def clock(time: int, state: str = "S") -> str:
    moment = (time - PERIOD.start) // 60
    day, minutes = divmod(moment, 1440)
    date = ("2022-01-31", "2022-02-01", "2022-02-02")[day]
    return f"{date}T{minutes // 60:02}:{minutes % 60:02}:00,000+0800 {state}"


def record(
    number: int,
    value: str | None = None,
    *,
    at: int | None = None,
    key: ec.EllipticCurvePrivateKey = KEY,
    serial: str = SERIAL,
    context: str = "F",
    state: str = "S",
    **fields: str,
) -> bytes:
    """The meter's record `number`: the stand at READINGS[number], unless told otherwise."""
    time = READINGS[number] if at is None else at
    reading = {"TM": clock(time, state), "RV": "@", "RI": REGISTER, "RU": "kWh", "EF": "", "ST": "G", **fields}
    payload = {"FV": "1.0", "MS": serial, "PG": f"{context}{number + 40}", "RD": [reading]}
    body = json.dumps(payload).replace('"@"', value or str(100 + 9 * number)).encode()
    return b"OCMF|" + body + b"|" + json.dumps({"SD": key.sign(body, ec.ECDSA(hashes.SHA256())).hex()}).encode()


def add(
    log: Log, records: Sequence[bytes], sub: str = METER, key_class: KeyClass = KeyClass.METER, late: int = 0
) -> None:
    body = b"\n".join(records)
    content = Document("ocmf", "text/plain", sha256(body).digest(), body)
    log.add(content, sub, key_class, anchored_at=PERIOD.start + HOUR + late)


def evaluated(*frames: Sequence[bytes], sub: str = METER, key_class: KeyClass = KeyClass.METER) -> Result:
    log = Log()
    for records in frames:
        add(log, records, sub, key_class)
    return result(log, SITE)


def power(found: Result) -> tuple[str, str]:
    entry = found.document["activity"]["purchased_electricity"]
    return entry["metered"], entry["declared"]


def findings(found: Result) -> dict[str, int]:
    return {entry["code"]: entry["count"] for entry in found.document["findings"]}


def counters(found: Result) -> dict[str, Any]:
    (meter,) = found.document["self_signed"]
    assert (meter["sub"], meter["serial"]) == (METER, SERIAL)
    return dict(meter)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`kwh`: metered and declared; `counter`: what differs from an unbroken 40…48."""

    name: str
    records: tuple[bytes, ...]
    kwh: tuple[str, str]
    says: dict[str, int]
    counter: dict[str, Any]
    verified: int = 9


ALL = tuple(record(number) for number in range(9))
AGAIN = ALL[3]
SCENARIOS = (
    Scenario("unbroken", ALL, ("72", "0"), {}, {}),
    Scenario("omission: the meter's own counter tells", (*ALL[:3], *ALL[5:]), ("72", "0"), {"ocmf-missing": 2},
             {"missing": [[43, 44]]}, 7),
    Scenario("repetition counts once", (*ALL, AGAIN), ("72", "0"), {"ocmf-repeated": 1}, {"repeated": [43]}, 10),
    Scenario("the same payload with another signature is a repetition", (*ALL, record(3)), ("72", "0"),
             {"ocmf-repeated": 1}, {"repeated": [43]}, 10),
    Scenario("reordering loses nothing", (*ALL[:3], ALL[4], ALL[3], *ALL[5:]), ("72", "0"), {"ocmf-reordered": 1},
             {"reordered": [43]}),
    Scenario("all three at once", (ALL[0], ALL[2], ALL[1], *ALL[4:], AGAIN, AGAIN, ALL[8]), ("72", "0"),
             {"ocmf-reordered": 2, "ocmf-repeated": 2}, {"reordered": [41, 43], "repeated": [43, 48]}, 11),
    Scenario("one number on two payloads disputes it and all after", (*ALL, record(4, "137")), ("27", "45"),
             {"ocmf-conflicting": 1, "conflicting-values": 1}, {"conflicting": [44]}, 10),
    Scenario("forged: another key", (*ALL[:8], record(8, "999", key=OTHER)), ("63", "0"), {"ocmf-unverified": 1},
             {"last": 47}, 8),
    Scenario("forged: a value changed", (*ALL[:8], ALL[8].replace(b"172", b"173")), ("63", "0"), {"ocmf-unverified": 1},
             {"last": 47}, 8),
    Scenario("another meter", (*ALL, record(9, "1", at=PERIOD.end, serial="X")), ("72", "0"), {"ocmf-serial": 1}, {}),
    Scenario("unreadable", (*ALL, b"OCMF|garbage"), ("72", "0"), {"ocmf-malformed": 1}, {}),
    Scenario("the meter doubts its value", (*ALL[:8], record(8, ST="S")), ("63", "9"), {"ocmf-status": 1}, {}),
    Scenario("error flags", (*ALL[:8], record(8, EF="E")), ("63", "9"), {"ocmf-status": 1}, {}),
    Scenario("no clock", (*ALL[:8], record(8, state="U")), ("63", "9"), {"ocmf-status": 1}, {}),
    Scenario("another unit", (*ALL[:8], record(8, RU="Wh")), ("63", "0"), {"unit-differs": 1}, {}),
    Scenario("a register below zero", (*ALL[:8], record(8, "-1")), ("63", "0"), {"negative-register": 1}, {}),
    Scenario("a register that the site file does not name", (*ALL, record(9, "5", at=PERIOD.end, RI="1-b:2.8.0")),
             ("72", "0"), {}, {"last": 49}, 10),
)  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_the_meter_signed_is_told_from_what_was_done_to_it(scenario: Scenario) -> None:
    """INV-01 forged, INV-02 left out, INV-03 sent again: each has a name, and none makes the others' noise."""
    found = evaluated(scenario.records)
    assert power(found) == scenario.kwh
    assert {code: count for code, count in findings(found).items() if code != "no-data"} == scenario.says
    meter = counters(found)
    usual = {"first": 40, "last": 48, "missing": [], "repeated": [], "reordered": [], "conflicting": []}
    assert meter["counters"] == {"F": {**usual, **scenario.counter}}
    assert meter["verified"] == scenario.verified
    apart = evaluated(*([entry] for entry in scenario.records))
    assert (power(apart), findings(apart)) == (power(found), findings(found))


def test_each_context_has_a_counter_of_its_own() -> None:
    found = evaluated([*ALL, record(8, context="T"), record(6, at=PERIOD.end, value="172", context="T")])
    assert set(counters(found)["counters"]) == {"F", "T"}
    assert findings(found) == {"ocmf-missing": 1, "ocmf-reordered": 1}


def test_an_office_that_types_a_meters_record_over_gets_nothing_metered() -> None:
    """INV-23: the record travels in a frame of the terminal that the site file gives the meter, or not at all."""
    assert findings(evaluated(ALL, sub=OFFICER, key_class=KeyClass.OFFICER)) == {"ocmf-unmapped": 1, "no-data": 1}
    assert power(evaluated(ALL, key_class=KeyClass.OFFICER)) == ("0", "72")


def test_a_terminal_cannot_speak_for_a_meter_that_signs_for_itself() -> None:
    """INV-23, INV-01: neither by readings nor by correcting what the meter signed."""
    log = Log()
    add(log, ALL)
    log.add(stand(PERIOD.end, "999", POWER, "kWh"))
    log.add(hour(HOURS[0], "5"))
    log.add(stand(PERIOD.end, "173", POWER, "kWh"), corrects=log.frames[0])
    found = result(log, SITE)
    assert power(found) == ("63", "10")
    assert findings(found) == {"not-self-signed": 2, "correction-without-reason": 1}


def test_an_officer_can_correct_it_as_declared_with_a_reason() -> None:
    """INV-23."""
    log = Log()
    add(log, ALL)
    moved = Item(POWER, Decimal(170), "kWh", PERIOD.end - 1, PERIOD.end)
    log.add(document.of_items("correction", (moved,), reason="x"), OFFICER, KeyClass.OFFICER, corrects=log.frames[0])
    found = result(log, SITE)
    assert power(found) == ("63", "7")
    (correction,) = found.document["corrections"]
    assert (correction["values"][0]["first"], correction["values"][0]["value"]) == ("172", "170")


def test_late_records_count_as_declared_and_future_ones_not_at_all() -> None:
    """INV-05: a record kept back is late, whatever its own clock says."""
    log = Log()
    add(log, ALL, late=40 * 86_400)
    found = result(log, SITE)
    assert (power(found), findings(found)) == (("0", "72"), {"ocmf-late": 9})
    future = evaluated([*ALL, record(9, "500", at=PERIOD.end + HOUR)])
    assert (power(future), findings(future)) == (("72", "0"), {"ocmf-future": 1})


def test_a_frame_without_its_body_proves_no_reading() -> None:
    log = Log()
    log.add(Document("ocmf", "text/plain", bytes(32)))
    assert findings(result(log, SITE)) == {"ocmf-malformed": 1, "no-data": 1}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (SPKI, SPKI[:-2], "public key"),
        (SPKI, "zz", "not hex"),
        (f'serial = "{SERIAL}"\n', "", "serial"),
        (f'obis = "{REGISTER}"\n', "", "obis"),
        ('kind = "register"', 'kind = "amount"', "states registers"),
        ("[meter.ocmf]\n", "[meter.ocmf]\nkey = 1\n", "unknown field"),
    ],
)
def test_a_site_file_that_does_not_fit_is_refused_by_line(old: str, new: str, says: str) -> None:
    with pytest.raises(SiteError, match=says) as refused:
        result(Log(), SITE.replace(old, new, 1))
    assert refused.value.where


def test_a_register_feeds_one_point_and_only_of_a_meter_that_signs() -> None:
    point = SITE[SITE.index("[[meter.point]]") : SITE.index("[[source]]")]
    twice = SITE.replace("[[source]]", point.replace(POWER, POWER + "-2") + "[[source]]", 1)
    with pytest.raises(SiteError, match="two points"):
        result(Log(), twice)
    with pytest.raises(SiteError, match="signs for itself"):
        result(Log(), ELECTRICITY_ONLY.replace('kind = "amount"\n', f'kind = "register"\nobis = "{REGISTER}"\n'))
