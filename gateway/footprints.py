"""Footprints as a caller may see them: what the routes of PACT and the callbacks to partners share."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from gateway.settings import Settings
from gateway.sight import sight_of
from ledger.certificates.statement import Domain
from ledger.exchange.criteria import Criteria
from ledger.exchange.cursor import Cursor
from ledger.exchange.errors import NotExchangeable
from ledger.exchange.footprint import product_footprint
from ledger.exchange.proof import Node
from ledger.store.footprints import Listed, footprint, index_footprints, listed

Json = dict[str, Any]


def node_of(settings: Settings) -> Node:
    deployment = settings.chain.deployment
    host = urlsplit(settings.public_url).hostname or "localhost"
    contract = deployment.address("CertificateRegistry")
    return Node(settings.public_url, host, deployment.chain_id, contract, deployment.demo)


def may_see(settings: Settings, organisation: str, role: str, found: Listed) -> bool:
    return sight_of(settings, organisation, role).sees(found.certificate.statement)


def document_of(settings: Settings, found: Listed) -> Json:
    """Raises NotExchangeable."""
    return product_footprint(found.certificate, found.standing, node_of(settings))


def one_footprint(settings: Settings, name: str) -> Listed | None:
    found = footprint(settings.engine, name)
    if found is None and _refresh(settings):
        found = footprint(settings.engine, name)
    return found


def matching(
    settings: Settings, organisation: str, role: str, wanted: Criteria, most: int, after: Cursor | None = None
) -> tuple[list[Json], Cursor | None]:
    """At most `most` footprints, and the place behind the last one where there are more."""
    _refresh(settings)
    found: list[Json] = []
    last = after
    for entry, document in _documents(settings, organisation, role, after):
        if not wanted.match(document):
            continue
        if len(found) == most:
            return found, last
        found.append(document)
        last = entry.cursor
    return found, None


def _documents(settings: Settings, organisation: str, role: str, after: Cursor | None) -> Iterator[tuple[Listed, Json]]:
    sight = sight_of(settings, organisation, role)
    for entry in listed(settings.engine, sight.organisations, after):
        if not sight.sees(entry.certificate.statement):
            continue
        with suppress(NotExchangeable):
            yield entry, document_of(settings, entry)


def _refresh(settings: Settings) -> int:
    deployment = settings.chain.deployment
    return index_footprints(settings.engine, Domain(deployment.chain_id, deployment.address("CertificateRegistry")))
