"""Canonical JSON for signing (RFC 8785) with all of JSON, and a bounded reader of it.

What this project writes itself holds strings and whole numbers only (`ledger.canonical`). Credentials of other formats
hold doubles, whose one text is that of ECMAScript (ECMA-262, Number::toString; RFC 8785, 3.2.2.3).
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ledger.credentials.errors import CredentialError
from terminal_signer.strict import MAX_DEPTH, loads_bounded

SAFE_INTEGER = 2**53
MOST_BYTES = 1 << 20


def jcs(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value. Raises CredentialError for what has none."""
    try:
        return _text(value, 0).encode("utf-8")
    except UnicodeEncodeError:
        raise CredentialError("a string holds a lone surrogate") from None


def es6_number(number: float) -> str:
    """The shortest text that reads back, in ECMAScript's layout. Raises CredentialError for NaN and infinities."""
    if not math.isfinite(number):
        raise CredentialError(f"{number} is no number of JSON")
    if number == 0:
        return "0"
    _, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    sign = "-" if number < 0 else ""
    if 0 < point <= 21:
        return sign + (text.ljust(point, "0") if point >= len(text) else f"{text[:point]}.{text[point:]}")
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def read_json(data: bytes | str, where: str = "", most: int = MOST_BYTES) -> Any:
    """Bounded in size and depth, no name twice, no NaN, no whole number that a double would change. Raises
    CredentialError."""
    try:
        raw = data.encode() if isinstance(data, str) else data
        if len(raw) > most:
            raise ValueError(f"more than {most} bytes")
        loads_bounded(raw)
        return json.loads(raw, object_pairs_hook=_unique, parse_float=_double, parse_int=_whole, parse_constant=_none)
    except (ValueError, RecursionError) as fault:
        raise CredentialError(f"no JSON that has one reading: {str(fault)[:120]}", where=where) from None


def read_object(data: bytes | str, where: str = "", most: int = MOST_BYTES) -> dict[str, Any]:
    """A JSON object. Raises CredentialError."""
    value = read_json(data, where, most)
    if not isinstance(value, dict):
        raise CredentialError("expected an object", where=where)
    return value


def _text(value: object, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise CredentialError(f"nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise CredentialError(f"{value} is beyond ±2^53")
        return str(value)
    if isinstance(value, float):
        return es6_number(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(_text(item, depth + 1) for item in value)}]"
    if isinstance(value, Mapping):
        return _members(value, depth)
    raise CredentialError(f"{type(value).__name__} is no JSON")


def _members(value: Mapping[Any, object], depth: int) -> str:
    if not all(isinstance(name, str) for name in value):
        raise CredentialError("a member's name is no string")
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return (
        "{"
        + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_text(value[name], depth + 1)}" for name in names)
        + "}"
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _double(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is beyond a double")
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > SAFE_INTEGER:
        raise ValueError(f"{text[:20]} is beyond ±2^53")
    return int(text)


def _none(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")
