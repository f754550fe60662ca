"""SM2 with SM3: against the standard's example, against the openssl command both ways, and each way to be wrong."""

import hashlib
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import cbor, keys, sm2
from terminal_signer.build import build
from terminal_signer.errors import FrameRefused
from terminal_signer.frame import parse, verify
from terminal_signer.keys import EDDSA, ES256, SM2, KeyFault, PublicKey, generate, load, save
from tests.terminal_signer.sample import KEY, error_of, frame_bytes, header, readings, signed, with_fields
from tests.without import without_sm

pytest.importorskip("tongsuopy", reason="SM2 needs tongsuopy: pip install 'carbon-ledger[sm]'")

PHRASE = b"a phrase"
SM2_KEY = generate(SM2)
MESSAGE = b"3.17 kWh"
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
IDENTITY = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


@pytest.fixture(scope="module")
def openssl() -> str:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is missing: install it")
    return program


def rs(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def joined(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


# -- the standard, and openssl -----------------------------------------------------------------------------------------


def test_the_example_of_the_standard() -> None:
    """GB/T 32918.5-2017, A.2: key and signature over 'message digest'."""
    key = PublicKey(SM2, bytes.fromhex(
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    ))  # fmt: skip
    signature = bytes.fromhex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    assert key.verify(signature, b"message digest")
    assert not key.verify(signature, b"message digesT")


def test_openssl_verifies_what_is_signed_here(openssl: str, tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(SPKI + SM2_KEY.public.raw)
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(encode_dss_signature(*rs(SM2_KEY.sign(MESSAGE))))
    order = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.der", "-keyform", "DER", *IDENTITY]
    files = ["-in", "message", "-sigfile", "signature"]
    assert subprocess.run([*order, *files], cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "message").write_bytes(MESSAGE + b"!")
    assert subprocess.run([*order, *files], cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 5000])
def test_what_openssl_signs_verifies_here(openssl: str, tmp_path: Path, length: int) -> None:
    message = bytes(range(256)) * 20
    (tmp_path / "message").write_bytes(message[:length] or b"\n")
    run = [openssl, "genpkey", "-algorithm", "SM2", "-out", "key.pem"]
    subprocess.run(run, cwd=tmp_path, capture_output=True, check=True)
    order = [openssl, "pkeyutl", "-sign", "-inkey", "key.pem", *IDENTITY, "-in", "message", "-out", "signature"]
    subprocess.run(order, cwd=tmp_path, capture_output=True, check=True)
    order = [openssl, "pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]
    spki = subprocess.run(order, cwd=tmp_path, capture_output=True, check=True).stdout
    assert spki[:-64] == SPKI
    signature = joined(*decode_dss_signature((tmp_path / "signature").read_bytes()))
    assert PublicKey(SM2, spki[-64:]).verify(signature, message[:length] or b"\n")


def test_openssl_opens_the_key_file(openssl: str, tmp_path: Path) -> None:
    save(tmp_path / "key.pem", SM2_KEY, PHRASE)
    assert b"ENCRYPTED" in (tmp_path / "key.pem").read_bytes()
    order = [openssl, "pkey", "-in", "key.pem", "-passin", "pass:a phrase", "-pubout", "-outform", "DER"]
    shown = subprocess.run(order, cwd=tmp_path, capture_output=True, check=True).stdout
    assert shown == SPKI + SM2_KEY.public.raw


@pytest.mark.parametrize("cipher", ["aes-256-cbc", "sm4-cbc"])
def test_a_key_file_by_openssl_is_opened(openssl: str, tmp_path: Path, cipher: str) -> None:
    order = [openssl, "genpkey", "-algorithm", "SM2", "-out", "key.pem", f"-{cipher}", "-pass", "pass:a phrase"]
    subprocess.run(order, cwd=tmp_path, capture_output=True, check=True)
    key = load(tmp_path / "key.pem", PHRASE)
    assert key.alg == SM2
    assert key.public.verify(key.sign(MESSAGE), MESSAGE)
    with pytest.raises(KeyFault, match="passphrase is wrong"):
        load(tmp_path / "key.pem", b"another")


def test_a_key_of_another_curve_is_not_taken_for_one(openssl: str, tmp_path: Path) -> None:
    order = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp384r1", "-out", "key.pem"]
    subprocess.run([openssl, *order], cwd=tmp_path, capture_output=True, check=True)
    with pytest.raises(KeyFault, match="secp384r1"):
        load(tmp_path / "key.pem", b"")
    with pytest.raises(ValueError, match="SM2"):
        sm2.load_pem((tmp_path / "key.pem").read_bytes(), b"")


# -- keys --------------------------------------------------------------------------------------------------------------


def test_thumbprint_is_the_hash_of_the_deterministic_cose_key() -> None:
    """RFC 9679, the form that the contract computes too."""
    x, y = SM2_KEY.public.raw[:32], SM2_KEY.public.raw[32:]
    whole = cbor.encode({1: 2, -1: -65537, -2: x, -3: y})
    assert SM2_KEY.public.thumbprint() == hashlib.sha256(whole).digest()
    assert SM2_KEY.public.thumbprint() != PublicKey(ES256, SM2_KEY.public.raw).thumbprint()


def test_signatures_verify_and_only_over_their_message_and_key() -> None:
    signature = SM2_KEY.sign(MESSAGE)
    assert len(signature) == 64
    assert SM2_KEY.public.verify(signature, MESSAGE)
    assert not SM2_KEY.public.verify(signature, MESSAGE + b"0")
    assert not generate(SM2).public.verify(signature, MESSAGE)
    assert not PublicKey(ES256, SM2_KEY.public.raw).verify(signature, MESSAGE)


def test_the_secret_does_not_show_and_the_file_is_private(tmp_path: Path) -> None:
    assert "PrivateKey(alg=-65537, kid=" in repr(SM2_KEY)
    path = tmp_path / "key.pem"
    save(path, SM2_KEY, PHRASE)
    assert (path.stat().st_mode & 0o777, load(path, PHRASE).public) == (0o600, SM2_KEY.public)
    for phrase in (b"", b"another"):
        with pytest.raises(KeyFault, match="passphrase is wrong"):
            load(path, phrase)
    with pytest.raises(KeyFault, match="passphrase"):
        SM2_KEY.to_pem(b"")


P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF


@pytest.mark.parametrize(
    "raw",
    [
        bytes(64),
        b"\xff" * 64,
        SM2_KEY.public.raw[:63] + bytes([SM2_KEY.public.raw[63] ^ 1]),
        KEY.public.raw,
        joined(P, 0),
        SM2_KEY.public.raw[32:] + SM2_KEY.public.raw[:32],
    ],
    ids=lambda _: "point",
)
def test_a_point_off_the_curve_verifies_nothing(raw: bytes) -> None:
    assert not PublicKey(SM2, raw).verify(SM2_KEY.sign(MESSAGE), MESSAGE)


@pytest.mark.parametrize("raw", [b"", bytes(32), bytes(65), b"\x04" + bytes(64)])
def test_keys_of_another_length_are_refused(raw: bytes) -> None:
    with pytest.raises(KeyFault, match="64 bytes"):
        PublicKey(SM2, raw)


def test_threads_share_a_key() -> None:
    """A gateway verifies in several threads, and the C library keeps an error queue for each."""
    signed = [(bytes([number]), SM2_KEY.sign(bytes([number]))) for number in range(8)]
    false = bytes(63) + b"\x01"

    def work(number: int) -> bool:
        message, signature = signed[number % 8]
        verify = SM2_KEY.public.verify
        return verify(signature, message) and not verify(signature, b"") and not verify(false, message)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(200)))


# -- malformed signatures ----------------------------------------------------------------------------------------------

R, S = rs(SM2_KEY.sign(MESSAGE))
N = sm2.ORDER
FITS = 1 << 256
MALFORMED = {
    "nothing": b"",
    "zeros": bytes(64),
    "ones": b"\xff" * 64,
    "r is 0": joined(0, S),
    "s is 0": joined(R, 0),
    "r is n": joined(N, S),
    "s is n": joined(R, N),
    "r and s are n - 1": joined(N - 1, N - 1),
    "r and s are 1": joined(1, 1),
    "r + s is n": joined(R, N - R),
    "s is n - s": joined(R, N - S),
    "r is n - r": joined(N - R, S),
    "r and s swapped": joined(S, R),
    "one byte short": joined(R, S)[:-1],
    "one byte more": joined(R, S) + b"\x00",
    "DER": encode_dss_signature(R, S),
    "twice": joined(R, S) * 2,
    **({"r + n": joined(R + N, S)} if R + N < FITS else {}),
    **({"s + n": joined(R, S + N)} if S + N < FITS else {}),
}


@pytest.mark.parametrize("signature", MALFORMED.values(), ids=MALFORMED)
def test_malformed_signatures_do_not_verify(signature: bytes) -> None:
    assert SM2_KEY.public.verify(joined(R, S), MESSAGE)
    assert not SM2_KEY.public.verify(signature, MESSAGE)


def test_numbers_beyond_the_order_do_not_verify() -> None:
    """A signature whose r or s is small enough to be written a second time, n larger, has one form only."""
    small = FITS - N
    for values in ((1, small - 1), (small - 1, 1)):
        assert not SM2_KEY.public.verify(joined(values[0] + N, values[1]), MESSAGE)
        assert not SM2_KEY.public.verify(joined(values[0], values[1] + N), MESSAGE)


@given(st.binary(min_size=64, max_size=64), st.binary(max_size=100))
@settings(max_examples=200)
def test_no_bytes_verify_and_none_raise(signature: bytes, message: bytes) -> None:
    """INV-18."""
    assert SM2_KEY.public.verify(signature, message) is False


@given(st.integers(0, 511), st.binary(max_size=200))
@settings(max_examples=100)
def test_one_bit_is_enough(bit: int, message: bytes) -> None:
    signature = bytearray(SM2_KEY.sign(message))
    assert SM2_KEY.public.verify(bytes(signature), message)
    signature[bit // 8] ^= 1 << bit % 8
    assert not SM2_KEY.public.verify(bytes(signature), message)


@given(st.binary(min_size=64, max_size=64))
@settings(max_examples=100)
def test_any_64_bytes_are_a_key_that_verifies_nothing(raw: bytes) -> None:
    assert not PublicKey(SM2, raw).verify(joined(R, S), MESSAGE)


@given(st.binary(max_size=300), st.binary(max_size=20))
@settings(max_examples=100)
def test_a_damaged_key_file_is_a_value_error(pem: bytes, phrase: bytes) -> None:
    for body in (pem, b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + pem + b"\n-----END ENCRYPTED PRIVATE KEY-----\n"):
        with pytest.raises(ValueError):  # noqa: PT011
            sm2.load_pem(body, phrase)
        assert sm2.wrote(body) is False


# -- frames ------------------------------------------------------------------------------------------------------------

FRAME = frame_bytes(SM2_KEY)


def test_a_frame_reads_back_as_it_was_signed() -> None:
    frame = parse(FRAME)
    verify(frame, SM2_KEY.public)
    assert (frame.alg, frame.kid) == (SM2, SM2_KEY.public.thumbprint())
    assert frame.digest == hashlib.sha256(FRAME).digest()


def test_high_s_is_a_rule_of_es256_only() -> None:
    high = 0
    while high < 3:
        frame = parse(build(SM2_KEY, header(), readings()))
        verify(frame, SM2_KEY.public)
        high += rs(frame.signature)[1] > N // 2


@pytest.mark.parametrize("other", [ES256, EDDSA])
def test_the_algorithm_must_be_the_keys(other: int) -> None:
    """What the header says does not choose how an enrolled key is used."""
    kid = SM2_KEY.public.thumbprint()
    frame = parse(with_fields(alg=other, kid=kid))
    assert error_of(lambda: verify(frame, SM2_KEY.public)) == "algorithm"
    frame = parse(with_fields(alg=SM2))
    assert error_of(lambda: verify(frame, KEY.public)) == "algorithm"


def test_a_long_form_of_the_algorithm_is_not_deterministic() -> None:
    protected = parse(FRAME).protected
    assert protected[1:7] == b"\x01\x3a\x00\x01\x00\x00"
    longer = protected[:2] + b"\x3b" + bytes(4) + protected[3:]
    assert error_of(lambda: parse(signed(longer, key=SM2_KEY))) == "not-deterministic"


@given(st.integers(0, len(FRAME) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_no_byte_of_a_frame_can_be_changed(at: int, change: int) -> None:
    """INV-01, INV-18: every change is refused by name."""
    altered = FRAME[:at] + bytes([FRAME[at] ^ change]) + FRAME[at + 1 :]
    with pytest.raises(FrameRefused):
        verify(parse(altered), SM2_KEY.public)


# -- without the extra -------------------------------------------------------------------------------------------------


def test_without_the_extra_it_is_named_and_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "key.pem", SM2_KEY, PHRASE)
    save(tmp_path / "es256.pem", KEY, PHRASE)
    without_sm(monkeypatch)
    assert not keys.is_installed(SM2)
    for attempt in (
        lambda: parse(FRAME), lambda: PublicKey(SM2, bytes(64)), lambda: generate(SM2),
        lambda: load(tmp_path / "key.pem", PHRASE),
    ):  # fmt: skip
        with pytest.raises((FrameRefused, KeyFault), match=r"carbon-ledger\[sm\]") as caught:
            attempt()
        assert caught.value.code == "algorithm"
    verify(parse(frame_bytes(KEY)), KEY.public)
    assert load(tmp_path / "es256.pem", PHRASE).public == KEY.public
    with pytest.raises(KeyFault, match="passphrase is wrong"):
        load(tmp_path / "es256.pem", b"another")
