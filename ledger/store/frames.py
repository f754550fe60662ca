"""Reading frames. They are written by `ledger.ingest` alone.

The flags of a frame are those it was given on arrival, and `fork` besides where the key later used an earlier or the
same `seq` twice: frames from there on are disputed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Engine, Row, Select, and_, func, literal, select

from ledger.store.database import chunks, reading
from ledger.store.schema import frames, key_states

PAGE = 1000


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame as the log holds it: `raw` is what was signed and sent, `accepted` the second of its acknowledgement."""

    index: int
    digest: bytes
    raw: bytes
    iss: str
    sub: str
    kid: bytes
    seq: int
    iat: int
    accepted: int
    flags: frozenset[str]
    promise: bytes


def pack_flags(flags: Iterable[str]) -> str:
    return " ".join(sorted(flags))


def unpack_flags(text: str) -> frozenset[str]:
    return frozenset(text.split())


class FrameStore:
    """The frames of one log."""

    def __init__(self, engine: Engine, log_id: bytes) -> None:
        self._engine = engine
        self._log_id = log_id

    def by_digest(self, digest: bytes) -> StoredFrame | None:
        return self.by_digests([digest]).get(digest)

    def by_digests(self, digests: Sequence[bytes]) -> dict[bytes, StoredFrame]:
        """The frames among these digests that the log holds."""
        found: dict[bytes, StoredFrame] = {}
        with reading(self._engine) as connection:
            for part in chunks(digests):
                rows = connection.execute(self._select().where(frames.c.digest.in_(part)))
                found.update((row.digest, _stored(row)) for row in rows)
        return found

    def at(self, places: Sequence[int]) -> list[StoredFrame]:
        """The frames with these leaf indices, by leaf index."""
        found: list[StoredFrame] = []
        for part in chunks(sorted(places)):
            found += self._page(self._select().where(frames.c.leaf_index.in_(part)).order_by(frames.c.leaf_index))
        return found

    def between(self, start: int, end: int) -> Iterator[StoredFrame]:
        """The frames with the leaf indices [start, end), a page at a time."""
        while start < end:
            until = min(end, start + PAGE)
            inside = and_(frames.c.leaf_index >= start, frames.c.leaf_index < until)
            yield from self._page(self._select().where(inside).order_by(frames.c.leaf_index))
            start = until

    def of_key(self, kid: bytes, since: int | None = None) -> list[StoredFrame]:
        """The frames of a key by leaf index: all, or from the opening frame of a period that begins at `since` on (the
        key's last frame with an earlier `iat`, else its first), with whatever else arrived for those `seq`."""
        least = 0 if since is None else self._opening_seq(kid, since)  # stated even then: it leads to the key's index
        query = self._select().where(frames.c.kid == kid, frames.c.seq >= least)
        return self._page(query.order_by(frames.c.leaf_index))

    def by_seq(self, kid: bytes, sub: str) -> Iterator[StoredFrame]:
        """What a key signed for one terminal by (`seq`, leaf index), a page at a time."""
        query = self._select().where(frames.c.kid == kid, frames.c.sub == sub)
        ordered = query.order_by(frames.c.seq, frames.c.leaf_index).execution_options(yield_per=PAGE)
        with reading(self._engine) as connection:
            yield from map(_stored, connection.execute(ordered))

    def raw_of(self, kid: bytes, sub: str, size: int, since: int | None = None) -> list[tuple[int, bytes]]:
        """Leaf index and bytes of the frames that `of_key` finds, as far as they are a terminal's and below `size`.

        Neither the order nor the size is the database's business here: a planner without statistics would take either
        for a reason to walk the whole log, once for each key.
        """
        query = self._of(kid, sub, frames.c.leaf_index, frames.c.raw)
        if since is not None:
            query = query.where(frames.c.seq >= self._opening_seq(kid, since))
        with reading(self._engine) as connection:
            return sorted((index, raw) for index, raw in connection.execute(query) if index < size)

    def holds(self, kid: bytes, sub: str, size: int) -> bool:
        """Whether there is any frame of a key for a terminal below `size`."""
        with reading(self._engine) as connection:
            return any(index < size for index in connection.execute(self._of(kid, sub, frames.c.leaf_index)).scalars())

    def holding(self, mark: bytes, kids: Iterable[bytes], size: int) -> list[bytes]:
        """The frames of these keys below `size` whose bytes hold `mark`: all that say what it stands for, and perhaps
        some in which it stands by chance. The database looks, so that the others need not be read."""
        if self._engine.dialect.name == "sqlite":
            place = func.instr(frames.c.raw, mark)
        else:
            place = func.position(literal(mark).op("IN")(frames.c.raw))
        found: list[bytes] = []
        with reading(self._engine) as connection:
            for part in chunks(sorted(kids)):
                query = select(frames.c.raw).where(
                    frames.c.log_id == self._log_id, frames.c.kid.in_(part), frames.c.leaf_index < size, place > 0
                )
                found += connection.execute(query).scalars()
        return found

    def _of(self, kid: bytes, sub: str, *columns: Column[Any]) -> Select[Any]:
        return select(*columns).where(frames.c.log_id == self._log_id, frames.c.kid == kid, frames.c.sub == sub)

    def _opening_seq(self, kid: bytes, since: int) -> int:
        query = select(frames.c.seq).where(frames.c.log_id == self._log_id, frames.c.kid == kid, frames.c.iat < since)
        with reading(self._engine) as connection:
            return connection.execute(query.order_by(frames.c.seq.desc()).limit(1)).scalar() or 0

    def _select(self) -> Select[Any]:
        same_key = and_(key_states.c.log_id == frames.c.log_id, key_states.c.kid == frames.c.kid)
        joined = frames.outerjoin(key_states, same_key)
        return select(frames, key_states.c.forked_at).select_from(joined).where(frames.c.log_id == self._log_id)

    def _page(self, query: Select[Any]) -> list[StoredFrame]:
        with reading(self._engine) as connection:
            return [_stored(row) for row in connection.execute(query)]


def logged(connection: Connection, log_id: bytes, digests: Sequence[bytes]) -> dict[bytes, tuple[int, bytes]]:
    """Index and promise of those digests that the log holds already."""
    found: dict[bytes, tuple[int, bytes]] = {}
    columns = select(frames.c.digest, frames.c.leaf_index, frames.c.promise).where(frames.c.log_id == log_id)
    for part in chunks(digests):
        rows = connection.execute(columns.where(frames.c.digest.in_(part)))
        found.update((digest, (index, promise)) for digest, index, promise in rows)
    return found


def _stored(row: Row[Any]) -> StoredFrame:
    flags = unpack_flags(row.flags)
    if row.forked_at is not None and row.seq >= row.forked_at:
        flags |= {"fork"}
    return StoredFrame(
        index=row.leaf_index,
        digest=row.digest,
        raw=row.raw,
        iss=row.iss,
        sub=row.sub,
        kid=row.kid,
        seq=row.seq,
        iat=row.iat,
        accepted=row.accepted,
        flags=flags,
        promise=row.promise,
    )
