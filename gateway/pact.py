"""PACT 3.0 (WBCSD): footprints as a list and one by one, events, and the schema of our extension.

A caller sees the footprints of its own organisation and those granted to it. A list tells nothing of the others; one
that exists and is not the caller's is refused with 403, as the specification has it. What is read, and what is refused,
goes into the enterprise's log of readings first; the header `Access-Log` tells the reader his entries.
"""

import re
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Request, Response

from gateway.access import caller_of
from gateway.body import bounded_body
from gateway.footprint_log import access_log, log_refused, log_shown
from gateway.footprints import Shown, decision_of, document_of, matching, one_footprint
from gateway.pact_events import accept
from gateway.pact_form import PactRefusal, PactRoute, pact_json
from gateway.pact_openapi import EVENT_BODY, LIST_PARAMETERS, responses
from gateway.settings import settings_of
from ledger.exchange.criteria import criteria
from ledger.exchange.cursor import Cursor, read_cursor
from ledger.exchange.errors import NotExchangeable
from ledger.exchange.events import MEDIA_TYPE, read_event
from ledger.exchange.proof import SCHEMA_PATH, schema

MOST_AT_ONCE = 500
MOST_EVENT_BYTES = 4 * 1024 * 1024
_AUTHORITY = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")
_METHODS = (
    (re.compile(r"footprints(/[^/]*)?"), "GET, HEAD"),
    (re.compile("events"), "POST"),
    (re.compile("extensions/.*"), "GET, HEAD"),
)
_COUNT = re.compile(r"[0-9]{1,9}")

router = APIRouter(route_class=PactRoute)


@router.get(
    "/3/footprints",
    summary="PACT: list footprints",
    responses=responses(200, 400, 401, 403, 429),
    openapi_extra={"parameters": LIST_PARAMETERS},
)
def list_footprints(request: Request) -> Response:
    """Filters: OR within one, AND across them. Pages by the Link header, which stays good."""
    caller = caller_of(request, "footprint:list")
    query = request.query_params
    after = read_cursor(query["cursor"]) if "cursor" in query else None
    most = min(_limit(query.getlist("limit")), MOST_AT_ONCE)
    wanted = criteria(query.multi_items())
    settings = settings_of(request)
    found, rest = matching(settings, caller.organisation, caller.role, wanted, most, after)
    link = {"Link": f'<{_address(request, rest)}>; rel="next"'} if rest is not None and most else {}
    logged = access_log(log_shown(settings, caller, found))
    return pact_json({"data": [shown.document for shown in found]}, headers={**link, **logged})


@router.get("/3/footprints/{footprint_id}", summary="PACT: one footprint", responses=responses(200, 401, 403, 404, 429))
def get_footprint(request: Request, footprint_id: str) -> Response:
    caller = caller_of(request, "footprint:read")
    settings = settings_of(request)
    found = one_footprint(settings, footprint_id.lower())
    if found is None:
        raise PactRefusal(404, "NotFound", "no such footprint")
    decision = decision_of(settings, caller.organisation, caller.role, found)
    if not decision.allowed:
        log_refused(settings, caller, found, decision)
        raise PactRefusal(403, "AccessDenied", "this footprint was not granted to you")
    try:
        shown = Shown(found, document_of(settings, found), decision)
    except NotExchangeable as fault:
        raise PactRefusal(404, "NotFound", str(fault)) from None
    return pact_json({"data": shown.document}, headers=access_log(log_shown(settings, caller, [shown])))


async def event_body(request: Request) -> bytes:
    return await bounded_body(request, MOST_EVENT_BYTES)


@router.post(
    "/3/events",
    summary="PACT: hand in an event",
    response_class=Response,
    responses=responses(200, 400, 401, 403, 413, 415, 429),
    openapi_extra=EVENT_BODY,
)
def post_event(request: Request, body: Annotated[bytes, Depends(event_body)]) -> Response:
    """200 says that the event was taken; what a request asks for is answered to its source, later."""
    caller = caller_of(request, "event:write")
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in (MEDIA_TYPE, "application/json"):
        raise PactRefusal(415, "BadRequest", f"an event is sent as {MEDIA_TYPE}")
    accept(settings_of(request), caller, read_event(body))
    return Response(status_code=200)


@router.get(SCHEMA_PATH, summary="PACT: JSON Schema of the extension with our proof")
def extension_schema() -> Response:
    return pact_json(schema(), headers={"Cache-Control": "public, max-age=3600"})


@router.api_route("/3/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
def nothing_else(rest: str) -> Response:
    """What PACT has not, and what it has not by this method."""
    for known, methods in _METHODS:
        if known.fullmatch(rest):
            raise PactRefusal(405, "NotImplemented", f"answered here: {methods}", {"Allow": methods})
    raise PactRefusal(404, "NotFound", "PACT 3 has footprints and events")


def _limit(given: list[str]) -> int:
    if not given:
        return MOST_AT_ONCE
    if len(given) > 1 or not _COUNT.fullmatch(given[0]):
        raise PactRefusal(400, "BadRequest", "limit is no whole number")
    return int(given[0])


def _address(request: Request, rest: Cursor) -> str:
    """The same question from the next place on, at the host that was asked."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    given = request.headers.get("host", "")
    host = given if _AUTHORITY.fullmatch(given) else urlsplit(settings_of(request).public_url).netloc
    return f"{request.url.scheme}://{host}{request.url.path}?{urlencode([*pairs, ('cursor', rest.text())])}"
