"""Plain COSE_Sign1: others' vectors, and pycose as an independent implementation, both ways."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycose import algorithms
from pycose.headers import KID, Algorithm
from pycose.keys.curves import P256, Ed25519
from pycose.keys.ec2 import EC2Key
from pycose.keys.okp import OKPKey
from pycose.messages.sign1message import Sign1Message

from terminal_signer import cose
from terminal_signer.cbor import encode
from terminal_signer.errors import CarbonError, FrameRefused
from terminal_signer.frame import parse
from terminal_signer.keys import EDDSA, ES256, PrivateKey, PublicKey
from tests.terminal_signer.sample import ED_KEY, KEY, frame_bytes


def sign1_vectors(vectors: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((vectors / "cose").rglob("*.json")):
        case = json.loads(path.read_bytes())
        if "sign0" in case["input"]:
            yield path.stem, case


def key_of(case: dict[str, Any]) -> PublicKey | None:
    """The key, where it is of a curve that is installed."""
    key = case["input"]["sign0"]["key"]
    if key["crv"] == "P-256":
        return PublicKey(ES256, coordinate(key, "x") + coordinate(key, "y"))
    return PublicKey(EDDSA, coordinate(key, "x")) if key["crv"] == "Ed25519" else None


def coordinate(key: dict[str, Any], name: str) -> bytes:
    if f"{name}_hex" in key:
        return bytes.fromhex(key[f"{name}_hex"])
    return base64.urlsafe_b64decode(key[name] + "=" * (-len(key[name]) % 4))


def verdict(case: dict[str, Any], key: PublicKey) -> bool:
    external = bytes.fromhex(case["input"]["sign0"].get("external", ""))
    try:
        message = cose.read(bytes.fromhex(case["output"]["cbor"]))
        cose.verify(message, key, external)
    except CarbonError:
        return False
    return True


REFUSED_BY_THE_PROFILE = {
    # every one of these is valid COSE_Sign1; a frame has its kid in the protected header and nothing unprotected
    "sign-pass-01": "unprotected-header",
    "sign-pass-02": "unprotected-header",
    "sign-pass-03": "wrong-tag",  # untagged
    "ecdsa-sig-01": "unprotected-header",
    "eddsa-sig-01": "unprotected-header",
    "Appendix_C_2_1": "unprotected-header",
    "A_3": "header-field",  # a CWT: its claims are the payload
    "signed1-01": "not-deterministic",  # carries a countersignature, its labels out of order
}


def test_sign1_vectors_of_installed_algorithms(vectors: Path) -> None:
    valid: set[str] = set()
    invalid: set[str] = set()
    for name, case in sign1_vectors(vectors):
        key = key_of(case)
        if key is None:
            continue
        expected = not case.get("fail") and case["input"]["sign0"].get("alg") != "ES512"
        assert verdict(case, key) == expected, name
        (valid if expected else invalid).add(name)
    assert valid == set(REFUSED_BY_THE_PROFILE)
    assert invalid >= {f"sign-fail-0{number}" for number in (1, 2, 3, 4, 6, 7)} | {"ecdsa-sig-04"}


def test_sign1_vectors_of_other_algorithms_are_refused_not_misread(vectors: Path) -> None:
    """P-384, P-521 and Ed448 messages read as COSE; no key of ours verifies them."""
    others = [(name, case) for name, case in sign1_vectors(vectors) if key_of(case) is None]
    assert {name for name, _ in others} >= {"ecdsa-sig-02", "ecdsa-sig-03", "eddsa-sig-02"}
    for name, case in others:
        assert cose.read(bytes.fromhex(case["output"]["cbor"])).payload, name
        assert not verdict(case, KEY.public)
        assert not verdict(case, ED_KEY.public)


def test_signed_bytes_are_the_vectors_sig_structure(vectors: Path) -> None:
    for name, case in sign1_vectors(vectors):
        if case.get("fail") or "failures" in case["input"] or "ToBeSign_hex" not in case.get("intermediates", {}):
            continue
        message = cose.read(bytes.fromhex(case["output"]["cbor"]))
        external = bytes.fromhex(case["input"]["sign0"].get("external", ""))
        expected = bytes.fromhex(case["intermediates"]["ToBeSign_hex"])
        assert cose.signed_bytes(message.protected, message.payload or b"", external) == expected, name


def test_which_valid_messages_the_frame_profile_refuses(vectors: Path) -> None:
    for name, case in sign1_vectors(vectors):
        if name in REFUSED_BY_THE_PROFILE:
            with pytest.raises(FrameRefused) as caught:
                parse(bytes.fromhex(case["output"]["cbor"]))
            assert caught.value.code == REFUSED_BY_THE_PROFILE[name], name


def pycose_key(key: PrivateKey) -> Any:
    raw = key.public.raw
    return EC2Key(crv=P256, x=raw[:32], y=raw[32:]) if key.alg == ES256 else OKPKey(crv=Ed25519, x=raw)


@pytest.mark.parametrize("key", [KEY, ED_KEY], ids=["ES256", "EdDSA"])
def test_pycose_verifies_our_frames(key: PrivateKey) -> None:
    tagged: Any = cbor2.loads(frame_bytes(key))
    protected, unprotected, payload, signature = tagged.value  # pycose expects the mutable types of cbor2 5
    message: Any = Sign1Message.from_cose_obj([protected, dict(unprotected), payload, signature], True)
    message.key = pycose_key(key)
    assert tagged.tag == Sign1Message.cbor_tag
    assert message.verify_signature()
    assert message.phdr[KID] == key.public.thumbprint()


@pytest.mark.parametrize(("alg", "name"), [(ES256, "ES256"), (EDDSA, "EDDSA")])
def test_we_verify_what_pycose_signs(alg: int, name: str) -> None:
    theirs: Any = EC2Key.generate_key(crv=P256) if alg == ES256 else OKPKey.generate_key(crv=Ed25519)
    raw = theirs.x + theirs.y if alg == ES256 else theirs.x
    message: Any = Sign1Message(phdr={Algorithm: _algorithm(name)}, uhdr={KID: b"11"}, payload=b"3.17 kWh")
    message.key = theirs
    encoded = message.encode()
    cose.verify(cose.read(encoded), PublicKey(alg, raw))
    with pytest.raises(cose.CoseFault):
        cose.verify(cose.read(encoded.replace(b"3.17", b"3.18")), PublicKey(alg, raw))


def _algorithm(name: str) -> Any:
    return {"ES256": algorithms.Es256, "EDDSA": algorithms.EdDSA}[name]


def test_detached_payload_and_external_data() -> None:
    protected = encode({1: KEY.alg})
    signature = KEY.sign(cose.signed_bytes(protected, b"apart", b"context"))
    raw = b"\xd2\x84" + encode(protected) + b"\xa0\xf6" + encode(signature)
    message = cose.read(raw)
    cose.verify(message, KEY.public, b"context", b"apart")
    for external, detached in ((b"", b"apart"), (b"context", b"other"), (b"context", None)):
        with pytest.raises(cose.CoseFault):
            cose.verify(message, KEY.public, external, detached)


def test_critical_headers_are_not_ignored() -> None:
    raw = cose.sign(KEY, b"payload", {2: ["reserved"], "reserved": False})
    with pytest.raises(cose.CoseFault, match="critical"):
        cose.verify(cose.read(raw), KEY.public)


@pytest.mark.parametrize(
    "raw",
    [
        "", "00", "d284", "d2844040a040", "d28440a0404040", "d28341a0a040", "8440a0404000", "d28443a1012640f640",
        "d28458", "d2844340a040f640", "d28440a1c5820a1a3b9aca0001f640", "d28443a10126a10126f640", "d28440a04040d81c80",
        "d28440a0f64000",
    ],
)  # fmt: skip
def test_malformed_messages_are_cose_faults(raw: str) -> None:
    with pytest.raises(cose.CoseFault):
        cose.verify(cose.read(bytes.fromhex(raw)), KEY.public)


def test_no_byte_follows_message_or_header() -> None:
    raw = cose.sign(KEY, b"3.17 kWh", {4: b"11"})
    protected = cose.read(raw).protected + b"\x00"
    signature = KEY.sign(cose.signed_bytes(protected, b"x"))
    for odd in (raw + b"\x00", raw + raw, cose.assemble(protected, {}, b"x", signature)):
        with pytest.raises(cose.CoseFault, match="bytes follow"):
            cose.read(odd)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_garbage_is_a_named_error(data: bytes) -> None:
    """INV-18."""
    for raw in (data, b"\xd2\x84" + data, b"\xd2\x84\x43\xa1\x01\x26\xa0" + data):
        try:
            cose.verify(cose.read(raw), KEY.public)
        except CarbonError:
            continue
        pytest.fail("garbage verified")
