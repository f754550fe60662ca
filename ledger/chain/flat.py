"""Event data of plain types, cut into values: for thousands of events, which the general decoder takes seconds for.

Types: uint of any width, address (20 bytes), bytes32, string; nothing nested. ABI specification, "Formal specification
of the encoding": each value or, of a string, its offset in one word; a string as length and padded bytes.
"""

from collections.abc import Sequence
from typing import Any

from ledger.chain.errors import ChainError

WORD = 32


def flat(types: Sequence[str], data: bytes) -> list[Any]:
    """The values. Raises ChainError for what is no encoding of these types."""
    return [_value(kind, data, at * WORD) for at, kind in enumerate(types)]


def struct(types: Sequence[str], data: bytes) -> list[Any]:
    """The values of the one struct, with a string in it, that is all of the data."""
    return flat(types, data[_number(data, 0) :])


def _value(kind: str, data: bytes, at: int) -> Any:
    if kind.startswith("uint"):
        number = _number(data, at)
        if number >> int(kind[4:]):
            raise ChainError(f"a {kind} that is too large")
        return number
    if kind == "string":
        return _text(data, _number(data, at))
    word = data[at : at + WORD]
    if len(word) < WORD or (kind == "address" and any(word[:12])):
        raise ChainError(f"no {kind} where one was expected")
    return word[12:] if kind == "address" else word


def _number(data: bytes, at: int) -> int:
    word = data[at : at + WORD]
    if len(word) < WORD:
        raise ChainError("event data end too early")
    return int.from_bytes(word, "big")


def _text(data: bytes, at: int) -> str:
    length = _number(data, at) if at <= len(data) else len(data) + 1
    text = data[at + WORD : at + WORD + length]
    if len(text) < length:
        raise ChainError("a text in event data ends too early")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise ChainError("a text in event data is no UTF-8") from None
