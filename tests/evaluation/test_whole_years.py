"""A year of each industry through the whole evaluation, beside the same sum written out by hand."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from ledger.canonical import exact_number
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import EMISSION_STATEMENT, evaluate_file
from ledger.evaluation.inputs import Rules
from ledger.rules import load_rule
from tests.evaluation.plant import SEED

C = Fraction(44, 12)
GRID, RESIDUAL = Fraction("0.5703"), Fraction("0.5856")


def f(text: str) -> Fraction:
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Year:
    """`rows`: item, value, unit. `total` by the first basis; `other`: what the second one adds to it."""

    method: str
    factors: str
    rows: str
    total: Fraction
    other: Fraction
    year: int = 2022


GLASS = Year(
    "cn-flat-glass-2015",
    "cn-c-2022",
    """\
soda_ash,38000,t
soda_ash.purity,99.2,%
limestone,9000,t
limestone.purity,97,%
limestone.calcination,98,%
dolomite,24000,t
carbon_powder,120,t
natural_gas,3500,10^4Nm3
purchased_electricity,21000,MWh
green_certificates,3000,MWh
cullet,30000,t
flat_glass,190000,t""",
    38000 * f("0.992") * f("0.41492")
    + 9000 * f("0.97") * f("0.98") * f("0.43971")
    + 24000 * f("0.47732")
    + 120 * C
    + 3500 * f("389.31") * f("0.01532") * f("0.99") * C
    + 21000 * GRID,
    18000 * RESIDUAL - 21000 * GRID,
)
CEMENT = Year(
    "cn-cement-2015",
    "cn-a-2013",
    """\
clinker,1500000,t
clinker.cao,65.2,%
clinker.mgo,1.6,%
clinker.cao_not_from_carbonate,2,%
raw_meal,2000000,t
raw_meal_with_gangue,300000,t
kiln_dust,0,t
bypass_dust,1200,t
bituminous,230000,t
bituminous.carbon_as_received,0.61,tC/t
waste_tyres,1000,t
waste_tyres.fossil_share,75,%
purchased_electricity,95000,MWh
exported_electricity,1000,MWh""",
    1501200 * (f("0.632") * Fraction(44, 56) + f("0.016") * Fraction(44, 40))
    + (2000000 * f("0.001") + 300000 * f("0.003")) * C
    + 230000 * f("0.61") * f("0.93") * C
    + 1000 * f("31.4") * f("0.085") * f("0.75")
    + 94000 * GRID,
    95000 * (RESIDUAL - GRID),
)
STEEL = Year(
    "cn-steel-2015",
    "cn-b-2015",
    """\
cleaned_coal.purchased,2100000,t
cleaned_coal.opening_stock,120000,t
cleaned_coal.closing_stock,110000,t
coke.purchased,20000,t
coke.sold,50000,t
coal_tar.sold,60000,t
sold_coke_oven_gas,1000,10^4Nm3
internal_blast_furnace_gas,500000,10^4Nm3
internal_coke_oven_gas,90000,10^4Nm3
flux_limestone,300000,t
flux_dolomite,90000,t
electrodes,400,t
purchased_scrap,200000,t
crude_steel,3000000,t
purchased_electricity,900000,MWh
exported_heat,100000,GJ""",
    2110000 * f("26.334") * f("0.02541") * f("0.9") * C
    - 30000 * f("28.435") * f("0.0295") * f("0.93") * C
    - 60000 * f("33.453") * f("0.022") * f("0.98") * C
    - 1000 * f("179.81") * f("0.01358") * f("0.99") * C
    + 300000 * f("0.44")
    + 90000 * f("0.471")
    + 400 * f("3.663")
    + 200000 * f("0.0154")
    - 3000000 * f("0.0154")
    + 900000 * GRID
    - 100000 * f("0.11"),
    900000 * (RESIDUAL - GRID),
)
ALUMINIUM = Year(
    "cn-aluminium-2013",
    "cn-a-2013",
    """\
primary_aluminium,200000,t
anode_effect.minutes,0.05,min/({cell}.d)
limestone,1000,t
natural_gas,300,10^4Nm3
purchased_electricity,2680000,MWh""",
    200000 * f("1.50304")
    + 200000 * f("0.143") / 1000 * f("0.05") * (6500 + f("0.121") * 9200)
    + 405
    + 300 * f("389.31") * f("0.0153") * f("0.99") * C
    + 2680000 * GRID,
    2680000 * (RESIDUAL - GRID),
)
CHEMICALS = Year(
    "cn-chemicals-2015",
    "cn-a-2013",
    """\
feedstock_anthracite,400000,t
feedstock_anthracite.carbon_content,0.72,tC/t
feedstock_natural_gas,1000,10^4Nm3
product_urea,600000,t
product_methanol,50000,t
waste_residue,4000,t
waste_residue.carbon_content,0.15,tC/t
soda_ash,500,t
nitric_acid_dual_pressure,20000,t
nitric_acid_dual_pressure.abatement,90,%
nitric_acid_dual_pressure.abatement_use,98,%
recovered_co2,3000,10^4Nm3
recovered_co2.purity,99.5,%
purchased_electricity,20000,MWh
exported_electricity,90000,MWh
purchased_steam,10000,t
purchased_steam.enthalpy,2783.74,kJ/kg""",
    (400000 * f("0.72") + 1000 * f("389.31") * f("0.0153") - 600000 * f("0.2") - 50000 * f("0.375") - 600) * C
    + 500 * f("0.41492")
    + 20000 * f("0.008") * (1 - f("0.9") * f("0.98")) * 310
    - 3000 * f("0.995") * f("19.77")
    - 70000 * GRID
    + 27000 * f("0.11"),
    20000 * (RESIDUAL - GRID),
)
MACHINERY = Year(
    "cn-machinery-2015",
    "cn-c-2022",
    """\
purchased_electricity,9100,MWh
natural_gas,61,10^4Nm3
shielding_gas,20.4,t
shielding_gas.co2,20,%
shielding_gas.argon,80,%
hfc_134a.purchased,500,kg
hfc_134a.opening_stock,30,kg
hfc_134a.closing_stock,20,kg
hfc_134a.sold,495,kg
acetylene,2.6,t""",
    9100 * GRID + 61 * f("389.31") * f("0.01532") * f("0.99") * C + f("4.4") + f("0.015") * 1300 + f("8.8"),
    9100 * (RESIDUAL - GRID),
)
ENERGY = Year(
    "cn-energy-2589",
    "cn-tce-2589",
    """\
purchased_electricity,95000,MWh
raw_coal,1000,t
raw_coal.ncv,29307.6,kJ/kg
diesel,300,t
natural_gas,12,10^4Nm3
purchased_heat,1000,GJ
new_water,30000,t""",
    95000 * f("0.1229") + 1000 + 300 * f("1.4571") + 120000 * f("0.00133") + f("34.12") + 30000 * f("0.0002571"),
    95000 * (f("0.3015") - f("0.1229")),
)
YEARS = [GLASS, CEMENT, STEEL, ALUMINIUM, CHEMICALS, MACHINERY, ENERGY]


def emissions(year: Year) -> Any:
    lines = "".join(f"{row},{year.year}\n" for row in year.rows.splitlines())
    data = ("item,value,unit,period\n" + lines).encode()
    file = parse_activity(data, "year.csv", None)
    rules = Rules(load_rule(year.method), load_rule(year.factors))
    return evaluate_file(file, data, rules, seed=SEED, kind=EMISSION_STATEMENT).document["emissions"]


@pytest.mark.parametrize("year", YEARS, ids=lambda year: year.method)
def test_a_year_comes_to_the_figure_worked_out_by_hand(year: Year) -> None:
    """Exactly, in both bases; gases and groups add up to the total."""
    found = emissions(year)
    assert exact_number(found["total"]) == year.total
    assert [exact_number(value) for value in found["bases"].values()] == [year.total, year.total + year.other]
    for parts in ("by_gas", "by_group"):
        assert sum(map(exact_number, found[parts].values())) == year.total


def test_a_footprint_comes_to_the_figure_worked_out_by_hand() -> None:
    """Certified inputs and secondary factors apart; fuel by its carbon, and its supply."""
    rows = """\
filter_paper,120,kg
filter_paper.footprint,1.9,kgCO2e/kg
certified_steel_bf_bof,500,kg
certified_steel_bf_bof.footprint,1.85,kgCO2e/kg
steel_bf_bof,100,kg
electricity,4000,kWh
fuel_natural_gas,300,m3{n}
fuel_natural_gas.supply_footprint,3000,kgCO2e/10^4Nm3
product_pieces,10000,{piece}"""
    gas = 1000 * f("0.03") * f("389.31") * f("0.01532") * f("0.99") * C
    found = emissions(Year("product-footprint", "footprint-secondary-cn", rows, f("0"), f("0"), 2023))
    groups = {group: exact_number(value) for group, value in found["by_group"].items()}
    assert groups == {
        "certified": 925,
        "material": 228 + 232 + 90,
        "electricity": 4000 * f("0.6205"),
        "combustion": gas,
    }
    assert exact_number(found["total"]) == sum(groups.values())
    assert found["unit"] == "kgCO2e"
