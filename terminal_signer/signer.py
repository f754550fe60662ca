"""Readings and documents in, signed frames in the spool out. Nothing here needs a network.

Every method takes `iat`, the time of signing in unix seconds; only entry points read a clock.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from terminal_signer.build import build, encode_document, encode_pack
from terminal_signer.csv_meter import Batch
from terminal_signer.frame import DOCUMENT, SENML, SKEW, Document, Header, Record, digest_of
from terminal_signer.keys import SigningKey
from terminal_signer.spool import Draft, KeyState, Spool


class Entry(NamedTuple):
    """A batch of readings and the time at which it is signed."""

    iat: int
    batch: Batch


class Signer:
    """One key and its spool. The key must have begun there (Spool.begin); a fault leaves the spool as it was."""

    def __init__(self, spool: Spool, key: SigningKey) -> None:
        self.spool = spool
        self.key = key
        self.kid = key.public.thumbprint()
        self._iss = self.state().iss

    def state(self) -> KeyState:
        return self.spool.key_state(self.kid)

    def record(self, records: Sequence[Record], iat: int, *, base_time: int | None = None) -> bytes:
        """Sign one frame of readings; the base time is the earliest start unless given. Answers its digest."""
        return self.record_many([Entry(iat, Batch(_base_time(records, base_time, iat), tuple(records)))])[0]

    def record_many(self, entries: Iterable[Entry]) -> list[bytes]:
        """Sign a frame per entry, all of them in one transaction or none."""
        return self._append(self._readings(entry) for entry in entries)

    def correct(self, corrects: bytes, records: Sequence[Record], iat: int, *, base_time: int | None = None) -> bytes:
        """Sign a frame that takes the place of frame `corrects` (its digest): same points and times, new values."""
        batch = Batch(_base_time(records, base_time, iat), tuple(records))
        return self._append([self._readings(Entry(iat, batch), corrects)])[0]

    def heartbeat(self, iat: int) -> bytes:
        """Sign a frame without readings: it carries `seq` and `seen` forward."""
        return self._append([self._readings(Entry(iat, Batch(iat, ())))])[0]

    def document(self, document: Document, iat: int, *, corrects: bytes | None = None) -> bytes:
        return self._append([Draft(iat, DOCUMENT, encode_document(document), {}, {}, corrects)])[0]

    def _readings(self, entry: Entry, corrects: bytes | None = None) -> Draft:
        base_time, records = entry.batch
        starts: dict[str, int] = {}
        until: dict[str, int] = {}
        for record in records:
            # A register at the very time of the point's last reading would repeat it.
            starts.setdefault(record.point, record.time - 1 if record.start is None else record.start)
            if corrects is None:
                until[record.point] = record.time
        payload = encode_pack(self._iss, base_time, records, entry.iat)
        return Draft(entry.iat, SENML, payload, starts, until, corrects)

    def _append(self, drafts: Iterable[Draft]) -> list[bytes]:
        return self.spool.append(self.kid, list(drafts), self._sign, SKEW)

    def _sign(self, header: Header, payload: bytes) -> tuple[bytes, bytes]:
        raw = build(self.key, header, payload)
        return raw, digest_of(raw)


def _base_time(records: Sequence[Record], given: int | None, iat: int) -> int:
    if given is not None:
        return given
    return min((record.time if record.start is None else record.start for record in records), default=iat)
