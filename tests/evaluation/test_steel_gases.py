"""The shipped steel method: gases of the works' own move carbon from unit to unit and are never counted again."""

from fractions import Fraction
from typing import Any

import pytest

from ledger.canonical import exact_number
from ledger.evaluation.inputs import Rules
from ledger.evaluation.site import SiteError
from ledger.rules import load_rule
from tests.evaluation.ironworks import declares
from tests.evaluation.plant import HOURS, METER, SITE, Log, hour, item, result
from tests.evaluation.works import NAME, point, table, unit

RULES = Rules(load_rule("cn-steel-2015"), load_rule("cn-a-2013"), None, None)
FURNACE_GAS, OVEN_GAS = f"{METER}/blast-furnace-gas", f"{METER}/coke-oven-gas"
STATED = {"coke": "4000 t", "flux_limestone": "1500 t", "crude_steel": "9000 t"}
GASES = {"blast_furnace_gas": FURNACE_GAS, "coke_oven_gas": OVEN_GAS}


def gas(name: str, **changed: str) -> str:
    """A gas handed from the blast furnace to the power plant."""
    content = f'"factor:{name}.ncv * factor:{name}.carbon"'
    fields = {"id": f'"{name}"', "name": NAME, "source": '"coke"', "from_": '"furnace"', "to": '"power"'}
    return table("transfer", **(fields | {"output": f'"{GASES[name]}"', "content": content} | changed))


def steel(*tables: str, stated: dict[str, str] = STATED) -> dict[str, Any]:
    text = SITE[: SITE.index("[[meter]]")].replace('"general"', '"cn-steel-2015"')
    text += f'[[meter]]\nsub = "{METER}"\nname = {NAME}\n'
    for name, identity in GASES.items():
        text += point(identity, 'at = "power"', item=f"internal_{name}", unit="10^4Nm3")
    text += "".join(declares(name) for name in stated)
    listed = {"coke", "flux_limestone", "crude_steel_carbon", *(name for name in stated if name not in STATED)}
    text += "".join(table("source", id=f'"{name}"') for name in sorted(listed))
    text += table("source", id='"purchased_electricity"', absent=NAME)
    text += unit("furnace", "process") + unit("power", "process")
    text += table("allocation", of='"enterprise"', rule='"avoid"', to='"furnace"') + "".join(tables)
    log = Log()
    for start in HOURS[:24]:
        for identity in GASES.values():
            log.add(hour(start, "2", identity, "10^4Nm3"))
    amounts = {name: amount.split(" ") for name, amount in stated.items()}
    log.declare(*(item(name, value, measure) for name, (value, measure) in amounts.items()))
    return result(log, text, rules=RULES).document


def carbon(name: str) -> Fraction:
    """Of the 48 · 10⁴ Nm³ of each gas, in tC; heating values and carbon per heat of the factor set."""
    per_volume = {"blast_furnace_gas": ("37.69", "0.0708"), "coke_oven_gas": ("173.854", "0.0136")}[name]
    return 48 * Fraction(per_volume[0]) * Fraction(per_volume[1])


def test_gases_of_the_works_move_the_coke_s_carbon_and_add_nothing() -> None:
    plain, moved = steel(), steel(gas("blast_furnace_gas"), gas("coke_oven_gas"))
    assert moved["emissions"] == plain["emissions"]
    assert set(moved["emissions"]["by_source"]) == {"coke", "flux_limestone", "crude_steel_carbon"}
    levels = {level["id"]: level for level in moved["levels"]}
    released = sum(carbon(name) for name in GASES) * Fraction(44, 12)
    assert exact_number(levels["power"]["total"]) == released
    assert exact_number(levels["furnace"]["total"]) == exact_number(moved["emissions"]["total"]) - released
    assert [exact_number(entry["carbon"]) for entry in moved["transfers"]] == [carbon(name) for name in GASES]
    assert not {"transfer-exceeds", "no-carbon-content"} & {entry["code"] for entry in moved["findings"]}


def test_the_works_balance_closes_but_for_what_did_not_burn() -> None:
    """Gases that are handed on inside are on no side of it."""
    balance = steel(gas("blast_furnace_gas"))["balance"]
    coke = next(line for line in balance["lines"] if line.get("item") == "coke")
    burnt = next(line for line in balance["lines"] if line.get("source") == "coke")
    assert exact_number(balance["remainder"]) == exact_number(coke["carbon"]) - exact_number(burnt["carbon"])
    assert balance["within"] is True
    assert [line["item"] for line in balance["lines"] if line["side"] == "in"] == ["flux_limestone", "coke"]


def test_a_gas_that_is_counted_cannot_be_handed_on_as_well() -> None:
    """INV-11: bought gas is a source of its own; as a transfer its carbon would stand in the result twice."""
    stated = STATED | {"purchased_blast_furnace_gas": "10 10^4Nm3"}
    bought = gas("blast_furnace_gas", output='"purchased_blast_furnace_gas"')
    with pytest.raises(SiteError, match="handed on inside the boundary and counted by source"):
        steel(bought, stated=stated)
    document = steel(gas("blast_furnace_gas"), stated=stated)
    assert "purchased_blast_furnace_gas" in document["emissions"]["by_source"]


def test_carbon_that_a_product_fixes_is_handed_to_the_unit_that_makes_it() -> None:
    """Its deduction stands where the steel is made; what it deducts came in at the furnace."""
    to_power = table("allocation", of='"enterprise"', source='"crude_steel_carbon"', rule='"avoid"', to='"power"')
    handed = gas("blast_furnace_gas", output='"crude_steel"', content='"factor:crude_steel.fixed"')
    plain, moved = steel(to_power), steel(to_power, handed)
    assert moved["emissions"] == plain["emissions"]
    totals = [{level["id"]: level["total"] for level in document["levels"]} for document in (plain, moved)]
    assert [total["power"] for total in totals] == ["-138.6", "0"]
