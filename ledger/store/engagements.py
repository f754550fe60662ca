"""Which frames of a log belong to which engagement: a projection that is caught up with the log whenever it is read.

Ingest knows nothing of it. A frame that says "verification-step" and is none has no engagement and is passed over; one
that names an engagement and breaks its rules stays in the list, for the reader shall see it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, and_, delete, func, insert, literal, select, update

from ledger.log.admission import Enrolment
from ledger.store.database import reading, writing
from ledger.store.enrolments import all_enrolments
from ledger.store.frames import FrameStore, StoredFrame
from ledger.store.log import log_size
from ledger.store.schema import frames, verification_positions, verification_steps
from ledger.verification.contents import Apply
from ledger.verification.record import Entry, Record, read_record
from ledger.verification.steps import KIND, Stated, read_body
from terminal_signer.document import Document
from terminal_signer.errors import CarbonError
from terminal_signer.frame import content, parse

PAGE = 20_000  # leaves that are looked at in one transaction
MOST_STRANGE, MOST_TRIED = 50, 100


def engagements(engine: Engine, log_id: bytes) -> list[str]:
    """Every engagement that a frame of the log names, in the order of their first frames."""
    catch_up(engine, log_id)
    column = verification_steps.c.engagement
    query = select(column).where(verification_steps.c.log_id == log_id).group_by(column)
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(func.min(verification_steps.c.leaf_index))).scalars())


def record_of(engine: Engine, log_id: bytes, engagement: str) -> Record:
    """What the log holds of an engagement, replayed."""
    held = frames_of(engine, log_id, engagement)
    keys = {(key.iss, key.sub, key.kid): key for key in _keys(engine, log_id)}
    return read_record([Entry(parse(one.raw), one.flags, one.accepted) for one in held], keys)


def frames_of(engine: Engine, log_id: bytes, engagement: str) -> list[StoredFrame]:
    """The frames of its parties that name it, in the order of the log; of others' the first few, for they cannot count,
    and a flood of them must not drown the rest."""
    catch_up(engine, log_id)
    here = (frames.c.log_id == verification_steps.c.log_id, frames.c.leaf_index == verification_steps.c.leaf_index)
    query = select(frames.c.leaf_index, frames.c.iss).join(verification_steps, and_(*here))
    mine = (verification_steps.c.log_id == log_id, verification_steps.c.engagement == engagement)
    with reading(engine) as connection:
        rows = connection.execute(query.where(*mine).order_by(frames.c.leaf_index)).all()
    store = FrameStore(engine, log_id)
    parties = _parties(store, [place for place, iss in rows if iss == engagement.partition("/")[0]])
    own = [place for place, iss in rows if iss in parties]
    strange = [place for place, iss in rows if iss not in parties]
    return store.at([*own, *strange[:MOST_STRANGE]])


def _parties(store: FrameStore, places: Sequence[int]) -> set[str]:
    """Whoever the enterprise's applications name; which of those counts is the replay's business."""
    parties: set[str] = set()
    for frame in store.at(places[:MOST_TRIED]):
        told = _stated(frame.raw)
        if told is not None and isinstance(told.content, Apply):
            parties |= {frame.iss, told.content.evaluator, told.content.verifier}
    return parties


def catch_up(engine: Engine, log_id: bytes) -> None:
    """Look at what the log has taken since it was looked at last."""
    with reading(engine) as connection:
        size, position = log_size(connection, log_id), _position(connection, log_id)
    while position < size:
        with writing(engine) as connection:
            size = log_size(connection, log_id, lock=True)  # one at a time
            position = _position(connection, log_id)
            until = min(size, position + PAGE)
            rows = _named(connection, log_id, position, until)
            if rows:
                connection.execute(insert(verification_steps), rows)
            if until > position:
                _move(connection, log_id, until)
            position = until


def rebuild_engagements(engine: Engine, log_id: bytes) -> int:
    """Look at every frame of a log again; how many rows were not as they should be."""
    catch_up(engine, log_id)
    before = _listed(engine, log_id)
    with writing(engine) as connection:
        for table in (verification_steps, verification_positions):
            connection.execute(delete(table).where(table.c.log_id == log_id))
    catch_up(engine, log_id)
    return len(before ^ _listed(engine, log_id))


def _listed(engine: Engine, log_id: bytes) -> set[tuple[int, str]]:
    columns = select(verification_steps.c.leaf_index, verification_steps.c.engagement)
    with reading(engine) as connection:
        return {(row[0], row[1]) for row in connection.execute(columns.where(verification_steps.c.log_id == log_id))}


def _keys(engine: Engine, log_id: bytes) -> list[Enrolment]:
    return [key for key in all_enrolments(engine) if key.log_id == log_id]


def _named(connection: Connection, log_id: bytes, start: int, end: int) -> list[dict[str, object]]:
    """The database looks for the word, so that readings are not read."""
    word = KIND.encode()
    if connection.dialect.name == "sqlite":
        place = func.instr(frames.c.raw, word)
    else:
        place = func.position(literal(word).op("IN")(frames.c.raw))
    inside = (frames.c.log_id == log_id, frames.c.leaf_index >= start, frames.c.leaf_index < end, place > 0)
    found = connection.execute(select(frames.c.leaf_index, frames.c.raw).where(*inside)).all()
    return [
        {"log_id": log_id, "leaf_index": index, "engagement": stated.engagement}
        for index, raw in found
        if (stated := _stated(raw)) is not None
    ]


def _stated(raw: bytes) -> Stated | None:
    try:
        told = content(parse(raw))
        if not isinstance(told, Document) or told.kind != KIND or told.body is None:
            return None
        return read_body(told.body)
    except CarbonError:
        return None


def _position(connection: Connection, log_id: bytes) -> int:
    query = select(verification_positions.c.size).where(verification_positions.c.log_id == log_id)
    return connection.execute(query).scalar() or 0


def _move(connection: Connection, log_id: bytes, size: int) -> None:
    mine = verification_positions.c.log_id == log_id
    if not connection.execute(update(verification_positions).where(mine), {"size": size}).rowcount:
        connection.execute(insert(verification_positions), {"log_id": log_id, "size": size})
