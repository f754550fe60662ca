"""Answers in PACT's own form: `{"code", "message"}` for every refusal under /3, whoever refused.

| refusal                                | status  | code         |
|----------------------------------------|---------|--------------|
| no token, or one that is none          | 401     | BadRequest   |
| an expired token                       | 401     | TokenExpired |
| a scope or a footprint that is not the caller's | 403 | AccessDenied |
| no such footprint                      | 404     | NotFound     |
| anything else that the caller did      | 4xx     | BadRequest   |
| anything that we did                   | 500, 503 | InternalError |

PACT has no code for a token that is none: its conformance tests look for BadRequest there.
"""

import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from gateway.access import AccessRefused
from gateway.problems import Problem
from ledger.exchange.errors import CursorFault, EventFault
from ledger.store.database import StoreError

ROOT = "/3"
NEVER_STORE = {"Cache-Control": "no-store"}
_BUSY = {"Retry-After": "5"}
_log = logging.getLogger("gateway")


class PactRefusal(Exception):
    """One answer of the table."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def pact_json(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {**NEVER_STORE, **(headers or {})}, "application/json")


def refused(refusal: PactRefusal) -> Response:
    return pact_json({"code": refusal.code, "message": refusal.message}, refusal.status, refusal.headers)


class PactRoute(APIRoute):
    """A route whose every refusal has PACT's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as fault:
                return in_pacts_form(fault)

        return answered


def is_pacts(path: str) -> bool:
    """Whether whoever asks for this address reads PACT's form, also where no route of PACT answers."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def in_pacts_form(fault: Exception) -> Response:
    return refused(_refusal(fault))


def _refusal(fault: Exception) -> PactRefusal:
    match fault:
        case PactRefusal():
            return fault
        case AccessRefused():
            return _of_access(fault)
        case EventFault() | CursorFault():
            return PactRefusal(400, "BadRequest", str(fault))
        case Problem():
            code = "BadRequest" if fault.status < 500 else "InternalError"
            told = ", ".join(f"{name} {value}" for name, value in fault.values.items())
            message = fault.code.replace("-", " ") + (f": {told}" if told else "")
            return PactRefusal(fault.status, code, message, fault.headers)
        case HTTPException() | RequestValidationError():
            return PactRefusal(getattr(fault, "status_code", 400), "BadRequest", "the request cannot be read")
        case StoreError() | SQLAlchemyError():
            _log.error("storage: %s", fault)
            return PactRefusal(503, "InternalError", "the store does not answer", _BUSY)
    _log.error("unexpected: %s", type(fault).__name__, exc_info=fault)
    return PactRefusal(500, "InternalError", "an error of this server; it is noted")


def _of_access(fault: AccessRefused) -> PactRefusal:
    status, code, message = {
        "missing": (401, "BadRequest", "no access token: get one by client credentials"),
        "invalid": (401, "BadRequest", "the access token is none of this server, or was ended"),
        "expired": (401, "TokenExpired", "the access token has expired"),
        "role": (403, "AccessDenied", "the client has another role"),
        "scope": (403, "AccessDenied", f"the access token lacks the scope {fault.scope}"),
    }[fault.code]
    return PactRefusal(status, code, message, {"WWW-Authenticate": fault.challenge})
