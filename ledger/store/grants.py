"""The grants of an enterprise, from the frames of a log."""

from sqlalchemy import Engine

from ledger.access.acts import KIND, Acts, read_acts
from ledger.store.enrolments import all_enrolments
from ledger.store.frame_index import FrameIndex
from ledger.store.frames import FrameStore
from ledger.store.schema import access_acts, access_positions
from terminal_signer.document import Document
from terminal_signer.errors import CarbonError
from terminal_signer.frame import content, parse


def acts_of(engine: Engine, log_id: bytes, enterprise: str) -> Acts:
    """What the enterprise's officers signed into this log, with every signature checked again."""
    found = FrameStore(engine, log_id).at(_ACTS.places(engine, log_id, enterprise))
    keys = {(key.iss, key.sub, key.kid): key for key in all_enrolments(engine) if key.log_id == log_id}
    return read_acts(((parse(frame.raw), frame.flags) for frame in found), keys)


def granting(engine: Engine, log_id: bytes) -> list[str]:
    """The enterprises that ever granted anything."""
    return sorted(_ACTS.names(engine, log_id))


def rebuild_grants(engine: Engine, log_id: bytes) -> int:
    """Look at every frame of a log again; how many rows were not as they should be."""
    return _ACTS.rebuild(engine, log_id)


def _enterprise(raw: bytes) -> str | None:
    try:
        frame = parse(raw)
        told = content(frame)
    except CarbonError:
        return None
    return frame.iss if isinstance(told, Document) and told.kind == KIND else None


_ACTS = FrameIndex(access_acts, access_positions, access_acts.c.enterprise, KIND.encode(), _enterprise)
