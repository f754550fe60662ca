"""What a log holds of one key, and what it lacks: the audit of a chain of frames.

    hole    frames are missing between two that are there, or before the first one (a key begins with frame 0)
    fork    the key used one `seq` for different frames; it is disputed from the lowest such `seq` on
    break   a frame does not name its predecessor's digest, though no frame is missing between them
    end     nothing shows that the key signed no more: no closing frame, one that has seen a head anchored later than
            the end asked about plus the grace (or than the key's own end, where that came first)

Pure, in one pass over the key's frames by `seq`, with memory for the findings only. The first frame's `prev` is not
judged: it is the business of enrolment. Flags are those that the frames bear already.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.log.admission import Enrolment

__all__ = ["Audited", "Entry", "Fork", "Hole", "KeyAudit", "audit_key"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame of the key; `accepted` is the gateway's second of acknowledgement, `seen_size` 0 for no head seen."""

    seq: int
    index: int
    digest: bytes
    prev: bytes
    iat: int
    accepted: int
    seen_size: int
    heartbeat: bool
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hole:
    """Frames `first`…`last` (inclusive) are missing. Nothing is known after `since` (the frame before, else the
    enrolment) and before `until` (the frame behind it), both as signed, in unix seconds."""

    first: int
    last: int
    since: int
    until: int

    @property
    def frames(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Fork:
    seq: int
    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """One end of the key's chain: its `seq`, and when it was signed and accepted."""

    seq: int
    iat: int
    accepted: int


@dataclass(frozen=True, slots=True)
class KeyAudit:
    """`closed` is None where no end was asked about; `ahead` is the most seconds by which a frame was signed 'after' it
    was accepted: the terminal's clock runs fast, or the gateway's slow."""

    enrolment: Enrolment
    frames: int
    heartbeats: int
    first: Audited | None
    last: Audited | None
    holes: tuple[Hole, ...]
    forks: tuple[Fork, ...]
    breaks: tuple[int, ...]
    flags: Mapping[str, int]
    ahead: int
    closed: bool | None

    @property
    def missing(self) -> int:
        return sum(hole.frames for hole in self.holes)

    @property
    def whole(self) -> bool:
        """Nothing is missing, nothing contradicts itself, and the end asked about is shown."""
        return not (self.holes or self.forks or self.breaks) and self.closed is not False


def audit_key(
    enrolment: Enrolment, entries: Iterable[Entry], head_times: Mapping[int, int], end: int | None, grace: int
) -> KeyAudit:
    """The audit of one key; `entries` by (`seq`, `index`), `head_times` the block time of each final head by its size.

    A key without a frame is whole only if no end is asked about, or if it had not begun by then.
    """
    chain = _Chain(enrolment, None if end is None else _closing_time(enrolment, end, grace))
    for entry in entries:
        chain.add(entry, head_times)
    return chain.result(begun=end is None or enrolment.enrolled_at < end)


def _closing_time(enrolment: Enrolment, end: int, grace: int) -> int:
    return end + grace if enrolment.until is None else min(end + grace, enrolment.until)


class _Chain:
    """What has been found so far."""

    def __init__(self, enrolment: Enrolment, closing_time: int | None) -> None:
        self.enrolment = enrolment
        self.closing_time = closing_time
        self.frames = self.heartbeats = self.ahead = 0
        self.first: Entry | None = None
        self.last: Entry | None = None
        self.twins: list[bytes] = []
        self.holes: list[Hole] = []
        self.forks: list[Fork] = []
        self.breaks: list[int] = []
        self.flags: Counter[str] = Counter()
        self.closed = False

    def add(self, entry: Entry, head_times: Mapping[int, int]) -> None:
        self._link(entry)
        self.frames += 1
        self.heartbeats += entry.heartbeat
        self.flags.update(entry.flags)
        self.ahead = max(self.ahead, entry.iat - entry.accepted)
        if self.closing_time is not None and head_times.get(entry.seen_size, -1) > self.closing_time:
            self.closed = True

    def _link(self, entry: Entry) -> None:
        last = self.last
        if last is not None and entry.seq == last.seq:
            self.twins.append(entry.digest)
            return
        self._note_fork()
        expected = 0 if last is None else last.seq + 1
        if entry.seq > expected:
            since = self.enrolment.enrolled_at if last is None else last.iat
            self.holes.append(Hole(expected, entry.seq - 1, since, entry.iat))
        elif last is not None and entry.prev not in self.twins:
            self.breaks.append(entry.seq)
        self.first = self.first or entry
        self.last, self.twins = entry, [entry.digest]

    def _note_fork(self) -> None:
        if self.last is not None and len(self.twins) > 1:
            self.forks.append(Fork(self.last.seq, tuple(self.twins)))

    def result(self, begun: bool) -> KeyAudit:
        self._note_fork()
        return KeyAudit(
            self.enrolment, self.frames, self.heartbeats, _end(self.first), _end(self.last), tuple(self.holes),
            tuple(self.forks), tuple(self.breaks), dict(sorted(self.flags.items())), self.ahead,
            None if self.closing_time is None else self.closed or not begun,
        )  # fmt: skip


def _end(entry: Entry | None) -> Audited | None:
    return None if entry is None else Audited(entry.seq, entry.iat, entry.accepted)
