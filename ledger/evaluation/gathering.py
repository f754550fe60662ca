"""The first stage of an evaluation: what frames say, before any conversion, factor or formula.

Frames come in groups that no rule looks across – all that the keys of a terminal signed – so that a year of many meters
is never held at once. The one thing that joins groups is a correction: the frames that correct another, and those that
they name, are taken from their groups beforehand.

What comes out depends on the frames, the site file, the period and the method's rules for late and flagged data; on
nothing else of the method, on no factor set and no scheme.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.accounting.method_rules import DataRules
from ledger.evaluation.calendar import Month, local_date
from ledger.evaluation.closings import Closing, Closings, is_closing
from ledger.evaluation.corrections import Chains, Correction, Corrections
from ledger.evaluation.declared import Stated, stated_values
from ledger.evaluation.findings import Findings
from ledger.evaluation.green_claims import Claim, read_claims
from ledger.evaluation.hourly import Hours
from ledger.evaluation.inputs import AdmittedFrame, Period
from ledger.evaluation.readings import Readings
from ledger.evaluation.screening import KeyChain, Screened, Screening, screen
from ledger.evaluation.self_signed import Lateness, MeterCounts, SelfSigned, is_ocmf
from ledger.evaluation.self_signed import Stated as Stand
from ledger.evaluation.series import month_hours
from ledger.evaluation.site import Meter, Point, Site
from ledger.evaluation.upstream_claims import UpstreamClaim, read_upstream
from terminal_signer.frame import Document


@dataclass(frozen=True, slots=True)
class Group:
    """Frames that are judged together, in any order: no key and no terminal occurs in two groups. `linked`: one of them
    corrects a frame, or is one that a correction names. `officers`: one of them may close a month; they are read
    beforehand. `frames` may be called again."""

    frames: Callable[[], Sequence[AdmittedFrame]]
    linked: bool
    officers: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """All frames of an evaluation. `named`: the digests that corrections name in their headers."""

    groups: Sequence[Group]
    named: frozenset[bytes]

    def gathered(self, site: Site, rules: DataRules, months: Sequence[Month]) -> "Gathered":
        return gather_frames(self, site, rules, months)


def whole(frames: Sequence[AdmittedFrame]) -> Evidence:
    """Frames that are all at hand, as one group."""
    named = frozenset(entry.frame.corrects for entry in frames if entry.frame.corrects is not None)
    return Evidence([Group(lambda: frames, bool(named))], named)


@dataclass(slots=True)
class Counts:
    """How many frames were held, and what became of them; what is held of each key."""

    held: int = 0
    readings: int = 0
    documents: int = 0
    heartbeats: int = 0
    excluded: int = 0
    degraded: int = 0
    flags: dict[str, int] = field(default_factory=dict)
    keys: list[KeyChain] = field(default_factory=list)

    def sorted(self) -> "Counts":
        self.flags = dict(sorted(self.flags.items()))
        self.keys.sort(key=lambda chain: (chain.sub, chain.kid))
        return self

    def add(self, screening: Screening) -> None:
        self.held += screening.held
        self.readings += len(screening.packs)
        self.documents += len(screening.documents)
        self.heartbeats += screening.heartbeats
        self.excluded += screening.excluded
        self.degraded += screening.degraded
        for flag, count in screening.flags.items():
            self.flags[flag] = self.flags.get(flag, 0) + count
        self.keys += screening.keys


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the frames say. `points`: by the point's id, month by month, in the point's own unit, before its ratio."""

    counts: Counts
    points: dict[str, list[Hours]]
    stated: list[Stated]
    claims: list[Claim]
    upstream: list[UpstreamClaim]
    corrections: list[Correction]
    self_signed: list[MeterCounts]
    closings: list[Closing]
    found: Findings


class Source(Protocol):
    """Where an evaluation takes from what frames say: the frames, or a projection of them."""

    def gathered(self, site: Site, rules: DataRules, months: Sequence[Month]) -> Gathered: ...


def service(point: Point, period: Period) -> tuple[int, int]:
    """From–to: when a point was in service within the period."""
    return max(period.start, point.since or period.start), min(period.end, point.until or period.end)


def gather_frames(evidence: Evidence, site: Site, rules: DataRules, months: Sequence[Month]) -> Gathered:
    """Everything that the frames state of the months."""
    return _Gathering(evidence, site, rules, months).gathered()


class _Gathering:
    def __init__(self, evidence: Evidence, site: Site, rules: DataRules, months: Sequence[Month]) -> None:
        self._evidence, self._site, self._rules = evidence, site, rules
        self._months = list(months)
        self._period = Period(months[0].start, months[-1].end)
        self._late = Lateness(rules.delay(site.max_delay), rules.flags["late"])
        self._found = Findings()
        self._only: Screening | None = None
        self._points_of: dict[str, list[Point]] = {}
        for meter, point in site.points():
            self._points_of.setdefault(meter.sub, []).append(point)
        self._points: dict[str, list[Hours]] = {}
        self._meters: dict[tuple[str, str], MeterCounts] = {}

    def gathered(self) -> Gathered:
        closings = self._closings()
        linked, stands = self._linked()
        corrections = Corrections(Chains(linked), self._found)
        correcting = Readings(self._site, corrections, self._found, closings, stands)
        settled = {entry.admitted.frame.digest for entry in linked if entry.admitted.frame.corrects is not None}
        settled -= stands.keys()
        for entry in linked:
            if entry.admitted.frame.digest in settled or entry.admitted.frame.digest in stands:
                correcting.add(entry)
        counts = Counts()
        documents = {entry.admitted.frame.digest: entry for entry in linked if _declares(entry)}
        for group in self._evidence.groups:
            screening = self._screened(group)
            counts.add(screening)
            self_signed = self._self_signed(screening)
            readings = Readings(self._site, corrections, self._found, closings, self_signed, correcting.corrected)
            self._read(screening, settled, readings)
            self._tell_calibration(screening)
            for entry in filter(_declares, screening.documents):
                documents.setdefault(entry.admitted.frame.digest, entry)
        self._total(self._points_of.keys(), Readings(self._site, corrections, self._found, closings))
        in_order = tuple(sorted(documents.values(), key=_index))
        stated = stated_values(in_order, self._site, self._period, corrections, closings, self._found)
        claims = read_claims(in_order, self._site, self._found)
        upstream = read_upstream(in_order, self._site, self._period, self._found)
        closed = closings.listed(self._period.start, self._period.end)
        meters = [self._line(meter) for meter in self._site.meters if meter.ocmf is not None]
        points = {point.id: self._points[point.id] for _, point in self._site.points()}
        corrected = corrections.listed()
        return Gathered(counts.sorted(), points, stated, claims, upstream, corrected, meters, closed, self._found)

    def _closings(self) -> Closings:
        documents: list[Screened] = []
        for group in self._evidence.groups:
            if group.officers:
                documents += filter(is_closing, self._screened(group).documents)
        return Closings(sorted(documents, key=_index), self._site.iss, self._site.offset, self._found)

    def _tell_calibration(self, screening: Screening) -> None:
        for sub, (due, count) in screening.uncalibrated.items():
            since = local_date(due, self._site.offset).isoformat()
            self._found.add("calibration-expired", sub, count, since=since)

    def _screened(self, group: Group) -> Screening:
        """A single group is judged once; of several none is kept."""
        if self._only is not None:
            return self._only
        screening = screen(group.frames(), self._site, self._rules)
        if len(self._evidence.groups) == 1:
            self._only = screening
        return screening

    def _linked(self) -> tuple[list[Screened], dict[bytes, list[Stand]]]:
        """What corrects and what is corrected, in the order of the log; what meters signed themselves in these."""
        linked: list[Screened] = []
        stands: dict[bytes, list[Stand]] = {}
        for group in self._evidence.groups:
            if group.linked:
                screening = self._screened(group)
                own = [entry for entry in screening.in_order() if self._is_linked(entry)]
                linked += own
                if any(map(is_ocmf, own)):
                    stands |= SelfSigned(self._site, screening.documents, self._late, Findings()).stands
        digests = {entry.admitted.frame.digest for entry in linked}
        return sorted(linked, key=_index), {digest: of for digest, of in stands.items() if digest in digests}

    def _is_linked(self, entry: Screened) -> bool:
        frame = entry.admitted.frame
        return frame.corrects is not None or frame.digest in self._evidence.named

    def _read(self, screening: Screening, settled: Collection[bytes], readings: Readings) -> None:
        """Everything but the corrections that are settled."""
        subs = set()
        for entry in screening.in_order():
            frame = entry.admitted.frame
            subs.add(frame.sub)
            if frame.digest not in settled:
                readings.add(entry)
        self._total(subs, readings)

    def _self_signed(self, screening: Screening) -> dict[bytes, list[Stand]]:
        if not any(map(is_ocmf, screening.documents)):
            return {}
        found = SelfSigned(self._site, screening.documents, self._late, self._found)
        self._meters |= {(line.meter.sub, line.serial): line.counts() for line in found.meters if line.records}
        return found.stands

    def _total(self, subs: Iterable[str], readings: Readings) -> None:
        """The points of these terminals, each once."""
        for sub in subs:
            for point in self._points_of.get(sub, ()):
                if point.id not in self._points:
                    span, amounts = service(point, self._period), readings.amounts(point)
                    self._points[point.id] = month_hours(amounts, self._months, span, point.id, self._found)

    def _line(self, meter: Meter) -> MeterCounts:
        serial = meter.ocmf.serial if meter.ocmf is not None else ""
        return self._meters.get((meter.sub, serial)) or MeterCounts(meter.sub, serial, 0, 0, {})


def _index(entry: Screened) -> int:
    return entry.admitted.index


def _declares(entry: Screened) -> bool:
    return isinstance(entry.admitted.content, Document) and not is_ocmf(entry)
