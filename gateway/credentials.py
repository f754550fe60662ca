"""Certificates as verifiable credentials, their status lists, and what these refer to.

Every form is public but the disclosures of an SD-JWT: those go to the enterprise itself, and to whom it granted them.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from gateway.certificates import checked_identifier
from gateway.disclosing import disclosed, holder_key
from gateway.envelopes import MEDIA, SD_JWT, VC, VC_JWT, Envelopes, facts_of, issuable, issuing_of
from gateway.issuing import issuer_of
from gateway.looking_up import domain_of, page_of
from gateway.negotiation import preferred_media
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from gateway.status_lists import TOKEN, StatusLists, checked_list
from ledger.canonical import canonical_json
from ledger.credentials.sd_jwt_vc import type_address
from ledger.credentials.vc import Issuing
from ledger.credentials.vocabulary import context_document, terms_document, type_metadata
from ledger.store.certificates import certificate
from ledger.store.standing import followed
from ledger.store.status_entries import status_entry

OPEN: Mapping[str, str] = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT = {
    **OPEN, "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization", "Access-Control-Max-Age": "86400",
}  # fmt: skip
_NEVER_STORE = {
    **OPEN, "Access-Control-Expose-Headers": "Access-Log", "Cache-Control": "no-store", "Vary": "Accept, Authorization",
}  # fmt: skip
_LONG = {**OPEN, "Cache-Control": "public, max-age=86400"}
_BY_MEDIA = {
    "application/vc": VC, "application/vc+jwt": VC_JWT, "application/dc+sd-jwt": SD_JWT, "application/json": VC,
    "application/ld+json": VC, "application/jwt": VC_JWT,
}  # fmt: skip
_LIST_MEDIA = ("application/vc", "application/vc+jwt", "application/json", "application/ld+json")
_TOKEN_MEDIA = "application/statuslist+jwt"  # noqa: S105 – a media type
_MOST_FIELDS = 200

Token = Annotated[str | None, Query(pattern="^0x[0-9a-f]{64}$", description="an earlier certificate of the identifier")]
Form = Annotated[
    str | None, Query(max_length=20, description=f"{', '.join(MEDIA)}; without it the Accept header decides")
]
Fields = Annotated[
    str | None, Query(max_length=8_000, description="of an SD-JWT: only these fields, with commas between")
]
Holder = Annotated[
    str | None,
    Query(max_length=1_000, description="of an SD-JWT: the P-256 key, as did:jwk, that the enterprise shows it with"),
]

router = APIRouter()


@router.get("/credentials/terms", summary="The words of the credentials, Chinese and English")
def terms(request: Request) -> Response:
    return JSONResponse(terms_document(_issuing(request).terms), headers=_LONG)


@router.get("/credentials/context/1", summary="JSON-LD context of the credentials")
def context(request: Request) -> Response:
    return JSONResponse(context_document(_issuing(request).terms), headers=_LONG, media_type="application/ld+json")


@router.get("/.well-known/vct/credentials/types/carbon-certificate", include_in_schema=False)
@router.get("/credentials/types/carbon-certificate", summary="Type metadata of the SD-JWT credential")
def type_of_sd_jwt(request: Request) -> Response:
    return JSONResponse(type_metadata(type_address(settings_of(request).public_url)), headers=_LONG)


@router.get("/credentials/statements/{token}", summary="What three parties signed, in canonical JSON")
def statement(request: Request, token: str) -> Response:
    row = certificate(settings_of(request).engine, _token(token)) if _is_token(token) else None
    if row is None:
        raise Problem("not-found")
    return Response(canonical_json(row.statement), headers=_LONG, media_type="application/json")


@router.get("/credentials/status/{number}/{purpose}", summary="A status list, signed")
def status(request: Request, number: str, purpose: str) -> Response:
    """`revocation` and `suspension` are Bitstring Status List credentials, `status` is a token status list."""
    settings, issuer = settings_of(request), issuer_of(request)
    wanted = checked_list(number, purpose)
    if purpose == TOKEN:
        media = preferred_media(request, (_TOKEN_MEDIA, "application/jwt"))
    else:
        media = preferred_media(request, _LIST_MEDIA)
    if media is None:
        raise Problem("not-acceptable")
    as_token = media == "application/vc+jwt"
    signed = _lists(request).get(settings, issuer, wanted, purpose, as_token=as_token)
    left = max(0, signed.ends - settings.machine_clock())
    headers = {**OPEN, "Cache-Control": f"public, max-age={left}", "Vary": "Accept"}
    return Response(signed.text, headers=headers, media_type=media)


@router.get("/credentials/{iss}/{suffix:path}", summary="A certificate as verifiable credential")
def credential(
    request: Request,
    iss: str,
    suffix: str,
    form: Form = None,
    token: Token = None,
    disclose: Fields = None,
    holder: Holder = None,
) -> Response:
    settings, issuer = settings_of(request), issuer_of(request)
    identifier = checked_identifier(iss, suffix)
    media, wanted = _form(request, form)
    page = page_of(settings, identifier, None if token is None else _token(token))
    stored = issuable(page)
    entry = status_entry(settings.engine, stored.token)
    envelopes = Envelopes(
        issuer,
        facts_of(page, stored, domain_of(settings), settings.public_url, _shift(settings)),
        issuing_of(issuer, settings.public_url, entry),
        settings.machine_clock(),
    )
    if wanted != SD_JWT:
        return Response(envelopes.write(wanted), headers=_NEVER_STORE, media_type=media)
    key = None if holder is None else holder_key(request, identifier.partition("/")[0], holder)
    held = envelopes.sd_jwt(_result(request, stored.token), key)
    asked = None if disclose is None else [field for field in disclose.split(",")[:_MOST_FIELDS] if field]
    text, headers = disclosed(request, stored, held, asked)
    return Response(text, headers={**_NEVER_STORE, **headers}, media_type=media)


@router.options("/credentials/{rest:path}", include_in_schema=False)
def preflight(rest: str) -> Response:
    """Asked by a browser before it sends a token from a page of another origin (Fetch, 4.8)."""
    return Response(status_code=204, headers=_PREFLIGHT)


def _shift(settings: Settings) -> int:
    """How far the machine's time is ahead of the chain's, in a replay: its certificates are valid in their own time,
    and whoever verifies a credential has no other clock than ours."""
    position = followed(settings.engine) if settings.replay else None
    now = settings.machine_clock()
    return 0 if position is None else now - position.chain_time(now)


def _form(request: Request, form: str | None) -> tuple[str, str]:
    """Media type and form: as named in the query (a `+` there is a blank), else as Accept has it. Raises Problem."""
    if form is not None:
        wanted = form.replace("+", "-").replace(" ", "-")
        if wanted not in MEDIA:
            raise Problem("unknown-form", form=form, known=", ".join(MEDIA))
        return MEDIA[wanted], wanted
    media = preferred_media(request, tuple(_BY_MEDIA))
    if media is None:
        raise Problem("not-acceptable")
    return media, _BY_MEDIA[media]


def _result(request: Request, token: bytes) -> Mapping[str, Any]:
    row = certificate(settings_of(request).engine, token)
    return {} if row is None else row.result


def _issuing(request: Request) -> Issuing:
    """Of this gateway, for what is the same in all of its credentials. Raises Problem."""
    settings, issuer = settings_of(request), issuer_of(request)
    return Issuing(issuer.did, "", settings.public_url, 0)


def _lists(request: Request) -> StatusLists:
    lists = request.app.state.status_lists
    assert isinstance(lists, StatusLists)  # noqa: S101 – create_app sets it
    return lists


def _is_token(text: str) -> bool:
    return len(text) == 66 and text.startswith("0x") and set(text[2:]) <= set("0123456789abcdef")


def _token(text: str) -> bytes:
    return bytes.fromhex(text[2:])
