"""Words and limits that layers, templates and records share (docs/formats/template.md)."""

from typing import Any

from ledger.templates.schema import Schema

PUBLIC, INDUSTRY, EXTENSION = "public", "industry", "extension"
LAYERS = (PUBLIC, INDUSTRY, EXTENSION)
RANGES = {PUBLIC: (2000, 2199), INDUSTRY: (2200, 2999), EXTENSION: (3000, 4999)}
"""Who may give out which index. Of an extension's, 4000 and above are for its devices (active carriers)."""

VISIBILITY = ("public", "authorized", "secret")
"""Who may read an item, from the widest to the narrowest: 公开, 授权, 保密."""
SOURCE_KINDS = ("measured", "ledger", "invoice", "lab", "default")
MAPPINGS = ("pact", "untp", "epcis")
CONFIDENCE = ("found", "memory-high", "memory-medium", "memory-low", "design")
"""As in rule files; design: a proposal of this project's own."""

ANY_UNIT = "*"
"""The record names the unit."""
DATA_ITEM = "#/$defs/dataItem"

_DATE: Schema = {"type": "string", "format": "date"}
_HASH: Schema = {"type": "string", "format": "sha256"}
_QUALITY: Schema = {"type": "string", "format": "decimal", "x-minimum": "1", "x-maximum": "5"}
DEFINITIONS: dict[str, Any] = {
    "dataItem": {
        "type": "object",
        "properties": {
            "qty": {"type": "string", "format": "decimal"},
            "unit": {"type": "string", "minLength": 1, "maxLength": 64},
            "periodStart": _DATE,
            "periodEnd": _DATE,
            "sourceKind": {"type": "string", "enum": list(SOURCE_KINDS)},
            "deviceId": {"type": "string", "format": "vaa-identifier"},
            "calibrationId": {"type": "string", "minLength": 1, "maxLength": 100},
            "calibrationDue": _DATE,
            "evidenceHash": _HASH,
            "dqr": {
                "type": "object",
                "properties": {"tech": _QUALITY, "geo": _QUALITY, "temp": _QUALITY},
                "required": ["tech", "geo", "temp"],
                "additionalProperties": False,
            },
            "correctionOf": _HASH,
        },
        "required": ["qty", "unit", "periodStart", "periodEnd", "sourceKind"],
        "additionalProperties": False,
    }
}
REFERENCES: dict[str, Schema] = {DATA_ITEM: DEFINITIONS["dataItem"]}
"""The same by what a "$ref" says."""
