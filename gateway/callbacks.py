"""The worker of `carbon serve` that sends events to partners: answers to their requests and news of footprints, for 72
hours at the longest.

1. An event is made when it is sent: of what the receiving client may see then. Nothing found is a rejection.
2. An answer goes to the partner that was entered for the client's organisation and the event's source, news to the one
   that the client was entered with, and nowhere else: an event alone makes this gateway call nobody. Without such a
   partner it waits, for one may be entered later.
3. The same event has the same id however often it is sent.
4. What fails is tried again, twice as long after each time up to an hour; a refused address too, for settings change.
5. Footprints that go out are a reading in their enterprise's log, written before they do, once for each attempt.
"""

import logging
import threading
from collections.abc import Callable

from gateway.access import caller_as
from gateway.footprint_log import log_shown
from gateway.partner_events import Hopeless, Made, answer_to, notice_of
from gateway.settings import Settings
from ledger.access.client import Client
from ledger.partners.client import PactClient
from ledger.partners.errors import PartnerFault
from ledger.partners.partner import Partner, PartnerBook
from ledger.partners.reach import Reach
from ledger.store.clients import client_of
from ledger.store.exchange import ABANDONED, NOTICE, SENT, WAITING, Outgoing, note_attempt, take_due
from ledger.store.subscribers import subscriber_of
from terminal_signer.errors import CarbonError

POLL_SECONDS = 1.0
FIRST_DELAY, LONGEST_DELAY = 5, 3_600
PATIENCE = 72 * 3_600
MOST_AT_ONCE = 8
_LEASE = 900

_log = logging.getLogger("gateway")


class Callbacks:
    """One round at a time; `now` answers Unix seconds of the machine."""

    def __init__(self, settings: Settings, book: PartnerBook, reach: Reach) -> None:
        self._settings, self._book, self._reach = settings, book, reach

    def run_once(self) -> int:
        """Send what is due; how much that was. Raises StoreError."""
        now = self._settings.machine_clock()
        due = take_due(self._settings.engine, now, _LEASE, MOST_AT_ONCE)
        for outgoing in due:
            self._attempt(outgoing)
        return len(due)

    def _attempt(self, outgoing: Outgoing) -> None:
        try:
            outcome, state = self._send(outgoing), SENT
        except Hopeless as fault:
            outcome, state = str(fault), ABANDONED
        except CarbonError as fault:
            outcome, state = f"{fault.code}: {fault}"[:500], WAITING
        now = self._settings.machine_clock()
        if state == WAITING and now - outgoing.created_at >= PATIENCE:
            state = ABANDONED
        due_at = now + delay_after(outgoing.attempts)
        note_attempt(self._settings.engine, outgoing.id, state, outcome, due_at, None if state == WAITING else now)
        _log.info("event %s for %s: %s, %s", outgoing.id, outgoing.organisation, state, outcome)

    def _send(self, outgoing: Outgoing) -> str:
        """What was sent. Raises Hopeless, and CarbonError where it could not be."""
        client = client_of(self._settings.engine, outgoing.client_id)
        if client is None or client.ended_at is not None:
            raise Hopeless("the client that it is for was ended")
        news = outgoing.kind == NOTICE
        partner = self._of_subscriber(client) if news else self._of_source(outgoing)
        made = (notice_of if news else answer_to)(self._settings, client, outgoing)
        PactClient(partner, self._reach).send(made.event, lambda: self._log_shown(client, made))
        return made.name

    def _of_source(self, outgoing: Outgoing) -> Partner:
        partner = self._book.find(outgoing.organisation, outgoing.source)
        if partner is None:
            raise PartnerFault(f"no partner is entered for {outgoing.organisation} at {outgoing.source[:200]}")
        return partner

    def _of_subscriber(self, client: Client) -> Partner:
        """A partner that was entered anew for another organisation is none of this client's."""
        subscriber = subscriber_of(self._settings.engine, client.client_id)
        if subscriber is None:
            raise Hopeless("the client is told no more")
        partner = self._book.named(subscriber.partner)
        if partner is None or partner.organisation != client.organisation:
            raise PartnerFault(f"no partner {subscriber.partner} is entered for {client.organisation}")
        return partner

    def _log_shown(self, client: Client, made: Made) -> None:
        log_shown(self._settings, caller_as(client), made.shown, made.name)


def delay_after(attempts: int) -> int:
    """Seconds from one failed attempt to the next."""
    return int(min(FIRST_DELAY * 2 ** min(attempts, 20), LONGEST_DELAY))


class CallbackThread(threading.Thread):
    """Rounds until it is stopped; a store that fails for a while stops nothing."""

    def __init__(self, run_once: Callable[[], int], poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__(name="callbacks", daemon=True)
        self._run_once, self._poll_seconds = run_once, poll_seconds
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                busy = self._run_once() > 0
            except Exception as fault:  # whatever it is, the next round may do better
                _log.error("callbacks: %s", fault, exc_info=not isinstance(fault, CarbonError))
                busy = False
            self._stopped.wait(0 if busy else self._poll_seconds)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
