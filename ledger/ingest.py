"""The only write path for frames: verify, log, flag, promise.

1. A bad envelope, a bad signature or a key that is not enrolled is refused by name and not stored.
2. Everything else is authentic and is stored and logged, in the order given, whatever its flags say.
3. A frame that the log holds already changes nothing; the answer is its index and its first promise.
4. All of a call is one transaction, and the answer is given after its commit. A refusal never touches its neighbours.

Signatures are checked in threads, before the log is locked; the lock is held while leaves get their indices.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, Engine

from ledger.judgement import Identity, Judge, Read, identity, read
from ledger.log.admission import Enrolment, Times
from ledger.store.database import bulk_insert, reading, writing
from ledger.store.enrolments import put_enrolments, select_enrolments
from ledger.store.frames import logged, pack_flags
from ledger.store.log import TileCache, grow, log_size, register_log
from ledger.store.schema import frames
from terminal_signer import promise
from terminal_signer.frame import MAX_FRAME, Frame, FrameRefused, digest_of, parse, verify
from terminal_signer.keys import PrivateKey, PublicKey
from terminal_signer.receipt import leaf_hash

THREADS = 2
CHUNK = 64
MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Logged:
    digest: bytes
    index: int
    flags: frozenset[str]
    promise: bytes


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The log held the frame before; `promise` is the one given then."""

    digest: bytes
    index: int
    promise: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Not stored. `digest` is None where the bytes are too many to be hashed for an answer."""

    digest: bytes | None
    code: str
    message: str


Answer = Logged | Duplicate | Refused


@dataclass(frozen=True, slots=True)
class _Verified:
    """An authentic frame with the promise that is handed out once it is committed."""

    read: Read
    promise: bytes


class Ingest:
    """Writes one log. `refresh` asks the chain for its enrolments when a key is not known; the caller limits its rate.

    Safe to call from many threads and many processes: the store has one writer at a time.
    """

    def __init__(
        self,
        engine: Engine,
        log_id: bytes,
        promise_key: PrivateKey,
        times: Times | None = None,
        refresh: Callable[[], Iterable[Enrolment]] | None = None,
    ) -> None:
        self._engine = engine
        self._log_id = log_id
        self._promise_key = promise_key
        self._times = times if times is not None else Times()
        self._refresh = refresh
        self._keys: dict[Identity, PublicKey] = {}
        self._cache = TileCache()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ingest")
        register_log(engine, log_id, self._times)

    def close(self) -> None:
        self._threads.shutdown()

    def learn(self, enrolments: Iterable[Enrolment]) -> int:
        """Take note of new and ended enrolments; how many there were."""
        return put_enrolments(self._engine, enrolments)

    def submit(self, raws: Sequence[bytes], now: int) -> list[Answer]:
        """One answer for each frame, in order, after the commit. Raises StoreError; then nothing of the call is
        stored, and the same frames can be sent again."""
        examined = self._examine(raws, now)
        verified = [item for item in examined if isinstance(item, _Verified)]
        if not verified:
            return [item for item in examined if isinstance(item, Refused)]
        with writing(self._engine) as connection:
            placed = self._log(connection, verified, now)
        return _answers(examined, placed)

    def _examine(self, raws: Sequence[bytes], now: int) -> list[_Verified | Refused]:
        examined = self._examine_all(raws, now)
        strangers = {at: item for at, item in enumerate(examined) if isinstance(item, Frame)}
        if strangers:
            self._look_up({identity(frame) for frame in strangers.values()})
            again = self._examine_all([frame.raw for frame in strangers.values()], now)
            for at, item in zip(strangers, again, strict=True):
                examined[at] = item
        return [_not_enrolled(item) if isinstance(item, Frame) else item for item in examined]

    def _examine_all(self, raws: Sequence[bytes], now: int) -> list[_Verified | Refused | Frame]:
        parts = [raws[at : at + CHUNK] for at in range(0, len(raws), CHUNK)]
        if len(parts) < 2:
            return [self._examine_one(raw, now) for raw in raws]
        jobs = [
            self._threads.submit(lambda part: [self._examine_one(raw, now) for raw in part], part) for part in parts
        ]
        return list(chain.from_iterable(job.result() for job in jobs))

    def _examine_one(self, raw: bytes, now: int) -> _Verified | Refused | Frame:
        """Verified, refused, or the bare frame where its key is not known (yet)."""
        try:
            frame = parse(raw)
            key = self._keys.get(identity(frame))
            if key is None:
                return frame
            verify(frame, key)
        except FrameRefused as refusal:
            return Refused(digest_of(raw) if len(raw) <= MAX_FRAME else None, refusal.code, refusal.message)
        accepted = promise.Promise(frame.digest, self._log_id, now, now + self._times.max_delay)
        return _Verified(read(frame), promise.sign(self._promise_key, accepted))

    def _look_up(self, strangers: set[Identity]) -> None:
        """Find the keys of frames whose key was not at hand: in the store, else on the chain."""
        missing = self._load(strangers)
        if missing and self._refresh is not None:
            self.learn(self._refresh())
            self._load(missing)

    def _load(self, wanted: set[Identity]) -> set[Identity]:
        with reading(self._engine) as connection:
            found = select_enrolments(connection, sorted({kid for kid, _, _ in wanted}))
        if len(self._keys) + len(found) > MOST_KEYS:
            self._keys = {}
        self._keys.update((identity(entry), entry.public_key) for entry in found)
        return wanted - self._keys.keys()

    def _log(self, connection: Connection, verified: Sequence[_Verified], now: int) -> dict[bytes, Logged | Duplicate]:
        """Give each new frame its leaf; the answer by digest. Holds the log until the transaction ends."""
        size = log_size(connection, self._log_id, lock=True)
        unique = {item.read.frame.digest: item for item in verified}
        known = logged(connection, self._log_id, list(unique))
        placed: dict[bytes, Logged | Duplicate] = {
            digest: Duplicate(digest, index, first) for digest, (index, first) in known.items()
        }
        fresh = [item for digest, item in unique.items() if digest not in known]
        if not fresh:
            return placed
        grow(connection, self._log_id, size, [leaf_hash(item.read.frame.digest) for item in fresh])
        judge = Judge(connection, self._log_id, self._times, size, self._cache, (item.read.frame.kid for item in fresh))
        rows = []
        for index, item in enumerate(fresh, size):
            flags = judge.judge(item.read, index, now)
            placed[item.read.frame.digest] = Logged(item.read.frame.digest, index, flags, item.promise)
            rows.append(_row(self._log_id, index, item, now, flags))
        bulk_insert(connection, frames, rows)
        judge.save()
        return placed


def _answers(examined: Sequence[_Verified | Refused], placed: dict[bytes, Logged | Duplicate]) -> list[Answer]:
    answers: list[Answer] = []
    answered = set()
    for item in examined:
        if isinstance(item, Refused):
            answers.append(item)
            continue
        answer = placed[item.read.frame.digest]
        if answer.digest in answered:  # twice in one call: the second is a duplicate of the first
            answer = Duplicate(answer.digest, answer.index, answer.promise)
        answered.add(answer.digest)
        answers.append(answer)
    return answers


def _not_enrolled(frame: Frame) -> Refused:
    message = f"no key 0x{frame.kid.hex()[:16]}… is enrolled for {frame.sub}"
    return Refused(frame.digest, "unknown-key", message)


def _row(log_id: bytes, index: int, item: _Verified, now: int, flags: frozenset[str]) -> tuple[object, ...]:
    """In the order of the columns of `frames`."""
    frame = item.read.frame
    return (
        log_id, index, frame.digest, frame.raw, frame.iss, frame.sub, frame.kid, frame.seq, frame.iat, now,
        pack_flags(flags), item.promise,
    )  # fmt: skip
