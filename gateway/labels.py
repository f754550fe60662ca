"""QR codes and labels of certificates: of an enterprise's grade the 碳效码, of a product's footprint the product label.

A certificate that is suspended, revoked, superseded or expired is answered with an error status whose body is the label
crossed out: a page that embeds the picture then shows that it does not hold any more.
"""

from functools import lru_cache
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from gateway.certificates import address_of, checked_identifier
from gateway.labelling import VOID, code_text, digital_link_address, is_signable, label_of
from gateway.limiting import limiter_of
from gateway.looking_up import page_of
from gateway.negotiation import language_of
from gateway.page import CertificatePage, Stored, Verdict
from gateway.problems import MEDIA_TYPE, Problem
from gateway.qr import png_qr, svg_qr
from gateway.settings import Settings, settings_of
from gateway.wording import wording
from ledger.credentials.status_list import ENTRIES
from ledger.identifiers.digital_link import DigitalLink
from ledger.identifiers.element_string import element_string
from ledger.identifiers.handle import parse_vaa
from ledger.identifiers.text import IdentifierError
from ledger.labels.compact import PRODUCT_FOOTPRINT
from ledger.labels.draw import draw
from ledger.labels.label import Drawn, Label, check_has_label
from ledger.labels.matrix import LabelError
from ledger.labels.png import png
from ledger.resolution.names import gs1_name, printed_link
from ledger.store.aliases import aliases_named, aliases_of
from ledger.store.status_entries import status_entry

SVG, PNG = "image/svg+xml", "image/png"
GONE, CONFLICT = 410, 409
Size = Literal["small", "medium", "large"]
_NEVER_STORE = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
_QR_HEADERS = {"Cache-Control": "public, max-age=300"}

router = APIRouter()


def _void(media: str) -> dict[int | str, dict[str, Any]]:
    """The statuses that carry the label crossed out."""
    picture: dict[str, Any] = {media: {"schema": {}}}
    return {
        GONE: {"description": "void: revoked, superseded or expired", "content": picture},
        CONFLICT: {"description": "void: suspended; or no label", "content": {**picture, MEDIA_TYPE: {"schema": {}}}},
    }


@router.get("/{iss}/{suffix:path}/qr.svg", summary="QR code of a certificate, SVG")
def certificate_qr_svg(request: Request, iss: str, suffix: str) -> Response:
    return Response(svg_qr(_code(request, iss, suffix)), headers=_QR_HEADERS, media_type=SVG)


@router.get("/{iss}/{suffix:path}/qr.png", summary="QR code of a certificate, PNG")
def certificate_qr_png(request: Request, iss: str, suffix: str) -> Response:
    return Response(png_qr(_code(request, iss, suffix)), headers=_QR_HEADERS, media_type=PNG)


@router.get("/{iss}/{suffix:path}/label.svg", summary="Label of a certificate, SVG", responses=_void(SVG))
def label_svg(request: Request, iss: str, suffix: str, size: Size = "medium") -> Response:
    page, label = _label(request, iss, suffix)
    return _answer(page, _drawn(label, size).svg, SVG)


@router.get("/{iss}/{suffix:path}/label.png", summary="Label of a certificate, PNG", responses=_void(PNG))
def label_png(request: Request, iss: str, suffix: str, size: Size = "medium") -> Response:
    page, label = _label(request, iss, suffix)
    limiter_of(request).picture(request)
    return _answer(page, _picture(label, size), PNG)


def _code(request: Request, iss: str, suffix: str) -> str:
    """Of an identifier that nobody knows, or while the chain is silent, the address alone."""
    settings = settings_of(request)
    identifier = checked_identifier(iss, suffix)
    address = address_of(settings, identifier)
    try:
        page = page_of(settings, identifier)
    except Problem as fault:
        if fault.code not in ("unknown-certificate", "chain-unreachable"):
            raise
        _check_printable(identifier)
        return address
    return _code_of(settings, page, _link(settings, page))


def _check_printable(identifier: str) -> None:
    """No picture of a name that looks like another's, before anybody has certified it. Raises Problem."""
    try:
        parse_vaa(identifier)
    except IdentifierError as fault:
        raise Problem("unknown-certificate", identifier=identifier[:120]) from fault


def _code_of(settings: Settings, page: CertificatePage, link: DigitalLink | None) -> str:
    address, index = address_of(settings, page.identifier), None
    if link is not None:
        address = digital_link_address(settings.public_url, link, page.identifier, settings.certification_scheme)
    if settings.issuer is not None and page.stored is not None and is_signable(page):
        entry = status_entry(settings.engine, page.stored.token)
        index = entry.list_number * ENTRIES + entry.index
    return code_text(page, address, settings.issuer, index, link.path if link else "")


def _link(settings: Settings, page: CertificatePage) -> DigitalLink | None:
    """The trade item that the code leads by: a product's, where its name stands for this certificate alone."""
    if page.kind != PRODUCT_FOOTPRINT:
        return None
    link = printed_link(one.alias for one in aliases_of(settings.engine, page.identifier))
    named = aliases_named(settings.engine, [gs1_name(link)]) if link else []
    return link if all(one.identifier == page.identifier for one in named) else None


def _label(request: Request, iss: str, suffix: str) -> tuple[CertificatePage, Label]:
    settings, text = settings_of(request), wording(language_of(request))
    page = page_of(settings, checked_identifier(iss, suffix))
    stored = _printable(page)
    link = _link(settings, page)
    return page, label_of(page, stored, _code_of(settings, page, link), text, element_string(link) if link else "")


def _printable(page: CertificatePage) -> Stored:
    """Raises Problem where there is nothing to print, or nothing that may be."""
    try:
        check_has_label(page.kind, page.grade)
    except LabelError as fault:
        raise Problem("no-label", identifier=page.identifier) from fault
    if page.verdict is Verdict.UNCHECKED:
        raise Problem("chain-unreachable")
    if page.stored is None or page.verdict not in (Verdict.VALID, *VOID):
        raise Problem("label-refused", identifier=page.identifier, status=page.verdict.value)
    if page.verdict is Verdict.VALID and page.pending:
        raise Problem("label-not-yet", identifier=page.identifier)
    return page.stored


def _drawn(label: Label, size: Size) -> Drawn:
    try:
        return draw(label, size)
    except LabelError as fault:
        raise Problem("label-unprintable", what=fault.message) from fault


def _picture(label: Label, size: Size) -> bytes:
    try:
        return _rendered(_drawn(label, size))
    except LabelError as fault:
        raise Problem("label-unprintable", what=fault.message) from fault


@lru_cache(maxsize=64)
def _rendered(drawn: Drawn) -> bytes:
    """The same drawing is the same picture, and takes a third of a second."""
    return png(drawn)


def _answer(page: CertificatePage, body: str | bytes, media: str) -> Response:
    status = 200
    if page.verdict in VOID:
        status = CONFLICT if page.verdict is Verdict.SUSPENDED else GONE
    return Response(body, status, {**_NEVER_STORE}, media)
