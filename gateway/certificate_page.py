"""The public page of a certificate: the last of all routes, because its path is whatever stands behind a prefix."""

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from gateway.certificates import NEVER_STORE, Token, address_of, checked_identifier, token_of
from gateway.looking_up import domain_of, page_of
from gateway.negotiation import language_of
from gateway.settings import settings_of
from gateway.showing import credential_links, in_words
from gateway.templating import render
from gateway.wording import wording


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


@router.get("/{iss:node88}/{suffix:path}", summary="The public page of a certificate")
def certificate_page(request: Request, iss: str, suffix: str, token: Token = None) -> Response:
    settings = settings_of(request)
    page = page_of(settings, checked_identifier(iss, suffix), token_of(token))
    text = wording(language_of(request))
    return render(
        request,
        "certificate.html",
        200,
        {**NEVER_STORE, "Content-Language": text.language},
        page=page,
        url=address_of(settings, page.identifier),
        domain=domain_of(settings),
        signed=settings.issuer is not None,
        credentials=credential_links(page, "") if settings.issuer else {},
        **in_words(page, text),
    )
