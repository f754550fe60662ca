"""Deterministic CBOR (RFC 8949 §4.2.1): a strict reader and a writer for the few types the formats use.

Read: integers within 64 bits, byte and text strings, arrays, maps with keys in bytewise order, tags 4 and 18, false,
true and null. Everything else – floats, other tags and simple values, indefinite lengths, heads that are not the
shortest, repeated or unsorted keys, bad UTF-8, trailing bytes – is an error with a name. A general decoder would build
dates, big numbers and cycles from foreign bytes first and would not tell whether the bytes were the shortest; this one
cannot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from terminal_signer.errors import CarbonError

MAX_DEPTH = 8
_BREAK_OFF = 31


class NotCbor(CarbonError):
    """The bytes end too early, go on too long, or hold something that CBOR does not define."""

    code = "not-cbor"


class NotDeterministic(CarbonError):
    """Valid CBOR, but not the one encoding that RFC 8949 §4.2.1 allows for its value."""

    code = "not-deterministic"


class NotAllowed(CarbonError):
    """Deterministic CBOR of a type that no format here uses (floats, other tags, deep nesting)."""

    code = "not-allowed"


@dataclass(frozen=True, slots=True)
class Tag:
    number: int
    value: Any


def read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, next offset of the head at `at`."""
    try:
        first = data[at]
    except IndexError:
        raise NotCbor("the data ends inside an item", where=f"byte {at}") from None
    major, low = first >> 5, first & 31
    if low < 24:
        return major, low, at + 1
    if low > 27:
        if low == _BREAK_OFF and major in (2, 3, 4, 5):
            raise NotDeterministic("an indefinite length", where=f"byte {at}")
        raise NotCbor(f"head 0x{first:02x} is not defined", where=f"byte {at}")
    size = 1 << (low - 24)
    end = at + 1 + size
    if end > len(data):
        raise NotCbor("the data ends inside an item", where=f"byte {at}")
    argument = int.from_bytes(data[at + 1 : end], "big")
    if major != 7 and argument < (24 if size == 1 else 1 << (4 * size)):
        raise NotDeterministic("a length or number is not in its shortest form", where=f"byte {at}")
    return major, argument, end


def decode(data: bytes) -> Any:
    """The one item that `data` consists of. Raises NotCbor, NotDeterministic or NotAllowed."""
    value, end = read_item(data, 0, MAX_DEPTH)
    if end != len(data):
        raise NotCbor("bytes follow the item", where=f"byte {end}")
    return value


def sequence(data: bytes) -> Iterator[bytes]:
    """The encoded items of a CBOR sequence (RFC 8742), not built. Raises NotCbor or NotDeterministic."""
    at = 0
    while at < len(data):
        end = item_end(data, at)
        yield data[at:end]
        at = end


def item_end(data: bytes, at: int) -> int:
    """Where the item at `at` ends; nesting takes no stack."""
    pending = 1
    while pending:
        first = data[at] if at < len(data) else 0xFF
        if first & 31 < 24:  # most heads, without a call
            major, argument, at = first >> 5, first & 31, at + 1
        else:
            major, argument, at = read_head(data, at)
        pending -= 1
        if major == 2 or major == 3:
            at += argument
        elif major == 4 or major == 5:
            pending += argument * (major - 3)
        elif major == 6:
            pending += 1
        if at + pending > len(data):
            raise NotCbor("an item is longer than the data", where=f"byte {at}")
    return at


def read_item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth == 0:
        raise NotAllowed(f"nesting deeper than {MAX_DEPTH}", where=f"byte {at}")
    major, argument, end = read_head(data, at)
    if major == 0:
        return argument, end
    if major == 1:
        return -1 - argument, end
    if major in (2, 3):
        return _string(data, at, end, argument, major)
    if major == 4:
        return _array(data, at, end, argument, depth)
    if major == 5:
        return _map(data, at, end, argument, depth)
    if major == 6:
        return _tagged(data, at, end, argument, depth)
    return _simple(data, at, end)


def _string(data: bytes, at: int, start: int, length: int, major: int) -> tuple[bytes | str, int]:
    end = start + length
    if end > len(data):
        raise NotCbor("a string is longer than the data", where=f"byte {at}")
    if major == 2:
        return data[start:end], end
    try:
        return data[start:end].decode(), end
    except UnicodeDecodeError:
        raise NotCbor("a text string is not UTF-8", where=f"byte {at}") from None


def _array(data: bytes, at: int, end: int, length: int, depth: int) -> tuple[list[Any], int]:
    if length > len(data) - end:
        raise NotCbor("an array is longer than the data", where=f"byte {at}")
    items = []
    for _ in range(length):
        item, end = read_item(data, end, depth - 1)
        items.append(item)
    return items, end


def _map(data: bytes, at: int, end: int, length: int, depth: int) -> tuple[dict[Any, Any], int]:
    if 2 * length > len(data) - end:
        raise NotCbor("a map is longer than the data", where=f"byte {at}")
    result: dict[Any, Any] = {}
    last = b""
    for _ in range(length):
        start = end
        if start < len(data) and data[start] >> 5 > 3:
            raise NotAllowed("a map key that is neither an integer nor a string", where=f"byte {start}")
        key, end = read_item(data, start, 1)
        encoded = data[start:end]
        if encoded <= last:
            raise NotDeterministic("map keys are repeated or not in bytewise order", where=f"byte {start}")
        last = encoded
        result[key], end = read_item(data, end, depth - 1)
    return result, end


def _tagged(data: bytes, at: int, end: int, number: int, depth: int) -> tuple[Tag, int]:
    if number not in (4, 18):
        raise NotAllowed(f"tag {number}", where=f"byte {at}")
    value, end = read_item(data, end, depth - 1)
    return Tag(number, value), end


def _simple(data: bytes, at: int, end: int) -> tuple[bool | None, int]:
    first = data[at]
    if first in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[first], end
    raise NotAllowed("a float, or a simple value other than false, true and null", where=f"byte {at}")


def encode(value: object) -> bytes:
    """The deterministic encoding. Raises NotAllowed for a type that `decode` would not read."""
    if type(value) is bytes:  # most of what is encoded, three times for each signature
        return _head(2, len(value)) + value
    if value is None or value is True or value is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        data = _utf8(value)
        return _head(3, len(data)) + data
    if isinstance(value, Tag):
        return _head(6, value.number) + encode(value.value)
    if isinstance(value, Mapping):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return _head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    if isinstance(value, Sequence):
        return _head(4, len(value)) + b"".join(map(encode, value))
    raise NotAllowed(f"{type(value).__name__} has no encoding here")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotAllowed("a text holds half a surrogate pair") from None


@lru_cache(maxsize=4096)
def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes((major << 5 | argument,))
    for low, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * size):
            return bytes((major << 5 | low,)) + argument.to_bytes(size, "big")
    raise NotAllowed("an integer beyond 64 bits")
