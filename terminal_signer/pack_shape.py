"""Packs in the shape of an earlier one: the same bytes but for the base time and the numbers, as a meter sends them all
year. A shape is taken from a pack that `senml.read` accepted, so that names, units, labels and the order of times were
looked at once; of another pack only the numbers have to be read, and the base time held against the signing.

`read` answers as `senml.read` does, whatever was read before: what does not fit a shape to the byte goes there. A year
has 105,120 records; in a known shape one costs a third. A shape is a regular expression; making one costs as much as
reading some packs, so that only so many are ever made.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from terminal_signer import quantity, senml
from terminal_signer.cbor import item_end, read_head
from terminal_signer.senml import MAX_TIME, MIN_TIME, Pack, Record

MOST_SHAPES = 1024
_VALUE, _SUM, _BASE_TIME = 0x02, 0x05, 0x22
_NUMBER = rb"((?:\xc4\x82[\x20-\x31])?(?:[\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].|\x1a(?!\0\0).{4}))"
"""From zero to 32 bits in deterministic CBOR, or a decimal fraction of it."""
_TIME = rb"\x1a(.{4})"

_new = tuple.__new__


class _Place(NamedTuple):
    """What a record is a reading of; times count from the base time."""

    point: str
    start: int | None
    time: int
    unit: str


class _Shape(NamedTuple):
    """`pattern` has a group for the first number, the base time, and the other numbers; `latest`: of all times."""

    prefix: str
    pattern: re.Pattern[bytes]
    places: tuple[_Place, ...]
    latest: int


_shapes: dict[bytes, _Shape] = {}


def read(payload: bytes, prefix: str, signed_at: int) -> Pack:
    """The pack of a frame whose points lie under `prefix` (iss + "/"). Raises PayloadFault."""
    name = _first_name(payload)
    shape = _shapes.get(name)
    if shape is not None and shape.prefix == prefix:
        pack = _in_shape(shape, payload, signed_at)
        if pack is not None:
            return pack
    pack = senml.read(payload, prefix, signed_at)
    if name and shape is None and pack.records and len(_shapes) < MOST_SHAPES:
        made = _shape_of(payload, prefix, pack)
        if made is not None:
            _shapes[name] = made
    return pack


def _in_shape(shape: _Shape, payload: bytes, signed_at: int) -> Pack | None:
    """The pack, if it has this shape; else None."""
    match = shape.pattern.fullmatch(payload)
    if match is None:
        return None
    first, time, *others = match.groups()
    base = int.from_bytes(time, "big")
    if base < MIN_TIME or not base + shape.latest <= signed_at < MAX_TIME:
        return None
    try:
        values = [_value(first), *map(_value, others)]
    except _NotInLowestTerms:
        return None
    records = [
        _new(Record, (point, base + start, base + end, unit, value, None))
        if start is not None
        else _new(Record, (point, None, base + end, unit, None, value))
        for (point, start, end, unit), value in zip(shape.places, values, strict=True)
    ]
    return _new(Pack, (base, tuple(records)))


class _NotInLowestTerms(Exception):
    pass


@lru_cache(maxsize=1 << 15)
def _value(number: bytes) -> Decimal:
    """What a number's bytes stand for."""
    exponent = 0
    if number[0] == 0xC4:
        exponent, number = 0x1F - number[2], number[3:]
    mantissa = number[0] if len(number) == 1 else int.from_bytes(number[1:], "big")
    if exponent and mantissa % 10 == 0:
        raise _NotInLowestTerms
    return quantity.decimal(mantissa, exponent)


def _first_name(payload: bytes) -> bytes:
    """The bytes up to the end of the first record's name, by which a shape is found; none where they are unusual."""
    at = 2 if payload[:1] == b"\x98" else 1
    if payload[at + 1 : at + 2] != b"\x00" or not b"\x60" < payload[at + 2 : at + 3] < b"\x78":
        return b""
    return payload[: at + payload[at + 2] - 0x5D]


def _shape_of(payload: bytes, prefix: str, pack: Pack) -> _Shape | None:
    """The shape of a pack that was accepted; None where it is not as meters send it: a number, then the base time."""
    numbers, base = _spans(payload)
    places = [
        _Place(
            record.point, None if record.start is None else record.start - pack.base_time,
            record.time - pack.base_time, record.unit,
        )
        for record in pack.records
    ]  # fmt: skip
    if base.stop - base.start != 5 or numbers[0].stop > base.start or min(place.time for place in places) < 0:
        return None
    pattern, at = b"", 0
    for span, group in [(numbers[0], _NUMBER), (base, _TIME), *((span, _NUMBER) for span in numbers[1:])]:
        pattern += re.escape(payload[at : span.start]) + group
        at = span.stop
    made = re.compile(pattern + re.escape(payload[at:]), re.DOTALL)
    return _Shape(prefix, made, tuple(places), max(place.time for place in places))


def _spans(payload: bytes) -> tuple[list[slice], slice]:
    """Where the numbers of an accepted pack stand, one for each reading, and where the base time does."""
    numbers, base = [], slice(0, 0)
    _, count, at = read_head(payload, 0)
    for _ in range(count):
        _, fields, at = read_head(payload, at)
        for _ in range(fields):
            label, start = payload[at], at + 1
            at = item_end(payload, start)
            if label in (_VALUE, _SUM):
                numbers.append(slice(start, at))
            elif label == _BASE_TIME:
                base = slice(start, at)
    return numbers, base
