"""Certificates by identifier: the public page, and the same facts as JSON.

A route fetches the stored rows and the chain's answer; `gateway.page` decides what they mean together. Served are the
statement, which is public, and the openings that the enterprise published; never the result, which holds quantities.
"""

import json
import logging
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from gateway.facts import PageFacts
from gateway.figures import read_figures
from gateway.negotiation import language_of
from gateway.page import CertificatePage, Standing, Stored, read_page
from gateway.problems import Problem
from gateway.settings import ChainReader, Settings, settings_of
from gateway.showing import as_document, in_words
from gateway.templating import render
from gateway.wording import wording
from ledger.certificates.statement import Domain, Statement
from ledger.chain.errors import ChainError
from ledger.identifiers.vaa import IdentifierError, split
from ledger.store.certificates import StoredCertificate, certificate, certificate_of

_ROOT_NODE = "88."
_NEVER_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}

router = APIRouter()
_log = logging.getLogger("gateway")


@router.get("/certificates/{iss}/{suffix:path}", summary="A certificate as JSON")
def certificate_json(request: Request, iss: str, suffix: str) -> Response:
    settings = settings_of(request)
    page = page_of(settings, checked_identifier(iss, suffix))
    document = as_document(page, _domain(settings), address_of(settings, page.identifier))
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return Response(text, headers=_NEVER_STORE, media_type="application/json")


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
        domain=_domain(settings),
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
