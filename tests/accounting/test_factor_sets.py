"""The factor sets that ship: what each is, that they stay apart where they disagree and agree where they must."""

from fractions import Fraction

import pytest

from ledger.accounting.factors import PUNITIVE, Factor, FactorSet, parse_factors
from ledger.accounting.units import parse_unit
from ledger.canonical import decimal_text
from ledger.rules import load_rule, rule_names

SETS: dict[str, FactorSet] = {
    name: parse_factors(load_rule(name), f"{name}.toml")
    for name in rule_names()
    if load_rule(name).startswith(b'format = "factors/1"')
}
WHOLE = ("cn-a-2013", "cn-b-2015", "cn-c-2022")
"""Sets that a site uses as a whole: fuels, heat, electricity."""


def test_the_sets_that_ship() -> None:
    others = {"cn-d-2011", "cn-tce-2589", "footprint-secondary-cn", "ipcc-2006", "cn-project-grid-2019", "eu-cbam-2023"}
    assert {*WHOLE, *others} <= SETS.keys()


def test_life_cycle_and_project_factors_stand_in_no_set_of_an_organisation() -> None:
    """Scope 2 with a footprint factor, or with the baseline of a reduction project, would be another quantity."""
    other_purposes = {*SETS["footprint-secondary-cn"].factors, *SETS["cn-project-grid-2019"].factors}
    assert "electricity.footprint" in other_purposes
    assert all(other_purposes.isdisjoint(SETS[name].factors) for name in WHOLE)


@pytest.mark.parametrize("name", SETS)
def test_no_figure_of_low_confidence_is_shipped(name: str) -> None:
    factors = [factor for values in SETS[name].factors.values() for factor in values]
    assert {factor.confidence for factor in factors} <= {"found", "tried", "memory-high", "memory-medium"}
    assert all(factor.source for factor in factors)
    assert SETS[name].programme
    assert SETS[name].head.marks == {"UNVERIFIED"}


@pytest.mark.parametrize("name", SETS)
def test_every_figure_has_a_name_in_both_languages(name: str) -> None:
    for values in SETS[name].factors.values():
        assert all(factor.name is not None and factor.name["zh"] and factor.name["en"] for factor in values)


@pytest.mark.parametrize("name", SETS)
def test_every_figure_lies_within_the_years_of_its_set_or_before(name: str) -> None:
    """A figure that no site could reach would be a mistake of the file."""
    first, last = SETS[name].head.years
    for values in SETS[name].factors.values():
        assert all(last is None or factor.years[0] <= last for factor in values)
        assert all(factor.years[1] is None or factor.years[1] >= first or "regional" in factor.id for factor in values)


def electricity(factors: FactorSet) -> dict[str, tuple[Factor, ...]]:
    return {name: values for name, values in factors.factors.items() if name.startswith("electricity.")}


def test_the_electricity_blocks_agree() -> None:
    blocks = [electricity(SETS[name]) for name in WHOLE]
    assert blocks[0]
    assert all(block == blocks[0] for block in blocks)
    assert all(SETS[name].areas == SETS[WHOLE[0]].areas for name in WHOLE)
    assert all(SETS[name].regional == SETS[WHOLE[0]].regional for name in WHOLE)


@pytest.mark.parametrize(
    ("factor", "year", "region", "value"),
    [
        ("electricity.grid", 2018, "CN-ZJ", "0.6101"),
        ("electricity.grid", 2021, "CN-ZJ", "0.581"),
        ("electricity.grid", 2023, "CN-YN", "0.5703"),
        ("electricity.average", 2021, "CN-ZJ", "0.5568"),
        ("electricity.residual", 2022, "CN-ZJ", "0.5856"),
        ("electricity.residual", 2023, "CN-ZJ", "0.6096"),
        ("electricity.fossil", 2021, "CN-ZJ", "0.8426"),
        ("electricity.grid.provincial", 2021, "CN-ZJ", "0.5422"),
        ("electricity.grid.provincial", 2022, "CN-ZJ-330521", "0.5153"),
        ("electricity.grid.provincial", 2022, "CN-YN", "0.1073"),
        ("electricity.grid.regional", 2022, "CN-ZJ", "0.5617"),
        ("electricity.grid.regional", 2022, "CN-SC", "0.2268"),
        ("electricity.grid.regional", 2019, "CN-ZJ", "0.7035"),  # the last one published, of 2012
        ("electricity.grid.regional", 2019, "CN-SC", "0.5257"),  # the central grid of then
        ("electricity.grid.regional", 2011, "CN-GD", "0.5748"),
        ("electricity.grid.pilot", 2022, "CN-SH", "0.42"),
        ("heat.purchased", 2022, "CN-SH", "0.11"),
        ("heat.purchased.pilot", 2022, "CN-SH", "0.06"),
    ],
)
@pytest.mark.parametrize("name", WHOLE)
def test_electricity_and_heat_by_year_and_region(name: str, factor: str, year: int, region: str, value: str) -> None:
    """INV-15: the factor of a year is fixed; a later one stands beside it."""
    assert decimal_text(SETS[name].choose(factor, year, region).quantity.value) == value


@pytest.mark.parametrize(
    ("factor", "unit", "values"),
    [
        ("coke.ncv", "GJ/t", ["28.446", "28.435", "28.435", "28.435"]),
        ("natural_gas.carbon", "tC/GJ", ["0.0153", "0.0153", "0.01532", "0.0153"]),
        ("lpg.ncv", "GJ/t", ["47.31", "50.179", "50.179", "50.179"]),
        ("blast_furnace_gas.ncv", "GJ/10^4Nm3", ["37.69", "33", "33"]),
        ("coke_oven_gas.ncv", "GJ/10^4Nm3", ["173.854", "179.81", "173.854"]),
        ("anthracite.ncv", "GJ/t", ["24.515", "26.7", "22.867"]),
    ],
)
def test_sets_that_disagree_are_kept_apart(factor: str, unit: str, values: list[str]) -> None:
    found = []
    for name in (*WHOLE, "cn-d-2011"):
        offered = SETS[name].factors.get(factor)
        if offered is not None:
            found.append(offered[0].quantity.to(parse_unit(unit)).value)
    assert found == [Fraction(value) for value in values]


@pytest.mark.parametrize(
    ("year", "value"), [(2019, "0.03356"), (2021, "0.03356"), (2022, "0.03085"), (2024, "0.03085")]
)
def test_coal_whose_carbon_is_not_measured_takes_the_punitive_value(year: int, value: str) -> None:
    factor = SETS["cn-c-2022"].choose("raw_coal.carbon", year)
    assert decimal_text(factor.quantity.value) == value
    assert factor.basis == PUNITIVE
    assert factor.stands_in


@pytest.mark.parametrize(
    ("factor", "heat"),
    [
        ("crude_oil", "41868"), ("gasoline", "43124"), ("diesel", "42705"), ("fuel_oil", "41868"),
        ("coke", "28470"), ("lpg", "50242"), ("raw_coal", "20934"),
    ],
)  # fmt: skip
def test_standard_coal_follows_from_the_heating_value(factor: str, heat: str) -> None:
    """29,307.6 kJ are a kilogram of coal equivalent."""
    coefficient = SETS["cn-tce-2589"].choose(f"{factor}.tce", 2022).quantity.value
    assert abs(Fraction(heat) / Fraction("29307.6") - coefficient) <= Fraction("0.00005")


def test_electricity_has_both_bases_of_equivalence() -> None:
    choose = SETS["cn-tce-2589"].choose
    assert decimal_text(choose("electricity.tce.calorific", 2020).quantity.value) == "0.1229"
    assert decimal_text(choose("electricity.tce.equivalent", 2020).quantity.value) == "0.3055"
