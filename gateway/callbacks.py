"""The worker of `carbon serve` that sends events to partners: answers to their requests, for 72 hours at the longest.

1. An answer is made when it is sent: of what the requesting client may see then. Nothing found is a rejection.
2. It goes to the partner that was entered for the client's organisation and the event's source, and nowhere else: an
   event alone makes this gateway call nobody. Without such a partner it waits, for one may be entered later.
3. The same answer has the same event id however often it is sent.
4. What fails is tried again, twice as long after each time up to an hour; a refused address too, for settings change.
5. Footprints that go out are a reading in their enterprise's log, written before they do, once for each attempt.
"""

import logging
import threading
from collections.abc import Callable

from gateway.access import caller_as
from gateway.footprint_log import log_shown
from gateway.footprints import Json, Shown, matching
from gateway.settings import Settings
from ledger.exchange.criteria import criteria
from ledger.exchange.events import fulfilled, rejected
from ledger.partners.client import PactClient
from ledger.partners.errors import PartnerFault
from ledger.partners.partner import Partner, PartnerBook
from ledger.partners.reach import Reach
from ledger.store.clients import client_of
from ledger.store.exchange import ABANDONED, SENT, WAITING, Outgoing, note_attempt, take_due
from terminal_signer.errors import CarbonError

POLL_SECONDS = 1.0
FIRST_DELAY, LONGEST_DELAY = 5, 3_600
PATIENCE = 72 * 3_600
MOST_AT_ONCE, MOST_FOOTPRINTS = 8, 200
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
        except _Hopeless as fault:
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
        """What was sent. Raises CarbonError where it could not be."""
        client = client_of(self._settings.engine, outgoing.client_id)
        if client is None or client.ended_at is not None:
            raise _Hopeless("the client that asked was ended")
        partner = self._book.find(outgoing.organisation, outgoing.source)
        if partner is None:
            raise PartnerFault(f"no partner is entered for {outgoing.organisation} at {outgoing.source[:200]}")
        event, shown = self._answer(outgoing, client.role)
        name = str(event["type"]).rpartition("ProductFootprint.")[2]
        self._client(partner).send(event, lambda: log_shown(self._settings, caller_as(client), shown, name))
        return name

    def _answer(self, outgoing: Outgoing, role: str) -> tuple[Json, list[Shown]]:
        wanted = criteria((name, value) for name, value in outgoing.content["criteria"])
        found, _ = matching(self._settings, outgoing.organisation, role, wanted, MOST_FOOTPRINTS)
        source, at = self._settings.public_url, outgoing.created_at
        if found:
            return fulfilled(outgoing.event_id, [shown.document for shown in found], source, at), found
        return rejected(outgoing.event_id, "NotFound", "no footprint that you may see matches", source, at), []

    def _client(self, partner: Partner) -> PactClient:
        return PactClient(partner, self._reach)


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


class _Hopeless(Exception):
    """No later attempt will do better."""
