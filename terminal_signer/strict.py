"""JSON that nobody can read in two ways: UTF-8, no duplicate name, no float, no unknown member.

Nesting is bounded before anything is built: the interpreter's own bound is a setting that any library may raise, and
then the C stack overflows. Receipts, bundles and policies come from strangers: every failure is `Malformed`, an unknown
version of a format `UnknownFormat`.
"""

import json
import re
from typing import Any

from terminal_signer.errors import CarbonError, UnknownFormat

__all__ = ["Malformed", "Members", "loads_bounded", "loads_unique", "read_document", "read_hex", "read_json"]

SAFE_INTEGER = 2**53
MAX_DEPTH = 64
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


class Malformed(CarbonError):
    """A file does not keep to its documented format."""

    code = "malformed"


class Members:
    """The members of one JSON object, taken out one by one with their type; `format_name`, `name/major`, is asked for
    where given. As a context manager it refuses, at the end, what is left."""

    def __init__(self, value: object, where: str, format_name: str = "") -> None:
        if not isinstance(value, dict):
            raise Malformed("expected an object", where=where)
        self.rest: dict[str, Any] = dict(value)
        self.where = where
        if format_name:
            self._is(format_name)

    def _is(self, format_name: str) -> None:
        found = self.text("format")
        if found != format_name:
            known = found.split("/")[0] == format_name.split("/")[0]
            raise (UnknownFormat if known else Malformed)(f"format is {found!r}, not {format_name!r}", where=self.where)

    def _take(self, name: str, kind: type) -> Any:
        if name not in self.rest:
            raise Malformed(f"member {name!r} is missing", where=self.where)
        value = self.rest.pop(name)
        if type(value) is not kind:
            raise Malformed(f"expected {kind.__name__}, got {type(value).__name__}", where=f"{self.where}.{name}")
        return value

    def integer(self, name: str, most: int = SAFE_INTEGER - 1, least: int = 0) -> int:
        value: int = self._take(name, int)
        if not least <= value <= most:
            raise Malformed(f"not between {least} and {most}", where=f"{self.where}.{name}")
        return value

    def flag(self, name: str) -> bool:
        return bool(self._take(name, bool))

    def text(self, name: str, most: int = 255) -> str:
        value: str = self._take(name, str)
        if not 0 < len(value) <= most or not value.isprintable():
            raise Malformed(f"not 1 to {most} printable characters", where=f"{self.where}.{name}")
        return value

    def hex(self, name: str, size: int | None, most: int = 4096) -> bytes:
        """Bytes as 0x and lower-case hex: exactly `size` of them, or up to `most`."""
        return read_hex(self._take(name, str), f"{self.where}.{name}", size, most)

    def items(self, name: str, most: int) -> list[Any]:
        value: list[Any] = self._take(name, list)
        if len(value) > most:
            raise Malformed(f"more than {most} items", where=f"{self.where}.{name}")
        return value

    def inner(self, name: str) -> "Members":
        return Members(self._take(name, dict), f"{self.where}.{name}")

    def __enter__(self) -> "Members":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()

    def close(self) -> None:
        if self.rest:
            raise Malformed(f"unknown member {min(self.rest)[:80]!r}", where=self.where)


def read_hex(value: object, where: str, size: int | None, most: int = 4096) -> bytes:
    try:
        if not isinstance(value, str) or value[:2] != "0x" or value != value.lower() or len(value) > 2 + 2 * most:
            raise ValueError
        data = bytes.fromhex(value[2:])
    except ValueError:
        raise Malformed("not lower-case hex with 0x", where=where) from None
    if "0x" + data.hex() != value or (size is not None and len(data) != size):
        raise Malformed(f"not {size} bytes of hex", where=where)
    return data


def read_document(data: bytes, where: str, format_name: str) -> Members:
    return Members(read_json(data, where), where, format_name)


def read_json(data: bytes, where: str) -> object:
    if _is_deep(data):
        raise Malformed(f"nested deeper than {MAX_DEPTH}, or brackets that do not match", where=where)
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse, parse_int=_integer
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not strict JSON: {str(error)[:120]}", where=where) from None


def loads_bounded(data: bytes) -> Any:
    """What `json.loads` reads of UTF-8 (RFC 8259 §8.1), if it is not nested deeply. In UTF-16, which it would take as
    well, the byte of a quotation mark inside a letter hides brackets. Raises ValueError (RecursionError is none)."""
    if _is_deep(data):
        raise ValueError("nested too deeply")
    return json.loads(data.decode())


def loads_unique(data: bytes) -> Any:
    """The same, and no name stands twice in an object. Raises ValueError."""
    if _is_deep(data):
        raise ValueError("nested too deeply")
    return json.loads(data.decode(), object_pairs_hook=_unique)


def _is_deep(data: bytes) -> bool:
    """Take away the innermost pairs of brackets as often as nesting is allowed: what is left lies deeper."""
    brackets = _STRING.sub(b"", data).translate(None, _NO_BRACKET)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _integer(text: str) -> int:
    value = int(text) if len(text) < 18 else SAFE_INTEGER
    if abs(value) >= SAFE_INTEGER:
        raise ValueError("an integer beyond 2^53")
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"number {text[:20]} is not an integer")
