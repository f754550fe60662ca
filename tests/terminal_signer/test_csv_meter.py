"""The meter's CSV: the real file to the last digit, and every bad row by line, column and what was expected."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer.csv_meter import UCI_STEEL, Batch, CsvFault, CsvLayout, Row, batches, read_rows, rows_of
from tests.terminal_signer.sample import error_of

HEADER = (
    b"\xef\xbb\xbfdate,Usage_kWh,Lagging_Current_Reactive_Power_kVarh,Leading_Current_Reactive_Power_kVarh,other\r\n"
)
PREFIX = "88.118.20260/"
NINE = 9 * 3600


def lines(*rows: str) -> list[bytes]:
    return [HEADER, *(row.encode() + b"\r\n" for row in rows)]


def read(*rows: str, layout: CsvLayout = UCI_STEEL) -> list[Row]:
    return list(rows_of(lines(*rows), layout))


def stamp(moment: int) -> str:
    return datetime.fromtimestamp(moment + NINE, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.fixture(scope="module")
def year(steel_file: Path) -> list[Batch]:
    return list(batches(read_rows(steel_file, UCI_STEEL), PREFIX, UCI_STEEL))


def test_the_real_file_is_8760_hours_without_a_gap(year: list[Batch]) -> None:
    assert len(year) == 8760
    assert sum(len(batch.records) for batch in year) == 3 * 35_040
    assert {len(batch.records) for batch in year} == {12}
    assert all(later.base_time - batch.base_time == 3600 for batch, later in pairwise(year))
    assert (stamp(year[0].base_time), stamp(year[-1].base_time + 3600)) == ("2018-01-01 00:00", "2019-01-01 00:00")


def test_the_real_file_sums_exactly(year: list[Batch]) -> None:
    months: dict[str, Decimal] = defaultdict(Decimal)
    for batch in year:
        for record in batch.records:
            if record.unit == "kWh":
                assert record.start is not None
                assert record.value is not None
                months[stamp(record.start)[:7]] += record.value
    assert sum(months.values()) == Decimal("959640.31")
    assert months["2018-01"] == Decimal("126238.29")
    assert months["2018-12"] == Decimal("59436.78")
    assert len(months) == 12


def test_the_row_stamped_midnight_closes_its_day() -> None:
    rows = read("01/01/2018 23:45,3.67,0,0,x", "01/01/2018 00:00,3.42,0,0,x", "02/01/2018 00:15,3.2,0,0,x")
    assert [stamp(row.end) for row in rows] == ["2018-01-01 23:45", "2018-01-02 00:00", "2018-01-02 00:15"]
    assert [row.amounts[0] for row in rows] == [Decimal("3.67"), Decimal("3.42"), Decimal("3.2")]
    assert all(later.start == row.end for row, later in pairwise(rows))


def test_without_that_rule_midnight_is_as_written() -> None:
    layout = replace(UCI_STEEL, end_of_day="as-written")
    rows = read("01/01/2018 00:00,1,0,0,x", "01/01/2018 00:15,1,0,0,x", layout=layout)
    assert [stamp(row.end) for row in rows] == ["2018-01-01 00:00", "2018-01-01 00:15"]


def test_days_come_first() -> None:
    assert stamp(read("02/01/2018 00:15,1,0,0,x")[0].end) == "2018-01-02 00:15"


NUMBER, TIME = "a number such as 3.17", "a time such as 31/12/2018 23:45"
GOOD = "01/01/2018 00:15,3.17,2.95,0,x"
BAD: dict[str, tuple[str, str, int, str, str]] = {
    # the bad row → code, column, name of the column, what was expected
    "a word for a number": ("01/01/2018 00:30,n/a,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "no number": ("01/01/2018 00:30,3,,0,x", "csv-number", 3, "Lagging_Current_Reactive_Power_kVarh", NUMBER),
    "a thousands separator": ('01/01/2018 00:30,"1,317",0,0,x', "csv-number", 2, "Usage_kWh", NUMBER),
    "a decimal comma": ('01/01/2018 00:30,"3,17",0,0,x', "csv-number", 2, "Usage_kWh", NUMBER),
    "an exponent": ("01/01/2018 00:30,1e9,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "NaN": ("01/01/2018 00:30,NaN,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "infinity": ("01/01/2018 00:30,inf,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "a number with a blank": ("01/01/2018 00:30, 3.17,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "a number of 40 digits": (f"01/01/2018 00:30,{'9' * 40},0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "other digits": ("01/01/2018 00:30,３.17,0,0,x", "csv-number", 2, "Usage_kWh", NUMBER),
    "months first": ("01/31/2018 00:30,3,0,0,x", "csv-time", 1, "date", TIME),
    "ISO dates": ("2018-01-01 00:30,3,0,0,x", "csv-time", 1, "date", TIME),
    "30 February": ("30/02/2018 00:30,3,0,0,x", "csv-time", 1, "date", TIME),
    "off the quarter": ("01/01/2018 00:31,3,0,0,x", "csv-time", 1, "date", "a time at a whole 900 s"),
    "before 1979": ("01/01/1970 00:30,3,0,0,x", "csv-time", 1, "date", "a time since 1979"),
    "the same row again": (GOOD, "csv-order", 1, "date", "a time after 01/01/2018 00:15"),
    "an earlier row": ("31/12/2017 00:15,3,0,0,x", "csv-order", 1, "date", "a time after 01/01/2018 00:15"),
    "a field missing": ("01/01/2018 00:30,3,0,0", "csv-fields", 0, "", "5 fields"),
    "a field too many": ("01/01/2018 00:30,3,0,0,x,y", "csv-fields", 0, "", "5 fields"),
    "an open quote": ('01/01/2018 00:30,"3,0,0,x', "csv-fields", 0, "", "well-formed CSV"),
    "text behind a quote": ('01/01/2018 00:30,"3"3,0,0,x', "csv-fields", 0, "", "well-formed CSV"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "code", "column", "name", "expected"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_by_line_and_column(row: str, code: str, column: int, name: str, expected: str) -> None:
    """The row before it is read, the row behind it is not, unless bad rows are skipped."""
    reader = rows_of(lines(GOOD, row, "01/01/2018 00:45,5,0,0,x"), UCI_STEEL)
    assert next(reader).line == 2
    with pytest.raises(CsvFault) as caught:
        next(reader)
    fault = caught.value
    assert (fault.code, fault.line, fault.column, fault.name, fault.expected) == (code, 3, column, name, expected)
    assert "line 3" in str(fault)
    assert next(reader, None) is None

    skipped: list[CsvFault] = []
    rows = list(rows_of(lines(GOOD, row, "01/01/2018 00:45,5,0,0,x"), UCI_STEEL, skipped.append))
    assert [row.line for row in rows] == [2, 4]
    assert [fault.code for fault in skipped] == [code]


def test_bytes_that_are_no_text_are_named() -> None:
    with pytest.raises(CsvFault) as caught:
        list(rows_of([HEADER, b"01/01/2018 00:15,\xff\xfe,0,0,x\r\n"], UCI_STEEL))
    assert (caught.value.code, caught.value.line, caught.value.column) == ("csv-encoding", 2, 2)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\n",
        b"date\n",
        b"date,Usage_kWh\n",
        HEADER.replace(b"other", b"date"),
        HEADER.decode().encode("utf-16"),
        b"\x00" * 40,
    ],
)
def test_a_header_that_does_not_fit(header: bytes) -> None:
    with pytest.raises(CsvFault) as caught:
        list(rows_of([header], UCI_STEEL))
    assert caught.value.line == 1


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "meter.csv"
    path.write_bytes(HEADER + b"1" * 1_000_000)
    with pytest.raises(CsvFault, match="a line of at most"):
        list(read_rows(path, UCI_STEEL))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(CsvFault) as caught:
            list(read_rows(path, UCI_STEEL))
        assert caught.value.code == "csv-file"


def test_frames_are_hours_and_end_at_a_missing_row() -> None:
    times = ("00:15", "00:30", "01:00", "01:15", "01:30")
    rows = read(*(f"01/01/2018 {time},1,0,0,x" for time in times))
    found = list(batches(rows, PREFIX, UCI_STEEL))
    assert [(stamp(batch.base_time)[11:], len(batch.records) // 3) for batch in found] == [
        ("00:00", 2),
        ("00:45", 1),
        ("01:00", 2),
    ]
    assert found[1].records[0].start == found[1].base_time


def test_a_bad_row_leaves_its_unfinished_hour_out() -> None:
    times = ("00:15", "00:30", "00:45", "01:00", "01:15")
    rows = rows_of(lines(*(f"01/01/2018 {time},1,0,0,x" for time in times), "bad"), UCI_STEEL)
    hours = batches(rows, PREFIX, UCI_STEEL)
    assert len(next(hours).records) // 3 == 4
    with pytest.raises(CsvFault):
        next(hours)


def test_hours_follow_the_offset_of_the_meter() -> None:
    layout = replace(UCI_STEEL, offset="+05:30")
    rows = read("01/01/2018 00:45,1,0,0,x", "01/01/2018 01:00,1,0,0,x", "01/01/2018 01:15,1,0,0,x", layout=layout)
    assert [len(batch.records) // 3 for batch in batches(rows, PREFIX, layout)] == [2, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": {}},
        {"columns": {"date": ("x", "kWh")}},
        {"interval": 0},
        {"interval": 7},
        {"offset": "Asia/Seoul"},
        {"offset": "+9"},
    ],
)
def test_layouts_that_make_no_sense(changes: dict[str, object]) -> None:
    with pytest.raises(CsvFault) as caught:
        replace(UCI_STEEL, **changes)  # type: ignore[arg-type]
    assert caught.value.code == "csv-layout"


@given(st.binary(max_size=120), st.text(max_size=40))
@settings(max_examples=200)
def test_garbage_is_a_csv_fault_or_rows(data: bytes, text: str) -> None:
    """INV-18."""
    for body in (
        [data],
        [HEADER, data],
        [HEADER, text.encode("utf-8", "surrogatepass")],
        data.splitlines(keepends=True),
    ):
        code = error_of(partial(lambda body: list(rows_of(body, UCI_STEEL)), body))
        assert code is None or code.startswith("csv-")
