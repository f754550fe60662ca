"""One layer of a template, `template-layer/1`: a JSON Schema 2020-12 document with its head in "x-template".

A layer is known by the SHA-256 of its canonical JSON, so that a file may be laid out for people. A version is
immutable: another text is another version. Whether a layer is in force is not in its text, which could not say so
without changing its hash: `ledger.templates.approval` answers that from the signed steps.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.canonical import canonical_json
from ledger.identifiers.vaa import IdentifierError, split
from ledger.templates.errors import TemplateError, named
from ledger.templates.formats import is_prefix
from ledger.templates.items import Item, folded, read_item
from ledger.templates.schema import DIALECT
from ledger.templates.vocabulary import CONFIDENCE, DEFINITIONS, EXTENSION, INDUSTRY, LAYERS, PUBLIC
from terminal_signer.strict import Members, read_json

FORMAT = "template-layer/1"
MAX_BYTES = 512 * 1024
MAX_ITEMS = 400
LATEST = 1 << 33
VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
INDUSTRY_CODE = re.compile(r"[A-T]([0-9]{2,4})?")
_SUFFIX = {
    PUBLIC: re.compile(r"META_CARBON_PUB_([0-9.]+)"),
    INDUSTRY: re.compile(r"META_CARBON_[A-Z0-9]{2,20}_([0-9.]+)"),
    EXTENSION: re.compile(r"META_CARBON_[A-Z0-9]{2,20}_EXT_[1-9][0-9]{0,5}"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A layer by handle and hash."""

    handle: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Layer:
    """`effective`: unix seconds from which it may be in force. `required` holds codes of its own and of base items."""

    kind: str
    handle: str
    version: str
    names: dict[str, str]
    industries: tuple[str, ...]
    base: Reference | None
    effective: int
    source: str
    confidence: str
    items: tuple[Item, ...]
    required: frozenset[str]
    document: dict[str, Any]
    canonical: bytes
    where: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.canonical).digest()

    @property
    def reference(self) -> Reference:
        return Reference(self.handle, self.sha256)

    @property
    def owner(self) -> str:
        """The prefix whose holder issues the layer."""
        return split(self.handle)[0]


def parse_layer(data: bytes, where: str = "template layer") -> Layer:
    """Raises `TemplateError` and nothing else."""
    if len(data) > MAX_BYTES:
        raise TemplateError(f"larger than {MAX_BYTES} bytes", where=where, mend="split the extension")
    with named("see docs/formats/template.md"):
        return _read(data, where)


def _read(data: bytes, where: str) -> Layer:
    document = read_json(data, where)
    with Members(document, where) as root:
        with root.inner("x-template") as head:
            kind, facts = _head(head)
        _fixed(root, where)
        properties, required = root.inner("properties"), _codes(root, where)
        items = _items(properties.rest, required, kind, where)
    if not isinstance(document, dict):  # Members refused it already
        raise TemplateError("expected an object", where=where)
    return Layer(
        **facts, items=items, required=required, document=document, canonical=canonical_json(document), where=where
    )


def _fixed(root: Members, where: str) -> None:
    for member, meant in (("$schema", DIALECT), ("type", "object")):
        if root.text(member) != meant:
            raise TemplateError("unknown value", where=f"{where}.{member}", mend=f"write {meant!r}")
    if root.rest.pop("$defs", DEFINITIONS) != DEFINITIONS:
        raise TemplateError(
            "the definition of a data item is fixed by the format", where=f"{where}.$defs", mend="leave it out"
        )


def _head(head: Members) -> tuple[str, dict[str, Any]]:
    found, where = head.text("format"), head.where
    if found != FORMAT:
        raise TemplateError(f"format is {found[:60]!r}", where=f"{where}.format", mend=f"write {FORMAT!r}")
    kind = head.text("layer")
    if kind not in LAYERS:
        raise TemplateError("unknown layer", where=f"{where}.layer", mend="one of: " + ", ".join(LAYERS))
    version = head.text("version", 20)
    if not VERSION.fullmatch(version):
        raise TemplateError("expected a version", where=f"{where}.version", mend='write "1.0.0"')
    with head.inner("names") as told:
        names = {"zh": told.text("zh", 120), "en": told.text("en", 120)}
    confidence = head.text("confidence")
    if confidence not in CONFIDENCE:
        raise TemplateError("unknown mark", where=f"{where}.confidence", mend="one of: " + ", ".join(CONFIDENCE))
    return kind, {
        "kind": kind,
        "handle": _handle(head.text("handle"), kind, version, f"{where}.handle"),
        "version": version,
        "names": names,
        "industries": _industries(head, kind),
        "base": None if kind == PUBLIC else _base(head.inner("base")),
        "effective": read_time(head.text("effective", 40), f"{where}.effective"),
        "source": head.text("source", 250),
        "confidence": confidence,
    }


def _handle(handle: str, kind: str, version: str, where: str) -> str:
    try:
        prefix, suffix = split(handle)
    except IdentifierError as fault:
        raise TemplateError(fault.message, where=where, mend=fault.mend) from None
    shape = _SUFFIX[kind].fullmatch(suffix)
    if shape is None or not is_prefix(prefix):
        raise TemplateError(
            f"{handle[:80]!r} is no handle of a layer of kind {kind}", where=where,
            mend="88.<top>.0/META_CARBON_PUB_<version>, 88.<node>.0/META_CARBON_<INDUSTRY>_<version>, "
            "88.<node>.<enterprise>/META_CARBON_<INDUSTRY>_EXT_<n>",
        )  # fmt: skip
    if shape.re.groups and shape[1] != version:
        raise TemplateError(
            f"the handle names version {shape[1]}, the head {version}", where=where, mend="make them one"
        )
    return handle


def _industries(head: Members, kind: str) -> tuple[str, ...]:
    """Codes of GB/T 4754: an industry layer says for whom it is; a code stands for all that begin with it."""
    if kind != INDUSTRY:
        return ()
    codes = head.items("industries", 20)
    if not codes or not all(isinstance(code, str) and INDUSTRY_CODE.fullmatch(code) for code in codes):
        raise TemplateError("expected codes of GB/T 4754", where=f"{head.where}.industries", mend='write ["C3041"]')
    return tuple(codes)


def _base(told: Members) -> Reference:
    with told:
        return Reference(told.text("handle"), told.hex("sha256", 32))


def read_time(text: str, where: str) -> int:
    """Unix seconds of a time with an offset of its own."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or moment.microsecond:
            raise ValueError
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        raise TemplateError(
            f"{text[:40]!r} is no time", where=where, mend='write "2026-01-01T00:00:00+08:00", with an offset'
        ) from None
    if not 0 <= seconds < LATEST:
        raise TemplateError("a time beyond what statements know", where=where, mend="1970 to 2242")
    return seconds


def _codes(root: Members, where: str) -> frozenset[str]:
    if "required" not in root.rest:
        return frozenset()
    codes = root.items("required", 3 * MAX_ITEMS)
    if not all(isinstance(code, str) for code in codes) or len(set(codes)) != len(codes):
        raise TemplateError("expected codes, each once", where=f"{where}.required")
    return frozenset(codes)


def _items(properties: dict[str, Any], required: frozenset[str], kind: str, where: str) -> tuple[Item, ...]:
    if len(properties) > MAX_ITEMS:
        raise TemplateError(f"more than {MAX_ITEMS} items", where=f"{where}.properties")
    items = [
        read_item(code, schema, kind, required=code in required, where=f"{where}.properties.{code[:64]}")
        for code, schema in properties.items()
    ]
    return tuple(sorted(items, key=lambda item: item.index))


def keys(item: Item) -> list[tuple[str, str]]:
    """What no second item of a template may have."""
    named = [(f"{language} name", folded(name)) for language, name in item.names.items()]
    return [("index", str(item.index)), ("code", item.code.casefold()), *named]
