"""A certificate's page as the values of a handle record, and the shipped templates that it may name."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from gateway.looking_up import domain_of
from gateway.page import CertificatePage, Stored
from gateway.settings import Settings
from ledger.resolution.certificate import Certified, State, certificate_values
from ledger.resolution.values import HandleValue
from ledger.templates.library import layer_names, shipped_template
from ledger.templates.template import Template


def page_values(settings: Settings, page: CertificatePage) -> list[HandleValue]:
    return certificate_values(_certified(settings, page), _state(page))


@lru_cache(maxsize=1)
def shipped_templates() -> dict[str, Template]:
    """By handle: the public layer's, and each industry's merged with it."""
    templates = [shipped_template(), *map(shipped_template, layer_names())]
    return {template.handle.lower(): template for template in templates}


@lru_cache(maxsize=1)
def _by_hash() -> dict[bytes, Template]:
    return {template.sha256: template for template in shipped_templates().values()}


def _state(page: CertificatePage) -> State:
    change = page.standing.change
    return State(
        status=page.verdict.value,
        since=change.at if change else page.issued_at,
        block=change.block if change else 0,
        successor=change.successor if change else None,
        reason=change.reason if change else "",
    )


def _certified(settings: Settings, page: CertificatePage) -> Certified:
    domain, addresses = domain_of(settings), {party.role: party.address for party in page.parties}
    known = {} if page.stored is None else _known(page.stored)
    return Certified(
        identifier=page.identifier,
        token_id=page.token,
        kind=page.kind,
        grade=page.grade,
        k=page.k,
        footprint=page.footprint,
        period_start=page.period_start,
        period_end=page.period_end,
        valid_until=page.valid_until,
        issued_at=page.issued_at,
        evaluator=addresses["evaluator"],
        verifier=addresses["verifier"],
        page=f"{settings.public_url}/{quote(page.identifier)}",
        document=f"{settings.public_url}/certificates/{quote(page.identifier)}",
        chain_id=domain.chain_id,
        contract=domain.contract,
        marks=page.marks,
        offset=page.offset,
        **known,
    )


def _known(stored: Stored) -> dict[str, Any]:
    """What the chain's own fields do not tell."""
    template = _by_hash().get(stored.statement.template)
    return {
        "statement": stored.statement,
        "transaction": stored.transaction,
        "enterprise": stored.facts.enterprise.zh,
        "industry": stored.facts.industry_code,
        "rules": {rule.role: rule.id for rule in stored.facts.rules},
        "template": (template.handle, template.version) if template else ("", ""),
    }
