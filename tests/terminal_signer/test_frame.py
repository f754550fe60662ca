"""The frame profile: each refusal by its name, and nothing else accepted."""

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import cbor, cose
from terminal_signer.build import build
from terminal_signer.frame import DOCUMENT, MAX_FRAME, NO_FRAME, REFUSALS, FrameRefused, Seen, content, parse, verify
from terminal_signer.keys import generate
from tests.terminal_signer.sample import (
    ED_KEY,
    IAT,
    ISS,
    KEY,
    KID,
    P256_ORDER,
    SUB,
    error_of,
    frame_bytes,
    header,
    hour,
    protected_fields,
    readings,
    signed,
    with_fields,
)

GOOD = frame_bytes()
PROTECTED = parse(GOOD).protected
PAYLOAD = parse(GOOD).payload


def refusal(raw: bytes) -> str:
    with pytest.raises(FrameRefused) as caught:
        parse(raw)
    assert caught.value.code in REFUSALS
    return caught.value.code


def test_a_frame_reads_back_as_it_was_signed() -> None:
    frame = parse(GOOD)
    verify(frame, KEY.public)
    assert (frame.alg, frame.kid, frame.iss, frame.sub) == (-7, KID, ISS, SUB)
    assert (frame.iat, frame.seq, frame.prev, frame.content_type) == (IAT, 7, NO_FRAME, 112)
    assert frame.seen == Seen(1000, bytes(32))
    assert frame.corrects is None
    assert frame.digest == hashlib.sha256(GOOD).digest()
    assert content(frame).records == hour().records  # type: ignore[union-attr]


@pytest.mark.parametrize("seen", [None, Seen(1, bytes(32)), Seen((1 << 63) - 1, bytes(32))])
@pytest.mark.parametrize("corrects", [None, bytes(range(32))])
@pytest.mark.parametrize("seq", [0, 23, 24, 255, 256, 65536, 1 << 32, (1 << 63) - 1])
@pytest.mark.parametrize("content_type", [112, DOCUMENT])
def test_every_form_of_the_header(seen: Seen | None, corrects: bytes | None, seq: int, content_type: int) -> None:
    frame = parse(frame_bytes(ED_KEY, seen=seen, corrects=corrects, seq=seq, content_type=content_type))
    verify(frame, ED_KEY.public)
    assert (frame.seen, frame.corrects, frame.seq, frame.content_type) == (seen, corrects, seq, content_type)
    assert cose.read(frame.raw).payload == frame.payload


SIGNATURE = GOOD[-66:]
ENVELOPES: dict[str, tuple[bytes, str]] = {
    "one byte too many": (GOOD + bytes(MAX_FRAME - len(GOOD) + 1), "too-large"),
    "nothing": (b"", "not-cbor"),
    "text": (b"hello", "not-cbor"),
    "cut short": (GOOD[:-1], "not-cbor"),
    "cut in the payload": (GOOD[:300], "not-cbor"),
    "trailing byte": (GOOD + b"\x00", "not-cbor"),
    "indefinite array": (b"\xd2\x9f" + GOOD[2:] + b"\xff", "not-deterministic"),
    "indefinite payload": (
        b"\xd2\x84" + cbor.encode(PROTECTED) + b"\xa0\x5f" + cbor.encode(PAYLOAD) + b"\xff" + SIGNATURE,
        "not-deterministic",
    ),
    "long tag": (b"\xd8\x12" + GOOD[1:], "not-deterministic"),
    "long length of the signature": (GOOD[:-66] + b"\x59\x00\x40" + GOOD[-64:], "not-deterministic"),
    "long length of the array": (b"\xd2\x98\x04" + GOOD[2:], "not-deterministic"),
    "untagged": (GOOD[1:], "wrong-tag"),
    "another tag": (b"\xd8\x62" + GOOD[1:], "wrong-tag"),
    "tag 18 twice": (b"\xd2" + GOOD, "wrong-tag"),
    "array of three": (b"\xd2\x83" + GOOD[2:-66], "wrong-tag"),
    "a number": (b"\x18\x20", "wrong-tag"),
    "a float": (b"\xfb" + bytes(8), "wrong-tag"),
    "deep nesting": (b"\x81" * 60_000, "wrong-tag"),
    "nesting inside": (b"\xd2\x84" + b"\x81" * 60_000, "wrong-tag"),
    "detached payload": (b"\xd2\x84" + cbor.encode(PROTECTED) + b"\xa0\xf6" + SIGNATURE, "wrong-tag"),
    "text as header": (b"\xd2\x84\x60\xa0\x40" + SIGNATURE, "wrong-tag"),
    "a length of 2^63": (b"\xd2\x84\x5b\x7f" + b"\xff" * 7, "not-cbor"),
    "unprotected kid": (cose.assemble(PROTECTED, {4: KID}, PAYLOAD, bytes(64)), "unprotected-header"),
    "unprotected is a list": (
        b"\xd2\x84" + cbor.encode(PROTECTED) + b"\x80" + cbor.encode(PAYLOAD) + SIGNATURE,
        "unprotected-header",
    ),
    "unprotected float": (
        b"\xd2\x84" + cbor.encode(PROTECTED) + b"\xa1\x00\xf9\x00\x00" + cbor.encode(PAYLOAD) + SIGNATURE,
        "unprotected-header",
    ),
    "signature of 63 bytes": (cose.assemble(PROTECTED, {}, PAYLOAD, bytes(63)), "signature"),
    "signature of 72 bytes (DER)": (cose.assemble(PROTECTED, {}, PAYLOAD, bytes(72)), "signature"),
    "signature is text": (GOOD[:-66] + b"\x78\x40" + b"a" * 64, "signature"),
}


@pytest.mark.parametrize(("raw", "code"), ENVELOPES.values(), ids=ENVELOPES)
def test_bad_envelopes_are_refused_by_name(raw: bytes, code: str) -> None:
    """INV-18."""
    assert refusal(raw) == code


CLAIMS = {1: ISS, 2: SUB, 6: IAT}
FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    **{f"no {name}": ({name: ...}, "header-field") for name in ("alg", "content_type", "kid", "claims", "seq", "prev")},
    "an unknown field": ({"extra": 1}, "header-field"),
    "an unknown label": ({"crit": ["x"]}, "header-field"),
    "alg ES384": ({"alg": -35}, "algorithm"),
    "alg by name": ({"alg": "ES256"}, "algorithm"),
    "alg none": ({"alg": 0}, "algorithm"),
    "alg ES256K": ({"alg": -47}, "algorithm"),
    "alg is bytes": ({"alg": b""}, "header-field"),
    "content type JSON": ({"content_type": 50}, "header-field"),
    "content type by name": ({"content_type": "application/senml+cbor"}, "header-field"),
    "kid of 8 bytes": ({"kid": bytes(8)}, "header-field"),
    "kid is text": ({"kid": "a" * 32}, "header-field"),
    "claims are a list": ({"claims": [ISS, SUB, IAT]}, "header-field"),
    "claims with exp": ({"claims": {**CLAIMS, 4: IAT}}, "header-field"),
    "claims without iat": ({"claims": {1: ISS, 2: SUB}}, "header-field"),
    "iss in capitals": ({"claims": {**CLAIMS, 1: "88.118.ABC", 2: "88.118.ABC/x"}}, "header-field"),
    "iss with an empty label": ({"claims": {**CLAIMS, 1: "88..1", 2: "88..1/x"}}, "header-field"),
    "sub of another enterprise": ({"claims": {**CLAIMS, 2: "88.118.20261/EQ-0001"}}, "header-field"),
    "sub without suffix": ({"claims": {**CLAIMS, 2: ISS + "/"}}, "header-field"),
    "sub with a blank": ({"claims": {**CLAIMS, 2: SUB + " x"}}, "header-field"),
    "sub with a control character": ({"claims": {**CLAIMS, 2: SUB + "\n"}}, "header-field"),
    "sub with a direction mark": ({"claims": {**CLAIMS, 2: SUB + "\u202e"}}, "header-field"),
    "sub too long": ({"claims": {**CLAIMS, 2: ISS + "/" + "x" * 255}}, "header-field"),
    "sub is bytes": ({"claims": {**CLAIMS, 2: SUB.encode()}}, "header-field"),
    "iat relative": ({"claims": {**CLAIMS, 6: 3600}}, "header-field"),
    "iat beyond 2^40": ({"claims": {**CLAIMS, 6: 1 << 40}}, "header-field"),
    "iat negative": ({"claims": {**CLAIMS, 6: -1}}, "header-field"),
    "iat a decimal fraction": ({"claims": {**CLAIMS, 6: cbor.Tag(4, [-1, 15147361001])}}, "header-field"),
    "seq negative": ({"seq": -1}, "header-field"),
    "seq of 2^63": ({"seq": 1 << 63}, "header-field"),
    "seq true": ({"seq": True}, "header-field"),
    "prev of 31 bytes": ({"prev": bytes(31)}, "header-field"),
    "prev null": ({"prev": None}, "header-field"),
    "seen of size 0": ({"seen": [0, bytes(32)]}, "header-field"),
    "seen without root": ({"seen": [1000]}, "header-field"),
    "seen with three": ({"seen": [1000, bytes(32), 1]}, "header-field"),
    "seen null": ({"seen": None}, "header-field"),
    "seen a map": ({"seen": {"size": 1}}, "header-field"),
    "corrects of 31 bytes": ({"corrects": bytes(31)}, "header-field"),
    "corrects null": ({"corrects": None}, "header-field"),
}


@pytest.mark.parametrize(("changes", "code"), FIELDS.values(), ids=FIELDS)
def test_bad_header_fields_are_refused_by_name(changes: dict[str, Any], code: str) -> None:
    assert refusal(with_fields(**changes)) == code


PROTECTEDS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not-cbor"),
    "empty map": (b"\xa0", "header-field"),
    "a list": (b"\x80", "header-field"),
    "cut short": (PROTECTED[:-1], "not-cbor"),
    "trailing byte": (PROTECTED + b"\x00", "not-cbor"),
    "indefinite map": (b"\xbf" + PROTECTED[1:] + b"\xff", "not-deterministic"),
    "long seq": (PROTECTED.replace(b"\x63seq\x07", b"\x63seq\x18\x07"), "not-deterministic"),
    "long kid length": (PROTECTED.replace(b"\x04\x58\x20", b"\x04\x59\x00\x20"), "not-deterministic"),
    "alg twice": (b"\xa8\x01\x26" + PROTECTED[1:], "not-deterministic"),
    "fields out of order": (
        PROTECTED.replace(b"\x01\x26\x03\x18\x70", b"\x03\x18\x70\x01\x26"),
        "not-deterministic",
    ),
    "float seq": (PROTECTED.replace(b"\x63seq\x07", b"\x63seq\xf9\x47\x00"), "header-field"),
    "bignum seq": (PROTECTED.replace(b"\x63seq\x07", b"\x63seq\xc2\x41\x07"), "header-field"),
    "iss not UTF-8": (PROTECTED.replace(b"88.118.20260", b"88.118.2026\xff", 1), "not-cbor"),
}


@pytest.mark.parametrize(("protected", "code"), PROTECTEDS.values(), ids=PROTECTEDS)
def test_bad_protected_headers_are_refused_by_name(protected: bytes, code: str) -> None:
    assert refusal(signed(protected)) == code


def test_unknown_key() -> None:
    with pytest.raises(FrameRefused) as caught:
        verify(parse(GOOD), generate().public)
    assert caught.value.code == "unknown-key"


def test_algorithm_other_than_the_enrolled_key_s() -> None:
    raw = with_fields(alg=-8)  # kid of the ES256 key
    with pytest.raises(FrameRefused) as caught:
        verify(parse(raw), KEY.public)
    assert caught.value.code == "algorithm"


def test_high_s_is_refused_though_the_primitive_accepts_it() -> None:
    """INV-03: the second valid form of a signature would be a second digest of the same frame."""
    frame = parse(GOOD)
    s = int.from_bytes(frame.signature[32:], "big")
    high = frame.signature[:32] + (P256_ORDER - s).to_bytes(32, "big")
    twin = parse(GOOD[:-64] + high)
    assert twin.digest != frame.digest
    assert KEY.public.verify(high, cose.signed_bytes(frame.protected, frame.payload))
    with pytest.raises(FrameRefused) as caught:
        verify(twin, KEY.public)
    assert caught.value.code == "high-s"


@pytest.mark.parametrize("place", [0, 31, 32, 63])
@pytest.mark.parametrize("key", [KEY, ED_KEY], ids=["ES256", "EdDSA"])
def test_a_changed_signature_is_refused(key: Any, place: int) -> None:
    raw = bytearray(frame_bytes(key))
    raw[len(raw) - 64 + place] ^= 1
    with pytest.raises(FrameRefused) as caught:
        verify(parse(bytes(raw)), key.public)
    assert caught.value.code in ("signature", "high-s")


def test_a_reading_changed_after_signing_is_refused() -> None:
    """INV-01: 3.17 kWh becomes 3.18 kWh."""
    changed = GOOD.replace(cbor.encode(cbor.Tag(4, [-2, 317])), cbor.encode(cbor.Tag(4, [-2, 318])))
    assert changed != GOOD
    with pytest.raises(FrameRefused) as caught:
        verify(parse(changed), KEY.public)
    assert caught.value.code == "signature"


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_no_single_byte_can_change(place: int, change: int) -> None:
    """INV-01."""
    raw = bytearray(GOOD)
    raw[place] ^= change
    with pytest.raises(FrameRefused):
        verify(parse(bytes(raw)), KEY.public)


def test_build_refuses_what_a_reader_would_refuse() -> None:
    for changes in ({"iss": "UPPER", "sub": "UPPER/x"}, {"seq": -1}, {"iat": 5}, {"prev": b""}, {"content_type": 50}):
        with pytest.raises(FrameRefused):
            build(KEY, header(**changes), readings())
    with pytest.raises(FrameRefused) as caught:
        build(KEY, header(), bytes(MAX_FRAME))
    assert caught.value.code == "too-large"


def test_the_largest_frame_passes() -> None:
    overhead = len(frame_bytes(payload=bytes(60_000))) - 60_000
    raw = frame_bytes(payload=bytes(MAX_FRAME - overhead))
    assert len(raw) == MAX_FRAME
    verify(parse(raw), KEY.public)


def test_accepted_headers_are_exactly_the_deterministic_ones() -> None:
    """What the byte walk accepts, a general deterministic decoder reads to the same fields."""
    fields = protected_fields(corrects=bytes(32))
    assert cbor.decode(cbor.encode(fields)) == fields
    assert cbor.encode(cbor.decode(PROTECTED)) == PROTECTED


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18: whatever arrives, the answer is one of the named refusals or payload faults."""
    for raw in (data, b"\xd2\x84" + data, signed(data), GOOD[:-66] + data, with_fields() + data):
        assert error_of(lambda raw=raw: content(parse(raw))) in (None, "payload", *REFUSALS)  # type: ignore[misc]
