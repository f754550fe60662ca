"""How paths and bodies of the resolver are described in /openapi.json. The patterns are narrower than what is accepted:
a description that a program can make examples from. Nothing is checked by them."""

from typing import Annotated, Any

from fastapi import Path


def _described(pattern: str, example: str) -> Any:
    return Annotated[str, Path(json_schema_extra={"pattern": pattern, "example": example})]


A_HANDLE = r"^88\.[1-9][0-9]{2}\.[1-9][0-9]{0,7}/[A-Za-z0-9_-]{1,40}$"
HandlePath = _described(A_HANDLE, "88.118.20260/CE-2025-0001")
TemplatePath = _described(r"^88\.[1-9][0-9]{2}\.0/META_[A-Z0-9_.]{1,40}$", "88.100.0/META_CARBON_PUB_1.0.0")
OidPath = _described(r"^1\.2(\.[1-9][0-9]{0,4}){1,6}$", "1.2.156.3001.1")
EcodePath = _described(r"^1[0-9]{4}[0-9]{1,20}$", "10064123456")
SCHEMES = ["vaa", "handle", "gs1", "gtin", "oid", "ecode", "uscc", "did"]
SchemePath = Annotated[str, Path(json_schema_extra={"enum": SCHEMES, "example": "oid"})]

_DATA = {
    "oneOf": [
        {"type": "string", "maxLength": 4000},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["format", "value"],
            "properties": {
                "format": {"enum": ["string", "base64", "hex", "admin", "vlist", "key", "site"]},
                "value": {},
            },
        },
    ]
}
_VALUE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["index", "type", "data"],
    "properties": {
        "index": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        "type": {"type": "string", "pattern": "^[!-~]{1,128}$"},
        "data": _DATA,
        "ttl": {"type": "integer", "minimum": 0},
        "permissions": {"type": "string", "pattern": "^[01]{1,4}$"},
    },
}
VALUES_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["values"],
                    "properties": {"values": {"type": "array", "minItems": 1, "maxItems": 100, "items": _VALUE}},
                }
            }
        },
    }
}
