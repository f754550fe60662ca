"""The shipped factor sets against the table of references, figure by figure: nothing was mistyped, no mark improved.

The folder of references is not part of the project: `CARBON_REFERENCE` names it, else `../shared/reference` is tried.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from ledger.accounting.factors import Factor, FactorSet, parse_factors
from ledger.accounting.units import parse_unit
from ledger.rules import load_rule
from tests.conftest import outside

Row = dict[str, str]

SETS = {"A": "cn-a-2013", "B": "cn-b-2015", "C": "cn-c-2022", "D": "cn-d-2011"}
NAMES = {
    "crude": "crude_oil", "petcoke": "petroleum_coke", "tar": "coal_tar", "benzol": "crude_benzol",
    "ng": "natural_gas", "cog": "coke_oven_gas", "bfg": "blast_furnace_gas", "bofg": "converter_gas",
    "carbide_gas": "carbide_furnace_gas", "other_gas": "other_coal_gas", "other_washed": "other_washed_coal",
    "briquette": "briquettes", "jet": "jet_kerosene", "other_petroleum": "other_petroleum_products",
    "gangue": "coal_gangue", "slime": "coal_slime", "argon_co2": "carbon_dioxide",
}  # fmt: skip
PROPERTIES = {"ncv": "ncv", "cc": "carbon", "of": "oxidation"}
GRIDS = {
    "华北": "CN-NORTH", "东北": "CN-NORTHEAST", "华东": "CN-EAST", "华中": "CN-CENTRAL", "西北": "CN-NORTHWEST",
    "南方": "CN-SOUTH", "西南": "CN-SOUTHWEST",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    folder = outside("CARBON_REFERENCE", "reference")
    if folder is None or not (Path(folder) / "factors.csv").is_file():
        pytest.skip("no reference folder: set CARBON_REFERENCE")
    with (Path(folder) / "factors.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def factor_set(name: str) -> FactorSet:
    return parse_factors(load_rule(name), f"{name}.toml")


def agree(factor: Factor, row: Row) -> None:
    unit = row["unit"].split(" ")[0].replace("kgce", "kg{ce}").replace("/m3", "/Nm3")
    value = factor.quantity.to(parse_unit(unit)).value
    assert (value, factor.confidence) == (Fraction(row["value"]), row["confidence"]), row["id"]


def test_fuels(rows: list[Row]) -> None:
    read = {letter: factor_set(name) for letter, name in SETS.items()}
    checked = 0
    for row in rows:
        match = re.fullmatch(r"([ABCD])_(?!of_|cc_)(.+)_(ncv|cc|of)", row["id"])
        if match:
            fuel = NAMES.get(match[2], match[2])
            agree(read[match[1]].factors[f"{fuel}.{PROPERTIES[match[3]]}"][0], row)
            checked += 1
    assert checked >= 220


def test_electricity_of_provinces_and_grids(rows: list[Row]) -> None:
    factors = factor_set("cn-a-2013")
    checked = 0
    for row in rows:
        province = re.fullmatch(r"GRID_([A-Z]{2})_(202[12])", row["id"])
        grid = re.fullmatch(r"GRID_REG_(..)_(20[0-9]{2})", row["id"])
        if province and province[1] != "CN":
            agree(factors.choose("electricity.grid.provincial", int(province[2]), f"CN-{province[1]}"), row)
        elif grid:
            region = GRIDS[grid[1]] + ("-2012" if grid[1] == "华中" and int(grid[2]) < 2020 else "")
            agree(factors.choose("electricity.grid.regional", int(grid[2]), region), row)
        checked += bool((province and province[1] != "CN") or grid)
    assert checked == 30 * 2 + 6 * 3 + 7 * 2


def test_national_electricity(rows: list[Row]) -> None:
    factors, kinds = factor_set("cn-c-2022"), {"avg": "average", "excl_mkt": "residual", "fossil": "fossil"}
    checked = 0
    for row in rows:
        match = re.fullmatch(r"GRID_CN_(20[0-9]{2})_(avg|excl_mkt|fossil)", row["id"])
        if match:
            agree(factors.choose(f"electricity.{kinds[match[2]]}", int(match[1])), row)
            checked += 1
    assert checked == 9


def test_standard_coal(rows: list[Row]) -> None:
    factors = factor_set("cn-tce-2589")
    special = {"electricity_eq": "electricity.tce.calorific", "heat_eq": "heat.tce"}
    listed = [row for row in rows if row["id"].startswith("TCE_") and row["id"] != "TCE_def"]
    for row in listed:
        name = row["id"][4:]
        agree(factors.choose(special.get(name, f"{NAMES.get(name, name)}.tce"), 2022), row)
    assert len(listed) == 29


def test_footprint_of_electricity(rows: list[Row]) -> None:
    factors = factor_set("footprint-secondary-cn")
    for row in rows:
        match = re.fullmatch(r"GRID_CFP_(\w+?)(?:_(2023|2024))?", row["id"])
        if match:
            name = "electricity" if match[1] == "total" else f"electricity_{match[1]}"
            agree(factors.choose(f"{name}.footprint", int(match[2] or 2023)), row)
