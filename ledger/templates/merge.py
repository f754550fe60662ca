"""Three layers become one template, `template/1`; its canonical JSON is what a statement names by hash.

A child adds items under indices of its own layer, or tightens one of its base (`ledger.templates.tighten`). Everything
else is refused, and every refusal names both items and their layers:

    another base than the one it names, by handle or by hash
    an index outside the layer's range; an index, a code or a name (zh, en; case and width aside) that is taken
    a loosened or renamed item, another unit or type
    an extension's item without definition or class of personal data, or one that would enter the grade

Items that may be the same thing under two names are a warning to the reviewer (`ledger.templates.likeness`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ledger.canonical import canonical_json
from ledger.templates.errors import TemplateError
from ledger.templates.items import Item
from ledger.templates.layer import Layer, keys
from ledger.templates.schema import DIALECT
from ledger.templates.template import FORMAT, Template, parse_template
from ledger.templates.tighten import loosened
from ledger.templates.vocabulary import DEFINITIONS, EXTENSION, INDUSTRY, LAYERS, RANGES


def merge(public: Layer, industry: Layer | None = None, extension: Layer | None = None) -> Template:
    """The merged template. Raises the first `TemplateError` of `refusals`."""
    for refusal in refusals(public, industry, extension):
        raise refusal
    layers = [layer for layer in (public, industry, extension) if layer is not None]
    items: dict[str, Item] = {}
    for layer in layers:
        items |= _joined(items, layer)
    return parse_template(canonical_json(_document(layers, list(items.values()))))


def refusals(public: Layer, industry: Layer | None = None, extension: Layer | None = None) -> Iterator[TemplateError]:
    """All that keeps the layers from being one template."""
    items: dict[str, Item] = {}
    below: list[Layer] = []
    for layer, kind in zip((public, industry, extension), LAYERS, strict=True):
        if layer is None:
            continue
        yield from _misplaced(layer, kind, below)
        taken = {key: other for other in items.values() for key in keys(other)}
        for item in layer.items:
            base = items.get(item.code)
            yield from _changes(item, base, layer) if base is not None else _collisions(item, taken, layer)
            for key in keys(item):
                taken.setdefault(key, item)
        yield from _unknown_codes(layer, items)
        items |= _joined(items, layer)
        below.append(layer)


def _joined(items: dict[str, Item], layer: Layer) -> dict[str, Item]:
    """The layer's own items, the tightened ones under the layer that gave them out, and what it makes required."""
    own = {
        item.code: item if item.code not in items else replace(item, layer=items[item.code].layer)
        for item in layer.items
    }
    required = {code: replace(items[code], required=True) for code in layer.required if code in items}
    return required | own


def _misplaced(layer: Layer, kind: str, below: list[Layer]) -> Iterator[TemplateError]:
    if layer.kind != kind:
        yield TemplateError(f"{layer.handle} is a layer of kind {layer.kind}, not {kind}", where=layer.where)
    elif below and layer.base != below[-1].reference:
        base = below[-1]
        yield TemplateError(
            f"{layer.handle} is based on {_named(layer)}, not on {base.handle} (0x{base.sha256.hex()})",
            where=f"{layer.where}.x-template.base",
            mend="name the base by the handle and the hash that `carbon template list` shows",
        )


def _named(layer: Layer) -> str:
    return "nothing" if layer.base is None else f"{layer.base.handle} (0x{layer.base.sha256.hex()})"


def _changes(item: Item, base: Item, layer: Layer) -> Iterator[TemplateError]:
    for change in loosened(base, item):
        yield TemplateError(
            f"{layer.kind} layer {layer.handle}, item {item.index} {item.code!r}, changes {base}: {change}",
            where=f"{layer.where}.properties.{item.code}",
            mend="a child only adds or tightens",
        )


def _collisions(item: Item, taken: Mapping[tuple[str, str], Item], layer: Layer) -> Iterator[TemplateError]:
    where = f"{layer.where}.properties.{item.code}"
    least, most = RANGES[layer.kind]
    if not least <= item.index <= most:
        yield TemplateError(
            f"{item} lies outside the layer's own indices, {least} to {most}", where=where,
            mend=f"take a free index from {least} to {most}",
        )  # fmt: skip
    for key in keys(item):
        if key in taken:
            yield TemplateError(
                f"{item} has the {key[0]} of {taken[key]}", where=where, mend=f"give it another {key[0]}"
            )
    if layer.kind == EXTENSION:
        yield from _incomplete(item, where)


def _incomplete(item: Item, where: str) -> Iterator[TemplateError]:
    for keyword in ("x-definition", "x-personal"):
        if keyword not in item.schema:
            yield TemplateError(f"{item} lacks {keyword}", where=where, mend=f"an extension's item states {keyword}")
    if item.schema.get("x-grade"):
        yield TemplateError(
            f"{item} would enter the grade", where=f"{where}.x-grade",
            mend="only a registered industry version lets an item into the grade",
        )  # fmt: skip


def _unknown_codes(layer: Layer, items: dict[str, Item]) -> Iterator[TemplateError]:
    known = items.keys() | {item.code for item in layer.items}
    for code in sorted(layer.required - known):
        yield TemplateError(
            f"{layer.kind} layer {layer.handle} requires {code[:64]!r}, which neither it nor its base has",
            where=f"{layer.where}.required", mend="name a code of the template",
        )  # fmt: skip


def _document(layers: list[Layer], items: list[Item]) -> dict[str, Any]:
    last = layers[-1]
    industries = next((list(layer.industries) for layer in layers if layer.kind == INDUSTRY), [])
    return {
        "$schema": DIALECT,
        "x-template": {
            "format": FORMAT,
            "handle": last.handle,
            "version": last.version,
            "names": last.names,
            "industries": industries,
            "effective": max(layer.effective for layer in layers),
            "layers": [
                {
                    "layer": layer.kind, "handle": layer.handle, "version": layer.version,
                    "sha256": f"0x{layer.sha256.hex()}", "effective": layer.effective,
                }
                for layer in layers
            ],
        },
        "type": "object",
        "properties": {item.code: {**item.schema, "x-layer": item.layer} for item in items},
        "required": [item.code for item in sorted(items, key=lambda item: item.index) if item.required],
        "additionalProperties": False,
        "$defs": DEFINITIONS,
    }  # fmt: skip
