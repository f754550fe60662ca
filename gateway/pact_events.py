"""What becomes of an event: a request waits in the outbox for its answer, everything else is kept to be read.

Both are bounded for each client, so that none fills the store. An event that came before changes nothing and is taken
again, as the sender could not know.
"""

from gateway.access import Caller
from gateway.pact_form import PactRefusal
from gateway.settings import Settings
from ledger.exchange.events import CREATED, Event
from ledger.store.exchange import (
    ANSWER,
    Received,
    count_received,
    count_waiting,
    new_outgoing,
    put_outgoing,
    put_received,
)

MOST_WAITING = 1_000
MOST_RECEIVED = 10_000


def accept(settings: Settings, caller: Caller, event: Event) -> None:
    """Raises PactRefusal where the client has too much here already."""
    if event.type == CREATED:
        _queue(settings, caller, event)
    else:
        _keep(settings, caller, event)


def _queue(settings: Settings, caller: Caller, event: Event) -> None:
    if count_waiting(settings.engine, caller.client_id) >= MOST_WAITING:
        raise PactRefusal(429, "BadRequest", f"{MOST_WAITING} requests wait already", {"Retry-After": "600"})
    content = {
        "criteria": [[name, value] for name, values in event.criteria.values.items() for value in sorted(values)],
        "comment": event.comment,
    }
    now = settings.machine_clock()
    outgoing = new_outgoing(ANSWER, caller.client_id, caller.organisation, event.source, event.id, content, now)
    put_outgoing(settings.engine, outgoing)


def _keep(settings: Settings, caller: Caller, event: Event) -> None:
    if count_received(settings.engine, caller.client_id) >= MOST_RECEIVED:
        raise PactRefusal(429, "BadRequest", f"{MOST_RECEIVED} events were not read yet", {"Retry-After": "86400"})
    received = Received(
        client_id=caller.client_id,
        source=event.source,
        event_id=event.id,
        organisation=caller.organisation,
        type=event.type,
        data=event.data,
        received_at=settings.machine_clock(),
    )
    put_received(settings.engine, received)
