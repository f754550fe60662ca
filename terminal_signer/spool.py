"""The outbox of a terminal: one SQLite file that holds each signed frame until its anchor is final.

Rules:

1. A frame's bytes are durable before they can be sent (WAL, synchronous FULL, one transaction with the key's new
   state), and only those bytes are ever sent: signing again would fork the key's chain.
2. `seq`, `prev` and `iat` of a key are read and moved in the same transaction that stores its frame, so two processes
   on one spool cannot sign one seq twice.
3. A frame goes stored → acknowledged (a promise is held) → released (a final anchor was checked), or stored → refused.
   Only release deletes bytes.
4. A key that this spool has not begun is never used: a terminal that lost its spool takes a new key.
5. An amount is signed once: `until` of a point is the end of its newest signed reading.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from terminal_signer.errors import CarbonError
from terminal_signer.frame import NO_FRAME, Header, Seen
from terminal_signer.receipt import Receipt

STORED, ACKNOWLEDGED, RELEASED, REFUSED = "stored", "acknowledged", "released", "refused"
_VERSION = 1
_KEPT = "digest, seq, state, raw, promise, deadline, leaf_index, tree_size"
_SCHEMA = """
CREATE TABLE keys (
  kid BLOB PRIMARY KEY, iss TEXT NOT NULL, sub TEXT NOT NULL, seq INTEGER NOT NULL, prev BLOB NOT NULL,
  iat INTEGER NOT NULL, seen_size INTEGER, seen_root BLOB
) WITHOUT ROWID;
CREATE TABLE points (
  kid BLOB NOT NULL REFERENCES keys, point TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (kid, point)
) WITHOUT ROWID;
CREATE TABLE frames (
  id INTEGER PRIMARY KEY, kid BLOB NOT NULL REFERENCES keys, seq INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE,
  raw BLOB, state TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '', refusal TEXT, promise BLOB, deadline INTEGER,
  leaf_index INTEGER, tree_size INTEGER, UNIQUE (kid, seq)
);
CREATE INDEX frames_by_state ON frames (state, id);
"""


class SpoolFault(CarbonError):
    """`code`: spool, disk-full, spool-busy, unknown-key, known-key, clock, already-signed."""

    code = "spool"


@dataclass(frozen=True, slots=True)
class KeyState:
    """What the next frame of a key needs: its seq, the digest and iat of the frame before, the newest final head."""

    iss: str
    sub: str
    seq: int
    prev: bytes
    iat: int
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Draft:
    """One frame to be signed. `starts` and `until` bound, per point, the time that its readings cover."""

    iat: int
    content_type: int
    payload: bytes
    starts: Mapping[str, int]
    until: Mapping[str, int]
    corrects: bytes | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A frame that is still held."""

    id: int
    digest: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a frame: its bytes until it is released, its promise for ever; then its leaf, under a head of
    `tree_size`."""

    digest: bytes
    seq: int
    state: str
    raw: bytes | None
    promise: bytes | None
    deadline: int | None
    leaf_index: int | None
    tree_size: int | None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The gateway's answer to a frame, its promise checked."""

    digest: bytes
    flags: Sequence[str]
    promise: bytes | None
    deadline: int | None


class Spool:
    """Open or create the outbox at `path`. Every method is one transaction; errors are SpoolFault."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._lock = threading.Lock()
        try:
            Path(path).touch(mode=0o600)
            self._db = sqlite3.connect(self.path, timeout=10.0, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
        except OSError as error:
            raise SpoolFault(f"the spool cannot be opened: {error.strerror}", where=self.path) from None
        except sqlite3.Error as error:
            raise _fault(error, self.path) from None
        with self._transaction() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version={_VERSION}")
            elif version != _VERSION:
                raise SpoolFault(f"made by another version ({version})", where=self.path)

    def close(self) -> None:
        self._db.close()

    def begin(self, kid: bytes, iss: str, sub: str, prev: bytes = NO_FRAME) -> None:
        """Start a key's chain at seq 0; `prev` is the predecessor key's last final digest after a rotation."""
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM keys WHERE kid=?", (kid,)).fetchone():
                raise SpoolFault("this key has begun already", code="known-key", where=self.path)
            db.execute("INSERT INTO keys (kid, iss, sub, seq, prev, iat) VALUES (?,?,?,0,?,0)", (kid, iss, sub, prev))

    def key_state(self, kid: bytes) -> KeyState:
        with self._transaction() as db:
            return _key_state(db, kid, self.path)

    def until(self, kid: bytes) -> dict[str, int]:
        """Measuring point → end of its newest signed reading."""
        with self._transaction() as db:
            return dict(db.execute("SELECT point, until FROM points WHERE kid=?", (kid,)))

    def append(
        self, kid: bytes, drafts: Iterable[Draft], sign: Callable[[Header, bytes], tuple[bytes, bytes]], skew: int
    ) -> list[bytes]:
        """Sign and store all drafts or none; `sign` answers (raw, digest). The digests, durable on return."""
        with self._transaction() as db:
            state = _key_state(db, kid, self.path)
            until = dict(db.execute("SELECT point, until FROM points WHERE kid=?", (kid,)))
            before, rows = dict(until), []
            seq, prev, iat = state.seq, state.prev, state.iat
            for draft in drafts:
                iat = _later(draft.iat, iat, skew)
                _refuse_repeats(draft, until)
                until.update(draft.until)
                header = Header(state.iss, state.sub, iat, seq, prev, state.seen, draft.corrects, draft.content_type)
                raw, prev = sign(header, draft.payload)
                rows.append((kid, seq, prev, raw, STORED))
                seq += 1
            db.executemany("INSERT INTO frames (kid, seq, digest, raw, state) VALUES (?,?,?,?,?)", rows)
            db.execute("UPDATE keys SET seq=?, prev=?, iat=? WHERE kid=?", (seq, prev, iat, kid))
            moved = [(kid, point, end) for point, end in until.items() if before.get(point) != end]
            db.executemany("INSERT OR REPLACE INTO points VALUES (?,?,?)", moved)
            return [row[2] for row in rows]

    def opening(self, kid: bytes) -> bytes | None:
        """The bytes of the key's frame 0, None if there is none or it was released."""
        with self._transaction() as db:
            row = db.execute("SELECT raw FROM frames WHERE kid=? AND seq=0", (kid,)).fetchone()
            return row[0] if row else None

    def last_final(self, kid: bytes) -> tuple[int, bytes] | None:
        """Number and digest of the key's last frame under a final anchor: what its successor names at a rotation."""
        with self._transaction() as db:
            query = "SELECT seq, digest FROM frames WHERE kid=? AND state=? ORDER BY seq DESC LIMIT 1"
            found: tuple[int, bytes] | None = db.execute(query, (kid, RELEASED)).fetchone()
            return found

    def held(self, state: str, after: int = 0, limit: int = 1000) -> list[Stored]:
        """The oldest frames in a state, beyond row `after`."""
        with self._transaction() as db:
            query = "SELECT id, digest, raw FROM frames WHERE state=? AND id>? ORDER BY id LIMIT ?"
            return [Stored(*row) for row in db.execute(query, (state, after, limit))]

    def kept(self, digest: bytes) -> Kept | None:
        with self._transaction() as db:
            row = db.execute(f"SELECT {_KEPT} FROM frames WHERE digest=?", (digest,)).fetchone()  # noqa: S608
            return Kept(*row) if row else None

    def newest(self, count: int) -> list[Kept]:
        """The frames signed last, oldest first."""
        with self._transaction() as db:
            rows = db.execute(f"SELECT {_KEPT} FROM frames ORDER BY id DESC LIMIT ?", (count,)).fetchall()  # noqa: S608
            return [Kept(*row) for row in reversed(rows)]

    def acknowledge(self, answers: Iterable[Acknowledgement]) -> None:
        rows = [(ACKNOWLEDGED, " ".join(a.flags), a.promise, a.deadline, a.digest, STORED) for a in answers]
        with self._transaction() as db:
            db.executemany("UPDATE frames SET state=?, flags=?, promise=?, deadline=? WHERE digest=? AND state=?", rows)

    def refuse(self, refusals: Iterable[tuple[bytes, str]]) -> None:
        """(digest, reason): kept with its bytes, no longer sent by itself."""
        with self._transaction() as db:
            rows = [(REFUSED, reason, digest, STORED) for digest, reason in refusals]
            db.executemany("UPDATE frames SET state=?, refusal=? WHERE digest=? AND state=?", rows)

    def restore(self, digests: Iterable[bytes], states: Sequence[str] = (ACKNOWLEDGED, REFUSED)) -> None:
        """Back to stored: sent again with the next `held`. Never for a released frame, whose bytes are gone."""
        marks = ",".join("?" * len(states))
        with self._transaction() as db:
            rows = [(STORED, digest, *states) for digest in digests]
            query = f"UPDATE frames SET state=?, refusal=NULL WHERE digest=? AND raw IS NOT NULL AND state IN ({marks})"  # noqa: S608
            db.executemany(query, rows)

    def release(self, receipts: Iterable[Receipt]) -> None:
        """Let go of the bytes of frames whose final anchor was checked."""
        rows = [(RELEASED, receipt.index, receipt.size, receipt.digest) for receipt in receipts]
        with self._transaction() as db:
            db.executemany("UPDATE frames SET state=?, raw=NULL, leaf_index=?, tree_size=? WHERE digest=?", rows)

    def see(self, kid: bytes, seen: Seen) -> None:
        """Remember the newest final head for the key's next frames; it never shrinks."""
        with self._transaction() as db:
            query = "UPDATE keys SET seen_size=?, seen_root=? WHERE kid=? AND coalesce(seen_size, 0) < ?"
            db.execute(query, (seen.size, seen.root, kid, seen.size))

    def counts(self) -> dict[str, int]:
        """State → number of frames, all four states present."""
        with self._transaction() as db:
            found = dict(db.execute("SELECT state, count(*) FROM frames GROUP BY state"))
        return {state: found.get(state, 0) for state in (STORED, ACKNOWLEDGED, RELEASED, REFUSED)}

    def overdue(self, now: int) -> list[tuple[bytes, int]]:
        """(digest, deadline) of promises that the operator has not kept: with the log they convict him."""
        with self._transaction() as db:
            query = "SELECT digest, deadline FROM frames WHERE state=? AND deadline<? ORDER BY id LIMIT 1000"
            return db.execute(query, (ACKNOWLEDGED, now)).fetchall()

    def refusals(self) -> list[tuple[bytes, str]]:
        with self._transaction() as db:
            query = "SELECT digest, refusal FROM frames WHERE state=? ORDER BY id LIMIT 1000"
            return db.execute(query, (REFUSED,)).fetchall()

    def flags(self) -> dict[str, int]:
        """Flag → number of frames that the gateway logged with it."""
        counts: dict[str, int] = {}
        with self._transaction() as db:
            query = "SELECT flags, count(*) FROM frames WHERE flags<>'' GROUP BY flags"
            for flags, count in db.execute(query):
                for flag in flags.split():
                    counts[flag] = counts.get(flag, 0) + count
        return counts

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise _fault(error, self.path) from error


def _key_state(db: sqlite3.Connection, kid: bytes, where: str) -> KeyState:
    query = "SELECT iss, sub, seq, prev, iat, seen_size, seen_root FROM keys WHERE kid=?"
    row = db.execute(query, (kid,)).fetchone()
    if row is None:
        raise SpoolFault(
            "this spool never began that key, so its chain is unknown",
            code="unknown-key", where=where, mend="never use the key again; enrol a new one",
        )  # fmt: skip
    iss, sub, seq, prev, iat, size, root = row
    return KeyState(iss, sub, seq, prev, iat, Seen(size, root) if size else None)


def _later(iat: int, last: int, skew: int) -> int:
    """iat never decreases along a chain: a small step back of the clock is levelled, a large one stops the signing."""
    if iat < last - skew:
        raise SpoolFault(f"the clock went back by {last - iat} s", code="clock", mend="set the terminal's clock")
    return max(iat, last)


def _refuse_repeats(draft: Draft, until: Mapping[str, int]) -> None:
    if draft.corrects is not None:
        return
    for point, start in draft.starts.items():
        if start < until.get(point, 0):
            raise SpoolFault(
                f"{point}: readings from {start} on were signed already, up to {until[point]}",
                code="already-signed", mend="sign each interval once; a correction names the frame that it corrects",
            )  # fmt: skip


def _fault(error: sqlite3.Error, path: str) -> SpoolFault:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or "disk is full" in str(error):
        message = "the disk is full: this step was not done, and nothing is lost"
        return SpoolFault(message, code="disk-full", where=path, mend="free some space and repeat")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return SpoolFault("another process holds the spool", code="spool-busy", where=path)
    return SpoolFault(f"the spool cannot be used: {error}", where=path)
