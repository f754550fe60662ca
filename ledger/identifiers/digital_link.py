"""GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.4 and later), uncompressed.

    https://{host}[/stem]/{primary key}/{value}[/{qualifier}/{value}]*[?{attribute}={value}&…]

A GTIN has 14 digits; qualifiers stand in the one order of their key; names such as `/gtin/` are none.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from ledger.identifiers.gs1 import KEYS, QUALIFIERS, SIGNS, check_key
from ledger.identifiers.text import (
    MAX_URI,
    checked,
    percent_decoded,
    percent_encoded,
    refused,
    shown,
)

_URI = re.compile(r"(https?)://([^/?#\s]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE)
_DIGITS = re.compile("[0-9]{4}")  # every GS1 key begins with a company prefix
_ATTRIBUTE = re.compile(r"[0-9]{2,4}")
_REFERENCE = re.compile(r"723[0-9]")
MAX_ATTRIBUTE = 90


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """`key` and each of `qualifiers` are (application identifier, value), values decoded; `attributes` are those of the
    query that are application identifiers, `query` the rest of it, decoded and not checked."""

    key: tuple[str, str]
    qualifiers: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        """From the primary key on, escaped."""
        return "".join(f"/{ai}/{percent_encoded(value)}" for ai, value in (self.key, *self.qualifiers))

    @property
    def text(self) -> str:
        """The canonical form, at GS1's own domain."""
        return f"https://id.gs1.org{self.path}"

    def ancestors(self) -> tuple["DigitalLink", ...]:
        """The link without its last qualifier, its last two, … down to the key alone: the order of a walk up."""
        return tuple(
            DigitalLink(self.key, self.qualifiers[:count]) for count in range(len(self.qualifiers) - 1, -1, -1)
        )


def is_plausible(text: str) -> bool:
    """Whether a URI has a primary key in its path, so that it should be read as a Digital Link."""
    found = _URI.fullmatch(text)
    return found is not None and _start(found[3].split("/")) is not None


def parse_uri(text: str) -> DigitalLink:
    """Raises IdentifierError."""
    found = _URI.fullmatch(checked(text, MAX_URI))
    if found is None:
        raise refused("no-web-address", text=shown(text))
    return parse_path(found[3], found[4] or "")


def parse_path(path: str, query: str = "") -> DigitalLink:
    """The path and query of a request, still escaped. Raises IdentifierError."""
    checked(path + query, MAX_URI)
    parts = path.removesuffix("/").split("/")[1:]
    start = _start(parts)
    if start is None:
        raise refused("no-primary-key", text=shown(path), keys=", ".join(KEYS))
    pairs = parts[start:]
    if len(pairs) % 2:
        raise refused("key-without-value", text=shown(path), last=shown(pairs[-1]))
    told = [(ai, percent_decoded(value)) for ai, value in zip(pairs[::2], pairs[1::2], strict=True)]
    key, qualifiers = told[0], tuple(told[1:])
    check_key(*key)
    _check_qualifiers(key[0], qualifiers)
    attributes, others = _query(query)
    return DigitalLink(key, qualifiers, attributes, others)


def _start(parts: list[str]) -> int | None:
    """The place of the primary key: one of `KEYS`, before a value that begins as GS1's do."""
    pairs = enumerate(pairwise(parts))
    return next((place for place, (ai, value) in pairs if ai in KEYS and _DIGITS.match(value)), None)


def _check_qualifiers(ai: str, qualifiers: tuple[tuple[str, str], ...]) -> None:
    names = [name for name, _ in qualifiers]
    orders = KEYS[ai].qualifiers
    if not any(names == [name for name in order if name in names] for order in orders):
        allowed = " | ".join("/".join(order) for order in orders if order) or "–"
        raise refused("qualifier-order", ai=ai, names=shown("/".join(names)), allowed=allowed)
    if ai == "415" and not names:
        raise refused("incomplete-415")
    for name, value in qualifiers:
        if not QUALIFIERS[name].fullmatch(value):
            raise refused("qualifier-value", text=shown(value), name=name)


def _query(query: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    attributes: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for part in re.split("[&;]", query) if query else []:
        name, _, value = part.partition("=")
        pair = percent_decoded(name), percent_decoded(value)
        (attributes if _ATTRIBUTE.fullmatch(pair[0]) else others).append(pair)
    for name, value in attributes:
        _check_attribute(name, value)
    return tuple(attributes), tuple(others)


def _check_attribute(name: str, value: str) -> None:
    good = 0 < len(value) <= MAX_ATTRIBUTE and all(sign in SIGNS for sign in value)
    if good and _REFERENCE.fullmatch(name):  # a certification: scheme of two signs, then its reference
        good = 3 <= len(value) <= 30
    if not good:
        raise refused("attribute-value", text=shown(value), name=shown(name))
