"""Consumption from purchases and stocks, month by month, exactly."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import exact_number
from ledger.evaluation.inputs import Rules
from ledger.evaluation.site import SiteError
from ledger.rules import load_rule
from tests.evaluation.plant import ELECTRICITY_ONLY, FEBRUARY, OFFICER, PERIOD, Log, item, result
from tests.evaluation.test_source_list import site as source_site

ROLES = ("purchased", "opening_stock", "closing_stock", "sold", "other_use")
FUEL = "diesel"


def site(*roles: str) -> str:
    text = ELECTRICITY_ONLY + f'\n[[source]]\nid = "{FUEL}"\n'
    for role in roles:
        text += f'\n[[declaration]]\nitem = "{FUEL}.{role}"\nsub = "{OFFICER}"\nclass = "officer"\n'
    return text


def stated(**months: tuple[str | None, str | None]) -> dict[str, Any]:
    """Each role's two months, in t; None: nothing was stated."""
    log = Log().power()
    items = []
    for role, (first, second) in months.items():
        if first is not None:
            items.append(item(f"{FUEL}.{role}", first, "t", PERIOD.start, FEBRUARY))
        if second is not None:
            items.append(item(f"{FUEL}.{role}", second, "t", FEBRUARY, PERIOD.end))
    log.declare(*items)
    return result(log, site(*months)).document


def told(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {f"{entry['code']} {entry['place']}": entry.get("figures", {}) for entry in document["findings"]}


def test_a_month_consumes_what_was_bought_and_not_kept_or_sold() -> None:
    document = stated(
        purchased=("10", "20"), opening_stock=("5", "4"), closing_stock=("4", "6"), sold=("1", "0"),
        other_use=("0", "2.5"),
    )  # fmt: skip
    entry = document["activity"][FUEL]
    assert (entry["by_month"], entry["value"]) == ({"2022-01": "10", "2022-02": "15.5"}, "25.5")
    assert (entry["declared"], entry["metered"]) == ("25.5", "0")
    assert document["activity"][f"{FUEL}.purchased"]["value"] == "30"
    assert document["emissions"]["by_source"][FUEL]["total"] is not None
    assert told(document) == {}


CASES = {
    "stocks that do not join": (
        {"opening_stock": ("5", "3"), "closing_stock": ("4", "6")}, {"2022-01": "11", "2022-02": "17"},
        {f"stock-differs {FUEL} 2022-02": {"closing": "4", "opening": "3", "unit": "t"}}, True,
    ),
    "the stock between stated once, as closing": (
        {"opening_stock": ("5", None), "closing_stock": ("4", "6")}, {"2022-01": "11", "2022-02": "18"}, {}, True,
    ),
    "the stock between stated once, as opening": (
        {"opening_stock": ("5", "4"), "closing_stock": (None, "6")}, {"2022-01": "11", "2022-02": "18"}, {}, True,
    ),
    "the stock between not stated": (
        {"opening_stock": ("5", None), "closing_stock": (None, "6")}, {"2022-01": "15", "2022-02": "14"},
        {f"stock-incomplete {FUEL} 2022-02": {}}, True,
    ),
    "no first stock": (
        {"opening_stock": (None, "4"), "closing_stock": ("4", "6")}, {"2022-01": "6", "2022-02": "18"}, {}, False,
    ),
    "no last stock": (
        {"opening_stock": ("5", "4"), "closing_stock": ("4", None)}, {"2022-01": "11", "2022-02": "24"}, {}, False,
    ),
    "more left than there was": (
        {"opening_stock": ("0", "30"), "closing_stock": ("30", "0")}, {"2022-01": "-20", "2022-02": "50"},
        {f"negative-consumption {FUEL} 2022-01": {"amount": "-20", "unit": "t"}}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stocks", "months", "says", "known"), CASES.values(), ids=CASES.keys())
def test_stocks(
    stocks: dict[str, tuple[str | None, str | None]],
    months: dict[str, str],
    says: dict[str, dict[str, str]],
    known: bool,
) -> None:
    """INV-02: never a silent zero; what nobody knows leaves no coverage and no certificate."""
    document = stated(purchased=("10", "20"), **stocks)
    assert document["activity"][FUEL]["by_month"] == months
    assert told(document) == says
    assert ("not_certifiable" not in document) is known
    assert (document["quality"]["coverage"] > 0) is known


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(*[st.integers(0, 100)] * 2), min_size=5, max_size=5))
def test_the_year_is_the_sum_of_its_months(amounts: list[tuple[int, int]]) -> None:
    months = {role: (str(first), str(second)) for role, (first, second) in zip(ROLES, amounts, strict=True)}
    document = stated(**months)
    signs = (1, 1, -1, -1, -1)
    whole = sum(sign * sum(pair) for sign, pair in zip(signs, amounts, strict=True))
    assert document["activity"][FUEL]["value"] == str(whole)


def test_the_whole_and_its_parts_are_never_both_fed() -> None:
    """INV-11."""
    both = site("purchased") + f'\n[[declaration]]\nitem = "{FUEL}"\nsub = "{OFFICER}"\nclass = "officer"\n'
    with pytest.raises(SiteError, match="counted twice"):
        result(Log().power(), both)


def test_tar_of_own_making_is_only_sold_and_takes_its_carbon_along() -> None:
    """A signed item: net consumption below zero is what it is for, and no finding."""
    items = ["purchased_electricity", "coal_tar.sold"]
    text = source_site(["purchased_electricity", "coal_tar", "absent:crude_steel_carbon"], items)
    text = text.replace('"bead-works"', '"cn-steel-2015"').replace('"bead-factors"', '"cn-b-2015"')
    log = Log()
    log.declare(item("purchased_electricity", "0", "kWh"), item("coal_tar.sold", "300", "t"))
    rules = Rules(load_rule("cn-steel-2015"), load_rule("cn-b-2015"))
    document = result(log, text, rules=rules).document
    assert document["activity"]["coal_tar"]["value"] == "-300"
    carbon = 300 * Fraction("33.453") * Fraction("0.022") * Fraction("0.98")
    assert exact_number(document["emissions"]["total"]) == -carbon * 44 / 12
    assert not [finding for finding in told(document) if finding.startswith("negative")]
