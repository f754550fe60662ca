"""How each kind of field of a document is read from strict JSON and written back.

A document's class names the kind of each field in its annotation; an optional one is absent where it is None.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from ledger.certificates.statement import Statement
from ledger.identifiers.vaa import node, split
from terminal_signer.senml import MAX_TIME, MIN_TIME
from terminal_signer.strict import Malformed, Members

MOST_ITEMS = 100
MAX_TEXT = 2000
ALL = 10_000
"""Basis points of the whole."""
_Content = TypeVar("_Content")
_KNOWN: dict[type, tuple[tuple[str, tuple["Kind", bool]], ...]] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    read: Callable[[Members, str], Any]
    write: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _words(most: int) -> Kind:
    def read(told: Members, name: str) -> str:
        value = told.text(name, most)
        if not value.strip():
            raise Malformed("blank", where=f"{told.where}.{name}", mend="say it in words")
        return value

    return Kind(read, _same)


def _whole(least: int, most: int) -> Kind:
    return Kind(lambda told, name: told.integer(name, most, least), _same)


def _bytes(size: int | None) -> Kind:
    return Kind(lambda told, name: told.hex(name, size), _hex)


def _one_of(*words: str) -> Kind:
    def read(told: Members, name: str) -> str:
        value = told.text(name, 40)
        if value not in words:
            raise Malformed(f"{value!r} is none of: {', '.join(words)}", where=f"{told.where}.{name}")
        return value

    return Kind(read, _same)


def _read_prefix(told: Members, name: str) -> str:
    return _checked_prefix(told.text(name))


@lru_cache(maxsize=1024)
def _checked_prefix(value: str) -> str:
    """A node's hash is worked out in Python, and the same few prefixes come again. Raises IdentifierError."""
    node(value)
    return value


def _read_person(told: Members, name: str) -> str:
    return _person(told.text(name), f"{told.where}.{name}")


def _person(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Malformed("not an identifier", where=where)
    split(value)
    return value


def _read_persons(told: Members, name: str) -> tuple[str, ...]:
    where = f"{told.where}.{name}"
    found = tuple(_person(value, where) for value in told.items(name, MOST_ITEMS))
    if len(set(found)) != len(found):
        raise Malformed("a person is named twice", where=where)
    return found


def _read_lines(told: Members, name: str) -> tuple[str, ...]:
    where = f"{told.where}.{name}"
    values = told.items(name, MOST_ITEMS)
    return tuple(_words(200).read(Members({"line": value}, where), "line") for value in values)


def _read_exhibits(told: Members, name: str) -> tuple["Exhibit", ...]:
    where = f"{told.where}.{name}"
    return tuple(_read_exhibit(row, f"{where}[{place}]") for place, row in enumerate(told.items(name, MOST_ITEMS)))


def _read_exhibit(row: object, where: str) -> "Exhibit":
    with Members(row, where) as told:
        return Exhibit(told.text("name"), told.hex("sha256", 32))


def _write_exhibit(exhibit: "Exhibit") -> dict[str, str]:
    return {"name": exhibit.name, "sha256": _hex(exhibit.sha256)}


def _read_statement(told: Members, name: str) -> Statement:
    return Statement.from_json(told.inner(name).rest)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence by its name and the SHA-256 of its file; the file itself stays with its owner."""

    name: str
    sha256: bytes


Text = Annotated[str, _words(MAX_TEXT)]
Line = Annotated[str, _words(200)]
Hash = Annotated[bytes, _bytes(32)]
Address = Annotated[bytes, _bytes(20)]
Signature = Annotated[bytes, _bytes(None)]
Time = Annotated[int, _whole(MIN_TIME, MAX_TIME - 1)]
Count = Annotated[int, _whole(1, 10_000)]
Whole = Annotated[int, _whole(0, 2**53 - 1)]
Share = Annotated[int, _whole(0, ALL)]
Misstatement = Annotated[int, _whole(0, 1_000_000)]
"""Basis points of what was claimed: a misstatement may be larger than the whole."""
Prefix = Annotated[str, Kind(_read_prefix, _same)]
Person = Annotated[str, Kind(_read_person, _same)]
Persons = Annotated[tuple[str, ...], Kind(_read_persons, list)]
Lines = Annotated[tuple[str, ...], Kind(_read_lines, list)]
OneExhibit = Annotated[
    Exhibit, Kind(lambda told, name: _read_exhibit(told.inner(name).rest, f"{told.where}.{name}"), _write_exhibit)
]
Exhibits = Annotated[
    tuple[Exhibit, ...], Kind(_read_exhibits, lambda value: [_write_exhibit(exhibit) for exhibit in value])
]
Whole3 = Annotated[int, _whole(1, 3)]
Drawn = Annotated[Statement, Kind(_read_statement, lambda value: value.to_json())]
Assurance = Annotated[str, _one_of("limited", "reasonable")]
Severity = Annotated[str, _one_of("minor", "major")]
Cure = Annotated[str, _one_of("rectified", "unable")]
Passed = Annotated[str, _one_of("passed", "returned")]
Decision = Annotated[str, _one_of("upheld", "dismissed")]
Judgement = Annotated[str, _one_of("unmodified", "modified", "adverse", "disclaimer")]
Party = Annotated[str, _one_of("enterprise", "evaluator", "verifier")]


def read_fields(kind: type[_Content], told: Members) -> _Content:
    values = {
        name: None if optional and name not in told.rest else how.read(told, name)
        for name, (how, optional) in _kinds(kind)
    }
    return kind(**values)


def write_fields(content: object) -> dict[str, Any]:
    values = {name: (how, getattr(content, name)) for name, (how, _) in _kinds(type(content))}
    return {name: how.write(value) for name, (how, value) in values.items() if value is not None}


def _kinds(kind: type) -> tuple[tuple[str, tuple[Kind, bool]], ...]:
    if kind not in _KNOWN:
        hints = get_type_hints(kind, include_extras=True)
        _KNOWN[kind] = tuple((field.name, _kind_of(hints[field.name])) for field in fields(kind))
    return _KNOWN[kind]


def _kind_of(hint: Any) -> tuple[Kind, bool]:
    parts = get_args(hint)
    if isinstance(parts[-1], Kind):
        return parts[-1], False
    return _kind_of(next(part for part in parts if part is not type(None)))[0], True
