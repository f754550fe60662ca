"""Published worked examples, recomputed by the project's own formula reader and engine.

The folder of references is not part of the project: `CARBON_REFERENCE` names it, else `../shared/reference` is tried.
"""

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ledger.accounting.engine import Engine, Measured
from ledger.accounting.expression import FormulaError, parse
from ledger.accounting.factors import parse_factors
from ledger.accounting.formula import evaluate
from ledger.accounting.method import parse_method
from ledger.accounting.units import ONE, Quantity, parse_unit
from ledger.rules import load_rule
from tests.accounting.invented import amount
from tests.conftest import outside

CARBON = Quantity(Fraction(44, 12), ONE)


@pytest.fixture(scope="module")
def examples() -> list[dict[str, Any]]:
    folder = outside("CARBON_REFERENCE", "reference")
    if folder is None or not (Path(folder) / "examples.json").is_file():
        pytest.skip("no reference folder: set CARBON_REFERENCE")
    found: list[dict[str, Any]] = json.loads((Path(folder) / "examples.json").read_text(encoding="utf-8"))["examples"]
    return found


def test_confirmed_results_come_out_within_their_tolerance(examples: list[dict[str, Any]]) -> None:
    """Every output whose formula is plain arithmetic."""
    checked = [_check(example) for example in examples]
    assert sum(checked) >= 60


FUELS = {
    "CN-FUEL-01": "raw_coal",
    "CN-FUEL-02": "coke",
    "CN-FUEL-03": "crude_oil",
    "CN-FUEL-04": "fuel_oil",
    "CN-FUEL-05": "gasoline",
    "CN-FUEL-06": "kerosene",
    "CN-FUEL-07": "diesel",
    "CN-FUEL-08": "lpg",
    "CN-FUEL-09": "refinery_gas",
    "CN-FUEL-10": "natural_gas",
}


@pytest.mark.parametrize("stated", [False, True], ids=["by the factor set", "by stated properties"])
@pytest.mark.parametrize("identity", FUELS)
def test_fuel_coefficients_come_out_of_the_general_method(
    identity: str, stated: bool, examples: list[dict[str, Any]]
) -> None:
    """Set D: the nine printed coefficients by mass and that of natural gas by volume."""
    fuel, example = FUELS[identity], _by_id(examples, identity)
    volume = fuel == "natural_gas"
    units = {"NCV": "kJ/Nm3" if volume else "kJ/kg", "CC": "tC/TJ", "OF": "1"}
    names = {"NCV": "ncv", "CC": "carbon", "OF": "oxidation"}
    measured = {f"{fuel}.{names[key]}": (key, unit) for key, unit in units.items()} if stated else {}
    run = Run(example, "general", "cn-d-2011", fuel, {fuel: "1 Nm3" if volume else "1 kg"}, measured, "kgCO2", 2018)
    _near(run.emission(), example["outputs"][0])


def test_the_gas_default_of_the_later_guidelines(examples: list[dict[str, Any]]) -> None:
    example = _by_id(examples, "CN-FUEL-11")
    run = Run(example, "general", "cn-c-2022", "natural_gas", {"natural_gas": "1 10^4Nm3"}, {}, "tCO2", 2023)
    _near(run.emission(), example["outputs"][0])


STEEL = {
    "electrode": "electrodes",
    "pig_iron": "purchased_pig_iron",
    "dri": "purchased_dri",
    "crude_steel": "crude_steel_carbon",
    "ferrochrome": "purchased_ferrochrome",
    "nickel_iron": "purchased_nickel_iron",
    "molybdenum_iron": "purchased_ferromolybdenum",
    "methanol": "methanol_carbon",
}


@pytest.mark.parametrize("output", STEEL)
def test_steel_defaults_are_carbon_contents(output: str, examples: list[dict[str, Any]]) -> None:
    """What the method's default makes of a tonne is what the carbon content gives, within the printed digits."""
    example, source = _by_id(examples, "CN-PROC-01"), STEEL[output]
    item = parse_method(load_rule("cn-steel-2015")).sources[source].items[0]
    run = Run(example, "cn-steel-2015", "cn-b-2015", source, {item: "1 t"}, {}, "tCO2", 2022)
    _near(abs(run.emission()), next(entry for entry in example["outputs"] if entry["name"] == output))


@pytest.mark.parametrize(
    ("output", "method", "sources", "measured"),
    [
        ("E_anode", "cn-aluminium-2013", ["anode"], False),
        ("E_anode", "cn-aluminium-2013", ["anode"], True),
        ("E_anode", "cn-aluminium-2024-draft", ["anode"], True),
        ("E_PFC_SAR", "cn-aluminium-2013", ["cf4", "c2f6"], False),
        ("E_PFC_AR5", "cn-aluminium-2024-draft", ["cf4", "c2f6"], True),
    ],
)
def test_anodes_and_anode_effects(
    output: str, method: str, sources: list[str], measured: bool, examples: list[dict[str, Any]]
) -> None:
    example = _by_id(examples, "CN-PROC-02")
    stated = {
        "anode.net_consumption": ("NC", "t/t"),
        "anode.sulphur": ("S", "1"),
        "anode.ash": ("A", "1"),
        "anode_effect.cf4": ("eCF4", "kg{CF4}/t"),
        "anode_effect.c2f6": ("eC2F6", "kg{C2F6}/t"),
    }
    runs = [
        Run(
            example, method, "cn-a-2013", source, {"primary_aluminium": "1 t"},
            stated if measured else {}, "tCO2e", 2024,
        )
        for source in sources
    ]  # fmt: skip
    expected = next(entry for entry in example["outputs"] if entry["name"] == output)
    assert sum(run.emission() for run in runs) == Fraction(str(expected["recomputed"]))


@pytest.mark.parametrize("fuel", ["crude_oil", "gasoline", "diesel", "fuel_oil", "coke", "LPG", "raw_coal"])
@pytest.mark.parametrize("measured", [False, True], ids=["printed coefficient", "heating value"])
def test_standard_coal(fuel: str, measured: bool, examples: list[dict[str, Any]]) -> None:
    """A kilogram of fuel in kgce, by the coefficient of the factor set and by its heating value."""
    example, item = _by_id(examples, "CN-TCE-01"), fuel.lower()
    source = f"{item}.by_heating_value" if measured else item
    stated = {f"{item}.ncv": (fuel, "kJ/kg")}
    run = Run(example, "cn-energy-2589", "cn-tce-2589", source, {item: "1 kg"}, stated, "kgce", 2022)
    _near(run.emission(), next(entry for entry in example["outputs"] if entry["name"] == f"{fuel}_tce"))


def test_a_small_footprint(examples: list[dict[str, Any]]) -> None:
    example = _by_id(examples, "SIMPLE-PCF")
    for source, key, unit, output in (
        ("other_material_1", "fa", "kgCO2e/kg", 0),
        ("electricity", "fe", "kgCO2e/kWh", 1),
    ):
        amount_ = {"other_material_1": ("m", "kg"), "electricity": ("e", "kWh")}[source]
        items = {source: f"{example['inputs'][amount_[0]]['value']} {amount_[1]}"}
        run = Run(
            example, "product-footprint", "footprint-secondary-cn", source, items,
            {f"{source}.footprint": (key, unit)}, "kgCO2e", 2023,
        )  # fmt: skip
        _near(run.emission(), example["outputs"][output])


def test_an_enterprises_report(examples: list[dict[str, Any]]) -> None:
    """Electricity at the grid factor of its report, and natural gas: 181.80, which the report cut to 181."""
    example = _by_id(examples, "CN-RPT-MACH-SMALL")
    inputs = {name: entry["value"] for name, entry in example["inputs"].items()}
    power = Run(
        example, "cn-machinery-2015", "cn-a-2013", "purchased_electricity",
        {"purchased_electricity": f"{inputs['mwh']} MWh"}, {"electricity.grid": ("ef", "tCO2/MWh")}, "tCO2e", 2018,
    )  # fmt: skip
    gas = Run(
        example, "cn-machinery-2015", "cn-a-2013", "natural_gas", {"natural_gas": f"{inputs['ng']} 10^4Nm3"}, {},
        "tCO2e", 2018,
    )  # fmt: skip
    outputs = {entry["name"]: entry for entry in example["outputs"]}
    _near(power.emission(), outputs["E_elec"])
    assert abs(gas.emission() - Fraction(str(outputs["E_ng_rounded"]["recomputed"]))) < Fraction(1, 10**8)
    assert int(gas.emission()) == outputs["E_ng_truncated"]["published"]


def test_clinker_of_lime_alone(examples: list[dict[str, Any]]) -> None:
    """IPCC's tier 1 value from 65 % of CaO; China's ratio is 44/56, IPCC's rounded to 0.785."""
    example = _by_id(examples, "IPCC-CLINKER")
    stated = {"clinker.cao": ("CaO65", "1"), "clinker.mgo": ("none", "1")}
    with_none = example | {"inputs": example["inputs"] | {"none": {"value": 0}}}
    run = Run(with_none, "cn-cement-2015", "cn-a-2013", "clinker", {"clinker": "1 t"}, stated, "tCO2", 2022)
    _near(run.emission(), next(entry for entry in example["outputs"] if entry["name"] == "EF_65"))


@dataclass(frozen=True, slots=True)
class Run:
    """One source of a shipped method over amounts; `measured`: by factor the example's key and its unit."""

    example: dict[str, Any]
    method: str
    factors: str
    source: str
    items: dict[str, str]
    measured: dict[str, tuple[str, str]]
    unit: str
    year: int

    def emission(self) -> Fraction:
        known = self.example["inputs"] | self.example["factors"]
        values = {
            factor: Measured(Quantity(Fraction(str(known[key]["value"])), parse_unit(unit)), "example")
            for factor, (key, unit) in self.measured.items()
        }
        items = {item: amount(text) for item, text in self.items.items()}
        emission = _engine(self.method, self.factors).emission(self.source, self.year, items, values)
        return emission.quantity.to(parse_unit(self.unit)).value


@cache
def _engine(method: str, factors: str) -> Engine:
    return Engine(parse_method(load_rule(method)), parse_factors(load_rule(factors)))


def _by_id(examples: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    return next(example for example in examples if example["id"] == identity)


def _near(value: Fraction, output: dict[str, Any]) -> None:
    assert abs(value - Fraction(str(output["published"]))) <= Fraction(str(output["tolerance_abs"]))


def _check(example: dict[str, Any]) -> int:
    known = {"C": CARBON}
    for name, entry in (example["inputs"] | example["factors"]).items():
        known[name] = Quantity(Fraction(str(entry["value"])), ONE)
    done = 0
    for output in example["outputs"]:
        try:
            value = evaluate(parse(_plain(output["expr"])), known).value
        except FormulaError:
            continue
        known[output["name"]] = Quantity(value, ONE)
        if output["status"] == "confirmed":
            off = abs(value - Fraction(str(output["published"])))
            assert off <= Fraction(str(output["tolerance_abs"])), (example["id"], output["name"])
        elif output["recomputed"] is not None:
            assert abs(value - Fraction(str(output["recomputed"]))) <= Fraction(1, 10**6)
        done += 1
    return done


def _plain(expression: str) -> str:
    """The examples' powers of ten and leading points, in the notation of method files."""
    plain = (
        expression.replace("1e-9", "0.000000001").replace("1e3", "1000").replace("1e-3", "0.001").replace("*.", "*0.")
    )
    return "0" + plain if plain.startswith(".") else plain.replace("+.", "+0.")
