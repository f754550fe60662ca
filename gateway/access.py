"""Who calls: a bearer token (RFC 6750) or a client's own secret (RFC 7617) becomes a `Caller`, or `AccessRefused`.

Left to itself, AccessRefused is answered as problem details with 401 or 403 and a challenge; an interface with a form
of its own catches it.
"""

import threading
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from gateway.limiting import limiter_of
from gateway.problems import Problem, problem_response
from gateway.settings import settings_of
from ledger.access.client import Client
from ledger.access.credentials import TOKEN
from ledger.store.clients import authenticated, holder_of

REALM = "carbon-ledger"
_AT_ONCE = 4
_hashing = threading.BoundedSemaphore(_AT_ONCE)

Refusal = Literal["missing", "invalid", "expired", "scope", "role"]
_PROBLEMS: dict[Refusal, str] = {
    "missing": "token-missing",
    "invalid": "token-invalid",
    "expired": "token-expired",
    "scope": "scope-missing",
    "role": "role-missing",
}
_DESCRIPTIONS: dict[Refusal, str] = {
    "invalid": "the token is not one of this issuer, or its client was ended",
    "expired": "the token has expired",
    "scope": "the token lacks the scope",
    "role": "the client has another role",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that has proved itself, for one request. `organisation` is its node's prefix."""

    client_id: str
    organisation: str
    role: str
    scopes: frozenset[str]


class AccessRefused(Exception):
    """`code` says why; `scope` is the one that was wanted."""

    def __init__(self, code: Refusal, scope: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.scope = scope

    @property
    def status(self) -> int:
        return 403 if self.code in ("scope", "role") else 401

    @property
    def challenge(self) -> str:
        """WWW-Authenticate of RFC 6750 §3: without an error where no token was sent."""
        parts = [f'realm="{REALM}"']
        if self.code != "missing":
            error = "insufficient_scope" if self.status == 403 else "invalid_token"
            parts += [f'error="{error}"', f'error_description="{_DESCRIPTIONS[self.code]}"']
        if self.scope:
            parts.append(f'scope="{self.scope}"')
        return f"Bearer {', '.join(parts)}"


def caller_of(request: Request, scope: str | None = None) -> Caller:
    """Whose token the request carries; with a scope that it must have. One store read. Raises AccessRefused."""
    token = _bearer(request)
    if token is None:
        raise AccessRefused("missing", scope)
    settings = settings_of(request)
    held = holder_of(settings.engine, token, settings.public_url) if TOKEN.fullmatch(token) else None
    if held is None:
        raise AccessRefused("invalid", scope)
    if held.expires_at <= settings.machine_clock():
        raise AccessRefused("expired", scope)
    scopes = held.scopes & held.client.scopes
    if scope is not None and scope not in scopes:
        raise AccessRefused("scope", scope)
    return caller_as(held.client, scopes)


def caller_of_basic(client_id: str, secret: str, request: Request) -> Caller:
    """A client by its secret, with all of its scopes. Raises AccessRefused('invalid'), or Problem where the address has
    failed too often."""
    return caller_as(client_by_secret(request, client_id, secret))


def client_by_secret(request: Request, client_id: str, secret: str) -> Client:
    """An address that has failed too often is refused before any work is done. Raises AccessRefused, Problem."""
    limiter_of(request).before_attempt(request)
    with _hashing:  # each takes 16 MB
        client = authenticated(settings_of(request).engine, client_id, secret)
    if client is None:
        limiter_of(request).failed_attempt(request)
        raise AccessRefused("invalid")
    return client


def refused_response(request: Request, error: Exception) -> Response:
    """The default answer to AccessRefused."""
    if not isinstance(error, AccessRefused):
        return problem_response(request, Problem("internal"))
    headers = {"WWW-Authenticate": error.challenge}
    values = {"scope": error.scope} if error.code == "scope" else {}
    return problem_response(request, Problem(_PROBLEMS[error.code], headers, **values))


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def caller_as(client: Client, scopes: frozenset[str] | None = None) -> Caller:
    """With these of its scopes, or all of them."""
    return Caller(client.client_id, client.organisation, str(client.role), client.scopes if scopes is None else scopes)
