"""What the terminal registry says, as last read from the chain. The chain is the source; this is where ingest looks.

A key's end is learnt some blocks after it took effect. Frames accepted in between are given the flag `revoked` when the
news arrives, so that the flags depend on frames and enrolments alone, not on when the news came.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from ledger.log.admission import Enrolment
from ledger.store.database import chunks, reading, writing
from ledger.store.frames import pack_flags, unpack_flags
from ledger.store.schema import enrolments, frames, logs
from terminal_signer.frame import KeyClass
from terminal_signer.keys import PublicKey


def put_enrolments(engine: Engine, found: Iterable[Enrolment]) -> int:
    """Store what is new and note what has ended; how many entries changed. Nothing else of an entry ever changes."""
    changed = 0
    with writing(engine) as connection:
        known = {entry.id: entry for entry in select_enrolments(connection)}
        for entry in found:
            before = known.get(entry.id)
            if before == entry:
                continue
            if before is None:
                connection.execute(insert(enrolments), _row(entry))
            else:
                ended = {"until": entry.until, "revoked": entry.revoked}
                connection.execute(update(enrolments).where(enrolments.c.id == entry.id), ended)
            _mark_revoked(connection, entry, None if before is None else before.until)
            changed += 1
    return changed


def all_enrolments(engine: Engine) -> list[Enrolment]:
    with reading(engine) as connection:
        return select_enrolments(connection)


def enrolments_of(engine: Engine, sub: str) -> list[Enrolment]:
    """Every key of one terminal, ended ones too."""
    with reading(engine) as connection:
        return [_entry(row) for row in connection.execute(select(enrolments).where(enrolments.c.sub == sub))]


def select_enrolments(connection: Connection, kids: Sequence[bytes] | None = None) -> list[Enrolment]:
    """The entries of these keys, or all."""
    if kids is None:
        return [_entry(row) for row in connection.execute(select(enrolments).order_by(enrolments.c.id))]
    entries = []
    for part in chunks(kids):
        entries += [_entry(row) for row in connection.execute(select(enrolments).where(enrolments.c.kid.in_(part)))]
    return entries


def _mark_revoked(connection: Connection, entry: Enrolment, until_before: int | None) -> None:
    """Frames accepted at or after the key's end bear the flag, others do not; a reorganisation can move the end."""
    ends = [until for until in (entry.until, until_before) if until is not None]
    if not ends:
        return
    own = (
        frames.c.log_id.in_(select(logs.c.log_id)), frames.c.kid == entry.kid, frames.c.iss == entry.iss,
        frames.c.sub == entry.sub, frames.c.accepted >= min(ends),
    )  # fmt: skip
    columns = select(frames.c.log_id, frames.c.leaf_index, frames.c.accepted, frames.c.flags)
    for row in connection.execute(columns.where(*own)).all():
        flags = unpack_flags(row.flags) - {"revoked"}
        if entry.until is not None and row.accepted >= entry.until:
            flags |= {"revoked"}
        place = (frames.c.log_id == row.log_id, frames.c.leaf_index == row.leaf_index)
        connection.execute(update(frames).where(*place), {"flags": pack_flags(flags)})


def _row(entry: Enrolment) -> dict[str, Any]:
    return {
        "id": entry.id,
        "iss": entry.iss,
        "sub": entry.sub,
        "kid": entry.kid,
        "alg": entry.public_key.alg,
        "public_key": entry.public_key.raw,
        "key_class": int(entry.key_class),
        "log_id": entry.log_id,
        "enrolled_at": entry.enrolled_at,
        "until": entry.until,
        "revoked": entry.revoked,
        "calibration_due": entry.calibration_due,
        "predecessor": entry.predecessor,
        "last_digest": entry.last_digest,
        "proof": entry.proof,
    }


def _entry(row: Row[Any]) -> Enrolment:
    return Enrolment(
        id=row.id,
        iss=row.iss,
        sub=row.sub,
        kid=row.kid,
        public_key=PublicKey(row.alg, row.public_key),
        key_class=KeyClass(row.key_class),
        log_id=row.log_id,
        enrolled_at=row.enrolled_at,
        until=row.until,
        revoked=row.revoked,
        calibration_due=row.calibration_due,
        predecessor=row.predecessor,
        last_digest=row.last_digest,
        proof=row.proof,
    )
