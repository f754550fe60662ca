"""Published worked examples, recomputed by the project's own formula reader and engine.

The folder of references is not part of the project: `CARBON_REFERENCE` names it, else `../shared/reference` is tried.
"""

import json
from fractions import Fraction
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


def test_fuel_coefficients_come_out_of_the_general_method(examples: list[dict[str, Any]]) -> None:
    """Set D by the engine, its three properties handed in as measured values: the nine printed coefficients and gas."""
    engine = Engine(parse_method(load_rule("general")), parse_factors(load_rule("cn-d-2011")))
    fuels = {"CN-FUEL-01": "raw_coal", "CN-FUEL-07": "diesel", "CN-FUEL-10": "natural_gas"}
    by_id = {example["id"]: example for example in examples}
    for identity, fuel in fuels.items():
        example = by_id[identity]
        volume = fuel == "natural_gas"
        properties = {
            "ncv": ("NCV", "kJ/Nm3" if volume else "kJ/kg"),
            "carbon": ("CC", "tC/TJ"),
            "oxidation": ("OF", "1"),
        }
        measured = {
            f"{fuel}.{name}": Measured(Quantity(Fraction(str(example["factors"][key]["value"])), parse_unit(unit)), "")
            for name, (key, unit) in properties.items()
        }
        one = Quantity(Fraction(1), parse_unit("Nm3" if volume else "kg"))
        emission = engine.emission(fuel, 2018, {fuel: one}, measured).quantity.to(parse_unit("kgCO2")).value
        published = example["outputs"][0]
        assert abs(emission - Fraction(str(published["published"]))) <= Fraction(str(published["tolerance_abs"]))


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
