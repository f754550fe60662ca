"""Plain activity data: a TOML file `activity/1`, or a table in CSV with the columns item, value, unit, period.

What stands in it was typed by somebody and signed by nobody: it serves to try a method, never to certify. An item is an
item of the method, or a factor or parameter whose place a measured value takes.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TypeVar

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.canonical import CanonicalError, exact_number
from ledger.evaluation.calendar import PeriodError, offset_seconds, read_period
from ledger.evaluation.inputs import Period
from ledger.evaluation.spoken import column, unit_text
from ledger.rules.reader import MAX_BYTES, Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "activity/1"
COLUMNS = ("item", "value", "unit", "period")
OPTIONAL = ("origin",)
RULES = ("method", "factors", "scheme", "benchmarks")
MAX_ROWS = 20_000
MAX_FIELD = 200
_T = TypeVar("_T")


class ActivityFileError(CarbonError):
    """A file of activity data is not what this program can use, or does not fit its method."""

    code = "activity"


@dataclass(frozen=True, slots=True)
class Row:
    """One amount or measured value. `label` is the period as written; `place`: file and line, for errors."""

    item: str
    quantity: Quantity
    period: Period
    label: str
    origin: str
    place: str


@dataclass(frozen=True, slots=True)
class ActivityFile:
    """`rules` by role, as far as the file names them; `industry`, `region` for the grade and regional factors."""

    rows: tuple[Row, ...]
    rules: dict[str, str]
    name: dict[str, str]
    industry: str
    region: str
    offset_text: str

    @property
    def offset(self) -> int:
        return offset_seconds(self.offset_text) or 0


UNNAMED = {"zh": "未核实的活动数据", "en": "Unverified activity data"}
DEFAULT_OFFSET = "+08:00"


def parse_activity(data: bytes, name: str = "activity file", period: str | None = None) -> ActivityFile:
    """Read TOML (named *.toml) or CSV. `period` holds for rows that state none. Raises `ActivityFileError` with file,
    line and field, and nothing else."""
    if name.endswith(".toml"):
        read = _toml(data, name, period)
    else:
        read = ActivityFile(tuple(_csv(data, name, period)), {}, UNNAMED, "", "CN", DEFAULT_OFFSET)
    if not read.rows:
        raise ActivityFileError("no row of data", where=name, mend="below the header: item,value,unit,period")
    if period is not None:
        _within(read, period)
    return read


def _within(file: ActivityFile, period: str) -> None:
    """A period that was asked for holds: a row that states another one is refused."""
    try:
        span = read_period(period, file.offset)
    except PeriodError as fault:
        raise ActivityFileError(fault.message, where="--period", mend=fault.mend) from None
    for row in file.rows:
        if not (span.start <= row.period.start and row.period.end <= span.end):
            raise ActivityFileError(
                f"{row.item!r} is stated for {row.label}, outside of {period}",
                where=row.place,
                mend="leave the row out, or ask for a period that holds it",
            )


def _toml(data: bytes, name: str, period: str | None) -> ActivityFile:
    top = read_toml(data, name, ActivityFileError, FORMAT)
    enterprise = top.table("enterprise") if "enterprise" in top else None
    offset_text = enterprise.text("offset", default=DEFAULT_OFFSET) if enterprise else DEFAULT_OFFSET
    offset = offset_seconds(offset_text)
    if offset is None:
        raise top.error("enterprise", f"{offset_text[:20]!r} is no fixed offset", 'write offset = "+08:00"')
    rules = top.table("rules") if "rules" in top else None
    common = top.text("period") if "period" in top else period
    read = ActivityFile(
        tuple(_table_row(table, common, offset) for table in top.tables("activity", required=True)),
        {} if rules is None else {role: rules.text(role) for role in RULES if role in rules},
        enterprise.names("name") if enterprise and "name" in enterprise else UNNAMED,
        enterprise.text("industry", default="-", longest=10).strip("-") if enterprise else "",
        enterprise.text("region", default="CN", longest=20) if enterprise else "CN",
        offset_text,
    )
    for table in (enterprise, rules, top):
        if table is not None:
            table.finish()
    if len(read.rows) > MAX_ROWS:
        raise top.error("activity", f"more than {MAX_ROWS} rows", "split the file")
    return read


def _table_row(table: Table, period: str | None, offset: int) -> Row:
    item, value = table.text("item", longest=MAX_FIELD), table.number("value")
    label = table.text("period", default=period, longest=40)
    try:
        unit, span = parse_unit(unit_text(table.text("unit"))), read_period(label, offset)
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
    except PeriodError as fault:
        raise table.error("period", fault.message, fault.mend) from None
    row = Row(item, Quantity(value, unit), span, label, table.text("origin", default="-"), table.place("item"))
    table.finish()
    return row


def _csv(data: bytes, name: str, period: str | None) -> Iterator[Row]:
    """A table with a header line; comma or semicolon; UTF-8, with or without a byte-order mark."""
    if len(data) > MAX_BYTES:
        raise ActivityFileError(f"larger than {MAX_BYTES} bytes", where=name, mend="split the file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise ActivityFileError("not UTF-8", where=f"{name}, line {line}", mend="save the table as UTF-8") from None
    header, _, _ = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    offset = offset_seconds(DEFAULT_OFFSET) or 0
    columns: dict[str, int] = {}
    while (fields := _next_line(reader, name)) is not None:
        place = f"{name}, line {reader.line_num}"
        if reader.line_num > MAX_ROWS:
            raise ActivityFileError(f"more than {MAX_ROWS} lines", where=name, mend="split the file")
        if not any(field.strip() for field in fields) or fields[0].lstrip().startswith("#"):
            continue
        if not columns:
            columns = _columns(fields, place, period)
        else:
            yield _csv_row(_named(fields, columns, place), period, offset, place)
    if not columns:
        raise ActivityFileError("empty", where=name, mend="the first line names the columns: " + ",".join(COLUMNS))


def _next_line(reader: Iterator[list[str]], name: str) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as fault:
        raise ActivityFileError(f"not a table: {fault}", where=name, mend="check the quotes of the fields") from None


def _columns(fields: list[str], place: str, period: str | None) -> dict[str, int]:
    names = [column(field) for field in fields]
    wanted = [name for name in COLUMNS if name not in names and not (name == "period" and period)]
    unknown = [name for name in names if name not in COLUMNS + OPTIONAL]
    if wanted or unknown or len(set(names)) < len(names):
        what = f"column {wanted[0]!r} is missing" if wanted else f"unknown column {(unknown or names)[0][:40]!r}"
        raise ActivityFileError(what, where=place, mend="name the columns " + ",".join((*COLUMNS, "(origin)")))
    return {name: at for at, name in enumerate(names)}


def _named(fields: list[str], columns: dict[str, int], place: str) -> dict[str, str]:
    if any(len(field) > MAX_FIELD for field in fields):
        raise ActivityFileError(f"a field of more than {MAX_FIELD} characters", where=place, mend="shorten it")
    if len(fields) != len(columns):
        what = f"{len(fields)} fields where the header names {len(columns)}"
        raise ActivityFileError(what, where=place, mend="quote a field that holds the separator; no thousands commas")
    return {name: fields[at].strip() for name, at in columns.items()}


def _csv_row(fields: dict[str, str], period: str | None, offset: int, place: str) -> Row:
    label = fields.get("period") or period or ""
    if not fields["item"]:
        raise ActivityFileError("no item", where=f"{place}, field item", mend="name an item of the method")
    value = _read(_number, fields["value"], f"{place}, field value")
    unit = _read(parse_unit, unit_text(fields["unit"]), f"{place}, field unit")
    span = _read(partial(read_period, offset=offset), label, f"{place}, field period")
    return Row(fields["item"], Quantity(value, unit), span, label, fields.get("origin") or "-", place)


def _read(reader: Callable[[str], _T], text: str, place: str) -> _T:
    try:
        return reader(text)
    except (CanonicalError, UnitError, PeriodError) as fault:
        raise ActivityFileError(fault.message, where=place, mend=fault.mend) from None


def _number(text: str) -> Fraction:
    """A spreadsheet writes "+5" or ".5" or "5."; a person may add a leading zero. All else is refused."""
    plain = text.removeprefix("+")
    if plain.startswith("."):
        plain = "0" + plain
    return exact_number(plain.removesuffix("."))
