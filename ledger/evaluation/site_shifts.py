"""The calendar of shifts: which team works when. A pattern of days repeats from a first day on, in the site's
offset. Times are whole hours: metered amounts are kept by the hour."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.evaluation.calendar import start_of
from ledger.rules.reader import Table

NOBODY = "-"
DAY = 86_400
LONGEST_PATTERN = 400

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):00")


@dataclass(frozen=True, slots=True)
class Shifts:
    """`first`: midnight of the pattern's first day; `starts`: seconds after midnight; `pattern`: for each day of the
    cycle who works which shift. The last shift of a day lasts until the next day's first one."""

    at: str
    first: int
    starts: tuple[int, ...]
    pattern: tuple[tuple[str, ...], ...]
    place: str

    def teams(self) -> list[str]:
        """Every team of the pattern, once, in its order."""
        return list(dict.fromkeys(team for day in self.pattern for team in day if team != NOBODY))

    def hours(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """The shifts within [start, end), cut to it: team, from, to. Before the first day nobody works."""
        day = max(0, (start - self.first) // DAY - 1)
        while (midnight := self.first + day * DAY) + self.starts[0] < end:
            bounds = [midnight + second for second in (*self.starts, DAY + self.starts[0])]
            for team, since, until in zip(self.pattern[day % len(self.pattern)], bounds, bounds[1:], strict=False):
                if team != NOBODY and max(since, start) < min(until, end):
                    yield team, max(since, start), min(until, end)
            day += 1


def read_shifts(table: Table, offset: int) -> Shifts:
    """A `[[shifts]]` table."""
    starts = tuple(_clock(table, text) for text in table.texts("starts"))
    if not starts or list(starts) != sorted(set(starts)):
        raise table.error("starts", "shifts start one after another", 'write starts = ["00:00", "08:00", "16:00"]')
    pattern = tuple(tuple(day.split()) for day in table.texts("pattern"))
    if not 0 < len(pattern) <= LONGEST_PATTERN or any(len(day) != len(starts) for day in pattern):
        raise table.error(
            "pattern",
            f"each day names who works its {len(starts)} shifts, for 1 to {LONGEST_PATTERN} days",
            'write pattern = ["A B C", "C A B"]; "-" where nobody works',
        )
    first = moment(table, "first", offset)
    if (first + offset) % DAY:
        raise table.error("first", "a pattern begins with a day", 'write first = "2025-01-01"')
    shifts = Shifts(table.text("at", longest=40), first, starts, pattern, table.place("at"))
    table.finish()
    return shifts


def moment(table: Table, field: str, offset: int, *, after: bool = False) -> int:
    """A moment, "2025-03-01T08:00", or a day: its first second, or with `after` the first one that follows it."""
    day, at, clock = table.text(field, longest=40).partition("T")
    try:
        midnight = date.fromisoformat(day)
        if at:
            return start_of(midnight, offset) + _seconds(clock)
        return start_of(midnight + timedelta(days=1) if after else midnight, offset)
    except (ValueError, OverflowError):
        raise table.error(field, "expected a day or a whole hour", f'write {field} = "2025-03-01T08:00"') from None


def _clock(table: Table, text: str) -> int:
    try:
        return _seconds(text)
    except ValueError:
        raise table.error("starts", f"{text[:20]!r} is no whole hour", 'write "08:00"') from None


def _seconds(clock: str) -> int:
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise ValueError(clock)
    return int(match[1]) * 3600
