"""Footprints as a caller may see them: what the routes of PACT and the callbacks to partners share."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gateway.settings import Settings
from gateway.sight import sight_of
from ledger.access.grants import Decision
from ledger.certificates.statement import Domain
from ledger.exchange.criteria import Criteria
from ledger.exchange.cursor import Cursor
from ledger.exchange.errors import NotExchangeable
from ledger.exchange.footprint import product_footprint
from ledger.exchange.proof import Node
from ledger.store.footprints import Listed, footprint, index_footprints, listed

MOST_ENTERPRISES = 50
"""In one answer: each is told of it in its own log of readings, and the reader of all these entries in one header."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A footprint that somebody gets to see, and by which grants."""

    entry: Listed
    document: Json
    decision: Decision


def node_of(settings: Settings) -> Node:
    deployment = settings.chain.deployment
    host = urlsplit(settings.public_url).hostname or "localhost"
    contract = deployment.address("CertificateRegistry")
    return Node(settings.public_url, host, deployment.chain_id, contract, deployment.demo)


def decision_of(settings: Settings, organisation: str, role: str, found: Listed) -> Decision:
    return sight_of(settings, organisation, role).decide(found.certificate.statement)


def document_of(settings: Settings, found: Listed) -> Json:
    """Raises NotExchangeable."""
    return product_footprint(found.certificate, found.standing, node_of(settings))


def one_footprint(settings: Settings, name: str) -> Listed | None:
    found = footprint(settings.engine, name)
    if found is None and refresh(settings):
        found = footprint(settings.engine, name)
    return found


def matching(
    settings: Settings, organisation: str, role: str, wanted: Criteria, most: int, after: Cursor | None = None
) -> tuple[list[Shown], Cursor | None]:
    """At most `most` footprints, and the place behind the last one where there are more."""
    refresh(settings)
    found: list[Shown] = []
    enterprises: set[str] = set()
    last = after
    for shown in _shown(settings, organisation, role, after):
        if not wanted.match(shown.document):
            continue
        enterprises.add(shown.entry.organisation)
        if len(found) == most or len(enterprises) > MOST_ENTERPRISES:
            return found, last
        found.append(shown)
        last = shown.entry.cursor
    return found, None


def _shown(settings: Settings, organisation: str, role: str, after: Cursor | None) -> Iterator[Shown]:
    sight = sight_of(settings, organisation, role)
    for entry in listed(settings.engine, sight.organisations, after):
        decision = sight.decide(entry.certificate.statement)
        if not decision.allowed:
            continue
        with suppress(NotExchangeable):
            yield Shown(entry, document_of(settings, entry), decision)


def refresh(settings: Settings) -> int:
    """Take up what was issued since; how many footprints that was."""
    deployment = settings.chain.deployment
    return index_footprints(settings.engine, Domain(deployment.chain_id, deployment.address("CertificateRegistry")))
