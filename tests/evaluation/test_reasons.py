"""Why a property has the value it has: measured first, then what the set prescribes or offers, the method's last."""

from fractions import Fraction

import pytest

from ledger.accounting.engine import Engine, Input, Measured
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.accounting.units import Quantity, parse_unit
from ledger.evaluation.inputs import Rules
from ledger.rules import load_rule
from terminal_signer.frame import KeyClass
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    LAB,
    OFFICER,
    PERIOD,
    RULES,
    Log,
    item,
    result,
    whole,
)

SITE = (
    ELECTRICITY_ONLY.replace('factors = "cn-a-2013"', 'factors = "cn-c-2022"').replace(
        'region = "CN"', 'region = "CN-ZJ"'
    )
    + f"""
[[source]]
id = "raw_coal"

[[declaration]]
item = "raw_coal"
sub = "{OFFICER}"
class = "officer"

[[declaration]]
item = "heating_value"
sub = "{LAB}"
class = "laboratory"
replaces = "raw_coal.ncv"

[[declaration]]
item = "oxidised"
sub = "{LAB}"
class = "laboratory"
replaces = "raw_coal.oxidation"
"""
)
SET_C = Rules(RULES.method, load_rule("cn-c-2022"))


def inputs(method: str, factors: str, source: str, amounts: dict[str, str], measured: str = "") -> dict[str, Input]:
    engine = Engine(parse_method(load_rule(method)), parse_factors(load_rule(factors)))
    given = {name: Quantity(Fraction(1), parse_unit(unit)) for name, unit in amounts.items()}
    laboratory = {measured: Measured(Quantity(Fraction(40), parse_unit("GJ/t")), "a laboratory")} if measured else {}
    emission = engine.emission(source, 2022, given, laboratory)
    return {used.id: used for used in emission.inputs}


def test_the_reasons() -> None:
    diesel = inputs("general", "cn-c-2022", "diesel", {"diesel": "t"}, "diesel.ncv")
    assert (diesel["diesel.ncv"].reason, diesel["diesel.ncv"].origin) == ("measured", "a laboratory")
    assert (diesel["diesel.carbon"].reason, diesel["diesel"].reason) == ("default", "")
    power = inputs("general", "cn-c-2022", "purchased_electricity", {"purchased_electricity": "kWh"})
    assert power["electricity.grid"].reason == "prescribed"
    steel = inputs("cn-steel-2015", "cn-b-2015", "flux_limestone", {"flux_limestone": "t"})
    assert steel["flux_limestone.ef"].reason == "method-default"


def coal() -> Log:
    log = Log().power()
    log.declare(item("raw_coal", "100", "t"))
    stated = [item("heating_value", "20", "GJ/t"), item("oxidised", "99", "%")]
    log.declare(*stated, sub=LAB, key_class=KeyClass.LABORATORY)
    return log


def test_a_punitive_default_is_applied_openly() -> None:
    """INV-17: coal whose carbon nobody measured counts at 0.03085 tC/GJ; the result names it where it stands and among
    its findings, and its emissions are defaulted or weaker."""
    document = result(coal(), SITE, rules=SET_C).document
    factors = {line["id"]: line for line in document["factors"]}
    carbon = factors["raw_coal.carbon"]
    assert (carbon["value"], carbon["basis"], carbon["reason"]) == ("0.03085", "punitive", "punitive")
    assert factors["electricity.grid"]["reason"] == "prescribed"
    assert factors["electricity.grid"]["published"] == "2023-02"
    assert {"code": "punitive-default", "place": "raw_coal.carbon", "count": 1} in document["findings"]
    expected = 100 * 20 * Fraction("0.03085") * Fraction(99, 100) * Fraction(44, 12)
    assert Fraction(document["emissions"]["by_source"]["raw_coal"]["total"]) == expected
    assert document["rules"]["factors"]["id"] == "cn-c-2022"


def test_without_punitive_defaults_nothing_is_said_of_them() -> None:
    assert "punitive-default" not in {line["code"] for line in result(whole()).document["findings"]}


@pytest.mark.parametrize("region", ["CN-ZJ", "CN-YN", "KR"])
def test_a_site_cannot_choose_its_grid(region: str) -> None:
    """INV-15: the method names the national factor; where the site says it lies changes nothing."""
    site = ELECTRICITY_ONLY.replace('region = "CN"', f'region = "{region}"')
    here, there = (result(Log().power(), text, period=PERIOD).document for text in (site, ELECTRICITY_ONLY))
    assert here["emissions"] == there["emissions"]
    assert here["factors"] == there["factors"]
