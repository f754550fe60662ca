"""What a later version of a layer may say, and how an item that many carry moves into the industry's layer.

- A version is a new text with a higher number and the same issuer, name and kind. Nothing is deleted; nothing changes
  but by being disabled. Adding takes a minor version; disabling, and any change of the public layer, a major one.
- An item is promotable when at least `ENOUGH` enterprises carry it in extensions of the industry: same code, unit, type
  and sources. The new layer gives it an index of the industry's range; the migration map leads from each old index.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.canonical import canonical_json
from ledger.templates.errors import TemplateError
from ledger.templates.items import Item, folded
from ledger.templates.layer import Layer, parse_layer
from ledger.templates.vocabulary import EXTENSION, INDUSTRY, PUBLIC, RANGES

ENOUGH = 3
"""Enterprises; this project's own proposal."""
BLOCK = 100
"""Indices that one industry has."""
_SAME = ("type", "items", "format", "x-unit", "x-source-kinds", "x-minimum", "x-maximum")


@dataclass(frozen=True, slots=True)
class Promotable:
    """`item` as the first of the enterprises states it; `carriers`: prefix and index of each."""

    item: Item
    carriers: Mapping[str, int]


def promotable(industry: Layer, extensions: Iterable[Layer], enough: int = ENOUGH) -> list[Promotable]:
    """The items that enough enterprises carry in extensions of this very layer, by code."""
    carried: dict[tuple[object, ...], dict[str, Item]] = {}
    for layer in sorted(extensions, key=lambda layer: layer.handle):
        if layer.kind == EXTENSION and layer.base == industry.reference:
            for item in _own(layer):
                carried.setdefault(_sameness(item), {}).setdefault(layer.owner, item)
    found = [
        Promotable(next(iter(items.values())), {owner: item.index for owner, item in items.items()})
        for items in carried.values()
        if len(items) >= enough
    ]
    return sorted(found, key=lambda one: one.item.code)


def promote(industry: Layer, chosen: Sequence[Promotable], version: str, effective: str) -> Layer:
    """The industry's next version, these items under its next free indices; registering it is the top's business."""
    index = max((item.index for item in industry.items), default=RANGES[INDUSTRY][0] - 1)
    if (index + len(chosen)) // BLOCK != (index + 1) // BLOCK:
        raise TemplateError(
            "the industry's block of indices is full", where=industry.where, mend="disable, renumber none"
        )
    properties = dict(industry.document["properties"])
    for number, one in enumerate(chosen, index + 1):
        properties[one.item.code] = {**one.item.schema, "x-index": number}
    handle = industry.handle.removesuffix(industry.version) + version
    head = {**industry.document["x-template"], "handle": handle, "version": version, "effective": effective}
    document: dict[str, Any] = {**industry.document, "x-template": head, "properties": properties}
    promoted = parse_layer(canonical_json(document), industry.where)
    for fault in successor_faults(industry, promoted):
        raise fault
    return promoted


def migration(chosen: Iterable[Promotable], promoted: Layer) -> dict[str, dict[int, int]]:
    """Per enterprise: its old index of each promoted item, and the new one."""
    new = {item.code: item.index for item in promoted.items}
    moved: dict[str, dict[int, int]] = {}
    for one in chosen:
        for owner, index in one.carriers.items():
            moved.setdefault(owner, {})[index] = new[one.item.code]
    return moved


def successor_faults(old: Layer, new: Layer) -> list[TemplateError]:
    """What keeps `new` from being a later version of `old`."""
    if (old.kind, old.owner, _stem(old)) != (new.kind, new.owner, _stem(new)):
        return [TemplateError(f"{new.handle} is no version of {old.handle}", where=new.where, mend="keep its name")]
    later = {item.code: item for item in new.items}
    faults = [
        TemplateError(f"{item} is gone", where=new.where, mend='disable it: "x-disabled": true')
        for item in old.items
        if item.code not in later
    ]
    faults += [
        TemplateError(f"{item} is not what it was", where=new.where, mend="an item changes only by being disabled")
        for item in old.items
        if item.code in later and _changed(item, later[item.code])
    ]
    needed = _needed(old, new, later)
    if _parts(new) < needed:
        text = ".".join(map(str, needed))
        faults.append(
            TemplateError(f"version {new.version} after {old.version}", where=new.where, mend=f"write {text}, or above")
        )
    return faults


def _needed(old: Layer, new: Layer, later: Mapping[str, Item]) -> tuple[int, int, int]:
    major, minor, patch = _parts(old)
    disabled = any(item.code in later and later[item.code].disabled != item.disabled for item in old.items)
    known = {item.code for item in old.items}
    added = any(code not in known for code in later) or new.required != old.required
    if disabled or (old.kind == PUBLIC and added):
        return major + 1, 0, 0
    return (major, minor + 1, 0) if added else (major, minor, patch + 1)


def _changed(before: Item, after: Item) -> bool:
    """Apart from being disabled: an item that is disabled stays so."""
    if before.disabled and not after.disabled:
        return True
    first, second = ({**item.schema, "x-disabled": None} for item in (before, after))
    return first != second or (before.required and not after.required and not after.disabled)


def _own(layer: Layer) -> list[Item]:
    least, most = RANGES[layer.kind]
    return [item for item in layer.items if least <= item.index <= most and not item.disabled]


def _sameness(item: Item) -> tuple[object, ...]:
    return (folded(item.code), *(canonical_json(item.schema.get(keyword)) for keyword in _SAME))


def _stem(layer: Layer) -> str:
    return re.sub(r"_[0-9.]+$", "", layer.handle) if layer.kind != EXTENSION else layer.handle


def _parts(layer: Layer) -> tuple[int, int, int]:
    major, minor, patch = layer.version.split(".")
    return int(major), int(minor), int(patch)
