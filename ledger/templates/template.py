"""A merged template, `template/1`: what a statement names as `template`, by the SHA-256 of its bytes.

It is its own canonical JSON, byte for byte: a template has one text and one hash.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from ledger.canonical import canonical_json
from ledger.identifiers.vaa import split
from ledger.templates.errors import TemplateError, named
from ledger.templates.items import Item, read_item
from ledger.templates.layer import INDUSTRY_CODE, LATEST, VERSION, keys
from ledger.templates.schema import DIALECT
from ledger.templates.vocabulary import DEFINITIONS, LAYERS, PUBLIC
from terminal_signer.strict import Members, read_json

FORMAT = "template/1"
MAX_BYTES = 2 << 20
MAX_ITEMS = 1200


@dataclass(frozen=True, slots=True)
class Part:
    """A layer that went into a template. `effective`: from when it may be in force."""

    kind: str
    handle: str
    version: str
    sha256: bytes
    effective: int


@dataclass(frozen=True, slots=True)
class Template:
    """`handle` and `version` are those of its topmost layer; `items` by index."""

    handle: str
    version: str
    names: dict[str, str]
    industries: tuple[str, ...]
    effective: int
    layers: tuple[Part, ...]
    items: tuple[Item, ...]
    canonical: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.canonical).digest()

    def document(self) -> dict[str, object]:
        """How a result names the template."""
        return {"id": self.handle, "edition": self.version, "sha256": f"0x{self.sha256.hex()}"}

    def serves(self, industry: str) -> bool:
        """Whether it is for enterprises of this code of GB/T 4754; the public layer alone is for all."""
        return not self.industries or any(industry.startswith(code) for code in self.industries)

    def visible(self, now: int) -> tuple[Item, ...]:
        """What a handle record may show: items of layers whose effective time has come, disabled ones left out."""
        open_layers = {layer.kind for layer in self.layers if layer.effective <= now}
        return tuple(item for item in self.items if item.layer in open_layers and not item.disabled)


def parse_template(data: bytes, where: str = "template") -> Template:
    """Raises `TemplateError` and nothing else."""
    if len(data) > MAX_BYTES:
        raise TemplateError(f"larger than {MAX_BYTES} bytes", where=where)
    with named("keep the bytes that `carbon template show --json` prints"):
        return _read(data, where)


def _read(data: bytes, where: str) -> Template:
    document = read_json(data, where)
    with Members(document, where) as root:
        with root.inner("x-template") as head:
            facts = _head(head)
        _fixed(root, where)
        properties, required = root.inner("properties").rest, root.items("required", MAX_ITEMS)
    if len(properties) > MAX_ITEMS or not all(isinstance(code, str) and code in properties for code in required):
        raise TemplateError("expected codes of its items", where=f"{where}.required")
    items = [_item(code, schema, code in required, where) for code, schema in properties.items()]
    items.sort(key=lambda item: item.index)
    _check_twins(items, where)
    _check_layers(facts["layers"], items, where)
    if canonical_json(document) != data:
        raise TemplateError(
            "not its canonical JSON: the same template would have two hashes", where=where,
            mend="keep the bytes that `carbon template show --json` prints",
        )  # fmt: skip
    return Template(**facts, items=tuple(items), canonical=data)


def _fixed(root: Members, where: str) -> None:
    if root.text("$schema") != DIALECT or root.text("type") != "object" or root.flag("additionalProperties"):
        raise TemplateError("not a closed object of JSON Schema 2020-12", where=where)
    if root.rest.pop("$defs", None) != DEFINITIONS:
        raise TemplateError("the definition of a data item is fixed by the format", where=f"{where}.$defs")


def _head(head: Members) -> dict[str, Any]:
    found = head.text("format")
    if found != FORMAT:
        raise TemplateError(
            f"format is {found[:60]!r}, not {FORMAT!r}", where=f"{head.where}.format", mend="merge the layers first"
        )
    with head.inner("names") as told:
        names = {"zh": told.text("zh", 120), "en": told.text("en", 120)}
    industries = head.items("industries", 20)
    if not all(isinstance(code, str) and INDUSTRY_CODE.fullmatch(code) for code in industries):
        raise TemplateError("expected codes of GB/T 4754", where=f"{head.where}.industries")
    return {
        "handle": _handle(head),
        "version": _version(head),
        "names": names,
        "industries": tuple(industries),
        "effective": head.integer("effective", LATEST - 1),
        "layers": tuple(_part(entry, f"{head.where}.layers") for entry in head.items("layers", len(LAYERS))),
    }


def _handle(told: Members) -> str:
    handle = told.text("handle")
    split(handle)
    return handle


def _version(told: Members) -> str:
    version = told.text("version", 20)
    if not VERSION.fullmatch(version):
        raise TemplateError("expected a version", where=f"{told.where}.version")
    return version


def _part(entry: object, where: str) -> Part:
    with Members(entry, where) as told:
        return Part(
            told.text("layer"), _handle(told), _version(told), told.hex("sha256", 32),
            told.integer("effective", LATEST - 1),
        )  # fmt: skip


def _item(code: str, schema: object, required: bool, where: str) -> Item:
    place = f"{where}.properties.{code[:64]}"
    if not isinstance(schema, dict) or schema.get("x-layer") not in LAYERS:
        raise TemplateError("an item of no layer", where=f"{place}.x-layer", mend="one of: " + ", ".join(LAYERS))
    own = {keyword: value for keyword, value in schema.items() if keyword != "x-layer"}
    return read_item(code, own, schema["x-layer"], required=required, where=place)


def _check_layers(layers: tuple[Part, ...], items: list[Item], where: str) -> None:
    """Layers stand in their order, the public one first, and every item belongs to one of them."""
    kinds = [layer.kind for layer in layers]
    if kinds[:1] != [PUBLIC] or kinds != [kind for kind in LAYERS if kind in kinds]:
        raise TemplateError("layers are not public, industry, extension in that order", where=f"{where}.x-template")
    for item in items:
        if item.layer not in kinds:
            raise TemplateError(f"{item} belongs to a layer that is not there", where=where)


def _check_twins(items: list[Item], where: str) -> None:
    """An index, a code and a name in either language belong to one item, whatever their case."""
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        for what, value in keys(item):
            if (twin := seen.setdefault((what, value), item)) is not item:
                raise TemplateError(f"{item} has the {what} of {twin}", where=where, mend=f"give it another {what}")
