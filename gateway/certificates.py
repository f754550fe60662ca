"""Certificates by identifier: the public page, and the same facts as JSON.

`gateway.looking_up` fetches the stored rows and what the chain says; `gateway.page` decides what they mean together.
Served are the statement, which is public, and the openings that the enterprise published; never the result, which holds
quantities. `?token=0x…` shows an earlier certificate of the identifier.
"""

import json
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from gateway.looking_up import domain_of, page_of, page_soon
from gateway.negotiation import language_of
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from gateway.showing import as_document, credential_links, in_words
from gateway.templating import render
from gateway.wording import wording
from ledger.identifiers.vaa import IdentifierError, split

_ROOT_NODE = "88."
_NEVER_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}

Token = Annotated[str | None, Query(pattern="^0x[0-9a-f]{64}$")]


class Node88(Convertor[str]):
    """`{iss:node88}` in a route: what may be the prefix of a certificate. Every other path is left to its own route, so
    that a method which that does not take is answered 405."""

    regex = r"88\.[^/]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("node88", Node88())
router = APIRouter()


@router.get("/certificates/{iss}/{suffix:path}", summary="A certificate as JSON")
async def certificate_json(request: Request, iss: str, suffix: str, token: Token = None) -> Response:
    settings = settings_of(request)
    page = await page_soon(settings, checked_identifier(iss, suffix), _token(token))
    credentials = credential_links(page, settings.public_url) if settings.issuer else {}
    document = as_document(page, domain_of(settings), address_of(settings, page.identifier), credentials)
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, headers=_NEVER_STORE, media_type="application/json")


@router.get("/{iss:node88}/{suffix:path}", summary="The public page of a certificate")
def certificate_page(request: Request, iss: str, suffix: str, token: Token = None) -> Response:
    settings = settings_of(request)
    page = page_of(settings, checked_identifier(iss, suffix), _token(token))
    text = wording(language_of(request))
    return render(
        request,
        "certificate.html",
        200,
        {**_NEVER_STORE, "Content-Language": text.language},
        page=page,
        url=address_of(settings, page.identifier),
        domain=domain_of(settings),
        signed=settings.issuer is not None,
        credentials=credential_links(page, "") if settings.issuer else {},
        **in_words(page, text),
    )


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


def _token(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text[2:])
