"""Keys: thumbprints, signatures, the encrypted file, the proof of possession."""

import hashlib
import stat
from pathlib import Path

import pytest
from eth_abi import encode as abi_encode  # type: ignore[attr-defined]

from terminal_signer import cbor
from terminal_signer.keys import (
    EDDSA,
    ES256,
    P256_HALF_ORDER,
    KeyFault,
    PrivateKey,
    PublicKey,
    generate,
    load,
    possession_message,
    save,
)
from tests.terminal_signer.sample import ED_KEY, KEY, P256_ORDER


def test_thumbprint_is_the_hash_of_the_deterministic_cose_key() -> None:
    x, y = KEY.public.raw[:32], KEY.public.raw[32:]
    ec = cbor.encode({1: 2, -1: 1, -2: x, -3: y})
    okp = cbor.encode({1: 1, -1: 6, -2: ED_KEY.public.raw})
    assert KEY.public.thumbprint() == hashlib.sha256(ec).digest()
    assert ED_KEY.public.thumbprint() == hashlib.sha256(okp).digest()


def test_thumbprint_of_the_rfc_example() -> None:
    """RFC 9679 §6.1 gives this key and its SHA-256 thumbprint."""
    x = bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
    y = bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
    expected = "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    assert PublicKey(ES256, x + y).thumbprint().hex() == expected


@pytest.mark.parametrize("key", [KEY, ED_KEY], ids=["ES256", "EdDSA"])
def test_signatures_verify_and_only_over_their_message(key: PrivateKey) -> None:
    signature = key.sign(b"3.17 kWh")
    assert len(signature) == 64
    assert key.public.verify(signature, b"3.17 kWh")
    assert not key.public.verify(signature, b"3.18 kWh")
    assert not key.public.verify(signature[:-1], b"3.17 kWh")
    assert not generate(key.alg).public.verify(signature, b"3.17 kWh")


def test_signing_gives_the_low_half_and_verifying_takes_both() -> None:
    for number in range(16):
        signature = KEY.sign(bytes([number]))
        s = int.from_bytes(signature[32:], "big")
        assert s <= P256_HALF_ORDER
        high = signature[:32] + (P256_ORDER - s).to_bytes(32, "big")
        assert KEY.public.verify(high, bytes([number]))


def test_a_point_off_the_curve_verifies_nothing() -> None:
    assert not PublicKey(ES256, bytes(63) + b"\x01").verify(KEY.sign(b""), b"")


@pytest.mark.parametrize(
    ("alg", "raw", "code"),
    [
        (-35, bytes(64), "algorithm"),
        (ES256, bytes(32), "key"),
        (EDDSA, bytes(64), "key"),
        (True, bytes(64), "algorithm"),
    ],
)
def test_public_keys_of_another_kind_are_refused(alg: int, raw: bytes, code: str) -> None:
    with pytest.raises(KeyFault) as caught:
        PublicKey(alg, raw)
    assert caught.value.code == code


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_key_file_is_encrypted_private_and_never_overwritten(tmp_path: Path, alg: int) -> None:
    path, key = tmp_path / "key.pem", generate(alg)
    save(path, key, b"a phrase")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    assert load(path, b"a phrase").public == key.public
    with pytest.raises(KeyFault, match="not overwritten"):
        save(path, generate(alg), b"a phrase")
    assert load(path, b"a phrase").public == key.public


@pytest.mark.parametrize("phrase", [b"another", b""])
def test_a_wrong_passphrase_is_said_and_not_shown(tmp_path: Path, phrase: bytes) -> None:
    path = tmp_path / "key.pem"
    save(path, KEY, b"a phrase")
    with pytest.raises(KeyFault) as caught:
        load(path, phrase)
    assert "passphrase" in str(caught.value)
    assert "another" not in str(caught.value)


def test_there_is_no_default_passphrase(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="passphrase"):
        save(tmp_path / "key.pem", KEY, b"")
    assert not (tmp_path / "key.pem").exists()


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_file_is_a_key_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(KeyFault):
        load(path, b"a phrase")
    with pytest.raises(KeyFault, match="cannot be read"):
        load(tmp_path / "absent.pem", b"a phrase")


def test_the_secret_does_not_show() -> None:
    assert "PrivateKey(alg=-7, kid=" in repr(KEY)
    assert len(repr(KEY)) < 120


@pytest.mark.parametrize("sub", ["88.118.20260/EQ-0001", "88.118.20260/" + "x" * 51, "88.118.20260/锅炉"])
def test_possession_message_is_the_contract_s_abi_encoding(sub: str) -> None:
    registry, kid = bytes(range(20)), KEY.public.thumbprint()
    expected = abi_encode(
        ["uint256", "address", "string", "string", "bytes32"], [31337, registry, "88.118.20260", sub, kid]
    )
    assert possession_message(31337, registry, "88.118.20260", sub, kid) == expected
