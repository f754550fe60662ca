"""Identifiers of every scheme by HTTP: `/id/<scheme>/<identifier>` with UNTP link sets, `/oid/…`, `/ecode/…`, and the
DID documents of identifiers and enterprises below `/id/<prefix>/`."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from gateway.described import EcodePath, OidPath, SchemePath
from gateway.link_answers import CORS, LINKSET_CONTENT, answer, preflight
from gateway.linking import Level, entities_of, entity_of, linked
from gateway.negotiation import preferred_media
from gateway.paths import raw_path
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from ledger.credentials.did_document import did_web
from ledger.identifiers.digital_link import parse_path
from ledger.identifiers.handle import VAA, parse_handle, parse_vaa
from ledger.identifiers.oid import Oid, parse_oid
from ledger.identifiers.recognise import recognise
from ledger.identifiers.text import IdentifierError, percent_decoded, percent_encoded
from ledger.resolution.did_document import enterprise_document, identifier_document
from ledger.resolution.faults import HandleFault
from ledger.resolution.links import Entity, Link
from ledger.resolution.linkset import untp_linkset
from ledger.resolution.names import SCHEMES, alias_name, oid_names
from ledger.resolution.oid_text import oid_text
from ledger.resolution.zone import place_of
from ledger.store.aliases import aliases_named, aliases_of
from ledger.store.handles import knows_prefix

DID_FILE = "/did.json"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    307: {"description": "the link that fits"},
    400: {"description": "no identifier of this scheme"},
    404: {"description": "nothing is registered under it"},
}
_LINKS: dict[int | str, dict[str, Any]] = {
    **_RESPONSES,
    200: {"description": "the link set, or a DID document",
          "content": {**LINKSET_CONTENT, "application/did+json": {"schema": {}}}},
    300: {"description": "several links fit equally well", "content": LINKSET_CONTENT},
}  # fmt: skip
_HEADERS = {**CORS, "Cache-Control": "no-store"}

router = APIRouter()


@router.get("/oid/{oid:rest}", summary="What is registered under an OID; OID-IP text where that is asked for",
            responses=_RESPONSES)  # fmt: skip
def oid(request: Request, oid: OidPath) -> Response:
    settings, asked = settings_of(request), _oid(_rest(request, "/oid/"))
    known, identifiers, entity = _nearest(settings, asked)
    if preferred_media(request, ("application/json", "text/plain")) == "text/plain":
        text = oid_text(asked, known, identifiers, entity.links if entity else ())
        return Response(text, 200 if known == asked else 404, _HEADERS, "text/plain; charset=utf-8")
    if known != asked or entity is None:
        raise Problem("unknown-link", dict(CORS), name=asked.urn)
    return _json({"format": "oid/1", "oid": asked.text, "urn": asked.urn, "der": asked.der().hex(),
                  "identifiers": identifiers, "links": untp_linkset([entity])["linkset"]})  # fmt: skip


@router.get("/ecode/{code:rest}", summary="What is registered under an Ecode", responses=_LINKS)
def ecode(request: Request, code: EcodePath) -> Response:
    return _resolved(request, "ecode", raw_path(request).partition("/ecode/")[2])


@router.get("/id/{scheme}/{identifier:rest}", summary="An identifier of any scheme (UNTP identity resolver)",
            responses=_LINKS)  # fmt: skip
def identity(request: Request, scheme: SchemePath, identifier: OidPath) -> Response:
    """`linkType=linkset` lists the links with UNTP's names for their types; `did.json` behind an identifier, or behind
    a prefix, is its DID document."""
    if scheme[:1].isdigit():
        return _did_document(request, scheme, _rest(request, f"/id/{scheme}/"))
    return _resolved(request, scheme, raw_path(request).partition(f"/id/{scheme}/")[2])


@router.options("/id/{rest:rest}", include_in_schema=False)
@router.options("/oid/{rest:rest}", include_in_schema=False)
@router.options("/ecode/{rest:rest}", include_in_schema=False)
def identity_preflight(rest: str) -> Response:
    return preflight()


def _resolved(request: Request, scheme: str, raw: str) -> Response:
    """`raw` is as it stands in the path."""
    settings = settings_of(request)
    try:
        entities, anchor = _gs1(settings, raw) if scheme == "gs1" else _entities(settings, scheme, percent_decoded(raw))
    except IdentifierError as fault:
        raise _not_of_scheme(raw) from fault
    return answer(request, entities, untp_linkset, anchor)


def _not_of_scheme(raw: str) -> Problem:
    """404 for a sound identifier of another scheme, 400 for what is none."""
    try:
        return Problem("unknown-link", dict(CORS), name=recognise(percent_decoded(raw)).text)
    except IdentifierError:
        return Problem("malformed-identifier", dict(CORS), identifier=ascii(raw[:100]))


def _gs1(settings: Settings, raw: str) -> tuple[list[Entity], str]:
    """Raises IdentifierError."""
    link = parse_path(f"/{raw}")
    root = f"{settings.public_url}/id/gs1"
    return linked(settings, link, root), f"{root}{link.path}"


def _entities(settings: Settings, scheme: str, text: str) -> tuple[list[Entity], str]:
    """Raises IdentifierError, Problem."""
    base = f"{settings.public_url}/id"
    if scheme in ("vaa", "handle"):
        handle = parse_handle(text)
        anchor = f"{base}/{scheme}/{percent_encoded(handle.text)}"
        entity = entity_of(settings, Level("", anchor, handle.text), [handle.text])
        return ([entity] if entity else []), anchor
    found = recognise(text)
    if scheme not in (*SCHEMES, "gtin") or found.scheme != scheme:
        raise IdentifierError("an identifier of another scheme")
    level = Level(alias_name(found), f"{base}/{scheme}/{percent_encoded(found.text)}", found.text)
    return entities_of(settings, [level]), level.anchor


def _oid(text: str) -> Oid:
    try:
        return parse_oid(text)
    except IdentifierError as fault:
        raise Problem("malformed-identifier", dict(CORS), identifier=text[:120]) from fault


def _nearest(settings: Settings, asked: Oid) -> tuple[Oid | None, list[str], Entity | None]:
    """The OID itself, or the nearest above it that somebody registered, and for what it stands."""
    names = oid_names(asked)[:100]
    aliases = aliases_named(settings.engine, names)
    if not aliases:
        return None, [], None
    name = aliases[0].alias
    known = parse_oid(name)
    level = Level(name, f"{settings.public_url}/oid/{known.text}", known.text)
    found = entities_of(settings, [level])
    return known, [one.identifier for one in aliases if one.alias == name], found[0] if found else None


def _did_document(request: Request, prefix: str, rest: str) -> Response:
    settings = settings_of(request)
    suffix = f"/{rest}".removesuffix(DID_FILE).removeprefix("/")
    if not f"/{rest}".endswith(DID_FILE):
        raise Problem("not-found", dict(CORS))
    try:
        handle = parse_vaa(f"{prefix}/{suffix or '-'}")
        if place_of(settings.zone, handle) is not None:
            raise Problem("unknown-link", dict(CORS), name=handle.text)
    except (IdentifierError, HandleFault) as fault:
        raise Problem("malformed-identifier", dict(CORS), identifier=f"{prefix}/{suffix}"[:120]) from fault
    gateway = did_web(settings.public_url).text
    if not suffix:
        return _enterprise(settings, gateway, prefix)
    entity = entity_of(settings, Level("", "", handle.text), [handle.text])
    if entity is None:
        raise Problem("unknown-link", dict(CORS), name=handle.text)
    names = [f"https://id.gs1.org{one.alias.removeprefix('gs1:')}" if one.alias.startswith("gs1:") else one.alias
             for one in aliases_of(settings.engine, handle.text)]  # fmt: skip
    links = (*entity.links, _handle_link(settings, handle.text))
    return _json(identifier_document(gateway, handle, links, names), "application/did+json")


def _enterprise(settings: Settings, gateway: str, prefix: str) -> Response:
    if not VAA.fullmatch(prefix) or not knows_prefix(settings.engine, prefix):
        raise Problem("unknown-link", dict(CORS), name=prefix)
    link = _handle_link(settings, f"0.NA/{prefix}")
    return _json(enterprise_document(gateway, prefix, [link]), "application/did+json")


def _handle_link(settings: Settings, handle: str) -> Link:
    return Link("describedby", f"{settings.public_url}/api/handles/{handle}", "handle record", (), "application/json")


def _rest(request: Request, before: str) -> str:
    """What follows in the path, decoded. Raises Problem."""
    rest = raw_path(request).partition(before)[2]
    try:
        return percent_decoded(rest)
    except IdentifierError as fault:
        raise Problem("malformed-identifier", dict(CORS), identifier=ascii(rest[:100])) from fault


def _json(document: dict[str, Any], media: str = "application/json") -> Response:
    return Response(json.dumps(document, ensure_ascii=False, indent=1), headers=_HEADERS, media_type=media)
