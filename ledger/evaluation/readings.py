"""From screened packs to each measuring point's amounts: who may feed a point, and what a correction replaces.

Rules:

1. A point is fed by the terminal that the site file maps it to; a value from elsewhere is a finding and does not count.
2. A value in a unit other than the point's is a finding and does not count.
3. A correction names the frame it corrects and states the same points and times; what matches nothing in that frame is
   a finding. The latest by leaf index wins. It may come from any key of the enterprise that may state values.
4. Corrected by another class than the one that first stated it, a value counts as declared.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from ledger.evaluation.screening import DECLARED, Screened
from ledger.evaluation.series import Amount, Findings, Stand, differences
from ledger.evaluation.site import REGISTER, Point, Site
from terminal_signer.frame import KeyClass, Pack

_Slot = tuple[str, int | None, int]
"""Point, start (None for a register), time: what a correction must match."""


@dataclass(frozen=True, slots=True)
class _Correction:
    index: int
    quality: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class _Feed:
    """A point's rows as they come in."""

    unit: str
    amounts: list[Amount] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)


class Readings:
    """The rows of every point of the site, filled by `add` in leaf order, read once by `amounts`."""

    def __init__(self, site: Site, found: Findings) -> None:
        self._found = found
        self._iss = site.iss
        self._feeds = {point.id: _Feed(point.unit_text) for _, point in site.points()}
        self._feeds_of: dict[str, dict[str, _Feed]] = {}
        for meter, point in site.points():
            self._feeds_of.setdefault(meter.sub, {})[point.id] = self._feeds[point.id]
        self._packs: dict[bytes, Screened] = {}
        self._corrected: dict[_Slot, _Correction] = {}
        self.corrections = 0

    def add(self, screened: Screened) -> None:
        """Take one pack's records."""
        frame, content = screened.admitted.frame, screened.admitted.content
        if not isinstance(content, Pack):
            return
        if frame.iss != self._iss:
            self._found.add("foreign-enterprise", frame.iss)
            return
        self._packs[frame.digest] = screened
        if frame.corrects is not None:
            self._correct(screened, content)
            return
        own = self._feeds_of.get(frame.sub)
        if own is None:
            self._found.add("unmapped-terminal", frame.sub)
            return
        index, quality = screened.admitted.index, screened.quality
        for point, start, time, unit, value, register in content.records:
            feed = own.get(point)
            if feed is None or unit != feed.unit:
                self._found.add(*(("foreign-point", point) if feed is None else ("unit-differs", f"{point} {unit}")))
            elif value is not None and start is not None:
                feed.amounts.append((start, time, index, quality, value))
            elif register is not None:
                feed.stands.append((time, index, quality, register))

    def amounts(self, point: Point) -> list[Amount]:
        """The point's amounts, corrections applied, registers differenced; values of the other kind are a finding."""
        feed = self._feeds[point.id]
        other = feed.amounts if point.kind == REGISTER else feed.stands
        if other:
            self._found.add("kind-differs", point.id, len(other))
        if point.kind == REGISTER:
            stands = [self._stand(point.id, row) for row in feed.stands]
            rollover = None if point.rollover is None else Decimal(point.rollover)
            return differences(stands, rollover, point.id, self._found)
        return [self._amount(point.id, row) for row in feed.amounts] if self._corrected else feed.amounts

    def _amount(self, point: str, row: Amount) -> Amount:
        new = self._corrected.get((point, row[0], row[1]))
        return row if new is None else (row[0], row[1], row[2], new.quality, new.value)

    def _stand(self, point: str, row: Stand) -> Stand:
        new = self._corrected.get((point, None, row[0]))
        return row if new is None else (row[0], row[1], new.quality, new.value)

    def _correct(self, screened: Screened, content: Pack) -> None:
        original = self._original(screened)
        if original is None or not isinstance(original.admitted.content, Pack):
            self._found.add("correction-of-nothing", screened.admitted.frame.sub)
            return
        slots = {(record.point, record.start, record.time) for record in original.admitted.content.records}
        same = screened.admitted.enrolment.key_class == original.admitted.enrolment.key_class
        own = self._feeds_of.get(screened.admitted.frame.sub, {})
        for point, start, time, unit, value, register in content.records:
            feed = self._feeds.get(point)
            if (point, start, time) not in slots or feed is None or unit != feed.unit:
                self._found.add("correction-differs", point)
                continue
            metered = same and point in own and screened.admitted.enrolment.key_class == KeyClass.METER
            quality = screened.quality if metered else DECLARED
            amount = value if value is not None else register
            if amount is not None:
                self._corrected[point, start, time] = _Correction(screened.admitted.index, quality, amount)
                self.corrections += 1

    def _original(self, screened: Screened) -> Screened | None:
        """The frame at the root of a chain of corrections; frames come in leaf order, so that the chain ends."""
        found: Screened | None = screened
        while found is not None and found.admitted.frame.corrects is not None:
            found = self._packs.get(found.admitted.frame.corrects)
        return found
