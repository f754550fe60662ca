"""Signatures by others (wycheproof): ECDSA over P-256 with SHA-256, and Ed25519."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from terminal_signer.keys import EDDSA, ES256, PublicKey


def cases(vectors: Path, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for group in json.loads((vectors / "wycheproof" / name).read_bytes())["testGroups"]:
        for case in group["tests"]:
            yield group["publicKey"], case


def p256(key: dict[str, Any]) -> PublicKey:
    return PublicKey(ES256, bytes.fromhex(key["uncompressed"])[1:])


def test_p256_in_r_s_form(vectors: Path) -> None:
    seen = 0
    for key, case in cases(vectors, "ecdsa_secp256r1_sha256_p1363_test.json"):
        verdict = p256(key).verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        assert verdict == (case["result"] == "valid"), case["tcId"]
        seen += 1
    assert seen == 262


def test_p256_in_der_form_where_it_is_der_of_two_256_bit_numbers(vectors: Path) -> None:
    """Everything valid converts to r‖s and verifies; what does not convert is invalid there too."""
    converted = valid = 0
    for key, case in cases(vectors, "ecdsa_secp256r1_sha256_test.json"):
        try:
            r, s = decode_dss_signature(bytes.fromhex(case["sig"]))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        except (ValueError, OverflowError):
            assert case["result"] == "invalid", case["tcId"]
            continue
        converted += 1
        verdict = p256(key).verify(signature, bytes.fromhex(case["msg"]))
        assert verdict == (case["result"] == "valid"), case["tcId"]
        valid += verdict
    assert (valid, converted) == (174, converted)
    assert converted > 200


def test_ed25519(vectors: Path) -> None:
    seen = 0
    for key, case in cases(vectors, "ed25519_test.json"):
        public = PublicKey(EDDSA, bytes.fromhex(key["pk"]))
        verdict = public.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        assert verdict == (case["result"] == "valid"), case["tcId"]
        seen += 1
    assert seen == 151
