"""What a result says of corrections: both values, reason and person, and which of several counts (INV-01, INV-23)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from ledger.evaluation.result import Result
from terminal_signer import document
from terminal_signer.frame import Document, Item, KeyClass, Pack
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    GAS,
    HOUR,
    HOURS,
    LAB,
    METER,
    OFFICER,
    PERIOD,
    POWER,
    Log,
    hour,
    item,
    result,
    stand,
    whole,
)

WHY = "the transformer was exchanged 变更互感器"
SECOND = (
    ELECTRICITY_ONLY
    + f"""
[[declaration]]
item = "purchased_heat"
sub = "{OFFICER}"
class = "officer"

[[source]]
id = "purchased_heat"
"""
)


def typed(*items: Item, reason: str | None = WHY) -> Document:
    return document.of_items("correction", items, reason=reason)


def amount(value: str, at: int = 3, unit: str = "kWh", name: str = POWER) -> Item:
    return Item(name, Decimal(value), unit, HOURS[at], HOURS[at] + HOUR)


def findings(found: Result) -> dict[str, int]:
    return {entry["code"]: entry["count"] for entry in found.document["findings"]}


def listed(found: Result) -> list[dict[str, Any]]:
    corrections: list[dict[str, Any]] = found.document["corrections"]
    assert found.document["frames"]["corrections"] == len(corrections)
    return corrections


@dataclass(frozen=True, slots=True)
class Step:
    """One frame that corrects the frame at `of` (from the end where negative, before it is added)."""

    content: Document | Pack
    of: int = 3
    sub: str = OFFICER
    key_class: KeyClass = KeyClass.OFFICER


@dataclass(frozen=True, slots=True)
class Scenario:
    """`total`: kWh of the period, 72 without corrections; `declared` of it; `values`: of each correction (first, value,
    superseded); `says`: findings."""

    name: str
    steps: tuple[Step, ...]
    total: str
    declared: str
    values: tuple[tuple[str, str, bool], ...] = ()
    says: tuple[str, ...] = ()


def by_meter(value: str, of: int = 3) -> Step:
    return Step(hour(HOURS[3], value), of, METER, KeyClass.METER)


UNREASONED = ("correction-without-reason",)
SCENARIOS = (
    Scenario("by an officer's document", (Step(typed(amount("0.5"))),), "71", "0.5", (("1.5", "0.5", False),)),
    Scenario(
        "a document by the meter's own key is typed all the same",
        (Step(typed(amount("0.5")), sub=METER, key_class=KeyClass.METER),), "71", "0.5", (("1.5", "0.5", False),),
    ),
    Scenario("by the meter itself", (by_meter("2.5"),), "73", "0", (("1.5", "2.5", False),), UNREASONED),
    Scenario(
        "without a reason",
        (Step(typed(amount("0.5"), reason=None)),), "71", "0.5", (("1.5", "0.5", False),), UNREASONED,
    ),
    Scenario(
        "a correction of a correction",
        (by_meter("2.5"), Step(typed(amount("3.5")), of=-1)), "74", "3.5",
        (("1.5", "2.5", True), ("1.5", "3.5", False)), UNREASONED,
    ),
    Scenario(
        "two of the same frame: the later one",
        (Step(typed(amount("0.5"))), by_meter("2.5")), "73", "0", (("1.5", "0.5", True), ("1.5", "2.5", False)),
        UNREASONED,
    ),
    Scenario("another interval", (Step(typed(amount("9", at=4))),), "72", "0", (), ("correction-differs",)),
    Scenario("another unit", (Step(typed(amount("9", unit="Wh"))),), "72", "0", (), ("correction-differs",)),
    Scenario("another point", (Step(typed(amount("9", name=f"{METER}/x"))),), "72", "0", (), ("correction-differs",)),
    Scenario(
        "below zero leaves a gap, and is listed",
        (Step(typed(amount("-1"))),), "70.5", "0", (("1.5", "-1", False),), ("negative-amount",),
    ),
    Scenario(
        "a laboratory elsewhere", (Step(typed(amount("9")), sub=LAB, key_class=KeyClass.LABORATORY),), "72", "0", (),
        ("foreign-enterprise",),
    ),
    Scenario(
        "a verifier states no values", (Step(typed(amount("9")), key_class=KeyClass.VERIFIER),), "72", "0",
    ),
)  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_both_values_stay_visible_and_the_later_one_counts(scenario: Scenario) -> None:
    """INV-01: the frame that was corrected stays; INV-23: what an office typed never counts as metered."""
    log = Log().power()
    for step in scenario.steps:
        log.add(step.content, step.sub, step.key_class, corrects=log.frames[step.of])
    found = result(log, ELECTRICITY_ONLY)
    power = found.document["activity"]["purchased_electricity"]
    assert (power["value"], power["declared"]) == (scenario.total, scenario.declared)
    values = [
        (value["first"], value["value"], value["superseded"]) for entry in listed(found) for value in entry["values"]
    ]
    assert values == list(scenario.values)
    assert tuple(findings(found)) == scenario.says
    backwards = Log([replace(entry) for entry in reversed(log.frames)])
    assert result(backwards, ELECTRICITY_ONLY).canonical() == found.canonical()


def test_who_why_and_where_stand_in_the_result() -> None:
    """INV-01: an auditor finds both frames in the log, and the person who answers for the new value."""
    log = Log().power()
    first = log.frames[3]
    later = log.add(typed(amount("0.5")), OFFICER, KeyClass.OFFICER, corrects=first)
    (entry,) = listed(result(log, ELECTRICITY_ONLY))
    assert entry == {
        "by": {"sub": OFFICER, "class": "officer", "digest": "0x" + later.frame.digest.hex(), "index": later.index},
        "corrects": {"sub": METER, "class": "meter", "digest": "0x" + first.frame.digest.hex(), "index": 3},
        "reason": WHY,
        "values": [
            {
                "name": POWER, "start": HOURS[3], "end": HOURS[4], "unit": "kWh", "first": "1.5", "value": "0.5",
                "declared": True, "superseded": False,
            }
        ],
    }  # fmt: skip


def test_a_document_names_a_stand_by_the_second_that_ends_at_it() -> None:
    log = whole()
    last = next(entry for entry in log.frames if entry.content == stand(PERIOD.end, "48"))
    moved = Item(GAS, Decimal(58), "m3{n}", PERIOD.end - 1, PERIOD.end)
    log.add(typed(moved), OFFICER, KeyClass.OFFICER, corrects=last)
    found = result(log)
    gas = found.document["activity"]["natural_gas"]
    assert (gas["value"], gas["declared"]) == ("0.0058", "0.0011")
    (value,) = listed(found)[0]["values"]
    assert (value["start"], value["end"], value["first"], value["value"]) == (None, PERIOD.end, "48", "58")


@pytest.mark.parametrize(
    ("moved", "says"),
    [
        (Item(GAS, Decimal(58), "m3{n}", PERIOD.end - HOUR, PERIOD.end), "correction-differs"),
        (Item(GAS, Decimal(-1), "m3{n}", PERIOD.end - 1, PERIOD.end), "negative-register"),
    ],
)
def test_a_stand_is_named_by_that_rule_alone_and_is_never_negative(moved: Item, says: str) -> None:
    """INV-18: negative registers."""
    log = whole()
    last = next(entry for entry in log.frames if entry.content == stand(PERIOD.end, "48"))
    log.add(typed(moved), OFFICER, KeyClass.OFFICER, corrects=last)
    found = result(log)
    assert (found.document["activity"]["natural_gas"]["value"], list(findings(found))) == ("0.0048", [says])


def declared(change: Callable[[Log], object]) -> Result:
    log = Log().power()
    log.declare(item("purchased_heat", "100", "GJ"))
    change(log)
    return result(log, SECOND)


@pytest.mark.parametrize(
    ("content", "heat", "values", "says"),
    [
        (typed(item("purchased_heat", "80", "GJ")), "80", [("100", "80")], []),
        (
            Document("declaration", "text/plain", b"\x01" * 32, None, (item("purchased_heat", "80", "GJ"),), WHY),
            "80", [("100", "80")], [],
        ),
        (typed(item("purchased_heat", "80", "GJ"), reason=None), "80", [("100", "80")], ["correction-without-reason"]),
        (typed(item("value_added", "80", "{CNY}")), "100", [], ["not-entitled"]),
        (typed(item("purchased_heat", "80", "GJ", end=PERIOD.end - 1)), "100", [], ["correction-differs"]),
    ],
)  # fmt: skip
def test_a_declaration_is_corrected_likewise(
    content: Document, heat: str, values: list[tuple[str, str]], says: list[str]
) -> None:
    found = declared(lambda log: log.add(content, OFFICER, KeyClass.OFFICER, corrects=log.frames[-1]))
    assert found.document["activity"]["purchased_heat"]["value"] == heat
    assert [(value["first"], value["value"]) for entry in listed(found) for value in entry["values"]] == values
    assert list(findings(found)) == says


def test_a_correction_moves_only_what_it_leads_back_to() -> None:
    """INV-23: a document that was refused as a repetition is no handle on the value that stands."""

    def change(log: Log) -> None:
        log.declare(item("purchased_heat", "5", "GJ"))
        log.add(typed(item("purchased_heat", "1", "GJ")), OFFICER, KeyClass.OFFICER, corrects=log.frames[-1])

    found = declared(change)
    assert found.document["activity"]["purchased_heat"]["value"] == "100"
    assert findings(found) == {"stated-twice": 2}


def ghost(log: Log) -> None:
    absent = replace(log.frames[0], frame=log.frames[0].frame._replace(digest=bytes(32)))
    log.add(typed(amount("9")), OFFICER, KeyClass.OFFICER, corrects=absent)


def heat_by_a_pack(log: Log) -> None:
    log.add(hour(HOURS[3], "9"), corrects=log.frames[-1])


def opinion(log: Log) -> None:
    log.add(Document("opinion", "text/plain", bytes(32)), OFFICER, KeyClass.OFFICER)
    log.add(typed(item("purchased_heat", "1", "GJ")), OFFICER, KeyClass.OFFICER, corrects=log.frames[-1])


def nothing(log: Log) -> None:
    log.add(typed(amount("9")), OFFICER, KeyClass.OFFICER)


@pytest.mark.parametrize("change", [ghost, heat_by_a_pack, opinion, nothing])
def test_what_corrects_nothing_is_a_finding_once(change: Callable[[Log], object]) -> None:
    found = declared(change)
    assert (findings(found), listed(found)) == ({"correction-of-nothing": 1}, [])


def test_a_late_value_does_not_become_metered_by_being_sent_again() -> None:
    """INV-23, INV-05: the meter's own correction is no better than what it corrects."""
    log = Log().power(HOURS[1:])
    late = log.add(hour(HOURS[0], "1.5"), anchored_at=HOURS[0] + 40 * 86_400)
    log.add(hour(HOURS[0], "2.5"), corrects=late)
    power = result(log, ELECTRICITY_ONLY).document["activity"]["purchased_electricity"]
    assert (power["value"], power["declared"]) == ("73", "2.5")


def test_a_thousand_corrections_of_corrections() -> None:
    """INV-18: a long chain costs what a list costs."""
    log = Log().power()
    last = log.frames[3]
    for number in range(1000):
        last = log.add(typed(amount(str(number))), OFFICER, KeyClass.OFFICER, corrects=last)
    found = result(log, ELECTRICITY_ONLY)
    values = [entry["values"][0] for entry in listed(found)]
    assert [value["superseded"] for value in values] == [True] * 999 + [False]
    assert {value["first"] for value in values} == {"1.5"}
