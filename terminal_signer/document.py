"""Documents as frames (content type 60): site files, declarations, laboratory results, opinions.

The payload is a deterministic CBOR map {"kind", "media", "sha256", ? "body", ? "items", ? "reason", ? "number",
? "sample"}. Above what fits one frame only the hash travels. An item is a declared figure: [name, value, unit, start,
end), value as in a reading.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from terminal_signer import cbor, quantity, units
from terminal_signer.errors import CarbonError, PayloadFault
from terminal_signer.pack_bytes import MAX_RECORDS
from terminal_signer.senml import MAX_TIME, MIN_TIME

CORRECTION = "correction"
"""The kind of a document that states values of an earlier frame anew, and why."""
_KIND = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?\Z")
MAX_BODY = 60_000
"""What surely fits a frame beside its header."""
MAX_ITEM = 512  # bytes that an item takes at most, of those that people type
_MAX_TEXT = {"media": 127, "name": 255, "reason": 2048, "number": 127, "sample": 127}
_TEXTS = ("reason", "number", "sample")
_NEEDED = frozenset(("kind", "media", "sha256"))
_FIELDS = _NEEDED | {"body", "items", *_TEXTS}


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    value: Decimal
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """`sha256` is the hash of the document itself, also where the body travels. `number`: the one that its issuer gave
    it, of a report or a bill; `sample`: what was analysed, by the identifier of the taking."""

    kind: str
    media: str
    sha256: bytes
    body: bytes | None = None
    items: tuple[Item, ...] = ()
    reason: str | None = None
    number: str | None = None
    sample: str | None = None


def read(payload: bytes) -> Document:
    """Raises PayloadFault: `payload` for form, then item by item `unit` and `time`."""
    try:
        fields = cbor.decode(payload)
    except CarbonError as error:
        raise PayloadFault(error.message, where=error.where) from None
    if not isinstance(fields, dict) or not _NEEDED <= fields.keys() <= _FIELDS:
        raise PayloadFault("a document is a map of kind, media, sha256 and at most body, items, reason, number, sample")
    kind, digest, body = fields["kind"], fields["sha256"], fields.get("body")
    if not isinstance(kind, str) or not _KIND.match(kind):
        raise PayloadFault("kind is not a lower-case word")
    if type(digest) is not bytes or len(digest) != 32:
        raise PayloadFault("sha256 is not 32 bytes")
    if "body" in fields and (type(body) is not bytes or hashlib.sha256(body).digest() != digest):
        raise PayloadFault("the body is not the document that sha256 names")
    media, items = _text(fields["media"], "media"), _items(fields)
    texts = {name: _text(fields[name], name) for name in _TEXTS if name in fields}
    return Document(kind, media, digest, body, items, **texts)


def _items(fields: dict[Any, Any]) -> tuple[Item, ...]:
    if "items" not in fields:
        return ()
    rows = fields["items"]
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_RECORDS:
        raise PayloadFault(f"items is not an array of 1 to {MAX_RECORDS}")
    items = tuple(map(_item, rows))
    for item in items:
        if not units.is_unit(item.unit):
            raise PayloadFault(f"{item.name}: unit {item.unit!r:.80} is neither a SenML nor a UCUM unit", code="unit")
        if not MIN_TIME <= item.start < item.end < MAX_TIME:
            raise PayloadFault(f"{item.name}: start and end are not a period", code="time")
    return items


def _item(row: Any) -> Item:
    if not isinstance(row, list) or len(row) != 5:
        raise PayloadFault("an item is not [name, value, unit, start, end]")
    name, value, unit, start, end = row
    if type(unit) is not str or type(start) is not int or type(end) is not int:
        raise PayloadFault("an item is not [text, number, text, integer, integer]")
    return Item(_text(name, "name"), quantity.from_cbor(value), unit, start, end)


def _text(value: Any, field: str) -> str:
    if type(value) is not str or not 0 < len(value) <= _MAX_TEXT[field] or not _is_printable(value, field):
        raise PayloadFault(f"{field} is not a printable text of 1 to {_MAX_TEXT[field]} characters")
    return value


def _is_printable(text: str, field: str) -> bool:
    return (text.replace("\n", "") if field == "reason" else text).isprintable()


def write(document: Document) -> bytes:
    """The payload that reads back as `document`. Raises PayloadFault for one that would be flagged."""
    fields: dict[str, object] = {"kind": document.kind, "media": document.media, "sha256": document.sha256}
    if document.body is not None:
        fields["body"] = document.body
    if document.items:
        fields["items"] = [_row(item) for item in document.items]
    for name in _TEXTS:
        if (text := getattr(document, name)) is not None:
            fields[name] = text
    payload = cbor.encode(fields)
    read(payload)
    return payload


def _row(item: Item) -> Sequence[object]:
    return [item.name, quantity.to_cbor(item.value), item.unit, item.start, item.end]


def of_items(kind: str, items: tuple[Item, ...], *, reason: str | None = None) -> Document:
    """A document that is nothing but its items: its text names them line by line."""
    text = "".join(f"{item.name} {item.value:f} {item.unit} {item.start} {item.end}\n" for item in items).encode()
    return Document(kind, "text/plain", hashlib.sha256(text).digest(), text, items, reason)


def of_file(
    kind: str,
    media: str,
    data: bytes,
    *,
    items: tuple[Item, ...] = (),
    reason: str | None = None,
    limit: int = MAX_BODY,
    number: str | None = None,
    sample: str | None = None,
) -> Document:
    """A document for `data`: with its body where that fits a frame, else by hash alone."""
    body = data if len(data) <= limit - len(items) * MAX_ITEM else None
    return Document(kind, media, hashlib.sha256(data).digest(), body, items, reason, number, sample)
