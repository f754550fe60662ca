"""The carbon balance, and carbon that is handed on inside the boundary: counted once, whatever moves."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.items import MethodError
from ledger.accounting.method import parse_method
from ledger.canonical import exact_number
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import evaluate_file
from ledger.evaluation.site import SiteError
from ledger.rules import load_rule
from terminal_signer.frame import KeyClass
from tests.evaluation.ironworks import (
    GAS_METER,
    METHOD,
    RULES,
    declares,
    formula,
    method_item,
    method_parameter,
    method_source,
    site,
    stated,
)
from tests.evaluation.plant import HOURS, LAB, SEED, Log, hour, item, result
from tests.evaluation.works import NAME, table

C_TO_CO2 = Fraction(44, 12)
SIDES = ("in", "out", "stock", "emitted", "remainder")
TO_FURNACE = table("allocation", of='"enterprise"', rule='"avoid"', to='"furnace"')
LABORATORY = table("declaration", item='"coke_carbon"', sub=f'"{LAB}"', class_='"laboratory"', replaces='"coke.carbon"')


def transfer(**changed: str) -> str:
    fields = {"id": '"bfg"', "name": NAME, "source": '"coke"', "from_": '"furnace"', "to": '"power"'}
    fields |= {"output": f'"{GAS_METER}"', "content": '"factor:gas.carbon"'}
    return table("transfer", **(fields | changed))


def drawn(log: Log, text: str | None = None, method: str = METHOD) -> dict[str, Any]:
    document = result(log, text or site(), rules=replace(RULES, method=method.encode())).document
    balance: dict[str, Any] = document["balance"]
    sides = {side: exact_number(balance[side]) for side in ("in", "out", "stock", "emitted")}
    left = sides["in"] - sides["out"] - sides["stock"] - sides["emitted"]
    assert exact_number(balance["remainder"]) == left
    for side, value in sides.items():
        lines = [line["carbon"] for line in balance["lines"] if line["side"] == side]
        assert sum(exact_number(carbon) for carbon in lines if carbon is not None) == value
    return {**balance, "findings": [entry for entry in document["findings"] if "carbon" in entry["place"]]}


def test_carbon_in_is_carbon_out_and_emitted_and_what_did_not_burn() -> None:
    """850 + 24 = 3.6 + 853.4 + 17: two per cent of the coke's carbon stay in ash and dust."""
    balance = drawn(stated())
    assert [balance[side] for side in SIDES] == ["874", "3.6", "0", "853.4", "17"]
    assert (balance["share"], balance["tolerance"], balance["within"]) == ("17/874", "5", True)
    assert balance["findings"] == []
    coke = balance["lines"][0]
    assert coke == {
        "side": "in", "item": "coke", "amount": "1000", "unit": "t", "content": "0.85", "content_unit": "tC/t",
        "origin": "default", "carbon": "850",
    }  # fmt: skip
    limestone = next(line for line in balance["lines"] if line.get("item") == "limestone")
    assert (limestone["content"], limestone["carbon"]) == ("0.12", "24")


def test_beyond_the_tolerance_the_balance_is_open() -> None:
    method = METHOD.replace('default = "98"', 'default = "94"')
    balance = drawn(stated(), method=method)
    assert (balance["remainder"], balance["within"]) == ("51", False)
    assert balance["findings"] == [
        {
            "code": "balance-open", "place": "carbon", "count": 1,
            "figures": {"remainder": "51", "input": "874", "tolerance": "5"},
        }
    ]  # fmt: skip
    assert drawn(stated(), method=method.replace('tolerance = "5"', 'tolerance = "5.84"'))["within"] is True


def test_a_measured_content_goes_before_the_default() -> None:
    log = stated()
    log.declare(item("coke_carbon", "0.8", "tC/t"), sub=LAB, key_class=KeyClass.LABORATORY)
    coke = drawn(log, site(LABORATORY))["lines"][0]
    assert (coke["content"], coke["origin"], coke["carbon"]) == ("0.8", "measured", "800")


def test_purchases_stock_and_sales_stand_on_their_own_sides() -> None:
    """1,000 t bought, 30 t sold, 50 t put on stock: 920 t used."""
    rows = {"coke.purchased": 1000, "coke.opening_stock": 100, "coke.closing_stock": 150, "coke.sold": 30}
    rows |= {"coke.other_use": 0, "limestone": 200, "steel": 900}
    data = "item,value,unit,period\n" + "".join(f"{name},{value},t,2022\n" for name, value in rows.items())
    file = parse_activity(data.encode(), "works.csv")
    balance = evaluate_file(file, data.encode(), RULES, seed=SEED, kind=1).document["balance"]
    used = Fraction("0.85") * 920
    assert [exact_number(balance[side]) for side in SIDES] == [
        874,
        Fraction("3.6") + Fraction("25.5"),
        Fraction("42.5"),
        used * Fraction("0.98") + 24 - Fraction("3.6"),
        used * Fraction("0.02"),
    ]
    opening = next(line for line in balance["lines"] if line.get("item") == "coke.opening_stock")
    assert (opening["side"], opening["amount"], opening["carbon"]) == ("stock", "100", "-85")


def test_without_a_content_the_balance_says_nothing_of_its_tolerance() -> None:
    """The gas is given a side, its content can only be measured, and nobody did."""
    side = 'carbon = { side = "out", content = "factor:gas.carbon" }'
    method = METHOD.replace('id = "blast_furnace_gas"', f'id = "blast_furnace_gas"\n{side}')
    default = r'(id = "gas\.carbon"\nunit = .*\nname = .*\n)default = .*\nbasis = .*\nsource = .*\nconfidence = .*\n'
    method = re.sub(default, r"\1", method)
    log = stated()
    log.add(hour(HOURS.start, "3", GAS_METER, "10^4Nm3"))
    balance = drawn(log, method=method)
    gas = next(line for line in balance["lines"] if line.get("item") == "blast_furnace_gas")
    assert (gas["content"], gas["carbon"], balance["within"]) == (None, None, None)


def test_carbon_dioxide_that_is_delivered_left_as_a_product() -> None:
    """100 t of the works' CO2 are bottled: they are emitted less, and they are out; the remainder stays."""
    bottled = (
        method_item("bottled") + formula("less", "E [tCO2] = -AD * EF") + method_parameter("bottled.co2", "tCO2/t", "1")
    )
    method = METHOD.replace("\n[[formula]]", bottled + "\n[[formula]]", 1)
    method += method_source("bottled", "less", AD="item:bottled", EF="factor:bottled.co2")
    text = site(declares("bottled"), table("source", id='"bottled"'))
    log = stated()
    log.declare(item("bottled", "100", "t"))
    balance = drawn(log, text, method)
    (line,) = [line for line in balance["lines"] if line["side"] == "out" and "source" in line]
    assert (line["source"], exact_number(line["carbon"])) == ("bottled", Fraction(1200, 44))
    assert balance["remainder"] == "17"


@pytest.mark.parametrize("name", ["cn-steel-2015", "cn-chemicals-2015"])
def test_methods_of_steel_and_chemicals_draw_a_balance(name: str) -> None:
    assert parse_method(load_rule(name)).balance_tolerance == Fraction(8, 100)


@pytest.mark.parametrize(
    ("old", "new"), [("scope = 1\n", "scope = 2\n"), ("energy = false\n", 'energy = false\ngas = "glim"\n')]
)
def test_only_carbon_dioxide_that_the_works_emits_itself_is_emitted(old: str, new: str) -> None:
    """Another's chimney, and another gas, hold none of the works' carbon."""
    at = METHOD.index('\n[[emission]]\nid = "limestone"')
    balance = drawn(stated(), method=METHOD[:at] + METHOD[at:].replace(old, new, 1))
    assert [line["source"] for line in balance["lines"] if line["side"] == "emitted"] == ["coke", "steel"]
    assert balance["remainder"] == "41"


def test_a_method_without_a_tolerance_draws_no_balance() -> None:
    method = METHOD.replace('[balance]\ntolerance = "5"\n', "")
    assert "balance" not in result(stated(), site(), rules=replace(RULES, method=method.encode())).document


@pytest.mark.parametrize("tolerance", ["-1", "101"])
def test_a_tolerance_is_a_share_of_the_input(tolerance: str) -> None:
    with pytest.raises(MethodError, match="per cent of the carbon put in") as caught:
        drawn(stated(), method=METHOD.replace('tolerance = "5"', f'tolerance = "{tolerance}"'))
    assert "field balance.tolerance" in caught.value.where


@settings(deadline=None, max_examples=40)
@given(*[st.decimals("0", "9000", places=2)] * 3)
def test_every_balance_adds_up(coke: Any, limestone: Any, steel: Any) -> None:
    balance = drawn(stated(coke=str(coke), limestone=str(limestone), steel=str(steel)))
    assert exact_number(balance["remainder"]) == Fraction(coke) * Fraction("0.85") * Fraction("0.02")


def released(log: Log, *tables: str) -> tuple[dict[str, Any], dict[str, Any]]:
    document = result(log, site(TO_FURNACE, *tables), rules=RULES).document
    levels = {level["id"]: level for level in document["levels"]}
    below = sum(exact_number(levels[name]["total"]) for name in ("furnace", "power"))
    assert below == exact_number(document["emissions"]["total"]) == exact_number(levels["enterprise"]["total"])
    return document, levels


def gas(value: str) -> Log:
    log = stated()
    log.add(hour(HOURS.start, value, GAS_METER, "10^4Nm3"))
    return log


def test_blast_furnace_gas_is_counted_as_coke_and_released_where_it_burns() -> None:
    """The total is what it was without the transfer; only its place differs."""
    plain, _ = released(gas("12"))
    document, levels = released(gas("12"), transfer())
    assert document["emissions"] == plain["emissions"]
    assert exact_number(levels["power"]["total"]) == 12 * Fraction("2.5") * C_TO_CO2
    (moved,) = document["transfers"]
    assert (moved["amount"], moved["unit"], moved["carbon"]) == ("12", "10^4Nm3", "30")
    assert exact_number(moved["emission"]) == 110


def test_more_carbon_than_came_in_is_not_handed_on() -> None:
    document, levels = released(gas("5000"), transfer())
    assert levels["power"]["by_source"] == {"coke": document["emissions"]["by_source"]["coke"]["total"]}
    assert ("transfer-exceeds", "bfg 2022-01") in {(entry["code"], entry["place"]) for entry in document["findings"]}


def test_a_deduction_cannot_be_handed_on() -> None:
    """What the giver holds of that source is below zero: nothing moves."""
    document, levels = released(gas("1"), transfer(source='"steel"'))
    assert document["transfers"][0]["emission"] == "0"
    assert levels["power"]["total"] == "0"


REFUSED = [
    ({"source": '"gas"'}, "no counted source 'gas'"),
    ({"to": '"furnace"'}, "hands nothing to itself"),
    ({"to": '"hall"'}, "no unit 'hall'"),
    ({"content": '"factor:gas.weight"'}, "neither method nor factor set knows 'gas.weight'"),
    ({"content": '"factor:coke.burnt"'}, "not in tC or tCO2"),
    ({"content": '"gas.carbon"'}, "expected factors"),
    ({"output": '"slag"'}, "nothing feeds 'slag'"),
    ({"output": '"coke"', "content": '"factor:coke.carbon"'}, "'coke' is handed on inside the boundary and counted"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED, ids=[case[1] for case in REFUSED])
def test_a_transfer_that_would_count_twice_is_refused(changed: dict[str, str], message: str) -> None:
    """INV-11: what a counted source reads cannot be handed on as well."""
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        released(gas("1"), transfer(**changed))
    assert re.fullmatch(r"site file, line \d+, field transfer\[1\]\.(id|content)", caught.value.where)
    assert caught.value.mend
