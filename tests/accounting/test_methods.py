"""What shipped methods hold as a whole: units checked for every source, what is required, what cannot count."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from ledger.accounting.engine import Engine, Measured
from ledger.accounting.expression import Expression, FormulaError, Name, Negation, Number, Operation
from ledger.accounting.factors import parse_factors
from ledger.accounting.items import MethodError
from ledger.accounting.method import Method, parse_method
from ledger.accounting.sources import Source
from ledger.accounting.units import parse_unit
from ledger.rules import load_rule
from tests.accounting.invented import amount
from tests.accounting.test_shipped_rules import METHODS

FACTORS = {
    "general": "cn-a-2013",
    "cn-aluminium-2013": "cn-a-2013",
    "cn-cement-2015": "cn-a-2013",
    "cn-chemicals-2015": "cn-a-2013",
    "cn-energy-2589": "cn-tce-2589",
    "cn-flat-glass-2015": "cn-a-2013",
    "cn-machinery-2015": "cn-a-2013",
    "cn-steel-2015": "cn-b-2015",
    "product-footprint": "footprint-secondary-cn",
}
ENTERPRISE = sorted(set(METHODS) - {"cn-energy-2589", "product-footprint"})


@cache
def method(name: str) -> Method:
    return parse_method(load_rule(name), f"{name}.toml")


@cache
def engine(name: str) -> Engine:
    return Engine(method(name), parse_factors(load_rule(FACTORS.get(name, "cn-a-2013"))))


@pytest.mark.parametrize("name", METHODS)
def test_every_factor_has_a_unit_so_that_no_step_goes_unchecked(name: str) -> None:
    unknown = {factor_id for factor_id in method(name).factors_read() if engine(name).unit_of_factor(factor_id) is None}
    assert unknown == set()


@pytest.mark.parametrize("name", METHODS)
def test_an_item_of_another_unit_is_refused_with_the_line_of_a_step(name: str) -> None:
    """Whatever item it is: no source multiplies or adds something else than its formula means."""
    original = method(name)
    for item_id in sorted({item for source in original.sources.values() for item in source.items}):
        wrong = replace(original.items[item_id], unit=parse_unit("t{wrong}"), carbon=None)
        changed = replace(original, items=original.items | {item_id: wrong})
        with pytest.raises(MethodError) as caught:
            Engine(changed, engine(name).factors)
        assert caught.value.where.startswith(f"{name}.toml, line ")


REQUIRED = {
    "cn-aluminium-2013": {"anode", "cf4", "c2f6", "purchased_electricity"},
    "cn-cement-2015": {"clinker", "kiln_dust", "bypass_dust", "raw_meal", "purchased_electricity"},
    "cn-flat-glass-2015": {"carbon_powder", "soda_ash", "limestone", "dolomite", "purchased_electricity"},
    "cn-steel-2015": {"crude_steel_carbon", "purchased_electricity"},
    "cn-energy-2589": {"purchased_electricity"},
    "product-footprint": {"electricity"},
    "general": set(),
}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_a_method_requires(name: str) -> None:
    assert {source.id for source in method(name).sources.values() if source.manner.required} == REQUIRED[name]


@pytest.mark.parametrize("name", METHODS)
def test_alternatives_exclude_each_other_both_ways(name: str) -> None:
    sources = method(name).sources
    assert all(source.id in sources[other].manner.excludes for source in sources.values() for other in excluded(source))


def excluded(source: Source) -> list[str]:
    return sorted(source.manner.excludes)


@pytest.mark.parametrize("name", ENTERPRISE)
def test_certificates_change_the_market_based_figure_only(name: str) -> None:
    """Scope 2 side by side: the location-based figure neither knows the residual factor nor a certificate."""
    sources = method(name).sources
    assert method(name).bases == ("location", "market")
    assert sources["purchased_electricity"].in_total
    for market in ("market_electricity", "green_certificates"):
        assert sources[market].in_basis("market")
        assert not sources[market].in_basis("location")
        assert not sources[market].in_total
    location = [source for source in sources.values() if source.in_basis("location")]
    assert all("electricity.residual" not in source.factors for source in location)
    assert all("green_certificates" not in source.items for source in location)


@pytest.mark.parametrize("gas", ["coke_oven_gas", "blast_furnace_gas", "converter_gas"])
def test_gas_that_steelworks_make_themselves_cannot_count(gas: str) -> None:
    """Its carbon is that of coal and coke, which count in full: only what is bought or sold is a source."""
    steel = method("cn-steel-2015")
    assert steel.sources_of(f"internal_{gas}") == ()
    assert gas not in steel.items
    assert {source.id for source in steel.sources.values() if f"{gas}.carbon" in source.factors} == {
        f"purchased_{gas}",
        f"sold_{gas}",
    }


def test_a_footprint_knows_no_deduction() -> None:
    """Fixed carbon, exported power, offsets and sinks belong to an organisation: nothing here can be below zero."""
    footprint = method("product-footprint")
    assert {source.counts for source in footprint.sources.values()} == {"total"}
    assert all(source.manner.group != "removal" for source in footprint.sources.values())
    assert not any(item.signed or item.parts for item in footprint.items.values())
    assert all(
        set(operators(step.expression)) <= {"*"}
        for source in footprint.sources.values()
        for step in source.formula.steps
    )
    assert all(constant.value > 0 for constant in footprint.constants.values())


def operators(expression: Expression) -> Iterator[str]:
    match expression:
        case Operation(operator, left, right):
            yield operator
            yield from operators(left)
            yield from operators(right)
        case Negation(operand):
            yield "negation"
            yield from operators(operand)
        case Number(value) if value < 0:
            yield "negative"
        case Name() | Number():
            return


def test_certified_inputs_stand_apart_from_secondary_factors() -> None:
    """What is certified has no factor of its own to fall back on; what is not, is never in the group of certified."""
    footprint = method("product-footprint")
    certified = [source for source in footprint.sources.values() if source.manner.group == "certified"]
    assert len(certified) > 40
    assert all(engine("product-footprint").lacks(source.id, 2023) == f"{source.id}.footprint" for source in certified)
    assert all(source.id.startswith("certified_") for source in certified)


def test_a_shielding_gas_of_nothing_is_a_division_by_zero_with_its_line() -> None:
    machinery = engine("cn-machinery-2015")
    nothing = {"shielding_gas.co2": "0 %"}
    measured = {factor: Measured(amount(text), "laboratory") for factor, text in nothing.items()}
    with pytest.raises(FormulaError, match="source 'shielding_gas': a formula divides by zero") as caught:
        machinery.emission("shielding_gas", 2022, {"shielding_gas": amount("1 t")}, measured)
    assert caught.value.where.startswith("cn-machinery-2015.toml, line ")


@pytest.mark.parametrize(
    ("name", "factor", "value", "code"),
    [
        ("cn-cement-2015", "clinker.cao", "165 %", "over-100-percent"),
        ("cn-cement-2015", "clinker.cao", "-65 %", "negative-amount"),
        ("cn-cement-2015", "clinker.cao", "6.5 %", "implausible"),
        ("cn-cement-2015", "clinker.cao", "65 tC/t", "unit-differs"),
        ("cn-flat-glass-2015", "limestone.purity", "100.5 %", "over-100-percent"),
        ("cn-aluminium-2013", "anode.sulphur", "200 %", "over-100-percent"),
        ("cn-chemicals-2015", "nitric_acid_dual_pressure.abatement", "101 %", "over-100-percent"),
        ("general", "diesel.ncv", "42652 GJ/t", "impossible"),
        ("general", "diesel.ncv", "42652 kJ/kg", None),
        ("general", "diesel.oxidation", "101 %", "over-100-percent"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_by_name(name: str, factor: str, value: str, code: str | None) -> None:
    assert engine(name).fault(factor, amount(value)) == code
