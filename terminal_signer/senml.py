"""SenML packs in deterministic CBOR (RFC 8428 §6), restricted to what a meter reading needs.

`resolve` reads any pack of names, units, times, values and sums; `read` adds the profile of a frame. Rules:

1. Labels n u v s t and the bases bver bn bt bu only. No bv, bs, vs, vb, vd, ut: a value stands where it is signed.
2. A record has exactly one of v and s; a record of bases alone carries no reading.
3. Values are exact (quantity.py); times resolve to whole seconds from 2^28 on: RFC 8428's relative times are refused.
4. A unit is registered or UCUM (units.py); a secondary unit needs bver 26.
5. In a frame: bases in the first record only, bn = `iss` + "/", bn and bt always present; names in SenML's alphabet.
6. In a frame: a point's records rise in time. `v` covers the interval from the point's previous record in the pack, or
   the base time, to its own time; `s` is a cumulative register and never negative. No time lies later than the signing.

A pack has one fault, the first of: the bytes (`payload`); name, `unit` and resolved `time` record by record; the bases of a
frame; then intervals and registers record by record.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from terminal_signer import quantity, units
from terminal_signer.cbor import Tag, encode, read_head
from terminal_signer.errors import CarbonError, PayloadFault

MAX_RECORDS = 4096
MIN_TIME = 1 << 28
MAX_TIME = 1 << 40
MAX_NAME = 255

NAME, UNIT, VALUE, SUM, TIME = 0, 1, 2, 5, 6
BASE_VERSION, BASE_NAME, BASE_TIME, BASE_UNIT = -1, -2, -3, -4
_NAME_ALPHABET = re.compile(r"[A-Za-z0-9][-:./_A-Za-z0-9]*\Z")

_Number = tuple[int, int]  # mantissa, exponent


class Record(NamedTuple):
    """One reading. `value` is the amount over [start, time); `register` the register's stand at `time` (no start)."""

    point: str
    start: int | None
    time: int
    unit: str
    value: Decimal | None
    register: Decimal | None


class Pack(NamedTuple):
    """Empty records: a heartbeat."""

    base_time: int
    records: tuple[Record, ...]


class Resolved(NamedTuple):
    """A record with its bases applied (RFC 8428 §4.6), before it means an interval."""

    name: str
    unit: str
    time: int
    value: _Number | None
    sum: _Number | None


class Bases(NamedTuple):
    """The bases after the pack's last record, and whether any but the first record set one."""

    name: str
    time: int
    changed: bool


def read(payload: bytes, prefix: str, signed_at: int) -> Pack:
    """The pack of a frame whose points lie under `prefix` (iss + "/"). Raises PayloadFault."""
    bases, rows = resolve(payload)
    if bases.changed:
        raise PayloadFault("a record after the first sets a base")
    if bases.name != prefix:
        raise PayloadFault(f"the base name is not {prefix!r}")
    if not MIN_TIME <= bases.time <= signed_at:
        raise PayloadFault("the base time is missing or lies after the signing", code="time")
    last: dict[str, int] = {}
    records = []
    for name, unit, time, value, total in rows:
        if name == prefix:
            raise PayloadFault("a record has no name of its own")
        before = last.get(name)
        if time > signed_at:
            raise PayloadFault(f"{name}: a reading lies after the signing", code="time")
        if before is not None and time <= before:
            raise PayloadFault(f"{name}: times do not rise", code="time")
        last[name] = time
        if value is not None:
            start = bases.time if before is None else before
            if time <= start:
                raise PayloadFault(f"{name}: an amount covers no time", code="time")
            mantissa, exponent = value
            amount = Decimal(f"{mantissa}E{exponent}") if exponent else Decimal(mantissa)
            records.append(Record(name, start, time, unit, amount, None))
        elif total is not None:
            if total[0] < 0:
                raise PayloadFault(f"{name}: a register is negative", code="negative-register")
            records.append(Record(name, None, time, unit, None, quantity.decimal(*total)))
    return Pack(bases.time, tuple(records))


def resolve(payload: bytes) -> tuple[Bases, list[Resolved]]:
    """Apply the bases to every record. Raises PayloadFault."""
    rows = []
    version, base_name, base_time, base_unit, changed = units.BVER_PLAIN, "", 0, "", False
    for number, fields in enumerate(_fields(payload)):
        if BASE_NAME in fields or BASE_TIME in fields or BASE_UNIT in fields or BASE_VERSION in fields:
            version = fields.get(BASE_VERSION, version)
            base_name = fields.get(BASE_NAME, base_name)
            base_time = _seconds(fields[BASE_TIME]) if BASE_TIME in fields else base_time
            base_unit = fields.get(BASE_UNIT, base_unit)
            changed = changed or number > 0
        value, total = fields.get(VALUE), fields.get(SUM)
        if value is None and total is None:
            continue
        name = base_name + fields.get(NAME, "")
        unit = fields.get(UNIT, base_unit)
        if not _is_name(name):
            raise PayloadFault(f"record {number}: {name!r:.80} is not a SenML name")
        _check_unit(unit, version, name)
        time = base_time + _seconds(fields[TIME]) if TIME in fields else base_time
        if not MIN_TIME <= time < MAX_TIME:
            raise PayloadFault(f"{name}: a time does not resolve to an absolute one", code="time")
        rows.append(Resolved(name, unit, time, value, total))
    return Bases(base_name, base_time, changed), rows


@lru_cache(maxsize=4096)
def _is_name(name: str) -> bool:
    return len(name) <= MAX_NAME and _NAME_ALPHABET.match(name) is not None


def _check_unit(unit: str, version: int, name: str) -> None:
    if not units.is_unit(unit):
        raise PayloadFault(f"{name}: unit {unit!r:.80} is neither a SenML nor a UCUM unit", code="unit")
    if version != units.BVER_SECONDARY and unit in units.SECONDARY:
        raise PayloadFault(f"{name}: {unit} is a secondary unit", code="unit", mend="state bver 26")


def _seconds(number: _Number) -> int:
    if number[1]:
        raise PayloadFault("a time is not a whole second", code="time")
    return number[0]


# -- the bytes ---------------------------------------------------------------------------------------------------------


def _fields(payload: bytes) -> list[dict[int, Any]]:
    """The records as label → text or (mantissa, exponent). One pass over the bytes: a pack is read for every frame."""
    try:
        major, count, at = read_head(payload, 0)
        if major != 4 or not 0 < count <= MAX_RECORDS:
            raise PayloadFault(f"a pack is an array of 1 to {MAX_RECORDS} records")
        records = []
        for _ in range(count):
            fields, at = _record(payload, at)
            records.append(fields)
    except PayloadFault:
        raise
    except IndexError:
        raise PayloadFault("the pack ends inside a record") from None
    except UnicodeDecodeError:
        raise PayloadFault("a text string is not UTF-8") from None
    except CarbonError as error:
        raise PayloadFault(error.message, where=error.where) from None
    if at != len(payload):
        raise PayloadFault("bytes follow the pack, or its last string is cut short")
    return records


def _record(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    head = data[at]
    if not 0xA0 < head < 0xB0:
        raise PayloadFault("a record is not a map of 1 to 9 labels", where=f"byte {at}")
    at += 1
    fields: dict[int, Any] = {}
    last = -1
    for _ in range(head - 0xA0):
        label = data[at]
        if label <= last:
            raise PayloadFault("labels are repeated or not in order", where=f"byte {at}")
        last = label
        if label == 0x02 or label == 0x06 or label == 0x05:
            fields[label], at = _number(data, at + 1)
        elif label == 0x00 or label == 0x01:
            fields[label], at = _text(data, at + 1)
        elif label == 0x22:
            fields[BASE_TIME], at = _number(data, at + 1)
        elif label == 0x21 or label == 0x23:
            fields[-1 - (label & 0x1F)], at = _text(data, at + 1)
        elif label == 0x20:
            (fields[BASE_VERSION], exponent), at = _number(data, at + 1)
            if exponent or fields[BASE_VERSION] not in (units.BVER_PLAIN, units.BVER_SECONDARY):
                raise PayloadFault("bver is neither 10 nor 26")
        else:
            raise PayloadFault("a label that the profile does not know", where=f"byte {at}")
    has_value = VALUE in fields
    if has_value == (SUM in fields) and (has_value or NAME in fields or UNIT in fields or TIME in fields):
        raise PayloadFault("a record has exactly one of v and s", where=f"byte {at}")
    return fields, at


def _text(data: bytes, at: int) -> tuple[str, int]:
    head = data[at]
    if 0x60 <= head < 0x78:
        start = at + 1
        end = start + head - 0x60
    else:
        major, length, start = read_head(data, at)
        if major != 3:
            raise PayloadFault("a name or unit is not a text string", where=f"byte {at}")
        end = start + length
    return data[start:end].decode(), end


def _number(data: bytes, at: int) -> tuple[_Number, int]:
    head = data[at]
    if head != 0xC4:
        mantissa, at = _integer(data, at)
        return (mantissa, 0), at
    exponent = 0x1F - data[at + 2]  # one byte: 0x20 is -1, 0x31 is -18
    if data[at + 1] != 0x82 or not quantity.MIN_EXPONENT <= exponent < 0:
        raise PayloadFault("a decimal fraction is not [exponent from -18 to -1, mantissa]", where=f"byte {at}")
    mantissa, at = _integer(data, at + 3)
    if mantissa % 10 == 0:
        raise PayloadFault("a decimal fraction's mantissa ends in zero", where=f"byte {at}")
    return (mantissa, exponent), at


def _integer(data: bytes, at: int) -> tuple[int, int]:
    head = data[at]
    if head < 24:
        return head, at + 1
    if head == 0x19 and data[at + 1]:
        return data[at + 1] << 8 | data[at + 2], at + 3
    major, argument, at = read_head(data, at)
    if major > 1:
        raise PayloadFault("a number is neither an integer nor a decimal fraction (tag 4)", where=f"byte {at}")
    if argument >= quantity.MANTISSA_LIMIT:
        raise PayloadFault("a number is beyond 64 bits", where=f"byte {at}")
    return (argument if major == 0 else -1 - argument), at


# -- writing -----------------------------------------------------------------------------------------------------------


def write(prefix: str, base_time: int, records: Sequence[Record], signed_at: int) -> bytes:
    """The pack that reads back as these records. Raises PayloadFault for readings that would be flagged."""
    first: dict[int, Any] = {BASE_NAME: prefix, BASE_TIME: base_time}
    if any(record.unit in units.SECONDARY for record in records):
        first[BASE_VERSION] = units.BVER_SECONDARY
    if len({record.unit for record in records}) == 1:
        first[BASE_UNIT] = records[0].unit
    maps = [_written(record, prefix, base_time, BASE_UNIT in first) for record in records] or [{}]
    maps[0] = {**first, **maps[0]}
    payload = encode(maps)
    if read(payload, prefix, signed_at) != Pack(base_time, tuple(records)):
        raise PayloadFault(
            "the readings do not follow one another",
            mend="each amount starts where the point's previous one ends, the first at the base time",
        )
    return payload


def _written(record: Record, prefix: str, base_time: int, unit_is_base: bool) -> dict[int, int | str | Tag]:
    if not record.point.startswith(prefix):
        raise PayloadFault(f"{record.point} does not lie under {prefix}")
    fields: dict[int, int | str | Tag] = {NAME: record.point[len(prefix) :]}
    if not unit_is_base:
        fields[UNIT] = record.unit
    if record.value is not None:
        fields[VALUE] = quantity.to_cbor(record.value)
    if record.register is not None:
        fields[SUM] = quantity.to_cbor(record.register)
    if record.time != base_time:
        fields[TIME] = record.time - base_time
    return fields
