"""From screened packs to each measuring point's amounts: who may feed a point, and what a correction replaces.

Rules:

1. A point is fed by the terminal that the site file maps it to; a value from elsewhere is a finding and does not count.
2. A value in a unit other than the point's is a finding and does not count.
3. A correction states the same points and times as the frame that it leads back to; what matches nothing there is a
   finding. The latest by leaf index wins. It may come from any key of the enterprise that may state values.
4. Corrected by another class than the one that first stated it, or by a document, a value counts as declared.
5. A point of a meter that signs for itself is fed by that meter's own records alone, never by what a terminal says.
6. A document names a register's stand by the second that ends at its time: start = time - 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from ledger.evaluation.closings import Closings, late
from ledger.evaluation.corrections import Change, Corrections, corrects_by_document, states_readings
from ledger.evaluation.findings import Findings
from ledger.evaluation.rates import Amount
from ledger.evaluation.screening import DECLARED, Screened
from ledger.evaluation.self_signed import Stated
from ledger.evaluation.series import Stand, differences
from ledger.evaluation.site import REGISTER, Point, Site
from terminal_signer.frame import Document, KeyClass, Pack

Slot = tuple[str, int | None, int]
"""Point, start (None for a register), time: what a correction must match."""


@dataclass(frozen=True, slots=True)
class _Feed:
    """A point's rows as they come in. `by_meter`: its meter signs for itself."""

    unit: str
    by_meter: bool
    amounts: list[Amount] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)


class Readings:
    """The rows of every point of the site, filled by `add` in leaf order, read once by `amounts`. `corrected`: what
    corrections put in the place of what was first stated; those that are added join it."""

    def __init__(
        self,
        site: Site,
        corrections: Corrections,
        found: Findings,
        closings: Closings,
        self_signed: Mapping[bytes, Sequence[Stated]] = MappingProxyType({}),
        corrected: Mapping[Slot, Change] = MappingProxyType({}),
    ) -> None:
        self._found = found
        self._corrections = corrections
        self._closings = closings
        self._kinds = {point.id: point.kind for _, point in site.points()}
        self._iss = site.iss
        self._feeds = {point.id: _Feed(point.unit_text, point.obis is not None) for _, point in site.points()}
        self._feeds_of: dict[str, dict[str, _Feed]] = {}
        for meter, point in site.points():
            self._feeds_of.setdefault(meter.sub, {})[point.id] = self._feeds[point.id]
        self._self_signed = self_signed
        self._stated: dict[bytes, dict[Slot, Decimal]] = {}
        self.corrected: dict[Slot, Change] = dict(corrected)

    def add(self, screened: Screened) -> None:
        """Take one pack's records, or what a document says instead of them."""
        frame, content = screened.admitted.frame, screened.admitted.content
        if frame.digest in self._self_signed:
            self._take_self_signed(screened, self._self_signed[frame.digest])
            return
        if isinstance(content, Document) and not self._corrects_readings(screened):
            return
        if frame.iss != self._iss:
            self._found.add("foreign-enterprise", frame.iss)
        elif frame.corrects is not None or not isinstance(content, Pack):
            self._correct(screened)
        else:
            self._take(screened, content)

    def _take(self, screened: Screened, content: Pack) -> None:
        frame = screened.admitted.frame
        own = self._feeds_of.get(frame.sub)
        if own is None:
            self._found.add("unmapped-terminal", frame.sub)
            return
        index, quality, closed = screened.admitted.index, screened.quality, self._closings.before(screened.admitted)
        for point, start, time, unit, value, register in content.records:
            feed = own.get(point)
            if feed is None or feed.by_meter or unit != feed.unit:
                self._found.add(*self._refused(feed, point, unit))
            elif value is not None and start is not None:
                too_late = closed and late(closed, screened.admitted, start, time)
                feed.amounts.append((start, time, index, DECLARED if too_late else quality, value))
            elif register is not None:
                too_late = closed and late(closed, screened.admitted, None, time)
                feed.stands.append((time, index, DECLARED if too_late else quality, register))

    def _refused(self, feed: _Feed | None, point: str, unit: str) -> tuple[str, str]:
        """Why a record does not count. `feed`: the point's, if it is one of the frame's terminal."""
        anywhere = self._feeds.get(point)
        if anywhere is not None and anywhere.by_meter:
            return "not-self-signed", point
        return ("foreign-point", point) if feed is None else ("unit-differs", f"{point} {unit}")

    def _take_self_signed(self, screened: Screened, stands: Sequence[Stated]) -> None:
        """Stands that the meter signed itself, judged in self_signed.py."""
        first = self._stated.setdefault(screened.admitted.frame.digest, {})
        closed = self._closings.before(screened.admitted)
        for stand in stands:
            too_late = late(closed, screened.admitted, None, stand.time)
            quality = DECLARED if too_late else stand.quality
            row = (stand.time, screened.admitted.index, quality, stand.value)
            self._feeds[stand.point].stands.append(row)
            first.setdefault((stand.point, None, stand.time), stand.value)

    def amounts(self, point: Point) -> list[Amount]:
        """The point's amounts, corrections applied, registers differenced; values of the other kind are a finding."""
        feed = self._feeds[point.id]
        other = feed.amounts if point.kind == REGISTER else feed.stands
        if other:
            self._found.add("kind-differs", point.id, len(other))
        own = {slot[1:]: change for slot, change in self.corrected.items() if slot[0] == point.id}
        if point.kind == REGISTER:
            stands = [_corrected_stand(row, own.get((None, row[0]))) for row in feed.stands] if own else feed.stands
            rollover = None if point.rollover is None else Decimal(point.rollover)
            return differences(stands, rollover, point.id, self._found)
        return [_corrected_amount(row, own.get(row[:2])) for row in feed.amounts] if own else feed.amounts

    def _corrects_readings(self, screened: Screened) -> bool:
        """A correction of what is not held is told here, once."""
        root = self._corrections.chains.root(screened)
        return corrects_by_document(screened) and (root is None or root is screened or states_readings(root))

    def _correct(self, screened: Screened) -> None:
        root, content = self._corrections.chains.root(screened), screened.admitted.content
        if root is None or root is screened or not states_readings(root):
            self._found.add("correction-of-nothing", screened.admitted.frame.sub)
            return
        stated = self._stated_first(root)
        for slot, unit, value in self._rows(content):
            point, start, time = slot
            feed, first = self._feeds.get(point), stated.get(slot)
            if first is None or feed is None or unit != feed.unit:
                self._found.add("correction-differs", point)
            elif start is None and value < 0:
                self._found.add("negative-register", point)
            else:
                too_late = late(self._closings.before(screened.admitted), screened.admitted, start, time)
                quality = DECLARED if too_late else self._quality(screened, root, point)
                change = Change(point, start, time, unit, first, value, quality)
                self.corrected[slot] = change
                self._corrections.add(screened, change)

    def _stated_first(self, root: Screened) -> dict[Slot, Decimal]:
        digest, content = root.admitted.frame.digest, root.admitted.content
        if digest not in self._stated:
            rows = self._rows(content) if isinstance(content, Pack) else ()
            self._stated[digest] = {slot: value for slot, _, value in rows}
        return self._stated[digest]

    def _rows(self, content: Pack | Document | None) -> Iterator[tuple[Slot, str, Decimal]]:
        """What a pack, or the items of a correction, state: slot, unit, value."""
        if isinstance(content, Pack):
            for point, start, time, unit, value, register in content.records:
                amount = register if value is None else value
                if amount is not None:
                    yield (point, start, time), unit, amount
        elif isinstance(content, Document):
            for item in content.items:
                stand = self._kinds.get(item.name) == REGISTER and item.start == item.end - 1
                yield (item.name, None if stand else item.start, item.end), item.unit, item.value

    def _quality(self, screened: Screened, root: Screened, point: str) -> int:
        """A correction never makes a value better than it was; only the meter's own keeps it metered."""
        admitted = screened.admitted
        own = point in self._feeds_of.get(admitted.frame.sub, {}) and isinstance(admitted.content, Pack)
        typed = not isinstance(root.admitted.content, Pack)
        same = not typed and admitted.enrolment.key_class == root.admitted.enrolment.key_class == KeyClass.METER
        return max(screened.quality, root.quality) if own and same else DECLARED


def _corrected_amount(row: Amount, new: Change | None) -> Amount:
    return row if new is None else (row[0], row[1], row[2], new.quality, new.value)


def _corrected_stand(row: Stand, new: Change | None) -> Stand:
    return row if new is None else (row[0], row[1], new.quality, new.value)
