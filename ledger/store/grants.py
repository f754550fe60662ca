"""The grants of an enterprise, from the frames of a log: a projection that is caught up whenever it is read."""

from sqlalchemy import Connection, Engine, delete, func, insert, literal, select, update

from ledger.access.acts import KIND, Acts, read_acts
from ledger.store.database import reading, writing
from ledger.store.enrolments import all_enrolments
from ledger.store.frames import FrameStore
from ledger.store.log import log_size
from ledger.store.schema import access_acts, access_positions, frames
from terminal_signer.document import Document
from terminal_signer.errors import CarbonError
from terminal_signer.frame import content, parse

PAGE = 20_000  # leaves that are looked at in one transaction


def acts_of(engine: Engine, log_id: bytes, enterprise: str) -> Acts:
    """What the enterprise's officers signed into this log, with every signature checked again."""
    catch_up(engine, log_id)
    mine = (access_acts.c.log_id == log_id, access_acts.c.enterprise == enterprise)
    with reading(engine) as connection:
        query = select(access_acts.c.leaf_index).where(*mine).order_by(access_acts.c.leaf_index)
        places = list(connection.execute(query).scalars())
    store = FrameStore(engine, log_id)
    found = [frame for place in places for frame in store.between(place, place + 1)]
    keys = {(key.iss, key.sub, key.kid): key for key in all_enrolments(engine) if key.log_id == log_id}
    return read_acts(((parse(frame.raw), frame.flags) for frame in found), keys)


def granting(engine: Engine, log_id: bytes) -> list[str]:
    """The enterprises that ever granted anything."""
    catch_up(engine, log_id)
    column = access_acts.c.enterprise
    with reading(engine) as connection:
        return list(
            connection.scalars(select(column).where(access_acts.c.log_id == log_id).distinct().order_by(column))
        )


def catch_up(engine: Engine, log_id: bytes) -> None:
    """Look at what the log has taken since it was looked at last."""
    with reading(engine) as connection:
        size, position = log_size(connection, log_id), _position(connection, log_id)
    while position < size:
        with writing(engine) as connection:
            size = log_size(connection, log_id, lock=True)  # one at a time
            position = _position(connection, log_id)
            until = min(size, position + PAGE)
            rows = _acts(connection, log_id, position, until)
            if rows:
                connection.execute(insert(access_acts), rows)
            if until > position:
                _move(connection, log_id, until)
            position = until


def rebuild_grants(engine: Engine, log_id: bytes) -> int:
    """Look at every frame of a log again; how many rows were not as they should be."""
    catch_up(engine, log_id)
    before = _listed(engine, log_id)
    with writing(engine) as connection:
        for table in (access_acts, access_positions):
            connection.execute(delete(table).where(table.c.log_id == log_id))
    catch_up(engine, log_id)
    return len(before ^ _listed(engine, log_id))


def _listed(engine: Engine, log_id: bytes) -> set[tuple[int, str]]:
    columns = select(access_acts.c.leaf_index, access_acts.c.enterprise).where(access_acts.c.log_id == log_id)
    with reading(engine) as connection:
        return {(row[0], row[1]) for row in connection.execute(columns)}


def _acts(connection: Connection, log_id: bytes, start: int, end: int) -> list[dict[str, object]]:
    """The database looks for the word, so that readings are not read."""
    word = KIND.encode()
    if connection.dialect.name == "sqlite":
        place = func.instr(frames.c.raw, word)
    else:
        place = func.position(literal(word).op("IN")(frames.c.raw))
    inside = (frames.c.log_id == log_id, frames.c.leaf_index >= start, frames.c.leaf_index < end, place > 0)
    found = connection.execute(select(frames.c.leaf_index, frames.c.iss, frames.c.raw).where(*inside)).all()
    return [
        {"log_id": log_id, "leaf_index": row.leaf_index, "enterprise": row.iss} for row in found if _is_act(row.raw)
    ]


def _is_act(raw: bytes) -> bool:
    try:
        told = content(parse(raw))
    except CarbonError:
        return False
    return isinstance(told, Document) and told.kind == KIND


def _position(connection: Connection, log_id: bytes) -> int:
    query = select(access_positions.c.size).where(access_positions.c.log_id == log_id)
    return connection.execute(query).scalar() or 0


def _move(connection: Connection, log_id: bytes, size: int) -> None:
    mine = access_positions.c.log_id == log_id
    if not connection.execute(update(access_positions).where(mine), {"size": size}).rowcount:
        connection.execute(insert(access_positions), {"log_id": log_id, "size": size})
