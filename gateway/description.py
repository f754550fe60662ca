"""`/openapi.json`, said completely: which media types each address answers, the form of errors, what parameters look
like, and which addresses want a token.

The framework describes JSON and its own form of validation errors only. Here stands what it cannot see; whoever adds a
route that answers anything but JSON adds it to `MEDIA`.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.envelopes import MEDIA as FORMS
from gateway.problems import MEDIA_TYPE, STATUS
from gateway.tokens import PATH as TOKEN_PATH
from ledger.access.roles import SCOPES
from ledger.chain.contracts import NAMES

Json = dict[str, Any]
HTML, SVG, PNG, JSON = "text/html", "image/svg+xml", "image/png", "application/json"
MEDIA: dict[str, tuple[str, ...]] = {
    "/": (HTML,),
    "/problems/{code}": (JSON, HTML),
    "/evidence/{iss}/{suffix}": (JSON, "application/zip"),
    "/frames": (JSON, "application/cbor"),
    "/log/{log_id}/checkpoint": ("text/plain",),
    "/log/{log_id}/tile/{rest}": ("application/octet-stream",),
    "/log/{log_id}/receipts/{digest}": (JSON, "application/cose"),
    "/.well-known/did.json": ("application/did+json",),
    "/credentials/context/1": ("application/ld+json",),
    "/credentials/status/{number}/{purpose}": ("application/vc", "application/vc+jwt"),
    "/credentials/{iss}/{suffix}": (JSON, "application/vc", "application/vc+jwt", "application/dc+sd-jwt"),
    "/templates/{handle}": ("application/schema+json",),
    "/{iss}/{suffix}/qr.svg": (SVG,),
    "/{iss}/{suffix}/qr.png": (PNG,),
    "/{iss}/{suffix}/label.svg": (SVG,),
    "/{iss}/{suffix}/label.png": (PNG,),
    "/{iss}/{suffix}": (HTML,),
    "/scan": (HTML,),
    "/scan/offline": (HTML,),
}
OWN_ERRORS = ("/api/handles/", "/hrls/", "/3/")
"""Interfaces that answer errors in a JSON of their own."""
PRIVATE = ("/evidence/", "/access/", "/3/footprints", "/3/events")
_PREFIX = r"^88\.[1-9][0-9]{2,3}\.[1-9][0-9]{0,7}$"
_NAME = r"88(\.[a-z0-9-]{1,63}){1,6}/[A-Za-z0-9._-]+"
_HASH = r"^0x[0-9a-f]{64}$"
PARAMETERS: dict[str, Json] = {
    "iss": {"pattern": _PREFIX, "examples": ["88.118.20260"]},
    "suffix": {"pattern": r"^[^\s\u0000-\u0020\u007f-\u00a0\ufeff]+$", "examples": ["CE-2018-0001"]},
    "log_id": {"pattern": _HASH},
    "digest": {"pattern": _HASH},
    "key": {"enum": ["01"], "examples": ["01"]},
    "/{key}/{rest}:rest": {"pattern": r"^09506000134352(/10/[A-Za-z0-9]{1,20})?(/21/[A-Za-z0-9]{1,20})?$"},
    "/credentials/{iss}/{suffix}:form": {"enum": [*FORMS, None]},
    "/contracts/{name}:name": {"enum": list(NAMES)},
    "/problems/{code}:code": {"enum": sorted(STATUS)},
    "/:identifier": {"pattern": f"^({_NAME})?$"},
}
"""By name, or by address and name: what the path itself does not say, for whoever generates requests from this.
Narrower than what is accepted where a check digit, or one value's dependence on another, is beyond a pattern."""
EXTRA_PARAMETERS: dict[str, list[Json]] = {
    "/hrls/handles": [
        {
            "name": "patterns", "in": "query", "required": True, "style": "form", "explode": True,
            "description": "a type of value and what it says, once or more; `*` stands for anything",
            "schema": {
                "type": "object", "minProperties": 1, "maxProperties": 10, "example": {"URL": "*certificates*"},
                "additionalProperties": {"type": "string"},
            },
        },
    ],
}  # fmt: skip
"""Parameters whose names are the asker's."""
_PROBLEM: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457); in the language of Accept-Language",
    "required": ["type", "title", "status", "detail", "mend", "code", "instance"],
    "properties": {
        "status": {"type": "integer"},
        **{name: {"type": "string"} for name in ("type", "title", "detail", "mend", "code", "instance")},
    },
}


def describe(app: FastAPI) -> Callable[[], Json]:
    """What `app.openapi` is to be: made once, when it is first asked for."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            app.openapi_schema = completed(document)
        return app.openapi_schema

    return openapi


def completed(document: Json) -> Json:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # never answered
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    flow = {"tokenUrl": TOKEN_PATH, "scopes": dict.fromkeys(SCOPES, "")}
    components["securitySchemes"] = {"token": {"type": "oauth2", "flows": {"clientCredentials": flow}}}
    return document


def _complete(path: str, operation: Json) -> None:
    responses = operation["responses"]
    if "422" in responses and _is_generic(responses["422"]):
        del responses["422"]
    if path in MEDIA:
        responses["200"]["content"] = {media: {"schema": {}} for media in MEDIA[path]}
    responses["default"] = _default(path)
    if path in EXTRA_PARAMETERS:
        operation["parameters"] = [*operation.get("parameters", []), *EXTRA_PARAMETERS[path]]
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        own = PARAMETERS.get(name, {}) if parameter["in"] == "path" else {}
        parameter["schema"] |= PARAMETERS.get(f"{path}:{name}", own)
    if path.startswith(PRIVATE):
        operation["security"] = [{"token": []}]


def _is_generic(response: Json) -> bool:
    schema = response.get("content", {}).get(JSON, {}).get("schema", {})
    return str(schema.get("$ref", "")).endswith("/HTTPValidationError")


def _default(path: str) -> Json:
    """Any other status: a problem, or for a browser a page; two interfaces have a form of their own besides."""
    own: Json = {JSON: {"schema": {"type": "object"}}} if path.startswith((*OWN_ERRORS, TOKEN_PATH)) else {}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, HTML: {"schema": {"type": "string"}}}
    return {"description": "a problem", "content": {**own, **content}}
