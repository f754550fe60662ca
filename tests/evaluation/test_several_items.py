"""Emissions made of several items: parted by what each contributes alone, where that adds up; never by a guess."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ledger.canonical import exact_number
from tests.evaluation.ironworks import METHOD, RULES, formula, method_item, method_source, site, stated
from tests.evaluation.plant import HOUR, HOURS, METER, hour, result
from tests.evaluation.works import point, table, unit

ORE, DUST = f"{METER}/ore", f"{METER}/dust"
ITEMS = method_item("ore") + method_item("dust")
BOUND = {"A": "item:ore", "B": "item:dust", "EF": "factor:limestone.ef"}
SHIFTS = {"first": '"2022-01-31"', "starts": '["00:00", "12:00"]', "pattern": '["red -"]'}
TEAM = unit("red", "team", "furnace") + table("shifts", at='"furnace"', **SHIFTS)


def method(*steps: str) -> str:
    written = formula("mixed", '", "'.join(steps))
    return METHOD.replace("\n[[formula]]", f"{ITEMS}{written}\n[[formula]]", 1) + method_source(
        "mixed", "mixed", **BOUND
    )


def levels(
    *steps: str, ore: str = "3", dust: str = "1", at: tuple[str, str] = ("furnace", "power"), extra: str = ""
) -> Any:
    text = site(table("source", id='"mixed"'), extra)
    meters = point(ORE, f'at = "{at[0]}"', item="ore", unit="t") + point(DUST, f'at = "{at[1]}"', item="dust", unit="t")
    text = text.replace("\n[[declaration]]", meters + "\n[[declaration]]", 1)
    log = stated()
    for start in HOURS:
        log.add(hour(start, "3", ORE, "t"))
        log.add(hour(start, "1", DUST, "t"))
    document = result(log, text, rules=replace(RULES, method=method(*steps).encode())).document
    found = {level["id"]: level for level in document["levels"]}
    below = [exact_number(found[name]["total"]) for name in ("furnace", "power")]
    assert sum(below) + exact_number(found["enterprise"]["shared"]) == exact_number(found["enterprise"]["total"])
    return found, document


def mixed(level: dict[str, Any]) -> Fraction:
    return exact_number(level["by_source"].get("mixed", "0"))


@pytest.mark.parametrize(
    ("steps", "furnace", "power"),
    [
        (["E [tCO2] = (A + B) * EF"], Fraction("0.44") * 3 * 48, Fraction("0.44") * 48),
        (["E [tCO2] = (A - B) * EF"], Fraction("0.44") * 3 * 48, Fraction("-0.44") * 48),
        (["share [1] = B / A", "E [tCO2] = A * EF"], Fraction("0.44") * 3 * 48, Fraction(0)),
        (["share [1] = B / A", "E [tCO2] = A * share * EF"], Fraction(0), Fraction(0)),
        (["share [1] = A / (A + B)", "E [tCO2] = B * share * EF"], Fraction(0), Fraction(0)),
    ],
    ids=["a sum", "a difference", "one alone", "a quotient", "a share"],
)
def test_each_item_carries_what_it_contributes_alone(steps: list[str], furnace: Fraction, power: Fraction) -> None:
    """What no item makes alone is unplaced: half a share of nothing says nothing of where it arose."""
    found, document = levels(*steps)
    assert (mixed(found["furnace"]), mixed(found["power"])) == (furnace, power)
    unplaced = exact_number(document["emissions"]["by_source"]["mixed"]["total"]) - furnace - power
    assert exact_number(found["enterprise"]["unplaced"].get("mixed", "0")) == unplaced


def test_what_is_made_of_items_at_one_place_arose_there() -> None:
    found, document = levels("share [1] = A / (A + B)", "E [tCO2] = B * share * EF", at=("furnace", "furnace"))
    assert mixed(found["furnace"]) == exact_number(document["emissions"]["by_source"]["mixed"]["total"]) > 0


@pytest.mark.parametrize(
    ("at", "share"), [(("furnace", "furnace"), Fraction(0)), (("furnace", "power"), Fraction(1, 2))]
)
def test_hours_of_two_meters_of_one_source_are_not_added(at: tuple[str, str], share: Fraction) -> None:
    """Tonnes of ore and of dust weigh differently: with both at the unit no hours part them."""
    _, document = levels("E [tCO2] = (A + B) * EF", at=at, extra=TEAM)
    (worked,) = document["teams"]
    assert exact_number(worked["teams"][0]["total"]) == Fraction("0.44") * 3 * 48 * share
    assert worked["teams"][0]["seconds"] == 24 * HOUR
