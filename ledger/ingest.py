"""The only write path for frames: verify, log, flag, promise.

1. A bad envelope, a bad signature or a key that is not enrolled is refused by name and not stored.
2. Everything else is authentic and is stored and logged, in the order given, whatever its flags say.
3. A frame that the log holds already changes nothing; the answer is its index and its first promise.
4. All of a call is one transaction, and the answer is given after its commit. A refusal never touches its neighbours.

Frames are examined before the log is locked, many of them in processes beside this one (`ledger.examination`); the lock
is held while leaves get their indices. The promise key stays in this process.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sqlalchemy import Connection, Engine

from ledger.examination import PROCESSES, Examiners, Finding, Item, examine
from ledger.judgement import Identity, Judge, identity
from ledger.keyring import Keyring
from ledger.log.admission import Enrolment, Times
from ledger.store.database import bulk_insert, writing
from ledger.store.frames import logged, pack_flags
from ledger.store.log import TileCache, grow, log_size, register_log
from ledger.store.schema import frames
from terminal_signer import promise
from terminal_signer.frame import MAX_FRAME, Frame, FrameRefused, digest_of, parse
from terminal_signer.keys import PrivateKey, PublicKey
from terminal_signer.receipt import leaf_hash

PART = 64  # frames that one process examines at a time; a call of no more is examined in the caller's thread


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
Examine = Callable[[Sequence[Item]], list[Finding]]


@dataclass(frozen=True, slots=True)
class _Verified:
    """An authentic frame with the promise that is handed out once it is committed."""

    frame: Frame
    finding: Finding
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
        self._keyring = Keyring(engine, refresh)
        self._cache = TileCache()
        self._examiners = Examiners()
        self._threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="ingest")
        register_log(engine, log_id, self._times)

    def start(self) -> None:
        """Start the processes that examine many frames at once, which the first large call would do otherwise."""
        self._examiners.start()

    def close(self) -> None:
        self._threads.shutdown()
        self._examiners.close()

    def learn(self, enrolments: Iterable[Enrolment]) -> int:
        """Take note of new and ended enrolments; how many there were."""
        return self._keyring.learn(enrolments)

    def ask_chain(self) -> int:
        """Learn what the registry says now, as for an unknown key; how many entries changed. Raises as `refresh`."""
        return self._keyring.ask_chain()

    def submit(self, raws: Sequence[bytes], now: int) -> list[Answer]:
        """One answer for each frame, in order, after the commit.

        Raises StoreError, and where a key is not known what `refresh` raises; then nothing of the call is stored, and
        the same frames can be sent again.
        """
        examined = self._examine(raws, now)
        verified = [item for item in examined if isinstance(item, _Verified)]
        if not verified:
            return [item for item in examined if isinstance(item, Refused)]
        with writing(self._engine) as connection:
            placed = self._log(connection, verified, now)
        return _answers(examined, placed)

    def _examine(self, raws: Sequence[bytes], now: int) -> list[_Verified | Refused]:
        parsed = [_parsed(raw) for raw in raws]
        keys = self._keyring.find({identity(item) for item in parsed if isinstance(item, Frame)})
        parts = [parsed[at : at + PART] for at in range(0, len(parsed), PART)]
        if len(parts) < 2:
            return self._examine_part(parsed, keys, now, examine)
        job = partial(self._examine_part, keys=keys, now=now, how=self._examiners.examine)
        return list(chain.from_iterable(self._threads.map(job, parts)))

    def _examine_part(
        self, part: Sequence[Frame | Refused], keys: Mapping[Identity, PublicKey], now: int, how: Examine
    ) -> list[_Verified | Refused]:
        examined = [
            item if isinstance(item, Refused) or identity(item) in keys else _not_enrolled(item) for item in part
        ]
        known = [(item, keys[identity(item)]) for item in examined if isinstance(item, Frame)]
        findings = iter(how([(frame.raw, key.alg, key.raw) for frame, key in known]))
        return [item if isinstance(item, Refused) else self._found(item, next(findings), now) for item in examined]

    def _found(self, frame: Frame, finding: Finding, now: int) -> _Verified | Refused:
        if finding.refusal is not None:
            return Refused(frame.digest, *finding.refusal)
        accepted = promise.Promise(frame.digest, self._log_id, now, now + self._times.max_delay)
        return _Verified(frame, finding, promise.sign(self._promise_key, accepted))

    def _log(self, connection: Connection, verified: Sequence[_Verified], now: int) -> dict[bytes, Logged | Duplicate]:
        """Give each new frame its leaf; the answer by digest. Holds the log until the transaction ends."""
        size = log_size(connection, self._log_id, lock=True)
        unique = {item.frame.digest: item for item in verified}
        known = logged(connection, self._log_id, list(unique))
        placed: dict[bytes, Logged | Duplicate] = {
            digest: Duplicate(digest, index, first) for digest, (index, first) in known.items()
        }
        fresh = [item for digest, item in unique.items() if digest not in known]
        if not fresh:
            return placed
        grow(connection, self._log_id, size, [leaf_hash(item.frame.digest) for item in fresh])
        judge = Judge(connection, self._log_id, self._times, size, self._cache, (item.frame.kid for item in fresh))
        rows = []
        for index, item in enumerate(fresh, size):
            flags = judge.judge(item.frame, item.finding, index, now)
            placed[item.frame.digest] = Logged(item.frame.digest, index, flags, item.promise)
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
        answer = placed[item.frame.digest]
        if answer.digest in answered:  # twice in one call: the second is a duplicate of the first
            answer = Duplicate(answer.digest, answer.index, answer.promise)
        answered.add(answer.digest)
        answers.append(answer)
    return answers


def _parsed(raw: bytes) -> Frame | Refused:
    try:
        return parse(raw)
    except FrameRefused as refusal:
        return Refused(digest_of(raw) if len(raw) <= MAX_FRAME else None, refusal.code, refusal.message)


def _not_enrolled(frame: Frame) -> Refused:
    return Refused(frame.digest, "unknown-key", f"no key 0x{frame.kid.hex()[:16]}… is enrolled for {frame.sub}")


def _row(log_id: bytes, index: int, item: _Verified, now: int, flags: frozenset[str]) -> tuple[object, ...]:
    """In the order of the columns of `frames`."""
    frame = item.frame
    return (
        log_id, index, frame.digest, frame.raw, frame.iss, frame.sub, frame.kid, frame.seq, frame.iat, now,
        pack_flags(flags), item.promise,
    )  # fmt: skip
