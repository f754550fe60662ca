"""How the routes of PACT describe themselves in /openapi.json."""

from collections.abc import Mapping
from typing import Any

from ledger.exchange.criteria import FILTERS
from ledger.exchange.events import CREATED, FULFILLED, MEDIA_TYPE, MOST_VALUES, PUBLISHED, REJECTED

Json = dict[str, Any]

_TEXTS: Json = {"type": "array", "items": {"type": "string"}}
_REFERENCE: Json = {"type": "string", "pattern": "^(https:)?//[a-z0-9][a-z0-9.-]{0,60}(/[A-Za-z0-9._~-]{0,60})*$"}
_MOMENT: Json = {"type": "string", "description": "a moment of RFC 3339; anything else matches nothing"}
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
    429: "too many requests of this address, or too much of this client waits already",
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

_NAMED: Json = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^\\u0000]+$"}
_PLAIN: Json = {"type": "string", "maxLength": 2048}
_UUID: Json = {"type": "string", "format": "uuid"}
_VALUES: Json = {"anyOf": [_PLAIN, {"type": "array", "items": _PLAIN, "maxItems": MOST_VALUES}]}
_GIVEN: Json = {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1}]}
_CRITERIA: Json = {
    "type": "object",
    "properties": {**dict.fromkeys(FILTERS.values(), _VALUES), "comment": {"type": "string"}},
    "anyOf": [{"required": [name], "properties": {name: _GIVEN}} for name in FILTERS.values()],
}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_VALUES}


_TEXT: Json = {**_PLAIN, "minLength": 1, "pattern": "^[^\\u0000]+$"}
_DATA: Mapping[str, Json] = {
    CREATED: _CRITERIA,
    FULFILLED: _object(requestEventId=_NAMED, pfs=_list(_object(id=_UUID))),
    REJECTED: _object(requestEventId=_NAMED, error=_object(code=_NAMED, message=_TEXT)),
    PUBLISHED: _object(pfIds=_list(_UUID)),
}


def _event(kind: str, data: Json) -> Json:
    return _object(
        type={"type": "string", "const": kind},
        specversion={"type": "string", "const": "1.0"},
        id=_NAMED,
        source=_REFERENCE,
        time={"type": "string", "format": "date-time"},
        data=data,
    )


EVENT_BODY: Json = {
    "requestBody": {
        "required": True,
        "content": {MEDIA_TYPE: {"schema": {"oneOf": [_event(kind, data) for kind, data in _DATA.items()]}}},
    }
}


def responses(*statuses: int) -> dict[int | str, Json]:
    return {status: _response(status) for status in statuses}


def _response(status: int) -> Json:
    if status == 200:
        return {"description": "as PACT 3.0 has it", "headers": {"Link": _LINK}}
    return {"description": _DESCRIPTIONS[status], "content": {"application/json": {"schema": _ERROR}}}
