"""Meters that sign for themselves: which of their OCMF records hold, and what their own counters say of the rest.

Two checks that the terminal cannot pass for the meter: the meter's signature over each record, by the key that the site
file names, and the meter's own counter, +1 for each record, in each of its contexts (T transactions, F fiscal).

1. A record counts only if its frame's terminal is the one that the site file gives the meter, its serial is the site
   file's, and the meter's key signed it.
2. The counters tell apart: *missing* (a number between the first and the last that never came), *repeated* (the same
   payload again; it counts once), *reordered* (a number that came after a higher one; it counts), *conflicting* (one
   number on two payloads: from that number on the meter's values count as declared).
3. What the meter itself does not stand by – a state other than good, error flags, an unsynchronised clock – counts as
   declared; so does what was anchored later than allowed. A reading later than the frame's signing does not count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from ledger.accounting.method_rules import DEGRADE, EXCLUDE
from ledger.evaluation.findings import Findings
from ledger.evaluation.screening import DECLARED, Screened
from ledger.evaluation.site import Meter, Site
from terminal_signer import ocmf
from terminal_signer.errors import CarbonError
from terminal_signer.frame import SKEW, Document


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after a reading its anchor may come, and what the method does with a later one."""

    max_delay: int
    treatment: str


@dataclass(slots=True)
class Counter:
    """One of a meter's counters, fed in the order of the log. Numbers map to the identity first seen. `disputed_from`:
    the lowest number on two payloads."""

    seen: dict[int, bytes] = field(default_factory=dict)
    highest: int = -1
    repeated: list[int] = field(default_factory=list)
    reordered: list[int] = field(default_factory=list)
    conflicting: list[int] = field(default_factory=list)
    disputed_from: int | None = None

    def take(self, number: int, identity: bytes) -> bool:
        """Whether the record is one that was not held yet."""
        known = self.seen.get(number)
        if known == identity:
            self.repeated.append(number)
            return False
        if known is not None:
            self.conflicting.append(number)
            self.disputed_from = min(number, number if self.disputed_from is None else self.disputed_from)
            return True
        if number < self.highest:
            self.reordered.append(number)
        self.highest = max(self.highest, number)
        self.seen[number] = identity
        return True

    def missing(self) -> list[tuple[int, int]]:
        """Ranges of numbers that never came, first and last of each."""
        numbers = sorted(self.seen)
        return [(low + 1, high - 1) for low, high in pairwise(numbers) if high > low + 1]

    def counted(self) -> "Counted":
        odd = (tuple(sorted(numbers)) for numbers in (self.repeated, self.reordered, self.conflicting))
        return Counted(min(self.seen), max(self.seen), tuple(self.missing()), *odd)


@dataclass(slots=True)
class MeterLine:
    """What is held of one meter. `records`: all that named it; of them `verified` by its key."""

    meter: Meter
    serial: str
    records: int = 0
    verified: int = 0
    counters: dict[str, Counter] = field(default_factory=dict)

    def counts(self) -> "MeterCounts":
        counters = {context: counter.counted() for context, counter in self.counters.items()}
        return MeterCounts(self.meter.sub, self.serial, self.records, self.verified, counters)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one counter says: its numbers first–last, those missing between as first–last of each range, and what was
    odd."""

    first: int
    last: int
    missing: tuple[tuple[int, int], ...]
    repeated: tuple[int, ...]
    reordered: tuple[int, ...]
    conflicting: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MeterCounts:
    """A meter's line once all is read."""

    sub: str
    serial: str
    records: int
    verified: int
    counters: dict[str, Counted]


@dataclass(frozen=True, slots=True)
class Stated:
    """A register's stand as the meter signed it."""

    point: str
    unit: str
    time: int
    value: Decimal
    quality: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A verified record that is not a repetition, with its frame."""

    screened: Screened
    line: MeterLine
    record: ocmf.Record


class SelfSigned:
    """`meters`: what the counters say, in the order of the site file. `stands`: by the digest of the frame."""

    def __init__(self, site: Site, documents: Iterable[Screened], late: Lateness, found: Findings) -> None:
        self._found = found
        self._late = late
        self._site = site
        self.meters = [MeterLine(meter, meter.ocmf.serial) for meter in site.meters if meter.ocmf is not None]
        self._by_sub: dict[str, dict[str, MeterLine]] = {}
        for line in self.meters:
            self._by_sub.setdefault(line.meter.sub, {})[line.serial] = line
        held = [entry for screened in documents if is_ocmf(screened) for entry in self._verified(screened)]
        self.stands: dict[bytes, list[Stated]] = {}
        for entry in held:
            digest = entry.screened.admitted.frame.digest
            self.stands.setdefault(digest, []).extend(self._stated(entry))
        for line in self.meters:
            self._tell(line)

    def _verified(self, screened: Screened) -> Iterator[_Held]:
        frame, content = screened.admitted.frame, screened.admitted.content
        lines = self._by_sub.get(frame.sub) if frame.iss == self._site.iss else None
        if lines is None:
            self._found.add("ocmf-unmapped", frame.sub)
            return
        body = content.body if isinstance(content, Document) and content.body is not None else b""
        for data in ocmf.split(body):
            try:
                record = ocmf.read(data)
            except CarbonError:
                self._found.add("ocmf-malformed", frame.sub)
                continue
            line = lines.get(record.serial)
            if line is None:
                self._found.add("ocmf-serial", f"{frame.sub} {record.serial}")
                continue
            line.records += 1
            if line.meter.ocmf is None or not line.meter.ocmf.key.signed(record):
                self._found.add("ocmf-unverified", line.serial)
                continue
            line.verified += 1
            if line.counters.setdefault(record.context, Counter()).take(record.number, record.identity):
                yield _Held(screened, line, record)

    def _stated(self, entry: _Held) -> Iterator[Stated]:
        admitted, line, record = entry.screened.admitted, entry.line, entry.record
        registers = {point.obis: point for point in line.meter.points}
        disputed_from = line.counters[record.context].disputed_from
        disputed = disputed_from is not None and record.number >= disputed_from
        for reading in record.readings:
            point = registers.get(reading.register)
            if reading.value is None or reading.unit is None or point is None:
                continue
            late = admitted.anchored_at - reading.time > self._late.max_delay
            if reading.time > admitted.frame.iat + SKEW:
                self._found.add("ocmf-future", line.serial)
            elif reading.unit != point.unit_text:
                self._found.add("unit-differs", f"{point.id} {reading.unit}")
            elif reading.value < 0:
                self._found.add("negative-register", point.id)
            elif late and self._late.treatment == EXCLUDE:
                self._found.add("ocmf-late", line.serial)
            else:
                if late:
                    self._found.add("ocmf-late", line.serial)
                if not reading.sound:
                    self._found.add("ocmf-status", f"{line.serial} {reading.status}{reading.errors} {reading.clock}")
                lowered = disputed or not reading.sound or (late and self._late.treatment == DEGRADE)
                quality = DECLARED if lowered else entry.screened.quality
                yield Stated(point.id, reading.unit, reading.time, reading.value, quality)

    def _tell(self, line: MeterLine) -> None:
        for context, counter in line.counters.items():
            counts = {
                "ocmf-missing": sum(last - first + 1 for first, last in counter.missing()),
                "ocmf-repeated": len(counter.repeated),
                "ocmf-reordered": len(counter.reordered),
                "ocmf-conflicting": len(counter.conflicting),
            }
            for code, count in counts.items():
                if count:
                    self._found.add(code, f"{line.serial} {context}", count)


def is_ocmf(screened: Screened) -> bool:
    content = screened.admitted.content
    return isinstance(content, Document) and content.kind == ocmf.KIND
