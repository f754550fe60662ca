"""How a resolver answers: with the link set, or by sending on to the link that fits (GS1 resolver standard 1.2, §6).

    linkType=linkset, linkType=all, Accept: application/linkset+json   200, the link set
    linkType=…   307 to the link of that type that fits language and media type best; 404 where there is none
    else         307 to the default link

A request's query is passed on, `linkType` excepted. 300 with a link set where several links fit equally well.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.negotiation import preferences, preferred_media
from gateway.problems import Problem
from ledger.resolution.links import ALL, Entity, Link, LinkFault, chosen, default_of, of_relation, relation_of
from ledger.resolution.linkset import CONTEXT, MEDIA_TYPE

CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
    "Access-Control-Expose-Headers": "Link, Location, Content-Language",
}
VARY = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store"}
LINK_TYPES = ("linkType", "linktype")
Linkset = Callable[[Sequence[Entity]], dict[str, Any]]


def answer(request: Request, entities: Sequence[Entity], linkset: Linkset, anchor: str) -> Response:
    """Raises Problem."""
    wished = next((request.query_params[name] for name in LINK_TYPES if name in request.query_params), None)
    if not entities:
        raise Problem("unknown-link", dict(CORS), name=anchor)
    if wished in ALL or (wished is None and _wants_linkset(request)):
        return linkset_answer(entities, linkset)
    links = _of_type(entities, wished) if wished is not None else [default_of(entities)]
    fitting = [link for link in links if link is not None]
    if not fitting:
        raise Problem("unknown-link-type", dict(CORS), link_type=str(wished)[:80])
    best = chosen(fitting, *_wishes(request))
    if len(best) > 1:
        near = [Entity(entities[0].anchor, entities[0].description, tuple(best))]
        return linkset_answer(near, linkset, 300)
    return _sent_on(request, best[0], anchor)


def linkset_answer(entities: Sequence[Entity], linkset: Linkset, status: int = 200) -> Response:
    headers = {
        **CORS,
        **VARY,
        "Link": f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
    }
    body = json.dumps(linkset(entities), ensure_ascii=False, indent=1)
    return Response(body, status, headers, MEDIA_TYPE)


def preflight() -> Response:
    return Response(status_code=204, headers={**CORS, "Allow": CORS["Access-Control-Allow-Methods"]})


def _of_type(entities: Sequence[Entity], wished: str) -> Sequence[Link | None]:
    try:
        return of_relation(entities, relation_of(wished))
    except LinkFault:
        return []


def _wants_linkset(request: Request) -> bool:
    """Named, and liked no less than a page: `*/*` does not mean it."""
    named = dict(preferences(request.headers.get("accept", "")))
    return MEDIA_TYPE in named and preferred_media(request, (MEDIA_TYPE, "text/html")) == MEDIA_TYPE


def _wishes(request: Request) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    languages = preferences(request.headers.get("accept-language", ""))
    return languages, preferences(request.headers.get("accept", "")) or [("*/*", 1.0)]


def _sent_on(request: Request, link: Link, anchor: str) -> Response:
    passed = [part for part in request.url.query.split("&") if part and part.split("=")[0] not in LINK_TYPES]
    target, hash_sign, fragment = link.href.partition("#")
    if passed:
        target += ("&" if "?" in target else "?") + "&".join(passed)
    headers = {
        **CORS,
        **VARY,
        "Location": f"{target}{hash_sign}{fragment}",
        "Link": f'<{anchor}?linkType=linkset>; rel="linkset"; type="{MEDIA_TYPE}"',
    }
    return Response(None, 307, headers)
