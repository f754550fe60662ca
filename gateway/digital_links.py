"""A GS1-conformant resolver: Digital Links such as `/01/<GTIN>/10/<batch>` at the root of the public address, and the
description of the resolver at `/.well-known/gs1resolver`."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import JSONResponse

from gateway.link_answers import CORS, LINKSET_CONTENT, answer, preflight
from gateway.linking import linked
from gateway.paths import raw_path
from gateway.problems import Problem
from gateway.settings import settings_of
from ledger.identifiers.digital_link import DigitalLink, parse_path
from ledger.identifiers.gs1 import KEYS
from ledger.identifiers.text import IdentifierError, percent_decoded, refused
from ledger.resolution.linkset import description_file, gs1_linkset

NAME = "carbon-ledger"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "the link set", "content": LINKSET_CONTENT},
    300: {"description": "several links fit equally well", "content": LINKSET_CONTENT},
    307: {"description": "the link that fits"},
    400: {"description": "no Digital Link: a wrong check digit, a segment too many"},
    404: {"description": "nothing is registered under the key, or no link of that type"},
}


class PrimaryKey(Convertor[str]):
    """`{key:gs1key}` in a route: an application identifier that begins a Digital Link."""

    regex = "|".join(sorted(KEYS, key=len, reverse=True))

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("gs1key", PrimaryKey())
router = APIRouter()


@router.get("/.well-known/gs1resolver", summary="Description of the resolver (GS1)")
def gs1_resolver(request: Request) -> JSONResponse:
    return JSONResponse(description_file(NAME, settings_of(request).public_url), headers=dict(CORS))


@router.options("/.well-known/gs1resolver", include_in_schema=False)
def gs1_resolver_preflight() -> Response:
    return preflight()


@router.get("/{key:gs1key}/{rest:rest}", summary="Resolve a GS1 Digital Link", responses=_RESPONSES)
def digital_link(request: Request, key: str, rest: str) -> Response:
    """`linkType` chooses a link, `linkset` lists all of this level and those above it."""
    settings = settings_of(request)
    link = _parsed(request)
    entities = linked(settings, link, settings.public_url)
    return answer(request, entities, gs1_linkset, f"{settings.public_url}{link.path}")


@router.options("/{key:gs1key}/{rest:rest}", include_in_schema=False)
def digital_link_preflight(key: str, rest: str) -> Response:
    return preflight()


def _parsed(request: Request) -> DigitalLink:
    path = raw_path(request)
    try:
        link = parse_path(path, request.url.query)
        first = path.split("/")[1:3]
        if [percent_decoded(part) for part in first] != list(link.key):
            raise refused("key-not-first")
    except IdentifierError as fault:
        raise Problem("malformed-digital-link", dict(CORS), reason=str(fault)) from fault
    return link
