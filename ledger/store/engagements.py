"""Engagements, from the frames of a log. What an engagement is, is what the replay of its frames says, always: the
list beside the frames only finds them.

A frame that says "verification-step" and is none has no engagement and is passed over; one that names an engagement and
breaks its rules stays in the list, for the reader shall see it.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Engine, and_, select

from ledger.log.admission import Enrolment
from ledger.log.replay import KeyName
from ledger.store.database import reading
from ledger.store.enrolments import all_enrolments
from ledger.store.frame_index import FrameIndex, holding
from ledger.store.frames import FrameStore, StoredFrame
from ledger.store.schema import frames, verification_positions, verification_steps
from ledger.verification.contents import Apply
from ledger.verification.record import Entry, Record, read_record
from ledger.verification.steps import KIND, Stated, read_body
from terminal_signer.document import Document
from terminal_signer.errors import CarbonError
from terminal_signer.frame import content, parse

MOST_STRANGE, MOST_TRIED = 50, 100
AT_ONCE = 50  # engagements whose frames are held at a time
Places = Sequence[tuple[int, str]]
"""Leaf index and `iss` of the frames that name an engagement, in the order of the log."""


def engagements(engine: Engine, log_id: bytes) -> list[str]:
    """Every engagement that a frame of the log names, in the order of their first frames."""
    return _STEPS.names(engine, log_id)


def record_of(engine: Engine, log_id: bytes, engagement: str) -> Record:
    """What the log holds of an engagement, replayed."""
    return _replayed(frames_of(engine, log_id, engagement), _keys(engine, log_id))


def records(engine: Engine, log_id: bytes, party: str | None = None) -> Iterator[Record]:
    """Every engagement, replayed, in the order of their first frames; of a `party` only those that it takes part in.
    One look at the list, and one at the frames for some dozens of them together."""
    found, keys = _places(engine, log_id), _keys(engine, log_id)
    store, names = FrameStore(engine, log_id), list(found)
    for at in range(0, len(names), AT_ONCE):
        some = {name: found[name] for name in names[at : at + AT_ONCE]}
        parties = _parties(store, some)
        if party is not None:
            some = {name: places for name, places in some.items() if party in {name.partition("/")[0], *parties[name]}}
        chosen = {name: _chosen(places, parties[name]) for name, places in some.items()}
        held = {frame.index: frame for frame in store.at([place for places in chosen.values() for place in places])}
        for places in chosen.values():
            yield _replayed([held[place] for place in places], keys)


def frames_of(engine: Engine, log_id: bytes, engagement: str) -> list[StoredFrame]:
    """The frames of its parties that name it, in the order of the log; of others' the first few, for they cannot count,
    and a flood of them must not drown the rest."""
    store, found = FrameStore(engine, log_id), _places(engine, log_id, engagement)
    parties = _parties(store, found)
    return store.at([place for name, places in found.items() for place in _chosen(places, parties[name])])


def opined_at(engine: Engine, log_id: bytes, enterprise: str, opinion: bytes) -> int | None:
    """When the opinion of this hash was signed; None where no engagement of the enterprise in this log came to it. The
    statements that were drawn up name it, so only their engagements are replayed."""
    _STEPS.catch_up(engine, log_id)
    listed = verification_steps.c
    here = (frames.c.log_id == listed.log_id, frames.c.leaf_index == listed.leaf_index)
    query = select(listed.engagement).join(frames, and_(*here)).where(listed.log_id == log_id).distinct()
    own = listed.engagement.startswith(f"{enterprise}/", autoescape=True)
    with reading(engine) as connection:
        naming = holding(connection, f"0x{opinion.hex()}".encode())
        found = list(connection.scalars(query.where(own, naming).order_by(listed.engagement)))
    for engagement in found:
        case = record_of(engine, log_id, engagement).case
        if case is not None and case.opinion_hash == opinion:
            return next(step.at for step in case.steps if step.sha256 == opinion)
    return None


def rebuild_engagements(engine: Engine, log_id: bytes) -> int:
    """Look at every frame of a log again; how many rows were not as they should be."""
    return _STEPS.rebuild(engine, log_id)


def _places(engine: Engine, log_id: bytes, engagement: str | None = None) -> dict[str, Places]:
    """By engagement: all of a log, or one."""
    _STEPS.catch_up(engine, log_id)
    listed = verification_steps.c
    here = (frames.c.log_id == listed.log_id, frames.c.leaf_index == listed.leaf_index)
    query = select(listed.engagement, frames.c.leaf_index, frames.c.iss).join(frames, and_(*here))
    query = query.where(listed.log_id == log_id).order_by(frames.c.leaf_index)
    if engagement is not None:
        query = query.where(listed.engagement == engagement)
    found: dict[str, list[tuple[int, str]]] = {}
    with reading(engine) as connection:
        for name, place, iss in connection.execute(query):
            found.setdefault(name, []).append((place, iss))
    return dict(found)


def _parties(store: FrameStore, found: Mapping[str, Places]) -> dict[str, set[str]]:
    """Whoever the enterprise's applications name; which of those counts is the replay's business."""
    parties: dict[str, set[str]] = {name: set() for name in found}
    tried = {
        place: name
        for name, places in found.items()
        for place in [place for place, iss in places if iss == name.partition("/")[0]][:MOST_TRIED]
    }
    for frame in store.at(list(tried)):
        told = _stated(frame.raw)
        if told is not None and isinstance(told.content, Apply):
            parties[tried[frame.index]] |= {frame.iss, told.content.evaluator, told.content.verifier}
    return parties


def _chosen(places: Places, parties: set[str]) -> list[int]:
    """In the order of the log."""
    own = [place for place, iss in places if iss in parties]
    strange = [place for place, iss in places if iss not in parties]
    return sorted([*own, *strange[:MOST_STRANGE]])


def _replayed(held: Sequence[StoredFrame], keys: Mapping[KeyName, Enrolment]) -> Record:
    return read_record([Entry(parse(one.raw), one.flags, one.accepted) for one in held], keys)


def _keys(engine: Engine, log_id: bytes) -> dict[KeyName, Enrolment]:
    return {(key.iss, key.sub, key.kid): key for key in all_enrolments(engine) if key.log_id == log_id}


def _stated(raw: bytes) -> Stated | None:
    try:
        told = content(parse(raw))
        if not isinstance(told, Document) or told.kind != KIND or told.body is None:
            return None
        return read_body(told.body)
    except CarbonError:
        return None


def _engagement(raw: bytes) -> str | None:
    told = _stated(raw)
    return None if told is None else told.engagement


_STEPS = FrameIndex(
    verification_steps, verification_positions, verification_steps.c.engagement, KIND.encode(), _engagement
)
