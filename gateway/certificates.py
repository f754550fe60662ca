"""Certificates by identifier, as JSON; `gateway.certificate_page` has the same facts for people.

`gateway.looking_up` fetches the stored rows and what the chain says; `gateway.page` decides what they mean together.
Served are the statement, which is public, and the openings that the enterprise published; never the result, which holds
quantities. `?token=0x…` shows an earlier certificate of the identifier.
"""

import json
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from gateway.looking_up import domain_of, page_soon
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from gateway.showing import as_document, credential_links
from ledger.identifiers.vaa import IdentifierError, split

_ROOT_NODE = "88."
NEVER_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}

Token = Annotated[str | None, Query(pattern="^0x[0-9a-f]{64}$")]

router = APIRouter()


@router.get("/certificates/{iss}/{suffix:path}", summary="A certificate as JSON")
async def certificate_json(request: Request, iss: str, suffix: str, token: Token = None) -> Response:
    settings = settings_of(request)
    page = await page_soon(settings, checked_identifier(iss, suffix), token_of(token))
    credentials = credential_links(page, settings.public_url) if settings.issuer else {}
    document = as_document(page, domain_of(settings), address_of(settings, page.identifier), credentials)
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, headers=NEVER_STORE, media_type="application/json")


def checked_identifier(iss: str, suffix: str) -> str:
    """Raises Problem; whatever lies outside of the scheme's root node 88 is no certificate at all."""
    identifier = f"{iss}/{suffix}"
    if not iss.startswith(_ROOT_NODE):
        raise Problem("not-found")
    try:
        split(identifier)
    except IdentifierError as fault:
        raise Problem("malformed-identifier", identifier=identifier[:120]) from fault
    return identifier


def address_of(settings: Settings, identifier: str) -> str:
    """The page's address, as a QR code carries it."""
    return f"{settings.public_url}/{quote(identifier)}"


def token_of(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text[2:])
