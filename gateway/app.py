"""The application: routes, error answers, the outer shield. Everything that it serves comes in through `Settings`."""

import logging
from importlib import metadata

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match, Route

from gateway import (
    access_lists,
    certificate_page,
    certificates,
    contracts_route,
    credentials,
    digital_links,
    evidence,
    frames,
    handles,
    health,
    identities,
    issuing,
    labels,
    log,
    pact,
    scan,
    start,
    templates_route,
    tokens,
    verifications,
)
from gateway.access import AccessRefused, refused_response
from gateway.description import describe
from gateway.limiting import Limiter, Limiting
from gateway.pact_form import in_pacts_form, is_pacts
from gateway.problems import Problem, from_status, problem_response
from gateway.record_signing import RecordSigner
from gateway.security import Shield
from gateway.settings import Settings
from gateway.status_lists import StatusLists
from ledger.chain.errors import ChainError
from ledger.store.database import StoreError
from ledger.store.log import LogStore

_log = logging.getLogger("gateway")

ROUTES = (
    health, certificates, handles, start, tokens, access_lists, evidence, frames, log, issuing, credentials, pact,
    templates_route, contracts_route, digital_links, identities, verifications, scan, labels, certificate_page,
)  # fmt: skip
"""In this order: what is asked most comes first, and the last one takes whatever path is left."""


def create_app(settings: Settings) -> FastAPI:
    """Interactive documentation pages are off: they would load scripts from elsewhere. /openapi.json stays."""
    app = FastAPI(
        title="carbon-ledger gateway",
        version=metadata.version("carbon-ledger"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.state.settings = settings
    app.state.log = LogStore(settings.engine, settings.log_id)
    app.state.record_signer = RecordSigner(settings.issuer.rsa) if settings.issuer else None
    app.state.status_lists = StatusLists()
    app.state.limiter = Limiter(settings.limits)
    for module in ROUTES:
        app.include_router(module.router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(AccessRefused, refused_response)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StoreError, _storage)
    app.add_exception_handler(SQLAlchemyError, _storage)
    app.add_exception_handler(ChainError, _chain)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _internal)
    app.add_middleware(Limiting, limiter=app.state.limiter, refusal=_told)
    app.add_middleware(Shield)
    return app


def _told(request: Request, problem: Problem) -> Response:
    return in_pacts_form(problem) if is_pacts(request.url.path) else problem_response(request, problem)


def _problem(request: Request, error: Exception) -> Response:
    return _told(request, error if isinstance(error, Problem) else Problem("internal"))


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _internal(request, error)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        headers["Allow"] = ", ".join(methods)
    return _told(request, from_status(error.status_code, headers, request.method))


def _methods(request: Request) -> list[str]:
    """All that this address takes (RFC 9110 §15.5.6), where several routes share it; HEAD wherever GET is. A route for
    many methods that is not described only refuses."""
    routes = [route for module in ROUTES for route in module.router.routes if isinstance(route, Route)]
    fitting = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    taken = [(route.include_in_schema, route.methods or set()) for route in fitting]
    methods = {method for described, several in taken if described or len(several) == 1 for method in several}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _invalid(request: Request, error: Exception) -> Response:
    """The first fault that validation found: where, and what was expected there."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    first = faults[0] if faults else {"loc": (), "msg": ""}
    where = ".".join(str(part) for part in first["loc"])
    return _told(request, Problem("invalid-request", where=where, what=first["msg"]))


def _storage(request: Request, error: Exception) -> Response:
    _log.error("storage: %s", error)
    return _told(request, Problem("storage-unavailable", {"Retry-After": "5"}))


def _chain(request: Request, error: Exception) -> Response:
    _log.error("chain: %s", error)
    return _told(request, Problem("chain-unreachable", {"Retry-After": "5"}))


def _gone(request: Request, error: Exception) -> Response:
    """The sender went away in the middle of its request, as when a terminal loses power: nobody reads this answer."""
    return Response(status_code=400)


def _internal(request: Request, error: Exception) -> Response:
    return _told(request, Problem("internal"))
