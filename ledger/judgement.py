"""Judging frames with the store's memory: the history of keys and of the log, for the pure rules of `admission`.

Used where frames arrive (`ledger.ingest`) and where their flags are derived once more (`ledger.projections`), which is
why both come to the same result.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from ledger.examination import Finding
from ledger.log.admission import Enrolment, KeyState, Times, admit
from ledger.store.database import StoreError
from ledger.store.enrolments import select_enrolments
from ledger.store.key_states import put_states, select_states
from ledger.store.log import TileCache, root_at
from terminal_signer.frame import Frame

Identity = tuple[bytes, str, str]


def identity(entry: Frame | Enrolment) -> Identity:
    """What ties a frame to an enrolment: the key, the enterprise and the terminal it was enrolled for."""
    return entry.kid, entry.iss, entry.sub


class Judge:
    """Judges frames of one log in the order of their leaves, within one transaction, after the log has grown by them.

    `committed` is the log's size before the transaction: roots up to there are read through the lasting `cache`.
    """

    def __init__(
        self,
        connection: Connection,
        log_id: bytes,
        times: Times,
        committed: int,
        cache: TileCache,
        kids: Iterable[bytes],
    ) -> None:
        self._connection = connection
        self._log_id = log_id
        self._times = times
        self._committed = committed
        self._caches = (cache, TileCache())
        self._roots: dict[int, bytes] = {}
        keys = list(dict.fromkeys(kids))
        self._enrolments = {identity(entry): entry for entry in select_enrolments(connection, keys)}
        self._states: dict[bytes, KeyState] = select_states(connection, log_id, keys)

    def judge(self, frame: Frame, finding: Finding, index: int, now: int) -> frozenset[str]:
        """The flags of the frame at leaf `index`; the key's state moves on."""
        enrolment = self._enrolments.get(identity(frame))
        if enrolment is None:
            raise StoreError(f"the enrolment of {frame.sub} is gone", where=f"kid 0x{frame.kid.hex()}")

        def earlier_root(size: int) -> bytes | None:
            return self._root(size) if size <= index else None

        flags, self._states[frame.kid] = admit(
            frame, finding.fault, enrolment, self._states.get(frame.kid), now, self._times,
            log_id=self._log_id, oldest=finding.oldest, root_at=earlier_root,
        )  # fmt: skip
        return flags

    def save(self) -> None:
        put_states(self._connection, self._log_id, self._states)

    def _root(self, size: int) -> bytes:
        found = self._roots.get(size)
        if found is None:
            cache = self._caches[size > self._committed]
            found = self._roots[size] = root_at(self._connection, self._log_id, size, cache)
        return found
