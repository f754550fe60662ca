"""OCMF records: what is read, what is refused, whose signature holds. INV-01, INV-18.

Three records of meters on the market, with their public keys, are facts from the test resources of the S.A.F.E.
Transparenzsoftware (S.A.F.E. e.V., Apache License 2.0): github.com/SAFE-eV/transparenzsoftware, src/test/resources/xml.
"""

import base64
import json
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import ocmf
from terminal_signer.meter_key import MeterKey
from terminal_signer.ocmf import OcmfFault

CURVES: dict[str, ec.EllipticCurve] = {
    "ECDSA-secp256r1-SHA256": ec.SECP256R1(),
    "ECDSA-secp256k1-SHA256": ec.SECP256K1(),
    "ECDSA-brainpool256r1-SHA256": ec.BrainpoolP256R1(),
    "ECDSA-secp384r1-SHA256": ec.SECP384R1(),
}
READING = {
    "TM": "2022-01-31T00:00:00,000+0800 S", "TX": "B", "RV": 2935.60, "RI": "1-b:1.8.0", "RU": "kWh", "RT": "DC",
    "EF": "", "ST": "G",
}  # fmt: skip
PAYLOAD: dict[str, object] = {
    "FV": "1.0",
    "GI": "ABL SBC-301",
    "GS": "808829900001",
    "PG": "T12345",
    "MS": "BQ27400330016",
    "RD": [READING],
}
KEY = ec.derive_private_key(7, ec.SECP256R1())


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def record(payload: bytes | dict[str, object], key: ec.EllipticCurvePrivateKey = KEY, **section: str) -> bytes:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
    data = base64.b64encode(signature).decode() if section.get("SE") == "base64" else signature.hex()
    return b"OCMF|" + body + b"|" + json.dumps({"SD": data, **section}).encode()


def changed(**fields: object) -> dict[str, object]:
    return {name: value for name, value in {**PAYLOAD, **fields}.items() if value is not None}


def reading(**fields: object) -> dict[str, object]:
    return changed(RD=[{name: value for name, value in {**READING, **fields}.items() if value is not None}])


def test_the_fields_that_matter() -> None:
    read = ocmf.read(record(PAYLOAD))
    assert (read.context, read.number, read.serial, read.gateway_serial) == (
        "T",
        12345,
        "BQ27400330016",
        "808829900001",
    )
    (only,) = read.readings
    assert (only.time, only.clock, only.value, only.register, only.unit) == (
        1_643_558_400, "S", Decimal("2935.6"), "1-b:1.8.0", "kWh",
    )  # fmt: skip
    assert only.sound


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("algorithm", list(CURVES))
def test_each_algorithm_is_verified_over_the_very_bytes(algorithm: str, encoding: str) -> None:
    """INV-01: one bit of the payload, another key, another curve: nothing holds."""
    key = ec.generate_private_key(CURVES[algorithm])
    public = MeterKey.of(spki(key))
    raw = record(PAYLOAD, key, SA=algorithm, SE=encoding)
    assert public.signed(ocmf.read(raw))
    assert not public.signed(ocmf.read(raw.replace(b"2935.6", b"2935.7")))
    assert not public.signed(ocmf.read(raw.replace(b'"FV": ', b'"FV":')))
    assert not MeterKey.of(spki(ec.generate_private_key(CURVES[algorithm]))).signed(ocmf.read(raw))
    other = next(name for name in CURVES if name != algorithm)
    assert not public.signed(ocmf.read(raw.replace(algorithm.encode(), other.encode())))


def test_without_sa_the_algorithm_is_p256() -> None:
    assert MeterKey.of(spki(KEY)).signed(ocmf.read(record(PAYLOAD)))


PUBLISHED = [
    (
        'OCMF|{"FV":"1.0","GI":"KEBA_KCP30","GS":"17619300","GV":"2.8.5","PG":"T32","IS":false,"IL":"NONE",'
        '"IF":["RFID_NONE","OCPP_NONE","ISO15118_NONE","PLMN_NONE"],"IT":"NONE","ID":"","RD":[{'
        '"TM":"2019-08-13T10:03:15,000+0000 I","TX":"B","EF":"","ST":"G","RV":0.2596,"RI":"1-b:1.8.0","RU":"kWh"},{'
        '"TM":"2019-08-13T10:03:36,000+0000 R","TX":"E","EF":"","ST":"G","RV":0.2597,"RI":"1-b:1.8.0","RU":"kWh"}]}|'
        '{"SD":"304502200E2F107C987A300AC1695CA89EA149A8CDFA16188AF0A33EE64B67964AA943F9022100889A72B6D65364BEA8562E7F6'
        'A0253157ACFF84FE4929A93B5964D23C4265699"}',
        "3059301306072A8648CE3D020106082A8648CE3D030107034200043AEEB45C392357820A58FDFB0857BD77ADA31585C61C430531DFA53B"
        "440AFBFDD95AC887C658EA55260F808F55CA948DF235C2108A0D6DC7D4AB1A5E1A7955BE",
        ("17619300", "T", 32, [Decimal("0.2596"), Decimal("0.2597")]),
    ),
    (
        'OCMF|{"FV":"1.0","GI":"NZR GATEWAY","GS":"21751020","GV":"1.0.0.0","PG":"T274","MV":"NZR","MM":"EcoCount SL",'
        '"MS":"12345678","MF":"1.11","IS":false,"IL":"NONE","IF":[],"IT":"NONE","ID":"","CT":"","CI":"","RD":[{'
        '"TM":"2021-10-26T11:15:09,000+0000 S","TX":"B","RV":1833,"RI":"1-0:1.8.1","RU":"Wh","RT":"AC","EF":"",'
        '"ST":"G"}]}|{"SD":"304402202CC410E10CD9141394AE77B3DC17A523C359F65B0117C098703DF1F2AB773A3302204C6CC011FE4920F'
        '87CF413F6FB94EDD78DAA26BB5DB4048DA9B3D3AB513CC23C","SA":"ECDSA-brainpoolP256r1-SHA256"}',
        "305A301406072A8648CE3D020106092B240303020801010703420004607201339EF7C61EB1270C0BEA675585711CB160835F0F55975A31"
        "1EA6F14AE98981A9276ABC6C70ADA4F8CE25A5502336C738B9E86FB1ED62150FF1B0FAD5A2",
        ("12345678", "T", 274, [Decimal(1833)]),
    ),
    (
        'OCMF|{"FV":"1.0","GI":"NZR GATEWAY","GS":"21751020","GV":"1.0.0.0","PG":"T5","MV":"NZR",'
        '"MM":"EcoCount SL","MS":"12345678","MF":"1.11","IS":false,"IL":"NONE","IF":[],"IT":"NONE","ID":"","CT":"",'
        '"CI":"","RD":[{"TM":"2021-10-26T12:24:56,000+0000 S","TX":"B","RV":0,"RI":"1-0:1.8.1","RU":"Wh",'
        '"RT":"AC","EF":"","ST":"G"}]}|'
        '{"SD":"306502305E1ACEB5DFFC89FC9233D323851CC6D4F95D48721949D3F984C9A6FA25C68655B365E3D22447B3F1A44AB4DE5EDA9AE'
        "90231008AFC7C199CA9A015DE46F8DF6D1D8F7F7A172282EE4159D4136D102E07F198660D5717E9681CF5842EA636FCAB7CBB0D"
        '","SA":"ECDSA-secp384r1-SHA256"}',
        "3076301006072A8648CE3D020106052B81040022036200047991E23A9815893FF8D3C9EF47D682B39297FA3C47DA345EF3D15024581412"
        "0F48AD31C51536341B80E679C3138E316ADB9F39BCB42E8CE28D4C824844B4C6B16E48F056FD803EC7F3CD1B6BA1BCA125DA5E211842D5"
        "FB61F01BAA3DE9B2F10C",
        ("12345678", "T", 5, [Decimal(0)]),
    ),
]


@pytest.mark.parametrize(("text", "key", "says"), PUBLISHED)
def test_published_records_of_real_meters_verify(
    text: str, key: str, says: tuple[str, str, int, list[Decimal]]
) -> None:
    """INV-01: and none of them does with one letter changed."""
    public = MeterKey.of(bytes.fromhex(key))
    read = ocmf.read(text.encode())
    assert public.signed(read)
    assert (read.serial, read.context, read.number, [entry.value for entry in read.readings]) == says
    assert not public.signed(ocmf.read(text.replace("NONE", "NOPE", 1).encode()))


def test_fields_that_repeat_are_inherited_within_a_record_but_never_a_value() -> None:
    first, second = READING, {"TM": "2022-01-31T01:00:00,000+0800 S", "TX": "E", "RV": 2965.1}
    state = {"TM": "2022-01-31T02:00:00,000+0800 S", "ST": "F"}
    read = ocmf.read(record(changed(RD=[first, second, state])))
    assert [(entry.register, entry.value, entry.status) for entry in read.readings] == [
        ("1-b:1.8.0", Decimal("2935.6"), "G"), ("1-b:1.8.0", Decimal("2965.1"), "G"), ("1-b:1.8.0", None, "F"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [{"ST": "F"}, {"ST": "S"}, {"EF": "E"}, {"EF": "t"}, {"EF": "Et"}, {"TM": "2022-01-31T00:00:00,000+0800 U"}],
)
def test_what_the_meter_itself_doubts_is_not_sound(fields: dict[str, object]) -> None:
    assert not ocmf.read(record(reading(**fields))).readings[0].sound


def signed(payload: dict[str, object], **section: str) -> bytes:
    return record(payload, KEY, **section)


REFUSED = {
    "empty": b"",
    "no pipes": b"OCMF",
    "another header": b"OCMX|{}|{}",
    "byte order mark": b"\xef\xbb\xbf" + signed(PAYLOAD),
    "a fourth section": signed(PAYLOAD) + b"|",
    "trailing bytes": signed(PAYLOAD) + b"x",
    "two records": signed(PAYLOAD) * 2,
    "a pipe in a text": signed(changed(GI="a|b")),
    "not UTF-8": signed(PAYLOAD).replace(b"ABL", b"A\xffL"),
    "not JSON": b"OCMF|{|{}",
    "not an object": b"OCMF|[]|{}",
    "a twin": record(b'{"PG":"T1","PG":"T2"}'),
    "deep": record(b"[" * 9 + b"]" * 9),
    "very deep": b"OCMF|" + b"[" * 8000 + b"|{}",
    "large": record(changed(GI="x", UX="y" * 20_000)),
    "NaN": record(b'{"RV":NaN}'),
    "Infinity": record(b'{"RV":-Infinity}'),
    "an exponent bomb": record(b'{"X":1e999999999}'),
    "many digits": record(b'{"X":' + b"9" * 5000 + b"}"),
    "a lone surrogate": record(b'{"PG":"T1","MS":"\\ud800"}'),
    "a control character": record(b'{"PG":"T1","MS":"a\\u0000"}'),
    "another direction": signed(changed(MS="\u202e1")),
    "long text": signed(changed(MS="x" * 256)),
    "no page": signed(changed(PG=None)),
    "no context": signed(changed(PG="12")),
    "leading zero": signed(changed(PG="T01")),
    "page as number": signed(changed(PG=12)),
    "a page beyond count": signed(changed(PG="T" + "9" * 16)),
    "other digits": signed(changed(PG="T١")),
    "version 2": signed(changed(FV="2.0")),
    "no serial": signed(changed(MS=None, GS="")),
    "no readings": signed(changed(RD=[])),
    "readings of another kind": signed(changed(RD=["x"])),
    "too many readings": signed(changed(RD=[{"TM": "x"}] * 257)),
    "text as value": signed(reading(RV="1")),
    "a huge value": signed(reading(RV=1e40)),
    "true as value": signed(reading(RV=True)),
    "a value without a unit": signed(reading(RU=None)),
    "no state": signed(reading(ST=None)),
    "unknown state": signed(reading(ST="Q")),
    "unknown flags": signed(reading(EF="X")),
    "unknown reason": signed(reading(TX="Z")),
    "no time": signed(reading(TM=None)),
    "no clock": signed(reading(TM="2022-01-31T00:00:00,000+0800")),
    "day 32": signed(reading(TM="2022-01-32T00:00:00,000+0800 S")),
    "year 0": signed(reading(TM="0000-01-01T00:00:00,000+0800 S")),
    "year 1": signed(reading(TM="0001-01-01T00:00:00,000+0800 S")),
    "offset": signed(reading(TM="2022-01-31T00:00:00,000+9900 S")),
    "old": signed(reading(TM="1970-01-01T00:00:00,000+0000 S")),
    "not hex": b"OCMF|" + json.dumps(PAYLOAD).encode() + b'|{"SD":"zz"}',
    "spaced hex": b"OCMF|" + json.dumps(PAYLOAD).encode() + b'|{"SD":"30 44"}',
    "no signature": b"OCMF|" + json.dumps(PAYLOAD).encode() + b"|{}",
    "another encoding": signed(PAYLOAD, SE="base32"),
    "another type": signed(PAYLOAD, SM="application/x-raw"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_record_is_refused_by_name(name: str) -> None:
    """INV-18."""
    with pytest.raises(OcmfFault):
        ocmf.read(REFUSED[name])


@pytest.mark.parametrize("data", ["", "00", "3044", "ff" * 200])
def test_a_signature_that_is_no_der_holds_for_nothing(data: str) -> None:
    """INV-18."""
    read = ocmf.read(b"OCMF|" + json.dumps(PAYLOAD).encode() + b"|" + json.dumps({"SD": data[:320]}).encode())
    assert not MeterKey.of(spki(KEY)).signed(read)


def test_a_key_of_another_kind_is_refused() -> None:
    """INV-18."""
    info = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    for der in (
        b"", b"\x30", spki(KEY)[:-1], spki(ec.generate_private_key(ec.SECP521R1())), bytes(600),
        ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(*info),
    ):  # fmt: skip
        with pytest.raises(OcmfFault):
            MeterKey.of(der)


def test_records_of_a_body_start_lines_and_may_have_line_feeds_themselves() -> None:
    pretty = record(json.dumps(PAYLOAD, indent=2).encode())
    parts = ocmf.split(b"\n".join([pretty, record(PAYLOAD)]) + b"\n")
    assert [ocmf.read(part).number for part in parts] == [12345, 12345]
    assert MeterKey.of(spki(KEY)).signed(ocmf.read(parts[0]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.tuples(st.binary(max_size=80), st.binary(max_size=40)).map(b"OCMF|%b|%b".__mod__))
def test_no_bytes_raise_anything_but_our_own(data: bytes) -> None:
    """INV-18."""
    for part in ocmf.split(data):
        try:
            ocmf.read(part)
        except OcmfFault:
            continue


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["FV", "GI", "GS", "PG", "MS", "RD"]), VALUES, max_size=3),
    st.dictionaries(st.sampled_from(["TM", "TX", "RV", "RI", "RU", "EF", "ST"]), VALUES, max_size=3),
    st.dictionaries(st.sampled_from(["SA", "SE", "SM", "SD"]), VALUES, max_size=2),
)
def test_no_field_raises_anything_but_our_own(
    payload: dict[str, object], row: dict[str, object], section: dict[str, object]
) -> None:
    """INV-18."""
    body = json.dumps({**reading(**row), **payload}).encode()
    signature = KEY.sign(body, ec.ECDSA(hashes.SHA256())).hex()
    try:
        read = ocmf.read(b"OCMF|" + body + b"|" + json.dumps({"SD": signature, **section}).encode())
    except OcmfFault:
        pass
    else:
        assert MeterKey.of(spki(KEY)).signed(read) in (True, False)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_record_with_bytes_changed_is_refused_or_unsigned(data: st.DataObject) -> None:
    """INV-01, INV-18."""
    raw = bytearray(record(PAYLOAD))
    end = bytes(raw).rindex(b"|")
    at = data.draw(st.integers(5, end - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        read = ocmf.read(bytes(raw))
    except OcmfFault:
        pass
    else:
        assert not MeterKey.of(spki(KEY)).signed(read)
