"""RLP (yellow paper, appendix B), strictly: one byte string or list, written in the one way that it can be, and whole.

Foreign bytes raise `Malformed` and nothing else; nesting is bounded, lengths by the bytes that are there.
"""

from collections.abc import Sequence
from typing import TypeAlias

from terminal_signer.strict import Malformed

__all__ = ["Item", "decode", "encode", "number", "number_bytes"]

Item: TypeAlias = "bytes | list[Item]"

MAX_DEPTH = 32
STRING, LIST = 0x80, 0xC0
SHORT = 55


def decode(data: bytes, where: str) -> Item:
    item, end = _read(data, 0, len(data), 0, where)
    if end != len(data):
        raise Malformed("bytes after the RLP item", where=where)
    return item


def _read(data: bytes, at: int, end: int, depth: int, where: str) -> tuple[Item, int]:
    if at >= end:
        raise Malformed("RLP is cut off", where=where)
    if depth > MAX_DEPTH:
        raise Malformed(f"RLP lists nested more than {MAX_DEPTH} deep", where=where)
    first = data[at]
    if first < STRING:
        return data[at : at + 1], at + 1
    start, stop = _extent(data, at, end, first - (LIST if first >= LIST else STRING), where)
    if first < LIST:
        if stop - start == 1 and data[start] < STRING:
            raise Malformed("RLP gives a small byte a length", where=where)
        return data[start:stop], stop
    items: list[Item] = []
    while start < stop:
        item, start = _read(data, start, stop, depth + 1, where)
        items.append(item)
    return items, stop


def _extent(data: bytes, at: int, end: int, size: int, where: str) -> tuple[int, int]:
    """Where the content begins and ends; `size` is its length, or 55 and the number of bytes that its length takes."""
    start = at + 1
    if size > SHORT:
        start += size - SHORT
        digits = data[at + 1 : min(start, end)]
        size = int.from_bytes(digits, "big")
        if size <= SHORT or digits[0] == 0:
            raise Malformed("an RLP length that is not the shortest", where=where)
    if start + size > end:
        raise Malformed("RLP is cut off", where=where)
    return start, start + size


def encode(item: bytes | Sequence[Item]) -> bytes:
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < STRING else _prefix(STRING, len(item)) + item
    body = b"".join(map(encode, item))
    return _prefix(LIST, len(body)) + body


def _prefix(base: int, size: int) -> bytes:
    if size <= SHORT:
        return bytes([base + size])
    digits = number_bytes(size)
    return bytes([base + SHORT + len(digits)]) + digits


def number(item: Item, most: int, where: str) -> int:
    """A whole number of at most `most` bytes, without leading zeros; zero is the empty string."""
    if not isinstance(item, bytes) or len(item) > most or item[:1] == b"\0":
        raise Malformed(f"not a number of at most {most} bytes", where=where)
    return int.from_bytes(item, "big")


def number_bytes(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
