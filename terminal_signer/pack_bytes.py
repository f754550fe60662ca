"""The bytes of a pack: deterministic CBOR, records as maps of integer labels, exact numbers, read in one pass.

This is the form of a pack alone; what the labels mean is senml.py's. Every fault here is a PayloadFault("payload").
"""

from functools import lru_cache
from typing import Any

from terminal_signer import quantity, units
from terminal_signer.cbor import read_head
from terminal_signer.errors import CarbonError, PayloadFault

MAX_RECORDS = 4096
NAME, UNIT, VALUE, SUM, TIME = 0, 1, 2, 5, 6
BASE_VERSION, BASE_NAME, BASE_TIME, BASE_UNIT = -1, -2, -3, -4

Number = tuple[int, int]  # mantissa, exponent
Bases = dict[int, Any]  # label → text or number


Row = tuple[str, str | None, Number | None, Number | None, Number | None, Bases | None]
"""A record as written: name ("" without), unit, value, sum, time, bases. Plain tuples: a year has 105,120 of them."""


def read_rows(payload: bytes) -> list[Row]:
    """The records in order."""
    try:
        major, count, at = read_head(payload, 0)
        if major != 4 or not 0 < count <= MAX_RECORDS:
            raise PayloadFault(f"a pack is an array of 1 to {MAX_RECORDS} records")
        rows = []
        for _ in range(count):
            row, at = _usual(payload, at) or _any(payload, at)
            rows.append(row)
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
    return rows


def _usual(data: bytes, at: int) -> tuple[Row, int] | None:
    """The record nearly every meter sends – n, u?, v or s, t?, and bases, with short texts and small numbers – or None.

    Packs are read for every frame of a year, twice: this lane costs a third of `_any` and accepts nothing that `_any`
    would not read the same.
    """
    left = data[at] - 0xA2
    if data[at + 1] != 0x00 or not 0x60 < data[at + 2] < 0x78:
        return None
    start = at + 2
    at += data[start] - 0x5D
    if data[at] == 0x01:
        if not 0x60 < data[at + 1] < 0x78:
            return None
        at += data[at + 1] - 0x5E
        left -= 1
    names = data[start:at]
    label, head, exponent = data[at], data[at + 1], 0
    if head == 0xC4:
        exponent = 0x1F - data[at + 3]
        if data[at + 2] != 0x82 or not quantity.MIN_EXPONENT <= exponent < 0:
            return None
        at += 3
        head = data[at + 1]
    if head < 24:
        mantissa, at = head, at + 2
    elif head == 0x18 and data[at + 2] >= 24:
        mantissa, at = data[at + 2], at + 3
    elif head == 0x19 and data[at + 2]:
        mantissa, at = data[at + 2] << 8 | data[at + 3], at + 4
    elif head == 0x1A and (data[at + 2] or data[at + 3]):
        mantissa, at = int.from_bytes(data[at + 2 : at + 6], "big"), at + 6
    else:
        return None
    if exponent and mantissa % 10 == 0:
        return None
    time: Number | None = None
    if left and data[at] == 0x06 and data[at + 1] == 0x19 and data[at + 2]:
        time = data[at + 2] << 8 | data[at + 3], 0
        at += 4
        left -= 1
    bases = None
    if left:
        bases, at = _usual_bases(data, at, left)
        if bases is None:
            return None
    name, unit = _names(names)
    if label == 0x02:
        return (name, unit, (mantissa, exponent), None, time, bases), at
    return ((name, unit, None, (mantissa, exponent), time, bases), at) if label == 0x05 else None


def _usual_bases(data: bytes, at: int, count: int) -> tuple[Bases | None, int]:
    """The `count` bases that end a pack's first record, or None: bver 26, short texts, a time of these decades."""
    bases: Bases = {}
    if data[at : at + 3] == b"\x20\x18\x1a":
        bases[BASE_VERSION] = units.BVER_SECONDARY
        at += 3
    if len(bases) < count and data[at] == 0x21 and 0x60 < data[at + 1] < 0x78:
        end = at + data[at + 1] - 0x5E
        bases[BASE_NAME], at = data[at + 2 : end].decode(), end
    if data[at : at + 2] == b"\x22\x1a" and data[at + 2]:
        bases[BASE_TIME] = int.from_bytes(data[at + 2 : at + 6], "big"), 0
        at += 6
    if len(bases) < count and data[at] == 0x23 and 0x60 < data[at + 1] < 0x78:
        end = at + data[at + 1] - 0x5E
        bases[BASE_UNIT], at = data[at + 2 : end].decode(), end
    return (bases if len(bases) == count else None), at


@lru_cache(maxsize=4096)
def _names(encoded: bytes) -> tuple[str, str | None]:
    """Name and unit from the text strings of a usual record."""
    end = encoded[0] - 0x5F
    return encoded[1:end].decode(), encoded[end + 2 :].decode() if end < len(encoded) else None


def _any(data: bytes, at: int) -> tuple[Row, int]:
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
    bases = {label: value for label, value in fields.items() if label < 0}
    name = fields.get(NAME, "")
    return (name, fields.get(UNIT), fields.get(VALUE), fields.get(SUM), fields.get(TIME), bases or None), at


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


def _number(data: bytes, at: int) -> tuple[Number, int]:
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
