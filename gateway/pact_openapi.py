"""How the routes of PACT describe themselves in /openapi.json."""

from typing import Any

from ledger.exchange.events import MEDIA_TYPE, TYPES

Json = dict[str, Any]

_TEXTS: Json = {"type": "array", "items": {"type": "string"}}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_LINK: Json = {"description": "the next page, rel=next", "schema": {"type": "string"}}
_ERROR: Json = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {
            "type": "string",
            "enum": ["BadRequest", "AccessDenied", "TokenExpired", "NotFound", "InternalError", "NotImplemented"],
        },
        "message": {"type": "string"},
    },
}
_DESCRIPTIONS = {
    400: "the request cannot be read",
    401: "no valid access token",
    403: "not granted to the caller",
    404: "no such footprint",
    413: "the body is too large",
    415: "another media type",
    429: "too much of this client waits already",
}


def _parameter(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


LIST_PARAMETERS: list[Json] = [
    _parameter("limit", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "at most so many"),
    _parameter("productId", _TEXTS, "URNs of products"),
    _parameter("companyId", _TEXTS, "URNs of companies"),
    _parameter("geography", _TEXTS, "region, country or subdivision that the footprint lies in"),
    _parameter("classification", _TEXTS, "URNs of product classifications"),
    _parameter("validOn", _MOMENT, "within the validity period"),
    _parameter("validAfter", _MOMENT, "before the start of the validity period"),
    _parameter("validBefore", _MOMENT, "after the end of the validity period"),
    _parameter("status", {"type": "string"}, "Active or Deprecated; any other matches nothing"),
]

EVENT_BODY: Json = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "specversion", "id", "source", "time", "data"],
                    "properties": {
                        "type": {"type": "string", "enum": list(TYPES)},
                        "specversion": {"type": "string", "const": "1.0"},
                        "id": {"type": "string", "minLength": 1, "maxLength": 255},
                        "source": {"type": "string", "minLength": 1, "maxLength": 2048},
                        "time": _MOMENT,
                        "data": {"type": "object"},
                    },
                }
            }
        },
    }
}


def responses(*statuses: int) -> dict[int | str, Json]:
    return {status: _response(status) for status in statuses}


def _response(status: int) -> Json:
    if status == 200:
        return {"description": "as PACT 3.0 has it", "headers": {"Link": _LINK}}
    return {"description": _DESCRIPTIONS[status], "content": {"application/json": {"schema": _ERROR}}}
