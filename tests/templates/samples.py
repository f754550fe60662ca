"""Layers made up for the tests: an extension of the flat glass template, and what may be changed in it."""

import copy
import json
from typing import Any

from ledger.templates import Layer, Template, merge, parse_layer
from ledger.templates.library import load_layer

PUBLIC = load_layer("public")
GLASS = load_layer("flat-glass")
GLASS_TEMPLATE = merge(PUBLIC, GLASS)
Json = dict[str, Any]


def quantity(index: int, zh: str, en: str, more: Json | None = None, *, unit: str = "t") -> Json:
    """An item of an extension: a quantity with all that is asked for."""
    return {
        "x-index": index,
        "x-names": {"zh": zh, "en": en},
        "x-definition": {"zh": zh, "en": en},
        "type": "array",
        "items": {"$ref": "#/$defs/dataItem"},
        "minItems": 1,
        "maxItems": 12,
        "x-unit": unit,
        "x-source-kinds": ["ledger"],
        "x-visibility": "authorized",
        "x-personal": False,
        **(more or {}),
    }


def extension(items: Json | None = None, required: list[str] | None = None, **head: Any) -> Json:
    """The document of an extension of the flat glass layer."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-template": {
            "format": "template-layer/1",
            "layer": "extension",
            "handle": "88.118.20260/META_CARBON_GLASS_EXT_1",
            "version": "1.0.0",
            "names": {"zh": "某玻璃厂扩展", "en": "Extension of a glass works"},
            "base": {"handle": GLASS.handle, "sha256": f"0x{GLASS.sha256.hex()}"},
            "effective": "2026-06-01T00:00:00+08:00",
            "source": "the works",
            "confidence": "design",
            **head,
        },
        "type": "object",
        "properties": {"tinBath": quantity(3000, "锡槽锡耗", "Tin of the float bath")} if items is None else items,
        "required": required or [],
    }


def encode(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def layer(document: Json | None = None) -> Layer:
    return parse_layer(encode(extension() if document is None else document), "extension.json")


def restated(code: str, **changes: Any) -> Json:
    """A base item as a child states it again, with changes; None takes a keyword away."""
    base = next(item for item in GLASS_TEMPLATE.items if item.code == code)
    schema = copy.deepcopy(dict(base.schema)) | changes
    return {keyword: value for keyword, value in schema.items() if value is not None}


def extended(document: Json | None = None) -> Template:
    return merge(PUBLIC, GLASS, layer(document))
