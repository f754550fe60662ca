"""`POST /auth/token`: access tokens by the client credentials grant (RFC 6749 §4.4), and where to find it.

Refusals have the form of §5.2, not that of the gateway's other errors: OAuth clients read `error`.
"""

import secrets
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from gateway.access import REALM, AccessRefused, client_by_secret
from gateway.body import bounded_body
from gateway.limiting import limiter_of
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from ledger.access.client import Client
from ledger.access.credentials import as_token
from ledger.access.oauth import GRANT, OAuthFault, TokenRequest, read_token_request
from ledger.access.roles import SCOPES
from ledger.store.clients import put_token

FORM = "application/x-www-form-urlencoded"
PATH = "/auth/token"
_MOST_BYTES = 8192
_MOST_FIELDS = 32
_NEVER_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_FIELDS = {
    "grant_type": {"type": "string", "enum": [GRANT]},
    **{name: {"type": "string"} for name in ("scope", "audience", "resource", "client_id", "client_secret")},
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": {"type": "object", "properties": _FIELDS, "required": ["grant_type"]}}},
    }
}

router = APIRouter()


async def form_body(request: Request) -> bytes | None:
    """None beyond the bound, which is refused in OAuth's form as well."""
    try:
        return await bounded_body(request, _MOST_BYTES)
    except Problem:
        return None


@router.post(PATH, summary="An access token for a client", openapi_extra=_BODY)
def token(request: Request, body: Annotated[bytes | None, Depends(form_body)]) -> Response:
    """HTTP Basic or `client_id` and `client_secret` in the form; `scope` asks for less than the client has."""
    if body is None:
        return _refusal(OAuthFault(f"the body has more than {_MOST_BYTES} bytes"), 413)
    try:
        asked = read_token_request(_pairs(request, body), request.headers.get("authorization"))
        client = _client(request, asked)
        scopes = _granted(client, asked, settings_of(request))
    except OAuthFault as fault:
        return _refusal(fault)
    limiter_of(request).count("tokens", client.client_id)
    return _answer(settings_of(request), client, scopes)


@router.get("/.well-known/openid-configuration", summary="Where tokens are given out")
@router.get("/.well-known/oauth-authorization-server", summary="Where tokens are given out (RFC 8414)")
def metadata(request: Request) -> Response:
    url = settings_of(request).public_url
    document = {
        "issuer": url,
        "token_endpoint": f"{url}{PATH}",
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": list(SCOPES),
    }
    return JSONResponse(document, headers={"Cache-Control": "public, max-age=3600"})


def _pairs(request: Request, body: bytes) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise OAuthFault(f"the body is not {FORM}")
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OAuthFault("the body cannot be read as a form") from None


def _client(request: Request, asked: TokenRequest) -> Client:
    """Whether the client has had its tokens is asked before its secret is hashed, which takes long."""
    limiter_of(request).room("tokens", asked.client_id)
    try:
        return client_by_secret(request, asked.client_id, asked.secret)
    except AccessRefused:
        raise OAuthFault("no such client, or another secret", code="invalid_client") from None


def _granted(client: Client, asked: TokenRequest, settings: Settings) -> frozenset[str]:
    """What is asked for and the client has; nothing at all is a refusal (RFC 6749 §3.3). An `audience` is not looked
    at: a token counts here and nowhere else."""
    if asked.resource and not f"{asked.resource}/".startswith(f"{settings.public_url}/"):
        raise OAuthFault("tokens are given out for this gateway only", code="invalid_target")
    scopes = client.scopes if asked.scopes is None else client.scopes & asked.scopes
    if not scopes:
        raise OAuthFault("the client has none of these scopes", code="invalid_scope")
    return scopes


def _answer(settings: Settings, client: Client, scopes: frozenset[str]) -> Response:
    made, seconds = as_token(secrets.token_bytes(32)), settings.token_seconds
    issuer, now = settings.public_url, settings.machine_clock()
    put_token(settings.engine, made, client, scopes=scopes, issuer=issuer, now=now, seconds=seconds)
    document = {"access_token": made, "token_type": "Bearer", "expires_in": seconds, "scope": " ".join(sorted(scopes))}
    return JSONResponse(document, headers=_NEVER_STORE)


def _refusal(fault: OAuthFault, status: int = 400) -> Response:
    """§5.2 allows no backslash and no double quote in the description."""
    plain = fault.message.replace("\\", "/").replace('"', "'")
    document = {"error": fault.code, "error_description": plain}
    if fault.code != "invalid_client":
        return JSONResponse(document, status, _NEVER_STORE)
    return JSONResponse(document, 401, {**_NEVER_STORE, "WWW-Authenticate": f'Basic realm="{REALM}"'})
