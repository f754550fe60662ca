"""A projection: what frames say of a period, kept so that other factors, schemes and questions need no frame again.

It is derived from frames and never a source: what it was made from stands in it – the site file, the rules for late and
flagged data, the period, and a digest of the frames as they were judged –, each month of a point is a value of its own
with one encoding (`hourly`), and one root covers all. Whoever has the frames can make it again, byte for byte, and so
find any digit that was altered; whoever has it alone finds what does not fit its root.
"""

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from typing import Any, get_type_hints

from ledger.accounting.method_rules import DataRules
from ledger.canonical import canonical_json
from ledger.evaluation.calendar import Month, months
from ledger.evaluation.gathering import Evidence, Gathered, Group
from ledger.evaluation.hourly import Hours, HoursFault, decode
from ledger.evaluation.inputs import AdmittedFrame, Period
from ledger.evaluation.plain import PlainFault, from_plain, to_plain
from ledger.evaluation.site import Site
from terminal_signer.errors import CarbonError

FORMAT = "projection/2"
"""Its number changes whenever what is derived from the same frames does, so that an older one is not read as one."""


class ProjectionError(CarbonError):
    """A projection is not what its root says, was made from other things, or cannot be read."""

    code = "projection"


@dataclass(frozen=True, slots=True)
class Subject:
    """What was projected: SHA-256 of the site file, of the rules for data and of the frames as they were judged."""

    site: bytes
    rules: bytes
    frames: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Projection:
    """`points`: by the point's id its encoded hours, month by month. `rest`: all else that frames say, as JSON."""

    subject: Subject
    points: Mapping[str, tuple[bytes, ...]]
    rest: bytes

    def root(self) -> bytes:
        """SHA-256 over the subject, the digest of every month of every point, and that of the rest."""
        digests = {point: [sha256(data).hexdigest() for data in self.points[point]] for point in sorted(self.points)}
        rest = sha256(self.rest).hexdigest()
        return sha256(canonical_json([FORMAT, to_plain(self.subject), digests, rest])).digest()

    def gathered(self, site: Site, rules: DataRules, months: Sequence[Month]) -> Gathered:
        """What the frames said. Raises ProjectionError for another site file, other rules for data, another period."""
        span = Period(months[0].start, months[-1].end)
        asked = (site.sha256, rules_digest(site, rules), span)
        made = (self.subject.site, self.subject.rules, Period(self.subject.start, self.subject.end))
        if asked != made or self.points.keys() != {point.id for _, point in site.points()}:
            what = ("site file", "rules for data", "period")
            differing = [name for name, one, other in zip(what, asked, made, strict=True) if one != other]
            raise ProjectionError(
                f"made for another {(differing or ['list of points'])[0]}", mend="evaluate from the frames"
            )
        hours = {point: [_decoded(point, data) for data in self.points[point]] for point in self.points}
        return Gathered(points=hours, **_read_rest(self.rest))


def project(evidence: Evidence, site: Site, rules: DataRules, period: Period) -> Projection:
    """The projection of frames. Every group is read as often as gathering reads it, and none is kept."""
    judged: dict[tuple[str, bytes], bytes] = {}

    def noting(group: Group) -> Group:
        def frames() -> Sequence[AdmittedFrame]:
            found = group.frames()
            judged.update(_judged(found))
            return found

        return Group(frames, group.linked, group.officers)

    noted = Evidence([noting(group) for group in evidence.groups], evidence.named)
    gathered = noted.gathered(site, rules, months(period.start, period.end, site.offset))
    subject = Subject(site.sha256, rules_digest(site, rules), _all(judged), period.start, period.end)
    points = {point: tuple(month.encode() for month in hours) for point, hours in gathered.points.items()}
    return Projection(subject, points, _write_rest(gathered))


def differences(one: Projection, other: Projection) -> list[str]:
    """Where two projections of the same subject differ: points with the number of their month, and "rest"."""
    if one.subject != other.subject:
        return ["subject"]
    found = []
    for point in sorted(one.points.keys() | other.points.keys()):
        pairs = zip_longest(one.points.get(point, ()), other.points.get(point, ()))
        found += [f"{point} {number}" for number, (mine, its) in enumerate(pairs) if mine != its]
    return found + ["rest"] * (one.rest != other.rest)


def certifiable(kept: Projection, evidence: Evidence, site: Site, rules: DataRules) -> None:
    """Make a projection again from the frames before anything is certified by it. Raises ProjectionError."""
    again = project(evidence, site, rules, Period(kept.subject.start, kept.subject.end))
    if kept.root() != again.root():
        where = ", ".join(differences(kept, again)[:3])
        raise ProjectionError("not what the frames say", where=where, mend="carbon rebuild makes it again")


def rules_digest(site: Site, rules: DataRules) -> bytes:
    """Of the rules that decide which frames count, and how: the delay that binds, and what each flag does."""
    return sha256(canonical_json({"delay": rules.delay(site.max_delay), "flags": dict(rules.flags)})).digest()


def _judged(frames: Sequence[AdmittedFrame]) -> dict[tuple[str, bytes], bytes]:
    """Of every key: its frames in the order of the log, when each was anchored, its flags, and what the registry says
    of the key."""
    by_key: dict[tuple[str, bytes], list[AdmittedFrame]] = {}
    for entry in frames:
        by_key.setdefault((entry.frame.sub, entry.frame.kid), []).append(entry)
    return {name: _of_key(sorted(entries, key=_index)) for name, entries in by_key.items()}


def _of_key(entries: Sequence[AdmittedFrame]) -> bytes:
    flags = [[entry.index, sorted(entry.flags)] for entry in entries if entry.flags]
    keys = {(entry.enrolment.key_class, entry.enrolment.until, entry.enrolment.calibration_due) for entry in entries}
    return sha256(
        canonical_json({
            "frames": sha256(b"".join([entry.frame.digest for entry in entries])).hexdigest(),
            "places": _numbers([entry.index for entry in entries]),
            "times": _numbers([entry.anchored_at for entry in entries]),
            "flags": flags,
            "keys": sorted([int(of), str(until), str(due)] for of, until, due in keys),
        })
    ).digest()  # fmt: skip


def _numbers(numbers: Sequence[int]) -> str:
    packed = array("q", numbers)
    if sys.byteorder == "little":
        packed.byteswap()
    return sha256(packed.tobytes()).hexdigest()


def _all(judged: Mapping[tuple[str, bytes], bytes]) -> bytes:
    return sha256(canonical_json([[sub, kid.hex(), of.hex()] for (sub, kid), of in sorted(judged.items())])).digest()


def _index(entry: AdmittedFrame) -> int:
    return entry.index


def _decoded(point: str, data: bytes) -> Hours:
    try:
        return decode(data)
    except HoursFault as fault:
        raise ProjectionError(fault.message, where=point, mend="carbon rebuild makes it again") from None


_REST = {name: hint for name, hint in get_type_hints(Gathered).items() if name != "points"}


def _write_rest(gathered: Gathered) -> bytes:
    return canonical_json({name: to_plain(getattr(gathered, name)) for name in _REST})


def _read_rest(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
        if not isinstance(found, dict) or found.keys() != _REST.keys():
            raise PlainFault("other members than a projection has")
        return {name: from_plain(hint, found[name]) for name, hint in _REST.items()}
    except (ValueError, RecursionError, PlainFault) as fault:
        raise ProjectionError(f"cannot be read: {fault!s:.80}", mend="carbon rebuild makes it again") from None
