"""Which points feed an item and which only part what another point measures already.

Points that took each other's place (a changed meter) are one place in the tree, named by the first of them. Rules:

1. A sub-meter measures its parent's item in the parent's unit; the tree has no circle and at most `MAX_DEPTH` levels.
2. Where one sub-meter is a band of the day, all of its siblings are, each band once: their sum is the parent's amount.
3. A point that replaces another has its item, unit and parent, and begins in the second in which the other ends.
4. A physical meter is in service at one point at a time; a band of the day may name its parent's meter.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_tables import SiteError

MAX_DEPTH = 16


class PointTree:
    """Raises `SiteError` where points do not form a tree. `checking`: second sources, which feed nothing either."""

    def __init__(self, points: Sequence[Point], checking: Iterable[str] = ()) -> None:
        self._by_id = {point.id: point for point in points}
        self._heads: dict[str, str] = {}
        for point in points:
            self._heads[point.id] = self._head(point)
        self._chains: dict[str, list[Point]] = {}
        for point in points:
            self._chains.setdefault(self._heads[point.id], []).append(point)
        self._children: dict[str, list[str]] = {}
        for head, chain in self._chains.items():
            parent = self._parent(chain)
            if parent is not None:
                self._children.setdefault(parent, []).append(head)
        self._checking = frozenset(self._heads[point] for point in checking)
        for head in self._chains:
            self._acyclic(head)

    def feeds(self, point: Point) -> bool:
        """Whether the point's amounts enter its item."""
        return point.parent is None and self._heads[point.id] not in self._checking

    def chain(self, head: str) -> Sequence[Point]:
        """The points that stood at one place one after the other."""
        return self._chains[head]

    def parents(self) -> Iterable[str]:
        """The places that have sub-meters, by their first point."""
        return self._children

    def children(self, point_id: str) -> Sequence[str]:
        """The sub-meters right below a point, each by the first point at its place."""
        return self._children.get(self._heads[point_id], ())

    def _head(self, point: Point) -> str:
        """The first point at the same place; a chain of successors has no circle, as each begins where one ended."""
        while point.replaces is not None:
            before = self._by_id.get(point.replaces)
            if before is None:
                raise _refused(point, "replaces", f"no point {point.replaces!r} in this file", "name the old point")
            if before.until is None or before.until != point.since:
                raise _refused(
                    point,
                    "replaces",
                    f"{point.id!r} does not begin in the second in which {before.id!r} ends",
                    "give the old point 'until' the last day of its service, the new one 'since' the day after",
                )
            point = before
        return point.id

    def _parent(self, chain: Sequence[Point]) -> str | None:
        places = set()
        for point in chain:
            if point.parent is not None and point.parent not in self._by_id:
                raise _refused(point, "parent", f"no point {point.parent!r} in this file", "name another point's id")
            places.add((None if point.parent is None else self._heads[point.parent], point.tou))
            whole = self._by_id[point.parent or point.replaces or point.id]
            field = "parent" if point.parent is not None else "replaces"
            if (point.item, point.unit_text) != (whole.item, whole.unit_text):
                raise _refused(
                    point,
                    field,
                    f"{point.item!r} in {point.unit_text} stands for {whole.item!r} in {whole.unit_text}",
                    "a sub-meter and a successor measure the same item in the same unit",
                )
        if len(places) > 1:
            odd = next(point for point in chain if point.replaces is not None)
            raise _refused(odd, "replaces", "its predecessor has another parent or band", "give both the same")
        return places.pop()[0]

    def _acyclic(self, head: str) -> None:
        above, passed = head, [head]
        while (parent := self._chains[above][0].parent) is not None:
            above = self._heads[parent]
            if above in passed:
                raise _refused(self._by_id[head], "parent", "its parents lead in a circle", "name the meter above it")
            passed.append(above)
            if len(passed) > MAX_DEPTH:
                raise _refused(self._by_id[head], "parent", f"more than {MAX_DEPTH} levels", "drop the ones between")


def check_points(points: Sequence[Point]) -> None:
    """Raise `SiteError` where a point would be counted twice."""
    tree = PointTree(points)
    taken: dict[str, str] = {}
    for point in points:
        if point.replaces is not None and taken.setdefault(point.replaces, point.id) != point.id:
            raise _refused(point, "replaces", f"{point.replaces!r} is replaced twice", "one successor for each point")
    for parent in tree.parents():
        _bands([point for child in tree.children(parent) for point in tree.chain(child)[:1]])
    _serials(points)


def _bands(siblings: Sequence[Point]) -> None:
    bands: set[str | None] = set()
    parted = any(point.tou is not None for point in siblings)
    for point in siblings:
        if parted and point.tou is None:
            raise _refused(point, "parent", "its siblings are bands of the day", "give each a 'tou', or none")
        if parted and point.tou in bands:
            raise _refused(point, "tou", f"band {point.tou!r} stands twice", "name each band once")
        bands.add(point.tou)


def _serials(points: Sequence[Point]) -> None:
    by_serial: dict[str, list[Point]] = {}
    parents = {point.id: point for point in points}
    for point in points:
        above = parents.get(point.parent or "")
        if point.serial is not None and not (point.tou is not None and above and above.serial == point.serial):
            by_serial.setdefault(point.serial, []).append(point)
    for serial, same in by_serial.items():
        same.sort(key=lambda point: point.since or 0)
        for before, after in pairwise(same):
            if before.until is None or before.until > (after.since or 0):
                raise _refused(
                    after,
                    "serial",
                    f"meter {serial!r} is in service at {before.id!r} at the same time",
                    "one point for each meter; state 'until' and 'since' where it was moved",
                )


def _refused(point: Point, field: str, message: str, mend: str) -> SiteError:
    return SiteError(message, where=point.places.get(field, point.place), mend=mend)
