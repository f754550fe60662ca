"""PublishedEvent of PACT: clients that asked to be told hear of footprints that they may see and did not, and of those
whose status changed.

1. A client hears of what it may see, by its own organisation's footprints and by grants, and of nothing else: first of
   all of it, then of what is added and of what changes its status (superseded, revoked, suspended, taken up again).
2. One event at a time is on its way to each; what happens meanwhile is in the next one.
3. What it may see no more is forgotten: a later grant tells it again.
4. A client that was ended hears nothing.

Everything is looked at again when a footprint is added, a certificate's standing changes or a grant begins or ends.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress

from gateway.footprints import document_of, refresh
from gateway.settings import Settings
from gateway.sight import Sight, sight_of
from ledger.exchange.errors import NotExchangeable
from ledger.exchange.footprint import status_of
from ledger.store.clients import client_of
from ledger.store.exchange import NOTICE, new_outgoing
from ledger.store.footprints import listed, mark
from ledger.store.subscribers import (
    Subscriber,
    announce,
    announced_to,
    count_announced,
    forget,
    is_told_now,
    subscribers,
)

EVERY = 5
MOST_IDS = 500


class Notices:
    """`every`: seconds between two looks."""

    def __init__(self, settings: Settings, every: int = EVERY) -> None:
        self._settings, self._every = settings, every
        self._next = 0
        self._seen: dict[str, object] = {}

    def run_once(self) -> int:
        """How many events were put into the outbox. Raises StoreError."""
        now = self._settings.machine_clock()
        if now < self._next:
            return 0
        self._next = now + self._every
        told = subscribers(self._settings.engine)
        if not told:
            return 0
        refresh(self._settings)
        stands, counts = mark(self._settings.engine), count_announced(self._settings.engine)
        return sum(self._look(subscriber, (stands, counts.get(subscriber.client_id, 0))) for subscriber in told)

    def _look(self, subscriber: Subscriber, stands: object) -> bool:
        engine, client_id = self._settings.engine, subscriber.client_id
        client = client_of(engine, client_id)
        if client is None or client.ended_at is not None or is_told_now(engine, client_id):
            return False
        sight = sight_of(self._settings, client.organisation, client.role)
        view = (subscriber, stands, sight.in_force)
        if self._seen.pop(client_id, None) == view:
            self._seen[client_id] = view
            return False
        known, seen = announced_to(engine, client_id), dict(self._statuses(sight))
        if gone := known.keys() - seen.keys():
            forget(engine, client_id, gone)
        told = dict(_news(known, seen))
        if not told:
            self._seen[client_id] = view
            return False
        now, name = self._settings.machine_clock(), str(uuid.uuid4())
        outgoing = new_outgoing(
            NOTICE, client_id, client.organisation, subscriber.partner, name, {"pfIds": list(told)}, now
        )
        return announce(engine, outgoing, known, told)

    def _statuses(self, sight: Sight) -> Iterator[tuple[str, str]]:
        """In the order of issue; what is not exchanged is no footprint."""
        for entry in listed(self._settings.engine, sight.organisations):
            if sight.sees(entry.certificate.statement):
                with suppress(NotExchangeable):
                    document_of(self._settings, entry)
                    yield entry.id, status_of(entry.standing)


def _news(known: Mapping[str, str], seen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """As much of it as one event tells; the rest is news still when that has arrived."""
    changed = ((name, status) for name, status in seen.items() if known.get(name) != status)
    for _, news in zip(range(MOST_IDS), changed, strict=False):
        yield news
