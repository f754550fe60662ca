"""Certificates by identifier: the public page, its QR codes, and the same facts as JSON.

A route fetches the stored rows and the chain's answer; `gateway.page` decides what they mean together. Served are the
statement, which is public, and the openings that the enterprise published; never the result, which holds quantities.
"""

import json
import logging
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from gateway.facts import PageFacts
from gateway.figures import read_figures
from gateway.negotiation import language_of
from gateway.page import CertificatePage, Standing, Stored, read_page
from gateway.problems import Problem
from gateway.qr import png_qr, svg_qr
from gateway.settings import ChainReader, Settings, settings_of
from gateway.templating import render
from gateway.wording import Wording, wording
from ledger.certificates.statement import Domain, Statement
from ledger.chain.errors import ChainError
from ledger.identifiers.vaa import IdentifierError, split
from ledger.store.certificates import StoredCertificate, certificate, certificate_of

FORMAT = "certificate/1"
_ROOT_NODE = "88."
_NEVER_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
_QR_HEADERS = {"Cache-Control": "public, max-age=3600"}

router = APIRouter()
_log = logging.getLogger("gateway")


@router.get("/certificates/{iss}/{suffix:path}", summary="A certificate as JSON")
def certificate_json(request: Request, iss: str, suffix: str) -> Response:
    settings = settings_of(request)
    page = page_of(settings, checked_identifier(iss, suffix))
    text = json.dumps(_document(settings, page), ensure_ascii=False, indent=1)
    return Response(text, headers=_NEVER_STORE, media_type="application/json")


@router.get("/{iss}/{suffix:path}/qr.svg", summary="QR code of a certificate's page, SVG")
def certificate_qr_svg(request: Request, iss: str, suffix: str) -> Response:
    return Response(svg_qr(_address(request, iss, suffix)), headers=_QR_HEADERS, media_type="image/svg+xml")


@router.get("/{iss}/{suffix:path}/qr.png", summary="QR code of a certificate's page, PNG")
def certificate_qr_png(request: Request, iss: str, suffix: str) -> Response:
    return Response(png_qr(_address(request, iss, suffix)), headers=_QR_HEADERS, media_type="image/png")


@router.get("/{iss}/{suffix:path}", summary="The public page of a certificate")
def certificate_page(request: Request, iss: str, suffix: str) -> Response:
    settings = settings_of(request)
    page = page_of(settings, checked_identifier(iss, suffix))
    text = wording(language_of(request))
    return render(
        request,
        "certificate.html",
        200,
        {**_NEVER_STORE, "Content-Language": text.language},
        page=page,
        url=address_of(settings, page.identifier),
        names=_names(page, text),
        figures=_figures(page, text),
        rules=_rules(page, text),
        shares_text=", ".join(f"{text('page.' + name)} {text.share(share)}" for name, share in page.shares),
        chain_id=settings.chain.deployment.chain_id,
        contract=settings.chain.deployment.address("CertificateRegistry"),
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


def page_of(settings: Settings, identifier: str) -> CertificatePage:
    standing = _standing(settings.chain, identifier)
    stored = _stored(settings, identifier, standing)
    if stored is None and standing.certificate is None:
        raise Problem("unknown-certificate" if standing.answered else "chain-unreachable", identifier=identifier)
    return read_page(identifier, stored, standing, _domain(settings), demo=settings.chain.deployment.demo)


def _standing(chain: ChainReader, identifier: str) -> Standing:
    try:
        latest, _, final = chain.depths()
        return Standing(True, latest.number, latest.time, final.time, chain.check(identifier, latest.number))
    except ChainError as fault:
        _log.warning("status of %s not checked: %s", identifier, fault)
        return Standing(False)


def _stored(settings: Settings, identifier: str, standing: Standing) -> Stored | None:
    """The row of the token that the chain names; where it names none, the newest row of the identifier."""
    on_chain = standing.certificate
    if on_chain is None:
        row = certificate_of(settings.engine, identifier)
    else:
        row = certificate(settings.engine, on_chain.token_id.to_bytes(32, "big"))
    return None if row is None else _read(row)


def _read(row: StoredCertificate) -> Stored:
    statement = Statement.from_json(row.statement)
    facts = PageFacts.from_json({**row.summary, "marks": [*row.summary.get("marks", []), *row.marks]})
    figures = read_figures(row.openings, statement.figures)
    return Stored(row.token_id, statement, facts, figures, row.transaction, row.issued_at)


def _domain(settings: Settings) -> Domain:
    deployment = settings.chain.deployment
    return Domain(deployment.chain_id, deployment.address("CertificateRegistry"))


def address_of(settings: Settings, identifier: str) -> str:
    """The page's address, as a QR code carries it."""
    return f"{settings.public_url}/{quote(identifier)}"


def _address(request: Request, iss: str, suffix: str) -> str:
    return address_of(settings_of(request), checked_identifier(iss, suffix))


def _names(page: CertificatePage, text: Wording) -> dict[str, str]:
    names = {party.role: party.name.in_language(text.language) if party.name else "" for party in page.parties}
    facts = page.stored.facts if page.stored else None
    industry = facts.industry.in_language(text.language) if facts and facts.industry else ""
    return {
        **names,
        "site": facts.site.in_language(text.language) if facts and facts.site else "",
        "industry": f"{industry} ({facts.industry_code})" if facts and industry else "",
        "grade_reason": facts.grade_reason.in_language(text.language) if facts and facts.grade_reason else "",
    }


def _figures(page: CertificatePage, text: Wording) -> list[dict[str, Any]]:
    shown = []
    for figure in page.stored.figures if page.stored else ():
        key = f"figure.{figure.name.replace('.', '_')}"
        label = text(key) if text.has(key) else figure.name
        shown.append({"label": label, "value": str(figure.value), "unit": figure.unit, "opened": figure.opened})
    return shown


def _rules(page: CertificatePage, text: Wording) -> list[dict[str, str]]:
    rules = page.stored.facts.rules if page.stored else ()
    return [{"role": rule.role, "id": rule.id, "name": rule.name.in_language(text.language)} for rule in rules]


def _checked(page: CertificatePage) -> dict[str, Any] | None:
    standing = page.standing
    if not standing.answered:
        return None
    return {"block": standing.block, "time": standing.time, "final": not page.pending}


def _document(settings: Settings, page: CertificatePage) -> dict[str, Any]:
    stored = page.stored
    return {
        "format": FORMAT,
        "identifier": page.identifier,
        "token_id": f"0x{page.token.hex()}",
        "kind": page.kind,
        "status": page.verdict.value,
        "checked": _checked(page),
        "period": {"start": page.period_start, "end": page.period_end, "offset": page.offset},
        "grade": page.grade or None,
        "k": page.k or None,
        "footprint": page.footprint or None,
        "coverage": page.coverage,
        "shares": dict(page.shares),
        "valid_until": page.valid_until,
        "issued_at": page.issued_at,
        "parties": {party.role: f"0x{party.address.hex()}" for party in page.parties},
        "marks": list(page.marks),
        "figures": [
            {"name": figure.name, "value": figure.value, "unit": figure.unit}
            for figure in (stored.figures if stored else ())
            if figure.opened
        ],
        "page": stored.facts.to_json() if stored else None,
        "statement": stored.statement.to_json() if stored else None,
        "transaction": f"0x{stored.transaction.hex()}" if stored else None,
        "chain": {
            "chain_id": settings.chain.deployment.chain_id,
            "contract": f"0x{settings.chain.deployment.address('CertificateRegistry').hex()}",
        },
        "links": {
            "page": address_of(settings, page.identifier),
            "qr": f"{address_of(settings, page.identifier)}/qr.svg",
        },
    }
