"""Hourly projections as they are kept: one row says what was asked and what came of it, one row a month of a point.

Only months that differ are written, so that a correction of one month leaves the rows of the others alone.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select

from ledger.canonical import canonical_json
from ledger.evaluation.plain import PlainFault, from_plain, to_plain
from ledger.evaluation.projection import Projection, ProjectionError, Subject
from ledger.store.database import bulk_insert, reading, writing
from ledger.store.schema import hours, projections

MEND = "carbon rebuild makes it again from the frames"


@dataclass(frozen=True, slots=True)
class Kept:
    """A projection with what was asked (`question`: bytes that name it, and from which it can be made again), a digest
    of what else decided it (`basis`: heads and enrolments), and the log's size then."""

    question: bytes
    basis: bytes
    size: int
    projection: Projection


def put_projection(engine: Engine, log_id: bytes, name: bytes, kept: Kept) -> int:
    """Keep it in the place of what stood under its name; how many rows were not there, or different."""
    with writing(engine) as connection:
        before = _months(connection, log_id, name)
        after = {(point, at): data for point, own in kept.projection.points.items() for at, data in enumerate(own)}
        changed = [place for place in before.keys() | after.keys() if before.get(place) != after.get(place)]
        for point, month in changed:
            if (point, month) in before:
                place = (hours.c.log_id == log_id, hours.c.projection == name)
                connection.execute(delete(hours).where(*place, hours.c.point == point, hours.c.month == month))
        rows = [(log_id, name, *place, after[place]) for place in sorted(changed) if place in after]
        if rows:
            bulk_insert(connection, hours, rows)
        return len(changed) + _put_head(connection, log_id, name, kept)


def get_projection(engine: Engine, log_id: bytes, name: bytes) -> Kept | None:
    """What is kept under a name. Raises ProjectionError where it is not what its root says."""
    with reading(engine) as connection:
        place = (projections.c.log_id == log_id, projections.c.id == name)
        row = connection.execute(select(projections).where(*place)).first()
        if row is None:
            return None
        months = _months(connection, log_id, name)
    points: dict[str, tuple[bytes, ...]] = {}
    for (point, _), data in sorted(months.items()):
        points[point] = (*points.get(point, ()), data)
    try:
        projection = Projection(from_plain(Subject, json.loads(row.subject)), points, row.rest)
    except (ValueError, PlainFault) as fault:
        raise ProjectionError(f"cannot be read: {fault!s:.80}", where=name.hex(), mend=MEND) from None
    if projection.root() != row.root:
        raise ProjectionError("not what its root says: it was altered", where=name.hex(), mend=MEND)
    return Kept(row.question, row.basis, row.size, projection)


def all_questions(engine: Engine, log_id: bytes) -> list[tuple[bytes, bytes, int]]:
    """Name, question and size of every projection of a log."""
    query = select(projections.c.id, projections.c.question, projections.c.size).where(projections.c.log_id == log_id)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query.order_by(projections.c.id))]


def drop_projection(engine: Engine, log_id: bytes, name: bytes) -> None:
    with writing(engine) as connection:
        connection.execute(delete(projections).where(projections.c.log_id == log_id, projections.c.id == name))
        connection.execute(delete(hours).where(hours.c.log_id == log_id, hours.c.projection == name))


def _months(connection: Connection, log_id: bytes, name: bytes) -> dict[tuple[str, int], bytes]:
    query = select(hours.c.point, hours.c.month, hours.c.amounts).where(
        hours.c.log_id == log_id, hours.c.projection == name
    )
    return {(point, month): data for point, month, data in connection.execute(query)}


def _put_head(connection: Connection, log_id: bytes, name: bytes, kept: Kept) -> bool:
    row = {
        "log_id": log_id,
        "id": name,
        "question": kept.question,
        "basis": kept.basis,
        "size": kept.size,
        "subject": canonical_json(to_plain(kept.projection.subject)),
        "rest": kept.projection.rest,
        "root": kept.projection.root(),
    }
    place = (projections.c.log_id == log_id, projections.c.id == name)
    found = connection.execute(select(projections).where(*place)).mappings().first()
    if found is not None and dict(found) == row:
        return False
    connection.execute(delete(projections).where(*place))
    connection.execute(insert(projections), row)
    return True
