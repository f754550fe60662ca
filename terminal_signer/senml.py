"""SenML packs in deterministic CBOR (RFC 8428 §6), restricted to what a meter reading needs.

`resolve` reads any pack of names, units, times, values and sums; `read` adds the profile of a frame. Rules:

1. Labels n u v s t and the bases bver bn bt bu only. No bv, bs, vs, vb, vd, ut: a value stands where it is signed.
2. A record has exactly one of v and s; a record of bases alone carries no reading.
3. Values are exact (quantity.py); times resolve to whole seconds from 2^28 on: RFC 8428's relative times are refused.
4. A unit is registered or UCUM (units.py); a secondary unit needs bver 26.
5. In a frame: bases in the first record only, bn = `iss` + "/", bn and bt always present; names in SenML's alphabet.
6. In a frame: a point's records rise in time. `v` covers the interval from the point's previous record in the pack, or
   the base time, to its own time; `s` is a cumulative register and never negative. No time lies later than the signing.

A pack has one fault, the first of: the bytes (`payload`); name, `unit` and resolved `time` record by record; the bases
of a frame; then intervals and registers record by record.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from terminal_signer import quantity, units
from terminal_signer.cbor import Tag, encode
from terminal_signer.errors import PayloadFault
from terminal_signer.pack_bytes import (
    BASE_NAME,
    BASE_TIME,
    BASE_UNIT,
    BASE_VERSION,
    NAME,
    SUM,
    TIME,
    UNIT,
    VALUE,
    Number,
    read_rows,
)

MIN_TIME = 1 << 28
MAX_TIME = 1 << 40
MAX_NAME = 255

NAME_ALPHABET = re.compile(r"[A-Za-z0-9][-:./_A-Za-z0-9]*\Z")


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


Resolved = tuple[str, str, int, Number | None, Number | None]
"""A record with its bases applied (RFC 8428 §4.6), before it means an interval: name, unit, time, value, sum."""

_new = tuple.__new__  # makes a Record from its fields in half the time of its constructor


class Base(NamedTuple):
    """Name and time that hold after the pack's last record; `changed`: a record after the first set a base."""

    name: str
    time: int
    changed: bool


def read(payload: bytes, prefix: str, signed_at: int) -> Pack:
    """The pack of a frame whose points lie under `prefix` (iss + "/"). Raises PayloadFault."""
    base, rows = resolve(payload)
    if base.changed:
        raise PayloadFault("a record after the first sets a base")
    if base.name != prefix:
        raise PayloadFault(f"the base name is not {prefix!r}")
    if not MIN_TIME <= base.time <= signed_at:
        raise PayloadFault("the base time is missing or lies after the signing", code="time")
    last: dict[str, int] = {}
    records = []
    for name, unit, time, value, total in rows:
        before = last.get(name)
        if time > signed_at:
            raise PayloadFault(f"{name}: a reading lies after the signing", code="time")
        if before is not None and time <= before:
            raise PayloadFault(f"{name}: times do not rise", code="time")
        last[name] = time
        if value is not None:
            start = base.time if before is None else before
            if time <= start:
                raise PayloadFault(f"{name}: an amount covers no time", code="time")
            records.append(_new(Record, (name, start, time, unit, quantity.decimal(*value), None)))
        elif total is not None:
            if total[0] < 0:
                raise PayloadFault(f"{name}: a register is negative", code="negative-register")
            records.append(_new(Record, (name, None, time, unit, None, quantity.decimal(*total))))
    if prefix in last:
        raise PayloadFault("a record has no name of its own")
    return Pack(base.time, tuple(records))


def resolve(payload: bytes) -> tuple[Base, list[Resolved]]:
    """Apply the bases to every record. Raises PayloadFault."""
    resolved: list[Resolved] = []
    version, base_name, base_time, base_unit, changed = units.BVER_PLAIN, "", 0, "", False
    for number, (own_name, own_unit, value, total, own_time, bases) in enumerate(read_rows(payload)):
        if bases is not None:
            version = bases.get(BASE_VERSION, version)
            base_name = bases.get(BASE_NAME, base_name)
            base_time = _seconds(bases[BASE_TIME]) if BASE_TIME in bases else base_time
            base_unit = bases.get(BASE_UNIT, base_unit)
            changed = changed or number > 0
        if value is None and total is None:
            continue
        name, unit = _names(base_name, own_name, base_unit if own_unit is None else own_unit, version)
        time = base_time
        if own_time is not None:
            time += own_time[0] if own_time[1] == 0 else _seconds(own_time)
        if not MIN_TIME <= time < MAX_TIME:
            raise PayloadFault(f"{name}: a time does not resolve to an absolute one", code="time")
        resolved.append((name, unit, time, value, total))
    return Base(base_name, base_time, changed), resolved


@lru_cache(maxsize=4096)
def _names(base_name: str, own_name: str, unit: str, version: int) -> tuple[str, str]:
    """Name and unit. Raises PayloadFault for a name beyond SenML's alphabet, then for a unit that may not stand under
    this bver."""
    name = base_name + own_name
    if len(name) > MAX_NAME or NAME_ALPHABET.match(name) is None:
        raise PayloadFault(f"{name!r:.80} is not a SenML name")
    if not units.is_unit(unit):
        raise PayloadFault(f"{name}: unit {unit!r:.80} is neither a SenML nor a UCUM unit", code="unit")
    if version != units.BVER_SECONDARY and unit in units.SECONDARY:
        raise PayloadFault(f"{name}: {unit} is a secondary unit", code="unit", mend="state bver 26")
    return name, unit


def _seconds(number: Number) -> int:
    if number[1]:
        raise PayloadFault("a time is not a whole second", code="time")
    return number[0]


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
