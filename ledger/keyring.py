"""The public keys that may sign into a log: kept in memory, else read from the store, else asked of the chain."""

from collections.abc import Callable, Iterable
from threading import Lock

from sqlalchemy import Engine

from ledger.judgement import Identity, identity
from ledger.log.admission import Enrolment
from ledger.store.database import reading
from ledger.store.enrolments import put_enrolments, select_enrolments
from terminal_signer.keys import PublicKey

MOST_KEYS = 10_000


class Keyring:
    """A key never changes once it is enrolled, so what is in memory never goes stale; when it ended is another matter,
    which the judging of each frame looks up."""

    def __init__(self, engine: Engine, refresh: Callable[[], Iterable[Enrolment]] | None) -> None:
        self._engine = engine
        self._refresh = refresh
        self._known: dict[Identity, PublicKey] = {}
        self._asking = Lock()

    def learn(self, enrolments: Iterable[Enrolment]) -> int:
        """Take note of new and ended enrolments; how many there were."""
        return put_enrolments(self._engine, enrolments)

    def ask_chain(self) -> int:
        """Learn what the chain says now; how many entries changed. One caller asks, the others wait for what it learns,
        so that no frame is refused for an enrolment that is just being written down."""
        if self._refresh is None:
            return 0
        with self._asking:
            return self.learn(self._refresh())

    def find(self, wanted: set[Identity]) -> dict[Identity, PublicKey]:
        """The enrolled keys among these. Raises StoreError, and what asking the chain raises."""
        keys = {name: key for name in wanted if (key := self._known.get(name)) is not None}
        if len(keys) == len(wanted):
            return keys
        keys |= self._stored(wanted - keys.keys())
        if len(keys) < len(wanted):
            self.ask_chain()
            keys |= self._stored(wanted - keys.keys())
        self._known = keys if len(self._known) > MOST_KEYS else self._known | keys
        return keys

    def _stored(self, wanted: set[Identity]) -> dict[Identity, PublicKey]:
        with reading(self._engine) as connection:
            found = select_enrolments(connection, sorted({kid for kid, _, _ in wanted}))
        return {name: entry.public_key for entry in found if (name := identity(entry)) in wanted}
