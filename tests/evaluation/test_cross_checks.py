"""Second sources: held against, never added."""

import re
from typing import Any

import pytest

from ledger.evaluation.site import SiteError, parse_site
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    FEBRUARY,
    HOURS,
    METER,
    OFFICER,
    PERIOD,
    POWER,
    SITE,
    Log,
    hour,
    item,
    result,
    whole,
)

ITEM, BILL, SECOND = "purchased_electricity", "purchased_electricity.bill", f"{METER}/second"
DECLARED = f'\n[[declaration]]\nitem = "{BILL}"\nsub = "{OFFICER}"\nclass = "officer"\n'
POINT = f'kind = "amount"\n\n[[meter.point]]\nid = "{SECOND}"\nitem = "{ITEM}"\nunit = "kWh"\nkind = "amount"\n'


def check(by: str = BILL, tolerance: str = "2", item: str = ITEM, more: str = "") -> str:
    return f'\n[[cross_check]]\nitem = "{item}"\nby = "{by}"\ntolerance = "{tolerance}"\n{more}'


BILLED = ELECTRICITY_ONLY + DECLARED + check()
METERED = ELECTRICITY_ONLY.replace('kind = "amount"\n', POINT) + check(SECOND)


def lines(document: dict[str, Any]) -> list[tuple[str | None, str | None, str | None, bool | None]]:
    return [(line["month"], line["first"], line["second"], line["within"]) for line in document["cross_checks"]]


def billed(*amounts: tuple[str, int, int], unit: str = "kWh") -> dict[str, Any]:
    log = Log().power()
    if amounts:
        log.declare(*(item(BILL, value, unit, start, end) for value, start, end in amounts))
    return result(log, BILLED).document


def test_a_bill_is_never_added() -> None:
    """INV-11: metered stays metered, and the declared bill changes no figure."""
    document = billed(("36", PERIOD.start, FEBRUARY), ("36.72", FEBRUARY, PERIOD.end))
    entry = document["activity"]
    assert list(entry) == [ITEM]
    assert (entry[ITEM]["value"], entry[ITEM]["metered"], entry[ITEM]["declared"]) == ("72", "72", "0")
    assert lines(document) == [
        ("2022-01", "36", "36", True),
        ("2022-02", "36", "36.72", True),
        (None, "72", "72.72", True),
    ]
    assert document["findings"] == []
    assert document["quality"]["declared"] == 0
    (declared,) = [line for line in document["trace"] if line["line"] == "declared"][:1]
    assert declared["adds"] is False


@pytest.mark.parametrize(
    ("bill", "within"), [("35.3", True), ("35.2941", False), ("36.7346", True), ("36.7347", False), ("0", False)]
)
def test_tolerance_is_a_share_of_the_bill(bill: str, within: bool) -> None:
    document = billed((bill, PERIOD.start, FEBRUARY))
    assert [line[3] for line in lines(document)] == [within, within]
    codes = [(entry["code"], entry["place"]) for entry in document["findings"]]
    wanted = [("cross-check-differs", f"{ITEM} {BILL} {which}") for which in ("2022-01", "total")]
    assert codes == ([] if within else wanted)


def test_a_finding_shows_both_figures() -> None:
    document = billed(("0.04", PERIOD.start, FEBRUARY), unit="MWh")
    figures = {"first": "36", "second": "40", "unit": "kWh", "tolerance": "2"}
    assert document["findings"][0]["figures"] == figures
    assert document["cross_checks"][0]["difference"] == "-4"


def test_a_statement_of_the_year_is_held_against_the_year() -> None:
    document = billed(("73", PERIOD.start, PERIOD.end))
    assert lines(document) == [(None, "72", "73", True)]


def test_a_second_source_that_is_silent_is_told() -> None:
    document = billed()
    assert lines(document) == [(None, None, None, None)]
    assert [entry["code"] for entry in document["findings"]] == ["cross-check-missing"]


def test_a_bill_in_another_dimension_is_told() -> None:
    document = billed(("36", PERIOD.start, FEBRUARY), unit="t")
    assert [entry["code"] for entry in document["findings"]] == ["cross-check-missing", "unit-differs"]


@pytest.mark.parametrize(("value", "within"), [("1.5", True), ("1.6", False)])
def test_a_second_meter_is_never_added(value: str, within: bool) -> None:
    """INV-11."""
    log = Log().power()
    for start in HOURS[:24]:
        log.add(hour(start, value, SECOND))
    document = result(log, METERED).document
    assert document["activity"][ITEM]["value"] == "72"
    assert [line[0] for line in lines(document)] == ["2022-01", None]
    assert [line[3] for line in lines(document)] == [within, within]
    assert document["quality"]["coverage"] == 10_000
    traced = {line["point"]: line.get("adds", True) for line in document["trace"] if line["line"] == "metered"}
    assert traced == {POWER: True, SECOND: False}


BALANCE = "natural_gas.balance"


def balanced(**parts: tuple[str, str]) -> str:
    text = "".join(
        f'\n[[declaration]]\nitem = "{BALANCE}.{role}"\nsub = "{OFFICER}"\nclass = "officer"\n' for role in parts
    )
    return SITE + text + check(BALANCE, item="natural_gas")


def test_a_stock_balance_is_a_second_source() -> None:
    """The gas meter says 24 m³ a month; delivered 30 and 20, with 6 m³ left over at the month's end."""
    parts = {"purchased": ("30", "20"), "opening_stock": ("0", "6"), "closing_stock": ("6", "2")}
    log = whole()
    for role, (first, second) in parts.items():
        log.declare(
            item(f"{BALANCE}.{role}", first, "m3{n}", PERIOD.start, FEBRUARY),
            item(f"{BALANCE}.{role}", second, "m3{n}", FEBRUARY, PERIOD.end),
        )
    document = result(log, balanced(**parts)).document
    assert lines(document) == [
        ("2022-01", "0.0024", "0.0024", True), ("2022-02", "0.0024", "0.0024", True), (None, "0.0048", "0.0048", True),
    ]  # fmt: skip
    assert document["activity"]["natural_gas"]["value"] == "0.0048"
    assert [name for name in document["activity"] if "balance" in name] == []
    log.frames.pop()
    silent = result(log, balanced(**parts)).document
    assert lines(silent) == [(None, None, None, None)]  # nobody knows what was left over
    assert [entry["code"] for entry in silent["findings"]] == ["cross-check-missing"]


@pytest.mark.parametrize(
    ("roles", "message"), [(("opening_stock",), "purchased"), (("purchased", "closing_stock"), "opening_stock")]
)
def test_a_stock_balance_is_whole_or_refused(roles: tuple[str, ...], message: str) -> None:
    with pytest.raises(SiteError, match=message):
        parse_site(balanced(**dict.fromkeys(roles, ("1", "1"))).encode())


REFUSED = {
    "an unknown second source": (BILLED.replace(DECLARED, ""), "no declaration or point"),
    "a second meter of another item": (
        METERED.replace(check(SECOND), check(SECOND, item="purchased_heat")), "does not measure",
    ),
    "an item that nothing else feeds": (
        ELECTRICITY_ONLY + check(POWER), "nothing else feeds",
    ),
    "one source twice": (BILLED + check(), "checks twice"),
    "an item without data": (BILLED.replace(check(), check(item="natural_gas")), "nothing else feeds"),
    "a tolerance over 100": (BILLED.replace(check(), check(tolerance="101")), "percentage from 0 to 100"),
    "a negative tolerance": (BILLED.replace(check(), check(tolerance="-1")), "percentage from 0 to 100"),
    "no tolerance": (BILLED.replace('tolerance = "2"\n', ""), "'tolerance' is missing"),
    "a typing error": (BILLED.replace("tolerance", "tolerence"), "'tolerance' is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_second_sources_that_are_none_are_refused(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        parse_site(text.encode(), "plant.toml")
    assert re.fullmatch(r"plant\.toml, line \d+, field cross_check\[\d\]\.(by|tolerance)", caught.value.where)
    assert caught.value.mend


def test_a_second_source_is_no_item_of_the_method() -> None:
    """INV-11: else it would be counted as well."""
    heat = BILLED.replace(BILL, "purchased_heat")
    with pytest.raises(SiteError, match="counted as well"):
        result(Log().power(), heat)
