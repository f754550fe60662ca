"""The events that go out, made when they are sent: of what the receiving client may see then."""

from dataclasses import dataclass

from gateway.footprints import Json, Shown, matching, one_footprint
from gateway.settings import Settings
from gateway.sight import sight_of
from ledger.access.client import Client
from ledger.exchange.criteria import criteria, nearest
from ledger.exchange.events import fulfilled, published, rejected
from ledger.store.exchange import Outgoing
from ledger.store.subscribers import forget

MOST_FOOTPRINTS = 200


class Hopeless(Exception):
    """No later attempt will do better."""


@dataclass(frozen=True, slots=True)
class Made:
    """An event, and the footprints that it carries."""

    event: Json
    shown: tuple[Shown, ...] = ()

    @property
    def name(self) -> str:
        return str(self.event["type"]).rpartition("ProductFootprint.")[2]


def answer_to(settings: Settings, client: Client, outgoing: Outgoing) -> Made:
    """RequestFulfilledEvent with what matches, or RequestRejectedEvent."""
    wanted = criteria((name, value) for name, value in outgoing.content["criteria"])
    matched, _ = matching(settings, client.organisation, client.role, wanted, MOST_FOOTPRINTS)
    found = nearest(wanted, matched, lambda shown: shown.document["productIds"])
    source, at = settings.public_url, outgoing.created_at
    if found:
        return Made(fulfilled(outgoing.event_id, [shown.document for shown in found], source, at), tuple(found))
    return Made(rejected(outgoing.event_id, "NotFound", "no footprint that you may see matches", source, at))


def notice_of(settings: Settings, client: Client, outgoing: Outgoing) -> Made:
    """PublishedEvent. What may not be seen any more is left out and counts as not told. Raises Hopeless where that is
    all of it."""
    sight = sight_of(settings, client.organisation, client.role)
    found = [(name, one_footprint(settings, name)) for name in outgoing.content["pfIds"]]
    names = [name for name, entry in found if entry is not None and sight.sees(entry.certificate.statement)]
    if len(names) < len(found):
        forget(settings.engine, client.client_id, {name for name, _ in found}.difference(names))
    if not names:
        raise Hopeless("nothing of it may be seen by this client any more")
    return Made(published(names, settings.public_url, outgoing.created_at))
