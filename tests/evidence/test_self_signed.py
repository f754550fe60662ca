"""A bundle with a meter's own records and a correction: what the result says of them is recomputed by the verifier."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devnet import forgery
from ledger.certificates.bundling import write_bundle
from ledger.evidence.bundle import read_bundle
from ledger.evidence.verify import verify
from terminal_signer import document
from terminal_signer.frame import Document, Item, Seen, content, parse
from tests.evidence import plant
from tests.evidence.plant import HOUR, ISS, METERS, OFFICER, START, Case, Signer, World, certified, run_plant

NOW = 1_700_000_000
POINT, SERIAL, LOST, CORRECTED = f"{ISS}/P3", "BQ27400330016", 10, 20
KEY = ec.derive_private_key(7, ec.BrainpoolP256R1())
SPKI = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo).hex()
METER = f"""\
[[meter]]
sub = "{METERS[0]}"
name = {{ zh = "自签名电表", en = "meter that signs for itself" }}

[meter.ocmf]
serial = "{SERIAL}"
public_key = "{SPKI}"

[[meter.point]]
id = "{POINT}"
item = "purchased_electricity"
unit = "kWh"
kind = "register"
obis = "1-b:1.8.0"

[[declaration]]
"""
SITE = plant.SITE.replace(b"[[declaration]]\n", METER.encode(), 1)


def record(hour: int) -> bytes:
    day, rest = divmod(hour, 24)
    payload = {
        "FV": "1.0", "MS": SERIAL, "PG": f"F{hour}",
        "RD": [
            {"TM": f"2021-01-{day + 1:02}T{rest:02}:00:00,000+0800 S", "RV": 100 + hour, "RI": "1-b:1.8.0", "RU": "kWh",
             "ST": "G"}
        ],
    }  # fmt: skip
    body = json.dumps(payload).encode()
    section = {"SD": KEY.sign(body, ec.ECDSA(hashes.SHA256())).hex(), "SA": "ECDSA-brainpool256r1-SHA256"}
    return b"OCMF|" + body + b"|" + json.dumps(section).encode()


def hourly(world: World, meter: Signer, hour: int, seen: Seen) -> None:
    """The stand at the hour's beginning, as the meter signed it; one never comes, and the officer corrects one."""
    if hour != LOST:
        body = record(hour)
        frame = Document("ocmf", "text/plain", hashlib.sha256(body).digest(), body)
        world.log(meter.document(START + hour * HOUR + 30, frame, seen))
    if hour == CORRECTED:
        officer = next(signer for signer in world.signers if signer.sub == OFFICER)
        at = START + hour * HOUR
        item = Item(POINT, Decimal("119.5"), "kWh", at - 1, at)
        value = document.of_items("correction", (item,), reason="display misread")
        world.log(officer.document(at + 60, value, seen, corrects=hashlib.sha256(world.frames[-1]).digest()))


@pytest.fixture(scope="module")
def case() -> Case:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plant, "SITE", SITE)
        return certified(run_plant(mischief=hourly), site=SITE)


def test_the_verifier_finds_the_same_counters_and_corrections(case: Case) -> None:
    """INV-02, INV-23: an omission among the meter's own records, and who corrected what, stand in the result."""
    bundle = read_bundle(write_bundle(case.bundle))
    report = verify(bundle, case.policy, case.facts(bundle), NOW)
    assert [claim.name for claim in report.claims if claim.state != "verified"] == []
    assert report.exit_code == 0
    result = json.loads(bundle.result)
    (meter,) = result["self_signed"]
    assert (meter["records"], meter["verified"]) == (71, 71)
    assert meter["counters"]["F"]["missing"] == [[LOST, LOST]]
    (correction,) = result["corrections"]
    assert (correction["by"]["sub"], correction["reason"]) == (OFFICER, "display misread")
    assert (correction["values"][0]["first"], correction["values"][0]["value"]) == ("120", "119.5")


@pytest.mark.parametrize("member", ["self_signed", "corrections"])
def test_a_result_that_hides_them_is_caught(case: Case, member: str) -> None:
    """INV-01, INV-11: a result without the omission, or without the correction, is not what the frames give."""
    forged = forgery.with_result(case.bundle, (member,), [])
    report = verify(forged, case.policy, case.facts(forged), NOW)
    assert next(claim.name for claim in report.claims if claim.state == "failed") == "result"


def test_a_meters_record_cannot_be_altered_in_its_frame(case: Case) -> None:
    """INV-01: the terminal's signature covers it, and then the meter's own does."""
    at = next(i for i, raw in enumerate(case.bundle.frames) if b"OCMF|" in raw)
    raw = case.bundle.frames[at].replace(b'"RV": 100', b'"RV": 900')
    assert isinstance(content(parse(case.bundle.frames[at])), Document)
    forged = replace(case.bundle, frames=(*case.bundle.frames[:at], raw, *case.bundle.frames[at + 1 :]))
    report = verify(forged, case.policy, case.facts(forged), NOW)
    assert next(claim.name for claim in report.claims if claim.state == "failed") == "signatures"
