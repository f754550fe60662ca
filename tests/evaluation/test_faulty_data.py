"""Faulty, late, disputed and missing data: what each does to a result. Nothing of it is ever a silent zero."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from ledger.evaluation.result import Result
from terminal_signer.frame import KeyClass, Pack, Record
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    FURNACE,
    HOUR,
    HOURS,
    LAB,
    METER,
    OFFICER,
    PERIOD,
    POWER,
    RULES,
    SITE,
    Key,
    Log,
    electricity,
    hour,
    item,
    result,
    stand,
    whole,
)

DAY = 86_400
ALL = "72"  # kWh: 48 hours of 1.5


def power(found: Result) -> dict[str, str]:
    entry: dict[str, str] = found.document["activity"]["purchased_electricity"]
    return entry


def findings(found: Result) -> dict[str, int]:
    return {entry["code"]: entry["count"] for entry in found.document["findings"]}


def test_a_missing_hour_is_a_gap_and_never_a_zero() -> None:
    """INV-02: the hour is listed from–to, lowers coverage, and is in no total."""
    document = electricity(hours=[start for start in HOURS if start != HOURS[5]]).document
    assert document["gaps"]["list"] == [{"point": POWER, "start": HOURS[5], "end": HOURS[6]}]
    assert document["activity"]["purchased_electricity"]["value"] == "70.5"
    assert document["quality"]["coverage"] == 10_000 * 47 // 48
    assert document["gaps"]["statement"]["en"].startswith("Missing intervals are not filled")


def test_a_month_without_data_is_null_and_not_zero() -> None:
    """INV-02."""
    document = electricity(hours=HOURS[:24]).document
    assert document["activity"]["purchased_electricity"]["by_month"] == {"2022-01": "36", "2022-02": None}
    assert document["emissions"]["by_month"]["2022-02"] is None
    assert document["quality"]["coverage"] == 5_000


def test_gaps_are_filled_only_where_the_method_says_so() -> None:
    """INV-17: at the point's highest rate, as estimated."""
    method = RULES.method.replace(b'rule = "report"', b'rule = "highest-rate"')
    log = Log().power(HOURS[:46]).power(HOURS[46:47], "3")
    document = result(log, ELECTRICITY_ONLY, rules=replace(RULES, method=method)).document
    assert document["activity"]["purchased_electricity"]["estimated"] == "3"
    assert document["activity"]["purchased_electricity"]["value"] == "75"
    assert document["quality"] == {"coverage": 9600, "metered": 9600, "defaulted": 0, "declared": 0, "estimated": 400}
    assert document["gaps"]["list"] == [{"point": POWER, "start": HOURS[47], "end": PERIOD.end}]


@dataclass(frozen=True, slots=True)
class Case:
    """Something done to a sound log: what counts then, how much of it metered, and the finding or flag that says so."""

    change: Callable[[Log], object]
    value: str
    metered: str
    says: str


def again(log: Log, position: int = 0) -> None:
    log.frames.append(log.frames[position])


def refork(log: Log, seq: int) -> None:
    log.add(hour(HOURS[seq], "1.5"), seq=seq)


def flagged(position: int, **changes: object) -> Callable[[Log], None]:
    def change(log: Log) -> None:
        log.frames[position] = replace(log.frames[position], **changes)  # type: ignore[arg-type]

    return change


def replaced(position: int, content: Pack) -> Callable[[Log], None]:
    return flagged(position, content=content)


REVOKED = Key(METER, KeyClass.METER, until=PERIOD.end)
DUE = Key(METER, KeyClass.METER, calibration_due=PERIOD.start + DAY)
AS_OFFICER = Key(METER, KeyClass.OFFICER)

CASES = {
    "INV-03 the same frame again": Case(again, ALL, ALL, ""),
    "INV-04 a fork disputes its own seq and all after it": Case(lambda log: refork(log, 46), ALL, "69", "flag fork"),
    "INV-04 a fork flagged at admission": Case(flagged(46, flags=frozenset(("fork",))), ALL, "69", "flag fork"),
    "INV-05 anchored too late after its readings": Case(
        flagged(0, anchored_at=HOURS[0] + HOUR + DAY + 1), ALL, "70.5", "flag late"
    ),
    "in time by the chain, whatever ingest thought": Case(flagged(0, flags=frozenset(("late",))), ALL, ALL, ""),
    "INV-05 a backdated frame": Case(flagged(0, flags=frozenset(("iat",))), ALL, "70.5", "flag iat"),
    "INV-06 anchored after the key was revoked": Case(
        flagged(0, enrolment=REVOKED, anchored_at=PERIOD.end), "70.5", "70.5", "flag revoked"
    ),
    "INV-06 anchored before the key was revoked": Case(
        flagged(0, enrolment=REVOKED, anchored_at=HOURS[1] + 1), ALL, ALL, ""
    ),
    "calibration ran out by the registry": Case(
        flagged(40, enrolment=DUE), ALL, "70.5", "flag calibration"
    ),
    "INV-18 a payload that cannot be read": Case(
        flagged(3, content=None, flags=frozenset(("payload",))), "70.5", "70.5", "flag payload"
    ),
    "INV-22 a frame of another log": Case(
        flagged(3, flags=frozenset(("foreign-log",))), "70.5", "70.5", "flag foreign-log"
    ),
    "a missing seq does not spoil the others": Case(flagged(3, flags=frozenset(("gap",))), ALL, ALL, "flag gap"),
    "INV-23 an officer's key under the meter's name": Case(flagged(3, enrolment=AS_OFFICER), ALL, "70.5", ""),
    "INV-23 an officer signs readings of the meter's point": Case(
        lambda log: log.add(hour(HOURS[3], "0.1"), OFFICER, KeyClass.OFFICER), ALL, ALL, "unmapped-terminal"
    ),
    "another terminal's point": Case(lambda log: log.add(hour(HOURS[3], "9"), FURNACE), ALL, ALL, "unmapped-terminal"),
    "a point that the site file does not know": Case(
        replaced(3, hour(HOURS[3], "9", f"{METER}/other")), "70.5", "70.5", "foreign-point"
    ),
    "another enterprise": Case(
        lambda log: log.add(hour(HOURS[3], "9"), iss="88.118.20001"), ALL, ALL, "foreign-enterprise"
    ),
    "another unit": Case(replaced(3, hour(HOURS[3], "9", unit="Wh")), "70.5", "70.5", "unit-differs"),
    "an amount below zero": Case(replaced(3, hour(HOURS[3], "-9")), "70.5", "70.5", "negative-amount"),
    "a register where an amount belongs": Case(
        replaced(3, stand(HOURS[4], "9", POWER, "kWh")), "70.5", "70.5", "kind-differs"
    ),
    "the same interval with the same value": Case(lambda log: log.add(hour(HOURS[3], "1.5")), ALL, ALL, "stated-twice"),
    "the same interval with another value: the greater": Case(
        lambda log: log.add(hour(HOURS[3], "2.5")), "73", "70.5", "conflicting-values"
    ),
    "an overlapping interval: the first logged stands": Case(
        lambda log: log.add(hour(HOURS[3], "99", seconds=2 * HOUR)), ALL, ALL, "overlap"
    ),
    "before the period": Case(lambda log: log.add(hour(HOURS[0] - HOUR, "9")), ALL, ALL, ""),
    "after the period": Case(lambda log: log.add(hour(PERIOD.end, "9")), ALL, ALL, ""),
    "a heartbeat": Case(lambda log: log.add(Pack(PERIOD.end, ())), ALL, ALL, ""),
    "a verifier's readings": Case(
        lambda log: log.add(hour(HOURS[3], "9"), key=Key(METER, KeyClass.VERIFIER)), ALL, ALL, ""
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_counts_and_what_is_metered(case: Case) -> None:
    found = electricity(case.change)
    document = found.document
    assert (power(found)["value"], power(found)["metered"]) == (case.value, case.metered)
    if case.says.startswith("flag "):
        assert document["frames"]["flags"][case.says[5:]] >= 1
    else:
        assert list(findings(found)) == ([case.says] if case.says else [])
    covered = Decimal(power(found)["metered"]) + (Decimal(0) if case.value == "73" else 0)
    whole_amount = max(Decimal(power(found)["value"]), Decimal(ALL))
    assert document["quality"]["coverage"] == int(covered * 10_000 / whole_amount)
    missing = Decimal(ALL) - Decimal(power(found)["value"])
    assert (
        sum(gap["end"] - gap["start"] for gap in document["gaps"]["list"])
        == max(0, int(missing / Decimal("1.5"))) * HOUR
    )


def test_a_key_chain_shows_what_is_missing_and_where_it_forked() -> None:
    """INV-02, INV-04."""
    log = Log().power()
    refork(log, 20)
    log.frames.pop(7)
    keys = result(log, ELECTRICITY_ONLY).document["frames"]["keys"]
    assert [(key["sub"], key["first"], key["last"], key["missing"], key["forked_at"]) for key in keys] == [
        (METER, 0, 47, 1, 20)
    ]


def correct(log: Log, position: int, content: Pack, sub: str = METER, key_class: KeyClass = KeyClass.METER) -> None:
    log.add(content, sub, key_class, corrects=log.frames[position])


def test_a_correction_by_the_same_meter_stays_metered() -> None:
    found = electricity(lambda log: correct(log, 3, hour(HOURS[3], "2.5")))
    assert (power(found)["value"], power(found)["declared"]) == ("73", "0")
    assert found.document["frames"]["corrections"] == 1


def test_a_correction_by_an_officer_counts_as_declared() -> None:
    """INV-23: an office cannot type a metered value."""
    found = electricity(lambda log: correct(log, 3, hour(HOURS[3], "0.5"), OFFICER, KeyClass.OFFICER))
    assert (power(found)["value"], power(found)["metered"], power(found)["declared"]) == ("71", "70.5", "0.5")


def test_the_latest_correction_by_leaf_index_wins() -> None:
    def change(log: Log) -> None:
        correct(log, 3, hour(HOURS[3], "2.5"))
        correct(log, len(log.frames) - 1, hour(HOURS[3], "3.5"), OFFICER, KeyClass.OFFICER)
        log.frames[-2], log.frames[-1] = log.frames[-1], log.frames[-2]

    found = electricity(change)
    assert (power(found)["value"], power(found)["declared"]) == ("74", "3.5")


@pytest.mark.parametrize(
    ("content", "position", "says"),
    [
        (hour(HOURS[4], "9"), 3, "correction-differs"),
        (hour(HOURS[3], "9", unit="Wh"), 3, "correction-differs"),
        (hour(HOURS[3], "9", f"{METER}/other"), 3, "correction-differs"),
        (hour(HOURS[3], "9", seconds=60), 3, "correction-differs"),
    ],
)
def test_a_correction_states_the_same_points_and_times(content: Pack, position: int, says: str) -> None:
    found = electricity(lambda log: correct(log, position, content))
    assert power(found)["value"] == ALL
    assert list(findings(found)) == [says]


def test_a_correction_of_nothing_is_a_finding() -> None:
    def change(log: Log) -> None:
        ghost = Log().power(HOURS[:1]).frames[0]
        log.add(hour(HOURS[3], "9"), corrects=replace(ghost, frame=ghost.frame._replace(digest=bytes(32))))

    assert findings(electricity(change)) == {"correction-of-nothing": 1}


def gas(*stands: tuple[int, str]) -> Result:
    log = whole()
    log.frames = [entry for entry in log.frames if entry.frame.sub != FURNACE]
    for time, value in stands:
        log.add(stand(time, value), FURNACE)
    return result(log)


START, END = PERIOD.start, PERIOD.end


@pytest.mark.parametrize(
    ("stands", "cubic_metres", "says", "gaps"),
    [
        (((START, "10"), (END, "60")), "0.005", "", 0),
        (((START, "99990"), (END, "40")), "0.005", "register-rollover", 0),
        (((START, "60"), (END, "10")), "0", "no-data register-fell", 1),
        (((START, "60"), (START + HOUR, "10"), (END, "60")), "0.005", "register-fell", 1),
        (((START - HOUR, "10"), (START, "20"), (END, "70"), (END + HOUR, "99")), "0.005", "", 0),
        (((START + HOUR, "20"), (END, "70")), "0.005", "", 1),
        (((START, "20"), (END - HOUR, "70")), "0.005", "", 1),
        (((START, "10"), (START, "10"), (END, "60")), "0.005", "", 0),
        (((START, "10"), (START, "20"), (END, "60")), "0.005", "conflicting-values", 0),
    ],
)
def test_registers_are_differenced(
    stands: tuple[tuple[int, str], ...], cubic_metres: str, says: str, gaps: int
) -> None:
    found = gas(*stands)
    assert found.document["activity"]["natural_gas"]["value"] == cubic_metres
    assert list(findings(found)) == says.split()
    assert len(found.document["gaps"]["list"]) == gaps


def test_a_register_can_be_corrected() -> None:
    log = whole()
    wrong = log.add(stand(PERIOD.end + HOUR, "90"), FURNACE)
    last = next(entry for entry in log.frames if entry.content == stand(PERIOD.end, "48"))
    log.add(stand(PERIOD.end, "58"), FURNACE, corrects=last)
    assert wrong in log.frames
    assert result(log).document["activity"]["natural_gas"]["value"] == "0.0058"


def test_a_changed_meter_leaves_no_gap() -> None:
    """Two points feed one item, one after the other: in service until and since a day."""
    second = ELECTRICITY_ONLY.replace(
        'kind = "amount"\n',
        'kind = "amount"\nuntil = "2022-01-31"\n\n[[meter.point]]\n'
        f'id = "{POWER}-2"\nitem = "purchased_electricity"\nunit = "kWh"\nkind = "amount"\nsince = "2022-02-01"\n',
    )
    log = Log().power(HOURS[:24])
    for start in HOURS[24:]:
        log.add(hour(start, "1.5", f"{POWER}-2"))
    found = result(log, second)
    assert power(found)["value"] == ALL
    assert found.document["gaps"]["list"] == []
    assert found.document["quality"]["coverage"] == 10_000


def test_calibration_ends_with_the_day_of_the_site_file() -> None:
    site = ELECTRICITY_ONLY.replace('calibration_due = "2022-12-31"', 'calibration_due = "2022-01-31"')
    found = result(Log().power(), site)
    assert (power(found)["metered"], power(found)["declared"]) == ("34.5", "37.5")
    assert found.document["frames"]["flags"] == {"calibration": 25}


def test_a_site_file_may_tighten_the_delay() -> None:
    tight = ELECTRICITY_ONLY.replace("[enterprise]", "max_delay = 3599\n\n[enterprise]", 1)
    assert power(result(Log().power(), tight))["metered"] == "0"


DECLARED = {
    "not entitled: a meter's key": (
        lambda log: log.declare(item("purchased_heat", "9", "GJ"), sub=METER), "not-entitled"
    ),
    "not entitled: the wrong class": (
        lambda log: log.declare(item("purchased_heat", "9", "GJ"), key_class=KeyClass.LABORATORY), "not-entitled"
    ),
    "not entitled: another item": (lambda log: log.declare(item("purchased_electricity", "9", "kWh")), "not-entitled"),
    "stated again": (lambda log: log.declare(item("purchased_heat", "9", "GJ")), "stated-twice"),
    "overlapping": (lambda log: log.declare(item("purchased_heat", "9", "GJ", START, START + HOUR)), "stated-twice"),
    "outside the period": (lambda log: log.declare(item("purchased_heat", "9", "GJ", START - HOUR, END)), ""),
    "a laboratory's value below zero": (
        lambda log: log.declare(
            item("gas_heating_value", "-1", "GJ/(10*4.m3{n})"), sub=LAB, key_class=KeyClass.LABORATORY
        ), "negative-amount"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "says"), DECLARED.values(), ids=DECLARED.keys())
def test_declarations_that_do_not_count(change: Callable[[Log], object], says: str) -> None:
    """INV-23 and its kin: a declaration is what the site file entitles, once."""
    log = whole()
    change(log)
    found = result(log)
    assert found.document["activity"]["purchased_heat"]["value"] == "100"
    assert list(findings(found)) == ([says] if says else [])


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [("-100", "GJ", "negative-amount"), ("100", "t", "unit-differs"), ("100", "widget", "unit-differs")],
)
def test_a_declared_amount_that_cannot_be_is_no_amount(value: str, unit: str, says: str) -> None:
    log = whole()
    log.frames.pop()
    log.declare(item("purchased_heat", value, unit))
    found = result(log)
    assert found.document["activity"]["purchased_heat"]["by_month"]["2022-01"] is None
    assert set(findings(found)) == {says, "no-data"}
    assert found.document["quality"]["coverage"] == 0


def test_a_corrected_declaration_replaces_the_earlier_one() -> None:
    log = whole()
    first = log.frames[-1]
    content = log.declare(item("purchased_heat", "80", "GJ")).content
    log.frames.pop()
    log.add(content, OFFICER, KeyClass.OFFICER, corrects=first)
    found = result(log)
    assert found.document["activity"]["purchased_heat"]["value"] == "80"
    assert found.document["activity"]["value_added"]["value"] == "20000"


def test_a_declared_amount_is_never_metered() -> None:
    """INV-23."""
    heat = result(whole()).document["activity"]["purchased_heat"]
    assert (heat["metered"], heat["declared"]) == ("0", "100")


def test_records_of_many_points_in_any_order() -> None:
    """One pack may carry several points; a foreign one among them does not spoil the others."""
    records = (
        Record(f"{METER}/other", HOURS[3], HOURS[4], "kWh", Decimal(5), None),
        Record(POWER, HOURS[3], HOURS[4], "kWh", Decimal("1.5"), None),
    )
    found = electricity(replaced(3, Pack(HOURS[3], records)))
    assert power(found)["value"] == ALL
    assert findings(found) == {"foreign-point": 1}


def test_no_frames_at_all_is_a_result_that_says_so() -> None:
    document = result(Log(), SITE).document
    assert document["emissions"]["incomplete"] == ["purchased_electricity", "natural_gas", "purchased_heat"]
    assert all(
        entry["value"] == "0" and set(entry["by_month"].values()) == {None} for entry in document["activity"].values()
    )
    assert document["quality"] == dict.fromkeys(("coverage", "metered", "defaulted", "declared", "estimated"), 0)
    assert {finding["code"] for finding in document["findings"]} == {"no-data"}
