"""Months of a period in a site's fixed offset. An interval belongs to the month of its start."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ledger.evaluation.inputs import Period
from terminal_signer.errors import CarbonError

_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")

_DATE = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})(?:-([0-9]{2}))?))?")


class PeriodError(CarbonError):
    """A text is no period."""

    code = "period"


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


def read_period(text: str, offset: int) -> Period:
    """The period that a person writes: "2022", "2022-Q1", "2022-03", "2022-03-05", or from–to "2022-01/2022-06", both
    ends included. Raises PeriodError."""
    first, slash, last = text.strip().partition("/")
    begin, end = _days(first)
    if slash:
        end = _days(last)[1]
    if begin >= end:
        raise PeriodError(f"{text[:40]!r} ends before it starts", mend="write the earlier date first")
    return Period(start_of(begin, offset), start_of(end, offset))


def _days(text: str) -> tuple[date, date]:
    """The first day of a year, quarter, month or day, and the first one after it."""
    match = _DATE.fullmatch(text)
    try:
        if match is None or (match[3] and not "01" <= match[3] <= "12"):
            raise ValueError
        year, quarter, month, day = (int(part) if part else None for part in match.groups())
        if day is not None:
            begin = date(year or 0, month or 0, day)
            return begin, begin + timedelta(days=1)
        length = 1 if month else 3 if quarter else 12
        number = (year or 0) * 12 + (month or (quarter or 1) * 3 - 2) - 1
        return _first_of(number), _first_of(number + length)
    except (ValueError, OverflowError):
        mend = "write a year, a quarter, a month or a day: 2022, 2022-Q1, 2022-03, 2022-03-05"
        raise PeriodError(f"{text[:40]!r} is no period", mend=mend) from None


def _first_of(number: int) -> date:
    """The first day of a month, counted from the year 0."""
    return date(number // 12, number % 12 + 1, 1)
