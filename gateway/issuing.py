"""Who issues: the DID document, and the keys of SD-JWT VC where such verifiers look for them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from gateway.issuer import Issuer
from gateway.problems import Problem
from gateway.settings import settings_of
from ledger.credentials.key_forms import thumbprint

_HEADERS: Mapping[str, str] = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
_EC_ONLY = ("EC",)

router = APIRouter()


def issuer_of(request: Request) -> Issuer:
    """Raises Problem where this gateway has no issuer keys."""
    issuer = settings_of(request).issuer
    if issuer is None:
        raise Problem("no-issuer")
    return issuer


@router.get("/did.json", include_in_schema=False)
@router.get("/.well-known/did.json", summary="DID document of the issuer (did:web)")
def did(request: Request) -> JSONResponse:
    settings = settings_of(request)
    document = issuer_of(request).document(settings.public_url, settings.machine_clock())
    return JSONResponse(document, headers=dict(_HEADERS), media_type="application/did+json")


@router.get("/.well-known/jwt-vc-issuer", summary="Keys that SD-JWT credentials are signed with")
def sd_jwt_issuer(request: Request) -> JSONResponse:
    return _issuer_metadata(request)


@router.get("/.well-known/jwt-vc-issuer/{path:path}", include_in_schema=False)
def sd_jwt_issuer_in_a_folder(request: Request, path: str) -> JSONResponse:
    """Where the public address has a path, it follows the well-known one (draft-ietf-oauth-sd-jwt-vc, 5.1)."""
    if path.strip("/") != urlsplit(settings_of(request).public_url).path.strip("/"):
        raise Problem("not-found")
    return _issuer_metadata(request)


def _issuer_metadata(request: Request) -> JSONResponse:
    settings = settings_of(request)
    published = issuer_of(request).published(settings.machine_clock())
    keys: list[dict[str, Any]] = [
        {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": "ES256"} for jwk in published if jwk["kty"] in _EC_ONLY
    ]
    return JSONResponse({"issuer": settings.public_url, "jwks": {"keys": keys}}, headers=dict(_HEADERS))
