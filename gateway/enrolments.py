"""What the terminal registry says, fetched when a key is unknown and at intervals; at most once for each new block."""

import logging
import threading
from collections.abc import Sequence

from ledger.chain.client import Chain
from ledger.ingest import Ingest
from ledger.log.admission import Enrolment
from terminal_signer.errors import CarbonError

_log = logging.getLogger("gateway")


class EnrolmentSource:
    """Nothing new without a new block: a stranger's frames cost the chain one request, not a scan."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._asked_at = -1
        self._lock = threading.Lock()

    def __call__(self) -> Sequence[Enrolment]:
        """Raises ChainError."""
        with self._lock:
            latest = self._chain.block("latest").number
            if latest == self._asked_at:
                return ()
            found = self._chain.enrolments()
            self._asked_at = latest
            return found


class EnrolmentWatch(threading.Thread):
    """Learns new and ended enrolments at intervals, so that a revocation is known even when nobody asks."""

    def __init__(self, ingest: Ingest, seconds: float) -> None:
        super().__init__(name="enrolments", daemon=True)
        self._ingest = ingest
        self._seconds = seconds
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._ingest.ask_chain()
            except CarbonError as fault:
                _log.warning("enrolments not read: %s", fault)
            self._stopped.wait(self._seconds)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
