"""What the store holds behind a name: for each of its levels the links of the certificates and records that it stands
for."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gateway.envelopes import DCC_JWT
from gateway.looking_up import page_of
from gateway.page import CertificatePage, Verdict
from gateway.problems import Problem
from gateway.settings import Settings
from ledger.identifiers.digital_link import DigitalLink
from ledger.resolution.links import Entity, Link
from ledger.resolution.names import description, gs1_name, levels, names_one_thing
from ledger.resolution.record_links import certificate_links, default_link, registered_default, registered_links
from ledger.store.aliases import aliases_named
from ledger.store.handles import record_of


@dataclass(frozen=True, slots=True)
class Level:
    """One name under which something may be found; `anchor` is its address at this gateway."""

    name: str
    anchor: str
    description: str


@dataclass(frozen=True, slots=True)
class _Known:
    links: tuple[Link, ...]
    default: Link | None
    rank: tuple[bool, int]


def linked(settings: Settings, link: DigitalLink, root: str) -> list[Entity]:
    """What is known of a Digital Link, whose levels have their addresses below `root`. An unknown batch shows what is
    known of the product; an unknown serial does not: it would vouch for a piece that nobody registered."""
    above = levels(link)
    found = entities_of(settings, [Level(gs1_name(one), f"{root}{one.path}", description(one)) for one in above])
    if names_one_thing(link):
        pieces = {f"{root}{one.path}" for one in above if names_one_thing(one)}
        return found if found and found[0].anchor in pieces else []
    return found


def entities_of(settings: Settings, near: Sequence[Level]) -> list[Entity]:
    """The levels that somebody registered, the nearest first."""
    found: dict[str, list[str]] = {}
    for alias in aliases_named(settings.engine, [level.name for level in near]):
        found.setdefault(alias.alias, []).append(alias.identifier)
    return [_entity(settings, level, found[level.name]) for level in near if level.name in found]


def entity_of(settings: Settings, level: Level, identifiers: Sequence[str]) -> Entity | None:
    """Of identifiers that are known themselves; None where nothing is known of them."""
    entity = _entity(settings, level, identifiers)
    return entity if entity.links or entity.default else None


def _entity(settings: Settings, level: Level, identifiers: Sequence[str]) -> Entity:
    """Where several certificates stand behind one name, a plain request is sent to the valid one that is newest."""
    known = [_known(settings, identifier) for identifier in identifiers]
    links = tuple(dict.fromkeys(link for one in known for link in one.links))
    with_default = [one for one in known if one.default is not None]
    best = max(with_default, key=lambda one: one.rank, default=None)
    return Entity(level.anchor, level.description, links, best.default if best else None)


def _known(settings: Settings, identifier: str) -> _Known:
    record = record_of(settings.engine, identifier)
    own = record.values if record else ()
    page = certificate_page(settings, identifier)
    if page is None:
        return _Known(tuple(registered_links(own)), registered_default(own), (False, 0))
    at = address(settings, identifier)
    document = f"{settings.public_url}/certificates/{quote(identifier)}"
    credential = f"{settings.public_url}/credentials/{quote(identifier)}?form={DCC_JWT}" if settings.issuer else ""
    links = (*certificate_links(page.kind, at, document, credential), *registered_links(own))
    return _Known(links, default_link(page.kind, at), (page.verdict is Verdict.VALID, page.issued_at))


def certificate_page(settings: Settings, identifier: str) -> CertificatePage | None:
    """None where the identifier has no certificate, or nobody can say."""
    try:
        return page_of(settings, identifier)
    except Problem:
        return None


def address(settings: Settings, identifier: str) -> str:
    return f"{settings.public_url}/{quote(identifier)}"
