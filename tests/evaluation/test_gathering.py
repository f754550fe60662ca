"""Frames that come terminal by terminal say the same as all of them at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from ledger.evaluation.closings import KIND as CLOSE
from ledger.evaluation.evaluate import evaluate_source
from ledger.evaluation.gathering import Evidence, Group
from ledger.evaluation.inputs import AdmittedFrame
from terminal_signer.document import CORRECTION, of_file
from terminal_signer.frame import Document, Item, KeyClass
from tests.evaluation.plant import (
    FEBRUARY,
    FURNACE,
    GAS,
    HOUR,
    HOURS,
    LAB,
    OFFICER,
    PERIOD,
    POWER,
    RULES,
    SEED,
    SITE,
    Log,
    hour,
    item,
    result,
    stand,
    whole,
)


def by_terminal(log: Log) -> Evidence:
    """As a store hands them out; each group can be read again and again."""
    named = frozenset(entry.frame.corrects for entry in log.frames if entry.frame.corrects is not None)
    groups: dict[str, list[AdmittedFrame]] = {}
    for entry in log.frames:
        groups.setdefault(entry.frame.sub, []).append(entry)

    def closes(entry: AdmittedFrame) -> bool:
        return isinstance(entry.content, Document) and entry.content.kind == CLOSE

    def linked(entry: AdmittedFrame) -> bool:
        return entry.frame.corrects is not None or entry.frame.digest in named

    return Evidence(
        [Group(partial(list, of), any(map(linked, of)), any(map(closes, of))) for of in groups.values()], named
    )


def correcting(*items: object, reason: str | None = "misread") -> Document:
    return Document(CORRECTION, "text/plain", b"\x01" * 32, None, items, reason)  # type: ignore[arg-type]


def an_office_corrects_two_meters(log: Log) -> None:
    first, second = log.frames[3], next(entry for entry in log.frames if entry.frame.sub == FURNACE)
    log.add(correcting(item(POWER, "4", "kWh", HOURS[3], HOURS[4])), OFFICER, KeyClass.OFFICER, corrects=first)
    at = PERIOD.start
    log.add(correcting(item(GAS, "0.5", "m3{n}", at - 1, at)), OFFICER, KeyClass.OFFICER, corrects=second)


def a_meter_corrects_another_s_frame(log: Log) -> None:
    log.add(hour(HOURS[7], "2"), FURNACE, corrects=log.frames[7])


def corrections_correct_corrections(log: Log) -> None:
    first = log.add(hour(HOURS[40], "9"), corrects=log.frames[40])
    log.add(correcting(item(POWER, "8", "kWh", HOURS[40], HOURS[41])), OFFICER, KeyClass.OFFICER, corrects=first)


def a_declaration_is_corrected(log: Log) -> None:
    first = log.declare(item("gas_heating_value", "36", "MJ/m3{n}"), sub=LAB, key_class=KeyClass.LABORATORY)
    log.add(
        Document("laboratory-result", "text/plain", b"\x01" * 32, None, (item("gas_heating_value", "37", "MJ/m3{n}"),)),
        LAB, KeyClass.LABORATORY, corrects=first,
    )  # fmt: skip


def a_correction_leads_nowhere(log: Log) -> None:
    lost = log.frames.pop()
    log.add(hour(HOURS[1], "7"), corrects=lost)
    log.add(correcting(item(POWER, "1", "kWh", HOURS[1], HOURS[2])), OFFICER, KeyClass.OFFICER)


def frames_are_faulty(log: Log) -> None:
    log.add(hour(HOURS[2], "7"), "88.118.20999/EQ-9")
    log.add(hour(HOURS[2], "7", point=GAS))
    log.add(stand(FEBRUARY, "7", POWER, "kWh"))
    log.add(hour(HOURS[9], "7"), seq=9)
    log.add(hour(HOURS[9], "7"), iss="88.118.20111")
    log.add(None, flags=["payload"])
    log.add(hour(HOURS[11] - 60, "7", seconds=HOUR))


def a_month_is_closed(log: Log) -> None:
    for at in (3, 22, 30):
        log.frames[at] = replace(log.frames[at], anchored_at=FEBRUARY + 11 * HOUR)
    log.add(
        of_file("month-close", "text/plain", b"2022-01"), OFFICER, KeyClass.OFFICER, anchored_at=FEBRUARY + 8 * HOUR
    )
    log.add(hour(HOURS[21], "2"), corrects=log.frames[21], anchored_at=FEBRUARY + 12 * HOUR)
    log.add(of_file("month-close", "text/plain", b"2022-02"), FURNACE, anchored_at=PERIOD.end + HOUR)


def laboratories_are_compared(log: Log) -> None:
    for original, value in ((b"A", "380"), (b"B", "390")):
        content = of_file("laboratory-result", "text/plain", original, items=(reported(value),), number="L-1")
        log.add(content, LAB, KeyClass.LABORATORY)


def reported(value: str) -> Item:
    return item("gas_heating_value", value, "GJ/(10*4.m3{n})")


def a_unit_changes(log: Log) -> None:
    log.frames[7] = replace(log.frames[7], content=hour(HOURS[7], "1500"))


@dataclass(frozen=True, slots=True)
class Case:
    change: Callable[[Log], None]
    corrections: int


CASES = {
    "nothing": Case(lambda log: None, 0),
    "two meters at once": Case(an_office_corrects_two_meters, 2),
    "by another meter": Case(a_meter_corrects_another_s_frame, 1),
    "twice": Case(corrections_correct_corrections, 2),
    "a declaration": Case(a_declaration_is_corrected, 1),
    "of nothing": Case(a_correction_leads_nowhere, 0),
    "faults": Case(frames_are_faulty, 0),
    "a closed month": Case(a_month_is_closed, 1),
    "laboratories": Case(laboratories_are_compared, 0),
    "a jump": Case(a_unit_changes, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_terminal_by_terminal_is_the_same(name: str) -> None:
    """INV-16: byte for byte, whichever way the frames come."""
    log = whole()
    CASES[name].change(log)
    at_once = result(log, kind=2)
    grouped = evaluate_source(SITE.encode(), RULES, by_terminal(log), PERIOD, seed=SEED, kind=2)
    assert grouped.canonical() == at_once.canonical()
    assert len(at_once.document["corrections"]) == CASES[name].corrections
    if name == "a closed month":
        assert [late["index"] for late in at_once.document["closings"][0]["late"]] == [3, 22, 97, 99]


def test_a_site_without_any_frame_has_gaps_alone() -> None:
    """INV-02."""
    document = evaluate_source(SITE.encode(), RULES, Evidence([], frozenset()), PERIOD, seed=SEED, kind=1).document
    assert document["gaps"]["list"] == [
        {"point": point, "start": PERIOD.start, "end": PERIOD.end} for point in sorted((POWER, GAS))
    ]
    assert document["emissions"]["total"] == "0"
