"""A meter's CSV export → readings → frames of one hour.

Strict on purpose: a row that is not exactly what the layout says is a CsvFault with line, column and what was expected,
and rows behind it are not read unless the caller skips bad rows knowingly. Rules:

1. UTF-8, with or without a byte-order mark; the header names each column once; every row has as many fields as the
header. 2. A row's time is the end of its interval, a whole number of intervals since midnight, and later than the row
before. 3. `closes-day`: the row stamped 00:00 closes the day whose date it carries (many meters write it so).
4. A number is digits with at most one decimal point, exact; no exponent, no thousands separator.
5. A missing row ends a frame: an amount never covers time that its meter did not report.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from terminal_signer.csv_layout import DAY, UCI_STEEL, CsvFault, CsvLayout
from terminal_signer.pack_bytes import MAX_RECORDS
from terminal_signer.senml import MAX_TIME, MIN_TIME, Record

__all__ = ["UCI_STEEL", "Batch", "CsvFault", "CsvLayout", "Row", "batches", "read_rows", "rows_of"]

MAX_LINE = 64 * 1024
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?\Z", re.ASCII)


class Row(NamedTuple):
    """The amounts of one interval [start, end), in the layout's order of columns."""

    line: int
    start: int
    end: int
    amounts: tuple[Decimal, ...]


class Batch(NamedTuple):
    """What one frame carries."""

    base_time: int
    records: tuple[Record, ...]


def read_rows(path: Path | str, layout: CsvLayout, on_bad: Callable[[CsvFault], None] | None = None) -> Iterator[Row]:
    """The rows of a file. A bad row raises CsvFault, or goes to `on_bad` and is left out; the header must be right."""
    try:
        with Path(path).open("rb") as file:
            yield from rows_of(iter(lambda: file.readline(MAX_LINE + 1), b""), layout, on_bad)
    except OSError as error:
        raise CsvFault("csv-file", "a readable file", found=f"{path}: {error.strerror}") from None


def rows_of(
    lines: Iterable[bytes], layout: CsvLayout, on_bad: Callable[[CsvFault], None] | None = None
) -> Iterator[Row]:
    """As `read_rows`, from lines of bytes."""
    reader = _Reader(lines, layout)
    reader.read_header()
    while True:
        try:
            row = reader.read_row()
        except CsvFault as fault:
            if on_bad is None:
                raise
            on_bad(fault)
            continue
        if row is None:
            return
        yield row


def batches(rows: Iterable[Row], prefix: str, layout: CsvLayout, seconds: int = 3600) -> Iterator[Batch]:
    """Rows gathered into frames of `seconds`, aligned in the layout's offset; points are `prefix` + suffix.

    Only whole groups leave: when a row raises, the group it belongs to has not been given out.
    """
    offset = layout.offset_seconds()
    points = [(prefix + suffix, unit) for suffix, unit in layout.columns.values()]
    group: list[Row] = []
    for row in rows:
        if group and (
            row.start != group[-1].end
            or (row.start + offset) // seconds != (group[0].start + offset) // seconds
            or (len(group) + 1) * len(points) > MAX_RECORDS
        ):
            yield _batch(group, points)
            group = []
        group.append(row)
    if group:
        yield _batch(group, points)


def _batch(group: list[Row], points: list[tuple[str, str]]) -> Batch:
    records = tuple(
        Record(point, row.start, row.end, unit, amount, None)
        for row in group
        for (point, unit), amount in zip(points, row.amounts, strict=True)
    )
    return Batch(group[0].start, records)


class _Reader:
    """Header and rows, one at a time, so that a bad row can be left behind."""

    def __init__(self, lines: Iterable[bytes], layout: CsvLayout) -> None:
        self._layout = layout
        self._offset = layout.offset_seconds()
        self._lines = iter(lines)
        self._line = 0
        self._header: list[str] = []
        self._time_at = 0
        self._amounts_at: list[int] = []
        self._last = 0

    def read_header(self) -> None:
        header = self._fields()
        if header is None:
            raise CsvFault("csv-header", f"a header with {self._layout.timestamp!r}", line=1)
        for name in (self._layout.timestamp, *self._layout.columns):
            if header.count(name) != 1:
                raise CsvFault("csv-header", f"column {name!r} once in the header", line=1, found=",".join(header))
        self._header = header
        self._time_at = header.index(self._layout.timestamp)
        self._amounts_at = [header.index(name) for name in self._layout.columns]

    def read_row(self) -> Row | None:
        """The next row, or None at the end. Raises CsvFault."""
        fields = self._fields()
        if fields is None:
            return None
        if len(fields) != len(self._header):
            expected = f"{len(self._header)} fields"
            raise CsvFault("csv-fields", expected, line=self._line, found=f"{len(fields)} fields")
        end = self._end(fields[self._time_at])
        amounts = tuple(self._amount(fields[at], at) for at in self._amounts_at)
        if end <= self._last:
            later = datetime.fromtimestamp(self._last + self._offset, UTC).strftime(self._layout.time_format)
            raise self._fault("csv-order", f"a time after {later}", self._time_at, fields[self._time_at])
        self._last = end
        return Row(self._line, end - self._layout.interval, end, amounts)

    def _fields(self) -> list[str] | None:
        """The next line that is not empty. A quoted field ends on its line: one broken quote must not eat the file."""
        for data in self._lines:
            self._line += 1
            data = data.removeprefix(b"\xef\xbb\xbf") if self._line == 1 else data
            if len(data) > MAX_LINE:
                raise CsvFault("csv-fields", f"a line of at most {MAX_LINE} bytes", line=self._line)
            data = data.rstrip(b"\r\n")
            if data:
                return self._split(data)
        return None

    def _split(self, data: bytes) -> list[str]:
        try:
            return next(csv.reader([data.decode()], strict=True))
        except UnicodeDecodeError as error:
            column = data[: error.start].count(b",") + 1
            found = ascii(data[error.start : error.end])
            raise CsvFault("csv-encoding", "UTF-8 text", line=self._line, column=column, found=found) from None
        except (csv.Error, StopIteration) as error:
            raise CsvFault("csv-fields", "well-formed CSV", line=self._line, found=str(error)) from None

    def _end(self, text: str) -> int:
        layout = self._layout
        try:
            parsed = datetime.strptime(text, layout.time_format).replace(tzinfo=UTC)
        except (ValueError, re.error):
            expected = f"a time such as {datetime(2018, 12, 31, 23, 45, tzinfo=UTC).strftime(layout.time_format)}"
            raise self._fault("csv-time", expected, self._time_at, text) from None
        wall = int(parsed.timestamp())
        if wall % layout.interval or parsed.microsecond:
            raise self._fault("csv-time", f"a time at a whole {layout.interval} s", self._time_at, text)
        if layout.end_of_day == "closes-day" and wall % DAY == 0:
            wall += DAY
        end = wall - self._offset
        if not MIN_TIME + layout.interval <= end < MAX_TIME:
            raise self._fault("csv-time", "a time since 1979", self._time_at, text)
        return end

    def _amount(self, text: str, at: int) -> Decimal:
        if not _NUMBER.match(text):
            raise self._fault("csv-number", "a number such as 3.17", at, text)
        return Decimal(text)

    def _fault(self, code: str, expected: str, at: int, found: str) -> CsvFault:
        name = self._header[at] if at < len(self._header) else ""
        return CsvFault(code, expected, line=self._line, column=at + 1, name=name, found=found)
