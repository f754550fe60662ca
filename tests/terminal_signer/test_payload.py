"""What a payload may say, and the name of each fault."""

import hashlib
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import cbor, pack_bytes, quantity, units
from terminal_signer.build import encode_document, encode_pack
from terminal_signer.cbor import Tag
from terminal_signer.document import of_file
from terminal_signer.frame import (
    DOCUMENT,
    PAYLOAD_FAULTS,
    SKEW,
    Document,
    Item,
    Pack,
    PayloadFault,
    Record,
    content,
    parse,
    verify,
)
from tests.terminal_signer.sample import IAT, ISS, KEY, START, SUB, error_of, frame_bytes, hour

PREFIX = ISS + "/"
BASE: dict[int, Any] = {-1: 26, -2: PREFIX, -3: START}
POINT = "EQ-0001/kWh"


def fault(payload: bytes, content_type: int = 112) -> str:
    """The fault of an authentic frame with this payload: it parses and verifies all the same."""
    frame = parse(frame_bytes(payload=payload, content_type=content_type))
    verify(frame, KEY.public)
    with pytest.raises(PayloadFault) as caught:
        content(frame)
    assert caught.value.code in PAYLOAD_FAULTS
    return caught.value.code


def pack_of(*records: dict[int, Any]) -> bytes:
    return cbor.encode(list(records))


def one(**changes: Any) -> bytes:
    """A pack of one record; n u v s t and bver bn bt bu by name, `...` leaves one out."""
    labels = {"n": 0, "u": 1, "v": 2, "vs": 3, "vb": 4, "s": 5, "t": 6, "ut": 7, "vd": 8}
    labels |= {"bver": -1, "bn": -2, "bt": -3, "bu": -4, "bv": -5, "bs": -6}
    fields: dict[int, Any] = {**BASE, 0: POINT, 1: "kWh", 2: Tag(4, [-2, 317]), 6: 900}
    for name, value in changes.items():
        fields.pop(labels[name], None)
        if value is not ...:
            fields[labels[name]] = value
    return pack_of(fields)


def test_an_hour_of_readings() -> None:
    frame = parse(frame_bytes())
    pack = content(frame)
    assert isinstance(pack, Pack)
    assert pack == Pack(START, hour().records)
    first, second = pack.records[0], pack.records[3]
    assert first == Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("3.17"), None)
    assert (second.start, second.time, second.value) == (START + 900, START + 1800, Decimal("4.17"))


def test_the_bytes_of_a_small_pack() -> None:
    """docs/formats/frame.md shows this example."""
    payload = encode_pack(ISS, START, [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("3.17"), None)], IAT)
    assert payload.hex() == (
        "81a7006b45512d303030312f6b576802c4822119013d0619038420181a216d38382e3131382e32303236302f221a5a48fb7023636b5768"
    )


def test_a_heartbeat_has_no_records() -> None:
    assert content(parse(frame_bytes(payload=encode_pack(ISS, IAT, (), IAT)))) == Pack(IAT, ())


def test_a_register_reads_at_a_time_and_starts_nowhere() -> None:
    record = Record(f"{SUB}/total", None, START + 900, "kWh", None, Decimal("123456.7"))
    payload = encode_pack(ISS, START, [record], IAT)
    assert content(parse(frame_bytes(payload=payload))) == Pack(START, (record,))


def test_an_amount_may_be_negative_and_a_register_zero() -> None:
    records = (
        Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("-0.5"), None),
        Record(f"{SUB}/total", None, START + 900, "kWh", None, Decimal(0)),
    )
    assert content(parse(frame_bytes(payload=encode_pack(ISS, START, records, IAT)))) == Pack(START, records)


LAST = (1 << 63) - 1
AMOUNT: dict[int, Any] = {0: POINT, 1: "kWh", 2: 1, 6: 900}
REGISTER: dict[int, Any] = {0: POINT, 1: "kWh", 5: 1, 6: 900}
FAULTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "payload"),
    "not CBOR": (b"\xff", "payload"),
    "not an array": (cbor.encode({**BASE}), "payload"),
    "an empty array": (b"\x80", "payload"),
    "an empty record": (b"\x81\xa0", "payload"),
    "a record is a list": (b"\x81\x81\x00", "payload"),
    "trailing byte": (one() + b"\x00", "payload"),
    "cut short": (one()[:-1], "payload"),
    "indefinite array": (b"\x9f" + one()[1:] + b"\xff", "payload"),
    "indefinite record": (b"\x81\xbf" + one()[2:] + b"\xff", "payload"),
    "labels out of order": (b"\x81\xa2\x21\x6d" + PREFIX.encode() + b"\x00\x61a", "payload"),
    "a label twice": (b"\x81\xa2\x00\x61a\x00\x61b", "payload"),
    "a long integer": (one().replace(b"\x06\x19\x03\x84", b"\x06\x1a\x00\x00\x03\x84"), "payload"),
    "a long string": (one().replace(b"\x6bEQ-0001", b"\x78\x0bEQ-0001"), "payload"),
    "a name not UTF-8": (one().replace(b"EQ-0001", b"EQ-000\xff"), "payload"),
    "a float": (one(v=0).replace(b"\x02\x00", b"\x02\xf9\x42\x00"), "payload"),
    "NaN": (one(v=0).replace(b"\x02\x00", b"\x02\xf9\x7e\x00"), "payload"),
    "a double": (one(v=0).replace(b"\x02\x00", b"\x02\xfb\x40\x09\x5c\x28\xf5\xc2\x8f\x5c"), "payload"),
    "a bignum": (one(v=0).replace(b"\x02\x00", b"\x02\xc2\x41\x05"), "payload"),
    "a bigfloat": (one(v=0).replace(b"\x02\x00", b"\x02\xc5\x82\x20\x05"), "payload"),
    "an exponent bomb": (one(v=Tag(4, [1_000_000_000, 1])), "payload"),
    "a negative exponent bomb": (one(v=Tag(4, [-1_000_000_000, 1])), "payload"),
    "exponent -19": (one(v=Tag(4, [-19, 1])), "payload"),
    "exponent 0": (one(v=Tag(4, [0, 5])), "payload"),
    "exponent 3": (one(v=Tag(4, [3, 5])), "payload"),
    "a mantissa that ends in zero": (one(v=Tag(4, [-2, 320])), "payload"),
    "zero as a fraction": (one(v=Tag(4, [-1, 0])), "payload"),
    "mantissa of 64 bits and a sign": (one(v=Tag(4, [-1, 1 << 63])), "payload"),
    "an integer of 2^63": (one(v=1 << 63), "payload"),
    "an integer of -2^63-1": (one(v=-(1 << 63) - 1), "payload"),
    "a fraction of three": (one(v=Tag(4, [-2, 317, 0])), "payload"),
    "a fraction as text": (one(v="3.17"), "payload"),
    "true": (one(v=True), "payload"),
    "null": (one(v=None), "payload"),
    "no value": (one(v=...), "payload"),
    "value and sum": (one(s=5), "payload"),
    "a string value": (one(v=..., vs="Machine Room"), "payload"),
    "a boolean value": (one(v=..., vb=True), "payload"),
    "a data value": (one(v=..., vd=b"x"), "payload"),
    "an update time": (one(ut=60), "payload"),
    "a base value": (one(bv=5), "payload"),
    "a base sum": (one(bs=5), "payload"),
    "bver 5": (one(bver=5), "payload"),
    "bver 11": (one(bver=11), "payload"),
    "no base name": (one(bn=..., n=SUB), "payload"),
    "a base name of another enterprise": (one(bn="88.118.20261/"), "payload"),
    "a base name without the stroke": (one(bn=ISS), "payload"),
    "a base name longer than the prefix": (one(bn=PREFIX + "EQ"), "payload"),
    "no name": (one(n=...), "payload"),
    "an empty name": (one(n=""), "payload"),
    "a name with a blank": (one(n="EQ 1"), "payload"),
    "a name beyond ASCII": (one(n="锅炉"), "payload"),
    "a name too long": (one(n="x" * 256), "payload"),
    "a name of bytes": (one(n=b"EQ"), "payload"),
    "a base after the first record": (pack_of({**BASE, **AMOUNT}, {-3: START, 0: "b", 1: "s", 2: 1, 6: 9}), "payload"),
    "more than 4,096 records": (pack_of({**BASE}, *[{0: "a", 1: "s", 5: 1, 6: n} for n in range(4096)]), "payload"),
    "no unit": (one(u=...), "unit"),
    "an empty unit": (one(u=""), "unit"),
    "kwh": (one(u="kwh"), "unit"),
    "a word": (one(u="kilowatt hours"), "unit"),
    "a unit too long": (one(u="{" + "x" * 70 + "}"), "unit"),
    "a secondary unit without bver 26": (one(bver=...), "unit"),
    "a secondary unit under bver 10": (one(bver=10), "unit"),
    "no base time": (one(bt=..., t=START + 900), "time"),
    "a relative time": (one(bt=0), "time"),
    "a time that is no whole second": (one(t=Tag(4, [-1, 9001])), "time"),
    "a base time that is no whole second": (one(bt=Tag(4, [-1, 15147324001])), "time"),
    "a time beyond 2^40": (one(t=1 << 40), "time"),
    "a time of 2^63 - 1": (one(t=LAST), "time"),
    "an amount over no time": (one(t=...), "time"),
    "an amount before its base time": (one(t=-900), "time"),
    "times that do not rise": (pack_of({**BASE, **AMOUNT}, AMOUNT), "time"),
    "a register twice at one time": (pack_of({**BASE, **REGISTER}, REGISTER), "time"),
    "a reading after the signing": (one(t=IAT - START + SKEW + 1), "time"),
    "a heartbeat after the signing": (pack_of({-2: PREFIX, -3: IAT + SKEW + 1}), "time"),
    "a heartbeat without time": (pack_of({-2: PREFIX}), "time"),
    "a negative register": (one(v=..., s=-1), "negative-register"),
    "a register just below zero": (one(v=..., s=Tag(4, [-18, -1])), "negative-register"),
    "form comes before unit": (pack_of({**BASE, 0: POINT, 1: "kwh", 2: 1, 6: 900}, {0: POINT}), "payload"),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "code"), FAULTS.values(), ids=FAULTS)
def test_faults_of_readings_have_a_name_and_do_not_unmake_the_frame(payload: bytes, code: str) -> None:
    """INV-18."""
    assert fault(payload) == code


def test_the_edge_of_the_signing_time_passes() -> None:
    assert content(parse(frame_bytes(payload=one(t=IAT - START + SKEW))))


def test_4096_records_pass() -> None:
    records = [Record(f"{SUB}/p", START + n, START + n + 1, "kWh", Decimal(n), None) for n in range(3000)]
    assert content(parse(frame_bytes(payload=encode_pack(ISS, START, records, IAT)))) == Pack(START, tuple(records))
    many = cbor.encode(
        [{**BASE, -3: START - 1000, 0: "a", 1: "s", 5: 1}, *[{0: "a", 1: "s", 5: 1, 6: n} for n in range(1, 4096)]]
    )
    pack = content(parse(frame_bytes(payload=many)))
    assert isinstance(pack, Pack)
    assert len(pack.records) == 4096


@pytest.mark.parametrize(
    "records",
    [
        [Record("88.118.9/EQ/kWh", START, START + 900, "kWh", Decimal(1), None)],
        [Record(f"{SUB}/kWh", START + 1, START + 900, "kWh", Decimal(1), None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("NaN"), None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("1E+30"), None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("1E-19"), None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal("1E+999999"), None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", None, None)],
        [Record(f"{SUB}/kWh", START, START + 900, "kWh", Decimal(1), Decimal(1))],
        [Record(f"{SUB}/kWh", START, START + 900, "kWatth", Decimal(1), None)],
    ],
)
def test_a_signer_does_not_sign_what_would_be_flagged(records: list[Record]) -> None:
    with pytest.raises(PayloadFault):
        encode_pack(ISS, START, records, IAT)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
@settings(max_examples=100)
def test_every_decimal_survives_exactly(value: Decimal) -> None:
    record = Record(f"{SUB}/kWh", START, START + 900, "kWh", value, None)
    pack = content(parse(frame_bytes(payload=encode_pack(ISS, START, [record], IAT))))
    assert isinstance(pack, Pack)
    assert pack.records[0].value == value
    assert quantity.from_cbor(cbor.decode(cbor.encode(quantity.to_cbor(value)))) == value


@pytest.mark.parametrize(("text", "mantissa"), [("3.17", [-2, 317]), ("3.20", [-1, 32]), ("-0.05", [-2, -5])])
def test_one_value_has_one_encoding(text: str, mantissa: list[int]) -> None:
    assert quantity.to_cbor(Decimal(text)) == Tag(4, mantissa)


@pytest.mark.parametrize(("text", "whole"), [("4.00", 4), ("0.000", 0), ("-0", 0), ("1E+3", 1000)])
def test_a_whole_number_is_an_integer(text: str, whole: int) -> None:
    encoded = quantity.to_cbor(Decimal(text))
    assert type(encoded) is int
    assert encoded == whole


@pytest.mark.parametrize(
    "unit",
    ["kWh", "kvarh", "kg", "m3", "J", "t", "GJ", "MW.h", "kW.h", "m3{n}", "{CNY}", "10*4.{CNY}", "kg/t", "GJ/10*3.m3",
     "t{CO2e}", "/h", "m3/(h.t)", "%", "1", "J/m", "[Btu]", "mg/m3", "Pa", "kPa", "min", "a"],
)  # fmt: skip
def test_units_that_pass(unit: str) -> None:
    assert units.is_unit(unit)


@pytest.mark.parametrize(
    "unit",
    ["", " ", "kwh", "KWh", "watt", "kWh ", "m3{", "m3}", "{a}{b}", "kg//t", "kg.", ".kg", "()", "(kg", "kg)", "kg(t)",
     "千瓦时", "m3\n", "xx", "0", "kg/0", "{\x00}", "m" * 100, "m1000"],
)  # fmt: skip
def test_units_that_do_not(unit: str) -> None:
    assert not units.is_unit(unit)


@given(st.text(max_size=40) | st.text("kgmst./(){}*^[]0123456789-+ ", max_size=30))
@settings(max_examples=300)
def test_any_text_is_judged(text: str) -> None:
    assert units.is_ucum(text) in (True, False)


# -- documents ---------------------------------------------------------------------------------------------------------

BODY = b'name = "works"\n'
DIGEST = hashlib.sha256(BODY).digest()
ITEM = ["value_added", Tag(4, [-1, 12345]), "{CNY}", START, START + 86400]


def document(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "kind": "declaration",
        "media": "application/toml",
        "sha256": DIGEST,
        "body": BODY,
        "items": [ITEM],
    }
    for name, value in changes.items():
        fields.pop(name, None)
        if value is not ...:
            fields[name] = value
    return cbor.encode(fields)


def item(**changes: Any) -> bytes:
    row = list(ITEM)
    for name, value in changes.items():
        row[("name", "value", "unit", "start", "end").index(name)] = value
    return document(items=[row])


def test_a_document_reads_back() -> None:
    value = Document(
        "declaration", "application/toml", DIGEST, BODY,
        (Item("value_added", Decimal("1234.5"), "{CNY}", START, START + 86400),), "年度申报\nfor 2018",
        number="L-18/0317", sample="样品 7",
    )  # fmt: skip
    frame = parse(frame_bytes(payload=encode_document(value), content_type=DOCUMENT))
    verify(frame, KEY.public)
    assert content(frame) == value


def test_a_document_too_large_for_a_frame_travels_by_hash() -> None:
    large = of_file("laboratory-result", "application/pdf", bytes(70_000))
    assert large.body is None
    assert large.sha256 == hashlib.sha256(bytes(70_000)).digest()
    assert of_file("site-file", "application/toml", BODY).body == BODY


DOCUMENT_FAULTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "payload"),
    "a list": (b"\x80", "payload"),
    "trailing byte": (document() + b"\x00", "payload"),
    "indefinite": (b"\xbf" + document()[1:] + b"\xff", "payload"),
    "deep nesting": (b"\x81" * 60_000, "payload"),
    **{f"no {name}": (document(**{name: ...}), "payload") for name in ("kind", "media", "sha256")},
    "an unknown field": (document(extra=1), "payload"),
    "an integer as a field": (cbor.encode({1: 2}), "payload"),
    "kind in capitals": (document(kind="Site-File"), "payload"),
    "kind too long": (document(kind="a" * 65), "payload"),
    "kind is bytes": (document(kind=b"x"), "payload"),
    "media empty": (document(media=""), "payload"),
    "media too long": (document(media="a" * 128), "payload"),
    "media with a control character": (document(media="text/\x00"), "payload"),
    "sha256 of 20 bytes": (document(sha256=bytes(20)), "payload"),
    "a body that is another": (document(body=BODY + b" "), "payload"),
    "body null": (document(body=None), "payload"),
    "body is text": (document(body="x"), "payload"),
    "items null": (document(items=None), "payload"),
    "no items": (document(items=[]), "payload"),
    "reason null": (document(reason=None), "payload"),
    "reason with a direction mark": (document(reason="\u202egood"), "payload"),
    **{
        f"{name} {what}": (document(**{name: value}), "payload")
        for name in ("number", "sample")
        for what, value in (("empty", ""), ("null", None), ("too long", "7" * 128), ("of two lines", "a\nb"))
    },
    "an item of four": (document(items=[ITEM[:4]]), "payload"),
    "an item is a map": (document(items=[{}]), "payload"),
    "an item without name": (item(name=""), "payload"),
    "an item with a text value": (item(value="5"), "payload"),
    "an item with a float": (item(value=0).replace(b"value_added\x00", b"value_added\xf9\x00\x00"), "payload"),
    "an item with a long fraction": (item(value=Tag(4, [-2, 500])), "payload"),
    "an item with a huge value": (item(value=1 << 63), "payload"),
    "an item with a boolean time": (item(start=True), "payload"),
    "an item without unit": (item(unit=""), "unit"),
    "an item in yuan": (item(unit="yuan"), "unit"),
    "an item over no time": (item(end=START), "time"),
    "an item backwards": (item(end=START - 1), "time"),
    "an item at a relative time": (item(start=0), "time"),
    "an item in the far future": (item(end=1 << 40), "time"),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "code"), DOCUMENT_FAULTS.values(), ids=DOCUMENT_FAULTS)
def test_faults_of_documents_have_a_name(payload: bytes, code: str) -> None:
    assert fault(payload, DOCUMENT) == code


@given(st.binary(max_size=300), st.sampled_from([112, DOCUMENT]))
@settings(max_examples=200)
def test_garbage_is_a_payload_fault(data: bytes, content_type: int) -> None:
    """INV-18: nothing but a named fault escapes, whatever the payload."""
    for payload in (data, b"\x81\xa3" + data, one()[:20] + data, document()[:30] + data):
        frame = parse(frame_bytes(payload=payload, content_type=content_type))
        assert error_of(partial(content, frame)) in (None, *PAYLOAD_FAULTS)


ODD = st.integers(1 - (1 << 64), (1 << 64) - 1) | st.text(max_size=5)


@given(st.lists(st.dictionaries(st.integers(-6, 8), ODD, max_size=6), max_size=4))
@settings(max_examples=200)
def test_odd_records_are_payload_faults(records: list[dict[int, Any]]) -> None:
    """INV-18: maps with the right labels and the wrong types."""
    frame = parse(frame_bytes(payload=cbor.encode(records)))
    assert error_of(partial(content, frame)) in (None, *PAYLOAD_FAULTS)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            -1: st.sampled_from([26, 26, 10, 5]),
            -2: st.sampled_from([PREFIX, "", "b" * 23, "b" * 24]),
            -3: st.sampled_from([START, 0, 1 << 16, (1 << 24) - 1, 1 << 24, (1 << 32) - 1, 1 << 32]),
            -4: st.sampled_from(["kWh", "", "u" * 24]),
        },
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["EQ-0001/kWh", "p" * 23, "p" * 24, "p"]),
            st.sampled_from([None, "kWh", "s", "{" + "x" * 30 + "}"]),
            st.integers(-(10**5), 10**5) | st.integers(-(1 << 63), (1 << 63) - 1),
            st.integers(-18, 0),
            st.sampled_from([2, 5]),
            st.none() | st.integers(-300, 70_000),
        ),
        max_size=30,
    ),
)
@settings(max_examples=200)
def test_the_lane_for_usual_records_reads_as_the_other(
    bases: dict[int, Any], rows: list[tuple[str, str | None, int, int, int, int | None]]
) -> None:
    """Records in the shape that meters send are read in a quicker lane; it must not differ in anything."""
    records: list[dict[int, Any]] = []
    for name, unit, mantissa, exponent, label, time in rows:
        record: dict[int, Any] = {0: name, label: Tag(4, [exponent, mantissa]) if exponent else mantissa}
        records.append(record | ({} if unit is None else {1: unit}) | ({} if time is None else {6: time}))
    first, *others = records or [{}]
    payload = cbor.encode([{**first, **bases}, *others])
    quick = outcome(payload)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack_bytes, "_usual", lambda data, at: None)
        assert outcome(payload) == quick
    for cut in range(1, min(len(payload), 40)):
        assert isinstance(outcome(payload[:-cut]), str)


def outcome(payload: bytes) -> object:
    try:
        return pack_bytes.read_rows(payload)
    except PayloadFault as fault:
        return fault.code
