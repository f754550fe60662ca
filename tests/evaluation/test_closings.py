"""Months closed by signature: what comes later is declared and listed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.evaluation.closings import Closings, late
from ledger.evaluation.findings import Findings
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.screening import DECLARED, Screened
from terminal_signer.document import of_file
from terminal_signer.frame import KeyClass
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    FEBRUARY,
    HOUR,
    HOURS,
    LAB,
    METER,
    OFFICER,
    PERIOD,
    Log,
    hour,
    item,
    result,
    stand,
    whole,
)  # fmt: skip

CLOSED_AT = FEBRUARY + 10 * HOUR
DAY = 86_400


def close(
    log: Log, month: str = "2022-01", at: int = CLOSED_AT, sub: str = OFFICER, key_class: KeyClass = KeyClass.OFFICER,
    iss: str = "",
) -> AdmittedFrame:  # fmt: skip
    content = of_file("month-close", "text/plain", month.encode())
    return log.add(content, sub, key_class, anchored_at=at, iss=iss)


def closings(document: dict[str, Any]) -> list[tuple[str, str, list[int]]]:
    return [(entry["month"], entry["by"], [late["index"] for late in entry["late"]]) for entry in document["closings"]]


def codes(document: dict[str, Any]) -> list[str]:
    return [entry["code"] for entry in document["findings"]]


def late_hour(at: int, anchored_at: int, close_at: int = CLOSED_AT) -> dict[str, Any]:
    """An electricity meter's hours, one of them anchored later than the others."""
    log = Log().power([start for start in HOURS if start != HOURS[at]])
    close(log, at=close_at)
    log.add(hour(HOURS[at], "1.5"), anchored_at=anchored_at)
    return result(log, ELECTRICITY_ONLY).document


@pytest.mark.parametrize(
    ("at", "anchored_at", "declared"),
    [
        (23, CLOSED_AT + 1, "1.5"),  # January's last hour, after the close
        (23, CLOSED_AT, "0"),  # in the same block
        (24, CLOSED_AT + 1, "0"),  # February's first hour: that month is open
        (23, CLOSED_AT - 1, "0"),
    ],
)
def test_what_comes_after_the_close_counts_as_declared(at: int, anchored_at: int, declared: str) -> None:
    document = late_hour(at, anchored_at)
    entry = document["activity"]["purchased_electricity"]
    assert (entry["value"], entry["declared"]) == ("72", declared)
    assert closings(document) == [("2022-01", OFFICER, [48] if declared != "0" else [])]
    assert document["quality"]["coverage"] == (10_000 if declared == "0" else 10_000 * 47 // 48)


def test_what_stands_in_the_result() -> None:
    (entry,) = late_hour(23, CLOSED_AT + 1)["closings"]
    assert (entry["at"], entry["index"], len(entry["digest"])) == (CLOSED_AT, 47, 66)
    assert {name: entry["late"][0][name] for name in ("sub", "class", "index")} == {
        "sub": METER, "class": "meter", "index": 48,
    }  # fmt: skip


def test_the_first_of_two_closes_stands() -> None:
    log = Log().power(HOURS[:-1])
    close(log)
    close(log, at=CLOSED_AT + 20 * HOUR)
    log.add(hour(HOURS[47], "1.5"), anchored_at=PERIOD.end + HOUR)
    document = result(log, ELECTRICITY_ONLY).document
    assert closings(document) == [("2022-01", OFFICER, [])]
    assert codes(document) == ["closed-twice"]


@pytest.mark.parametrize(
    ("closing", "code"),
    [
        (lambda log: close(log, at=FEBRUARY - 1), "closed-early"),
        (lambda log: close(log, "2022-13"), "close-malformed"),
        (lambda log: close(log, "January"), "close-malformed"),
        (lambda log: close(log, "0000-01"), "close-malformed"),
        (lambda log: close(log, "9999-12"), "close-malformed"),
        (lambda log: close(log, sub=LAB, key_class=KeyClass.LABORATORY), "not-entitled"),
        (lambda log: close(log, sub=METER, key_class=KeyClass.METER), "not-entitled"),
        (lambda log: close(log, sub="88.118.20001/OF-1"), "not-entitled"),
    ],
)
def test_a_close_that_is_none_is_told(closing: Callable[[Log], object], code: str) -> None:
    """INV-18, INV-23."""
    log = Log().power(HOURS[:-1])
    closing(log)
    log.add(hour(HOURS[47], "1.5"), anchored_at=PERIOD.end + HOUR)
    document = result(log, ELECTRICITY_ONLY).document
    assert "closings" not in document
    assert code in codes(document)
    assert document["activity"]["purchased_electricity"]["declared"] == "0"


def test_a_month_outside_the_period_is_not_listed() -> None:
    log = Log().power()
    close(log, "2021-12")
    document = result(log, ELECTRICITY_ONLY).document
    assert ("closings" in document, codes(document)) == (False, [])


def test_a_correction_after_the_close_is_late() -> None:
    log = Log().power()
    close(log)
    log.add(hour(HOURS[3], "2.5"), corrects=log.frames[3], anchored_at=CLOSED_AT + HOUR)
    log.add(hour(HOURS[30], "2.5"), corrects=log.frames[30], anchored_at=CLOSED_AT + HOUR)
    document = result(log, ELECTRICITY_ONLY).document
    entry = document["activity"]["purchased_electricity"]
    assert (entry["value"], entry["declared"]) == ("74", "2.5")
    assert closings(document) == [("2022-01", OFFICER, [49])]


@pytest.mark.parametrize(
    ("at", "declared"), [(24, "0.0002"), (25, "0"), (23, "0.0002")], ids=["at the end", "after", "within"]
)
def test_a_registers_late_stand(at: int, declared: str) -> None:
    """The stand at the month's end closes its last interval."""
    log = whole()
    moment = PERIOD.start + at * HOUR
    position = next(at for at, entry in enumerate(log.frames) if entry.content == stand(moment, str(at - 48)))
    log.frames[position] = replace(log.frames[position], anchored_at=CLOSED_AT + HOUR)
    close(log)
    document = result(log).document
    gas = document["activity"]["natural_gas"]
    assert (gas["value"], gas["declared"]) == ("0.0048", declared)
    classes = [late["class"] for late in document["closings"][0]["late"]]
    assert classes == ([] if declared == "0" else ["meter"]) + ["officer"]  # the declaration of both months came later


def test_a_declaration_after_the_close_is_listed() -> None:
    log = Log().power().gas()
    close(log)
    log.declare(item("purchased_heat", "100", "GJ"), item("value_added", "20000", "{CNY}", FEBRUARY, PERIOD.end))
    document = result(log).document
    assert closings(document) == [("2022-01", OFFICER, [len(log.frames) - 1])]
    assert document["activity"]["purchased_heat"]["value"] == "100"


def test_calibration_names_the_meter_and_since_when() -> None:
    site = ELECTRICITY_ONLY.replace('calibration_due = "2022-12-31"', 'calibration_due = "2022-01-31"')
    document = result(Log().power(), site).document
    assert document["findings"] == [
        {"code": "calibration-expired", "place": METER, "count": 25, "figures": {"since": "2022-02-01"}}
    ]


MONTHS = {"2021-12": (FEBRUARY - 62 * DAY, FEBRUARY - 31 * DAY), "2022-01": (FEBRUARY - 31 * DAY, FEBRUARY)}
MONTHS["2022-02"] = (FEBRUARY, FEBRUARY + 28 * DAY)
moments = st.integers(FEBRUARY - 40 * DAY, FEBRUARY + 35 * DAY)


@given(
    st.lists(st.tuples(st.sampled_from([*MONTHS]), moments), max_size=5),
    st.lists(st.tuples(moments, st.sampled_from([HOUR, 3 * DAY]), moments), max_size=8),
)
def test_late_is_what_the_rules_say(closes: list[tuple[str, int]], rows: list[tuple[int, int, int]]) -> None:
    log, found = Log(), Findings()
    for month, at in closes:
        close(log, month, at)
    screened = [Screened(entry, DECLARED) for entry in log.frames]
    closings = Closings(screened, OFFICER.partition("/")[0], 8 * HOUR, found)
    standing: dict[str, int] = {}
    for month, at in closes:
        if at >= MONTHS[month][1]:
            standing.setdefault(month, at)
    assert {entry.month: entry.at for entry in closings.listed(0, 1 << 33)} == standing
    assert sum(found.counts.values()) == len(closes) - len(standing)
    for start, seconds, at in rows:
        entry = log.add(hour(start, "1", seconds=seconds), anchored_at=at)
        closed = closings.before(entry)
        wanted = any(MONTHS[month][0] <= start < MONTHS[month][1] and at > since for month, since in standing.items())
        assert late(closed, entry, start, start + seconds) == wanted
        entry = log.add(stand(start, "1"), anchored_at=at)
        wanted = any(MONTHS[month][0] <= start <= MONTHS[month][1] and at > since for month, since in standing.items())
        assert late(closings.before(entry), entry, None, start) == wanted
