"""The Handle HTTP JSON interface, `/api/handles/<handle>` and the reverse look-up `/hrls/handles`, as Handle clients
(pyhandle and others) speak it. Its errors have the Handle protocol's form: `{"responseCode", "handle", "message"}`."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from gateway.body import bounded_body
from gateway.described import VALUES_BODY, HandlePath
from gateway.handle_access import reader_of, writer_of
from gateway.handle_records import Shown, derived_values, open_record, record_values, signer_of
from gateway.handle_requests import (
    PATH,
    VARIOUS,
    answer,
    asked_handle,
    done,
    flag,
    indices,
    parsed,
    patterns,
    record_answer,
    referral_answer,
    refusal,
)
from gateway.jsonp import MEDIA_TYPE as SCRIPT
from gateway.jsonp import callback_of, script
from gateway.settings import Settings, settings_of
from ledger.identifiers.handle import Handle
from ledger.resolution import faults, zone
from ledger.resolution.faults import HandleFault, bad_value
from ledger.resolution.signature import INDEX as SIGNATURE_INDEX
from ledger.resolution.value_json import MAX_BODY, read_values
from ledger.resolution.values import ADMIN, PREFIX_SITE, SIGNATURE, SITE, HandleValue, chosen
from ledger.store.handles import create_record, find_handles, put_values, record_of, remove_values

GATEWAYS_OWN = (SIGNATURE, SITE, PREFIX_SITE)
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "responseCode 1, or 200 where no value fits"},
    307: {"description": "another gateway answers for the prefix (responseCode 302 or 303)"},
    400: {"description": "responseCode 102, 202, 301"},
    401: {"description": "responseCode 402, 403"},
    413: {"description": "the body is larger than 512 KiB"},
    508: {"description": "responseCode 6"},
    403: {"description": "responseCode 400, 401"},
    404: {"description": "responseCode 100"},
}
_READ = {
    **_RESPONSES,
    200: {**_RESPONSES[200], "content": {media: {"schema": {}} for media in ("application/json", SCRIPT)}},
}
_WRITTEN = {**_RESPONSES, 201: {"description": "created"}, 409: {"description": "responseCode 101, 201"}}

router = APIRouter()


async def handle_body(request: Request) -> bytes:
    return await bounded_body(request, MAX_BODY)


@router.get(PATH + "{handle:rest}", summary="A handle record, or some of its values", responses=_READ)
async def retrieve(request: Request, handle: HandlePath) -> Response:
    """`index` and `type` choose values and may be repeated; `pretty` indents; `noredirect` shows a referral instead of
    following it; `callback` names a function that a script is to call with the record."""
    try:
        callback = callback_of(request)
    except HandleFault as fault:
        return refusal(request, "", fault)
    at_once = None if "authorization" in request.headers else await _open(request)
    answered = await run_in_threadpool(_answered, request, _retrieve) if at_once is None else at_once
    return script(callback, answered) if callback else answered


@router.put(
    PATH + "{handle:rest}", summary="Register a handle, or change some of its values",
    openapi_extra=VALUES_BODY, responses=_WRITTEN,
)  # fmt: skip
def register(request: Request, handle: HandlePath, body: Annotated[bytes, Depends(handle_body)]) -> Response:
    """With `index` (repeated, or `various`) only those values; `overwrite=false` replaces nothing."""
    return _answered(request, lambda request, handle: _register(request, handle, body))


@router.delete(PATH + "{handle:rest}", summary="Delete a handle, or some of its values", responses=_RESPONSES)
def remove(request: Request, handle: HandlePath) -> Response:
    return _answered(request, _remove)


@router.options(PATH + "{handle:rest}", include_in_schema=False)
def methods(handle: str) -> Response:
    return Response(status_code=204, headers={"Allow": "GET, HEAD, PUT, DELETE, OPTIONS", **OPEN})


@router.get("/hrls/handles/", include_in_schema=False)
@router.get("/hrls/handles", summary="Handles by what their values say", responses=_RESPONSES)
def search(request: Request) -> Response:
    """`?URL=*example*&NOTE=x`: every type must fit; `*` stands for anything; `limit` at most 1000."""
    try:
        viewer = reader_of(request)
        if viewer is None:
            raise HandleFault(faults.AUTHENTICATION_NEEDED, "the look-up needs credentials")
        wanted, most = patterns(request)
        found = find_handles(settings_of(request).engine, wanted, viewer.organisation, most)
    except HandleFault as fault:
        return refusal(request, "", fault)
    return answer(request, found)


def _answered(request: Request, act: Callable[[Request, Handle], Response]) -> Response:
    """What `act` answers for the handle in the path, or its fault in the protocol's form."""
    asked = ""
    try:
        asked = asked_handle(request)
        return act(request, parsed(asked))
    except HandleFault as fault:
        return refusal(request, asked, fault)


async def _open(request: Request) -> Response | None:
    """A certificate's record as anybody sees it; None where it takes more than one read to answer, or to refuse."""
    settings = settings_of(request)
    try:
        handle, choice = parsed(asked_handle(request)), _choice(request)
        if zone.place_of(settings.zone, handle) is not None:
            return None
        shown = await open_record(settings, signer_of(request), handle)
    except HandleFault:
        return None
    return None if shown is None else _record(request, handle, shown, choice)


def _retrieve(request: Request, handle: Handle) -> Response:
    settings, choice = settings_of(request), _choice(request)
    referral = zone.place_of(settings.zone, handle)
    if referral is not None:
        return referral_answer(request, handle, referral)
    return _record(request, handle, record_values(settings, signer_of(request), handle, reader_of(request)), choice)


def _choice(request: Request) -> tuple[set[int], list[str]]:
    """Indices and types that are asked for; none: all. Raises HandleFault."""
    return indices(request), request.query_params.getlist("type")


def _record(request: Request, handle: Handle, shown: Shown, choice: tuple[set[int], list[str]]) -> Response:
    return record_answer(request, handle, chosen(shown.values, *choice), shown.block, shown.block_time)


def _register(request: Request, handle: Handle, body: bytes) -> Response:
    settings, now = settings_of(request), settings_of(request).machine_clock()
    _check_here(settings, handle)
    owner = writer_of(request, handle.prefix).organisation
    derived = derived_values(settings, signer_of(request), handle)
    values = _addable(read_values(body), derived)
    overwrite, named = flag(request, "overwrite", True), request.query_params.getlist("index")
    if not named:
        if not overwrite and any(value.is_public for value in derived):
            raise HandleFault(faults.HANDLE_EXISTS, "the ledger keeps this record", mend="add values by their index")
        created = create_record(settings.engine, handle.text, owner, values, now, overwrite=overwrite)
        return done(request, handle, 201 if created and not derived else 200)
    if named != [VARIOUS] and {value.index for value in values} - indices(request):
        raise bad_value("a value's index is not among those that the address names")
    put_values(settings.engine, handle.text, owner, values, now, overwrite=overwrite, create=bool(derived))
    return done(request, handle, 200)


def _remove(request: Request, handle: Handle) -> Response:
    settings = settings_of(request)
    _check_here(settings, handle)
    owner = writer_of(request, handle.prefix).organisation
    unwanted = indices(request)
    derived = {value.index for value in derived_values(settings, signer_of(request), handle)}
    if derived & unwanted or (derived and record_of(settings.engine, handle.text) is None):
        raise HandleFault(faults.NO_PERMISSION, "the ledger keeps these values")
    remove_values(settings.engine, handle.text, owner, unwanted)
    return done(request, handle, 200)


def _check_here(settings: Settings, handle: Handle) -> None:
    """Changes are never passed on: they carry a secret. Raises HandleFault."""
    referral = zone.place_of(settings.zone, handle)
    if referral is not None:
        raise HandleFault(referral.response, f"ask the gateway of {referral.prefix}", mend=referral.url)
    if zone.is_prefix_record(handle):
        raise HandleFault(faults.NO_PERMISSION, "the records of prefixes follow from the gateway's configuration")


def _addable(values: list[HandleValue], derived: list[HandleValue]) -> list[HandleValue]:
    """What a client may keep beside the ledger's own values; its HS_ADMIN, which clients always send, is passed over
    where the ledger has one. Raises HandleFault."""
    reserved = {value.index: value.type for value in derived}
    kept = [value for value in values if not (value.type == ADMIN and reserved.get(value.index) == ADMIN)]
    for value in kept:
        if value.type.upper() in GATEWAYS_OWN or value.index == SIGNATURE_INDEX:
            raise bad_value(f"values of the type {value.type[:40]} are the gateway's own", where=f"index {value.index}")
        if value.index in reserved:
            raise HandleFault(faults.NO_PERMISSION, f"the ledger keeps the value at index {value.index}")
    if not kept:
        raise bad_value("no value is left that a client may set")
    return kept
