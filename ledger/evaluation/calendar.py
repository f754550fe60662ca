"""Months of a period in a site's fixed offset. An interval belongs to the month of its start."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ledger.evaluation.inputs import Period

_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, cut to the period. `label` is "2018-01"; times are Unix seconds, `end` exclusive."""

    label: str
    year: int
    start: int
    end: int


def offset_seconds(text: str) -> int | None:
    """Seconds of "+08:00"; None if it is no offset."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2]) * 3600 + int(match[3]) * 60
    return -seconds if match[1] == "-" else seconds


def start_of(day: date, offset: int) -> int:
    """Midnight that begins a day, local to the offset."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - offset


def local_date(moment: int, offset: int) -> date:
    """The local day of a moment."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment + offset)).date()


def months(start: int, end: int, offset: int) -> list[Month]:
    """The months that [start, end) touches, in order."""
    found = []
    first = local_date(start, offset).replace(day=1)
    while (begin := start_of(first, offset)) < end:
        following = (first + timedelta(days=31)).replace(day=1)
        label = f"{first.year:04d}-{first.month:02d}"
        found.append(Month(label, first.year, max(begin, start), min(start_of(following, offset), end)))
        first = following
    return found


def year_of(moment: int, offset: int) -> Period:
    """The calendar year that a moment lies in."""
    year = local_date(moment, offset).year
    return Period(start_of(date(year, 1, 1), offset), start_of(date(year + 1, 1, 1), offset))
