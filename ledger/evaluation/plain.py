"""Values of the evaluation as JSON and back, led by their dataclasses' own types: what a projection holds beside hours.

A dataclass becomes the list of its fields, a mapping the sorted list of its pairs, bytes hex, an exact number its text,
a unit its name. Nothing in here knows what the values mean.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ledger.accounting.units import Unit, parse_unit
from ledger.canonical import decimal_text, exact_number
from terminal_signer.errors import CarbonError

Json = Any


class PlainFault(CarbonError):
    """JSON that is not a value of the type wanted."""

    code = "plain"


def to_plain(value: object) -> Json:
    """The JSON form of a value."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Fraction | Decimal):
        return decimal_text(value)
    if isinstance(value, Unit):
        return value.text
    if is_dataclass(value):
        return [to_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return sorted([[to_plain(key), to_plain(item)] for key, item in value.items()], key=itemgetter(0))
    if isinstance(value, set | frozenset):
        return sorted(map(to_plain, value))
    if isinstance(value, Iterable):
        return [to_plain(item) for item in value]
    raise PlainFault(f"{type(value).__name__} has no plain form")


def from_plain(hint: Any, data: Json) -> Any:
    """The value of type `hint` that `to_plain` wrote. Raises PlainFault."""
    try:
        return _reader(hint)(data)
    except PlainFault:
        raise
    except (CarbonError, ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise PlainFault(f"not a {getattr(hint, '__name__', hint)}: {error!s:.80}") from None


@lru_cache(maxsize=256)
def _reader(hint: Any) -> Callable[[Json], Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType:
        readers = [_reader(part) for part in parts if part is not NoneType]
        if len(readers) == 1:
            return lambda data: None if data is None else readers[0](data)
    elif origin in (list, set, frozenset) or (origin is tuple and len(parts) == 2 and parts[1] is Ellipsis):
        item = _reader(parts[0])
        return lambda data: origin(map(item, _list(data)))
    elif origin is tuple:
        members = [_reader(part) for part in parts]
        return lambda data: tuple(read(entry) for read, entry in zip(members, _list(data), strict=True))
    elif origin in (dict, Mapping):
        key, entry = map(_reader, parts)
        return lambda data: {key(name): entry(value) for name, value in _list(data)}
    elif isinstance(hint, type):
        return _plain_reader(hint)
    raise PlainFault(f"no reader for {hint}")


def _plain_reader(hint: type) -> Callable[[Json], Any]:
    if hint in (bool, int, str):
        return lambda data: _exactly(hint, data)
    if hint in _TEXTS:
        read = _TEXTS[hint]
        return lambda data: read(_exactly(str, data))
    if issubclass(hint, Enum):
        return hint
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        readers = [_reader(hints[field.name]) for field in fields(hint)]
        return lambda data: hint(*(read(entry) for read, entry in zip(readers, _list(data), strict=True)))
    raise PlainFault(f"no reader for {hint.__name__}")


def _decimal(text: str) -> Decimal:
    exact_number(text)
    return Decimal(text)


_TEXTS: dict[type, Callable[[str], Any]] = {
    bytes: bytes.fromhex,
    Fraction: exact_number,
    Decimal: _decimal,
    Unit: parse_unit,
}


def _list(data: Json) -> list[Json]:
    return list(_exactly(list, data))


def _exactly(kind: type, data: Json) -> Any:
    if type(data) is not kind:
        raise PlainFault(f"a {kind.__name__} was expected")
    return data
