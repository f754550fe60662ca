"""How a resolver answers: with the link set, or by sending on to the link that fits (GS1 resolver standard 1.2, §2).

    linkType=linkset, linkType=all, Accept: application/linkset+json   200, the link set
    linkType=…   307 to the link of that type that fits language and media type best; 404 where there is none
    else         307 to the default link

A request's query is passed on, all of it, as the target may be a resolver itself (§2.12). 300 with a link set where
several links fit equally well. A link set is JSON, JSON-LD, or for a browser a page with the JSON-LD in it (§2.10).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.negotiation import preferences, preferred_media
from gateway.problems import Problem
from gateway.templating import render
from ledger.resolution.links import ALL, Entity, Link, LinkFault, chosen, default_of, of_relation, relation_of
from ledger.resolution.linkset import CONTEXT, MEDIA_TYPE, with_context

CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
    "Access-Control-Expose-Headers": "Link, Location, Content-Language",
}
VARY = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store"}
LINK_TYPES = ("linkType", "linktype")
HTML, JSON_LD = "text/html", "application/ld+json"
SERIALISATIONS = (MEDIA_TYPE, "application/json", JSON_LD, HTML)
LINKSET_CONTENT: dict[str, Any] = {media: {"schema": {}} for media in SERIALISATIONS}
Linkset = Callable[[Sequence[Entity]], dict[str, Any]]


def answer(request: Request, entities: Sequence[Entity], linkset: Linkset, anchor: str) -> Response:
    """Raises Problem."""
    wished = next((request.query_params[name] for name in LINK_TYPES if name in request.query_params), None)
    if not entities:
        raise Problem("unknown-link", dict(CORS), name=anchor)
    if wished in ALL or (wished is None and _wants_linkset(request)):
        return linkset_answer(request, entities, linkset)
    links = _of_type(entities, wished) if wished is not None else [default_of(entities)]
    fitting = [link for link in links if link is not None]
    if not fitting:
        raise Problem("unknown-link-type", dict(CORS), link_type=str(wished)[:80])
    best = chosen(fitting, *_wishes(request))
    if len(best) > 1:
        near = [Entity(entities[0].anchor, entities[0].description, tuple(best))]
        return linkset_answer(request, near, linkset, 300)
    return _sent_on(request, best[0], anchor)


def linkset_answer(request: Request, entities: Sequence[Entity], linkset: Linkset, status: int = 200) -> Response:
    media = preferred_media(request, SERIALISATIONS) or MEDIA_TYPE
    headers = {
        **CORS,
        **VARY,
        "Link": f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="{JSON_LD}"',
    }
    document = linkset(entities)
    if media == HTML:
        embedded = _json(with_context(document)).replace("<", "\\u003c")
        return render(request, "links.html", status, headers, entities=entities, embedded=embedded)
    return Response(_json(with_context(document) if media == JSON_LD else document), status, headers, media)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


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
    target, hash_sign, fragment = link.href.partition("#")
    if request.url.query:
        target += ("&" if "?" in target else "?") + request.url.query
    headers = {
        **CORS,
        **VARY,
        "Location": f"{target}{hash_sign}{fragment}",
        "Link": f'<{anchor}?linkType=linkset>; rel="linkset"; type="{MEDIA_TYPE}"',
    }
    return Response(None, 307, headers)
