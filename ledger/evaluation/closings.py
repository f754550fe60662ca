"""Months closed by signature: what is anchored later for a closed month counts as declared, and is listed as late.

1. An officer of the enterprise closes a month by a document of kind "month-close" whose body is the month, "2022-01".
2. It takes effect if it was anchored after the month had ended; before, it is a finding (`closed-early`).
3. Of several for one month the first by leaf index stands (`closed-twice`).
4. An interval is late if it starts in the month, a register's stand if it lies in it or at its end, and the block that
   anchored its frame is younger than the close's. A declared value is late by the same measure.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ledger.evaluation.calendar import start_of
from ledger.evaluation.corrections import Signed
from ledger.evaluation.findings import Findings
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.screening import Screened
from terminal_signer.frame import Document, KeyClass, Pack

KIND = "month-close"
_MONTH = re.compile(rb"([0-9]{4})-(0[1-9]|1[0-2])\s*")
Json = object


@dataclass(slots=True)
class Closing:
    """One closed month, [start, end), and the frames that spoke of it too late. `at`: when the close was anchored."""

    month: str
    start: int
    end: int
    at: int
    by: Signed
    late: list[Signed] = field(default_factory=list)


class Closings:
    """The closed months, read from documents in leaf order; `late` is asked of every frame and is quick to say no."""

    def __init__(self, documents: Iterable[Screened], iss: str, offset: int, found: Findings) -> None:
        self._months: dict[str, Closing] = {}
        for screened in documents:
            admitted, content = screened.admitted, screened.admitted.content
            if not isinstance(content, Document) or content.kind != KIND:
                continue
            closing = _read(admitted, content, offset)
            if admitted.frame.iss != iss or admitted.enrolment.key_class != KeyClass.OFFICER:
                found.add("not-entitled", f"{KIND} {admitted.frame.sub}")
            elif closing is None:
                found.add("close-malformed", admitted.frame.sub)
            elif closing.at < closing.end:
                found.add("closed-early", f"{closing.month} {admitted.frame.sub}")
            elif closing.month in self._months:
                found.add("closed-twice", f"{closing.month} {admitted.frame.sub}")
            else:
                self._months[closing.month] = closing
        in_order = sorted(self._months.values(), key=lambda closing: closing.at)
        self._times = [closing.at for closing in in_order]
        self._closed = [in_order[:count] for count in range(len(in_order) + 1)]
        self._until = [max((closing.end for closing in closed), default=0) for closed in self._closed]

    def before(self, admitted: AdmittedFrame) -> Sequence[Closing]:
        """The months that were closed before the frame was anchored and that it may speak of."""
        count = bisect_left(self._times, admitted.anchored_at)
        content = admitted.content
        if count == 0 or (isinstance(content, Pack) and _oldest(content) > self._until[count]):
            return ()
        return self._closed[count]

    def listed(self, start: int, end: int) -> list[Closing]:
        """Those that touch the time from–to, by month, each with its late frames in the order of the log."""
        for closing in self._months.values():
            closing.late = sorted(set(closing.late), key=lambda signed: signed.index)
        touching = [closing for closing in self._months.values() if closing.start < end and start < closing.end]
        return sorted(touching, key=lambda closing: closing.start)


def is_closing(screened: Screened) -> bool:
    content = screened.admitted.content
    return isinstance(content, Document) and content.kind == KIND


def late(closed: Sequence[Closing], admitted: AdmittedFrame, start: int | None, time: int) -> bool:
    """Whether a value comes too late: an amount from `start`, or a register's stand at `time`. Its frame is listed."""
    found = False
    for closing in closed:
        if closing.start <= (time if start is None else start) < closing.end or (start is None and time == closing.end):
            found = True
            signed = Signed.of(admitted)
            if not closing.late or closing.late[-1] != signed:
                closing.late.append(signed)
    return found


def _oldest(content: Pack) -> int:
    return min(record.time if record.start is None else record.start for record in content.records)


def _read(admitted: AdmittedFrame, content: Document, offset: int) -> Closing | None:
    match = _MONTH.fullmatch(content.body or b"")
    if match is None or int(match[1]) == 0:
        return None
    first = date(int(match[1]), int(match[2]), 1)
    try:
        following = (first + timedelta(days=31)).replace(day=1)
    except OverflowError:
        return None
    start, end = start_of(first, offset), start_of(following, offset)
    return Closing(f"{first.year:04d}-{first.month:02d}", start, end, admitted.anchored_at, Signed.of(admitted))


def closings_document(closings: Sequence[Closing]) -> dict[str, Json]:
    """The member `closings` of a result; none where no month was closed."""
    if not closings:
        return {}
    return {
        "closings": [
            {
                "month": closing.month,
                "by": closing.by.sub,
                "digest": "0x" + closing.by.digest.hex(),
                "index": closing.by.index,
                "at": closing.at,
                "late": [_signed(signed) for signed in closing.late],
            }
            for closing in closings
        ]
    }


def _signed(signed: Signed) -> dict[str, Json]:
    return {
        "sub": signed.sub,
        "class": signed.key_class.name.lower(),
        "digest": "0x" + signed.digest.hex(),
        "index": signed.index,
    }
