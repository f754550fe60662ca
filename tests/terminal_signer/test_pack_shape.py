"""Packs in a known shape are read quicker, and no otherwise: whatever was read before."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import cbor, pack_shape, senml
from terminal_signer.build import encode_pack
from terminal_signer.cbor import Tag
from terminal_signer.errors import PayloadFault
from terminal_signer.senml import Pack, Record

ISS = "88.118.20260"
PREFIX = f"{ISS}/"
BASE = 1_640_995_200
HOUR = 3600
numbers = st.builds(
    lambda mantissa, places: Decimal(mantissa).scaleb(-places),
    st.sampled_from([0, 9, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32]) | st.integers(0, 10**6),
    st.integers(0, 4),
)


@pytest.fixture(autouse=True)
def no_shapes() -> Iterator[None]:
    pack_shape._shapes.clear()
    yield
    pack_shape._shapes.clear()


def outcome(payload: bytes, signed_at: int, prefix: str = PREFIX) -> Pack | str:
    try:
        return pack_shape.read(payload, prefix, signed_at)
    except PayloadFault as fault:
        return f"{fault.code}: {fault.message}"


def slow(payload: bytes, signed_at: int, prefix: str = PREFIX) -> Pack | str:
    try:
        return senml.read(payload, prefix, signed_at)
    except PayloadFault as fault:
        return f"{fault.code}: {fault.message}"


def hourly(values: list[Decimal], base: int = BASE, name: str = "EQ-1/power", register: Decimal | None = None) -> bytes:
    quarter = HOUR // len(values)
    records = [
        Record(PREFIX + name, base + at * quarter, base + (at + 1) * quarter, "kWh", value, None)
        for at, value in enumerate(values)
    ]
    if register is not None:
        records.append(Record(PREFIX + "EQ-1/gas", None, base + HOUR, "m3{n}", None, register))
    return encode_pack(ISS, base, records, base + HOUR)


@settings(deadline=None)
@given(st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=2, max_size=4), st.none() | numbers)
def test_a_year_of_one_shape_is_read_as_ever(hours: list[list[Decimal]], register: Decimal | None) -> None:
    for number, values in enumerate(hours):
        base = BASE + number * HOUR
        payload = hourly(values, base, register=register)
        assert outcome(payload, base + HOUR) == slow(payload, base + HOUR)


EXACT = [
    ["0", "23", "24", "255"],
    ["256", "65535", "65536", "4294967295"],
    ["0.1", "0.29", "3.17", "655.37"],
]


def test_a_known_shape_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or none of these tests would test anything."""
    wanted = [[Decimal(text) for text in texts] for texts in EXACT]
    payloads = [hourly(values, BASE + 9 * HOUR) for values in wanted]
    outcome(hourly([Decimal("1.25")] * 4), BASE + HOUR)
    monkeypatch.setattr(senml, "read", lambda *arguments: pytest.fail("read the slow way"))
    for payload, values in zip(payloads, wanted, strict=True):
        pack = outcome(payload, BASE + 10 * HOUR)
        assert isinstance(pack, Pack)
        assert [record.value for record in pack.records] == values
        assert pack.records[1].start == BASE + 9 * HOUR + 900


@settings(deadline=None, max_examples=300)
@given(st.lists(numbers, min_size=1, max_size=5), st.data())
def test_no_byte_can_be_changed_under_the_cover_of_a_shape(values: list[Decimal], data: st.DataObject) -> None:
    """INV-05: one pack is read, then another with some bytes replaced, cut or added."""
    outcome(hourly(values), BASE + HOUR)
    payload = bytearray(hourly(data.draw(st.lists(numbers, min_size=len(values), max_size=len(values))), BASE + HOUR))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(payload) - 1))
        payload[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    changed = bytes(payload)
    for signed_at in (BASE + 2 * HOUR, BASE + HOUR, 1 << 41):
        assert outcome(changed, signed_at) == slow(changed, signed_at)


ODD: dict[str, bytes] = {
    "a fraction that ends in zero": hourly([Decimal("1.26")] * 2).replace(b"\x18\x7e", b"\x18\x78"),
    "a number in a longer form": hourly([Decimal(300)] * 2).replace(b"\x02\x19\x01\x2c", b"\x02\x1a\0\0\x01\x2c", 1),
    "below zero": hourly([Decimal(-3)] * 2),
    "another unit": hourly([Decimal(3)] * 2).replace(b"kWh", b"kvh"),
    "cut short": hourly([Decimal(3)] * 2)[:-1],
    "followed by a byte": hourly([Decimal(3)] * 2) + b"\0",
    "a base time that relative ones have": hourly([Decimal(3)] * 2).replace(
        BASE.to_bytes(4, "big"), b"\x0f" + b"\xff" * 3
    ),
    "nothing": b"",
    "no map": b"\x82\x01\x02",
    "no name": b"\x81\xa1\x00",
    "a heartbeat": encode_pack(ISS, BASE, [], BASE),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_read_as_ever(name: str) -> None:
    for first in (hourly([Decimal(3)] * 2), hourly([Decimal("1.25")] * 2), ODD[name]):
        outcome(first, BASE + HOUR)
        assert outcome(ODD[name], BASE + HOUR) == slow(ODD[name], BASE + HOUR)


def test_times_are_held_against_the_signing() -> None:
    """INV-05: also in a known shape."""
    payload = hourly([Decimal(3)] * 4)
    assert isinstance(outcome(payload, BASE + HOUR), Pack)
    for signed_at in (BASE - 1, BASE, BASE + HOUR - 1):
        assert outcome(payload, signed_at) == slow(payload, signed_at)
        assert str(outcome(payload, signed_at)).startswith("time")


def test_a_shape_is_one_enterprise_s() -> None:
    payload = hourly([Decimal(3)] * 4)
    outcome(payload, BASE + HOUR)
    assert outcome(payload, BASE + HOUR, "88.118.20261/") == slow(payload, BASE + HOUR, "88.118.20261/")


def test_so_many_shapes_and_no_more() -> None:
    for number in range(pack_shape.MOST_SHAPES + 5):
        pack_shape._shapes.setdefault(str(number).encode(), None)  # type: ignore[arg-type]
    payload = hourly([Decimal(3)] * 4)
    held = len(pack_shape._shapes)
    assert outcome(payload, BASE + HOUR) == slow(payload, BASE + HOUR)
    assert len(pack_shape._shapes) == held


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {0: st.sampled_from(["a", "b", "EQ-1/power"])},
            optional={
                1: st.sampled_from(["kWh", "m3{n}"]), 2: st.integers(0, 400), 5: st.integers(0, 400),
                6: st.integers(-3, 5000), -2: st.just(PREFIX), -3: st.just(BASE), -4: st.just("kWh"), -1: st.just(26),
            },
        ),
        max_size=4,
    ),
    st.integers(0, 400),
)  # fmt: skip
def test_any_records_are_read_as_ever(rows: list[dict[int, Any]], value: int) -> None:
    """Odd packs – base times in odd places, records without numbers, times before the base – then one like them."""

    def payload(base: int, **changed: Any) -> bytes:
        bases = [{-2: PREFIX, -3: base}] + [{}] * len(rows)
        numbers = {2: Tag(4, [-1, value * 10 + 1])} if changed else {}
        return cbor.encode([
            row | own | {label: number for label, number in numbers.items() if label in row}
            for row, own in zip(rows, bases, strict=False)
        ])  # fmt: skip

    first, other = payload(BASE), payload(BASE + 60, other=True)
    for payload_ in (first, other, first):
        assert outcome(payload_, BASE + 2 * HOUR) == slow(payload_, BASE + 2 * HOUR)
