"""A method of an industry that does not exist, in the file format alone: every feature of the language, no Python.

Bead works melt sand with washing soda, buy tinsel by stock account, leak a made-up gas and may hold green certificates.
"""

from fractions import Fraction

from ledger.accounting.engine import Engine, Measured
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import exact_number

METHOD = """\
format = "method/1"
id = "bead-works"
edition = "invented"
title = { zh = "虚构玻璃珠厂", en = "Bead works (invented)" }
source = "made up for a test"
confidence = "memory-low"
text_checked = true
demo = true
years = [2020]

unit = "tCO2e"
bases = ["location", "market"]
gases = ["CO2", "glim"]
gwp_set = "invented"
reference_conditions = "m3{n}: 0 °C, 101.325 kPa"

[times]
grace = 604800
max_delay = 86400
skew = 300

[flags]
payload = "exclude"
unit = "exclude"
time = "exclude"
negative-register = "exclude"
gap = "keep"
fork = "degrade"
prev = "degrade"
seen = "degrade"
iat = "degrade"
late = "degrade"
revoked = "exclude"
foreign-log = "exclude"
calibration = "degrade"

[gaps]
rule = "report"
statement = { zh = "不补值", en = "not filled" }
limit = 500

[[constant]]
id = "carbon_to_co2"
value = "44/12"
unit = "tCO2/tC"
source = "molar masses"
confidence = "memory-high"

[[constant]]
id = "glim.gwp"
value = "1000"
unit = "tCO2e/t{glim}"
source = "made up"
confidence = "memory-low"

[[formula]]
id = "soda"
clause = "invented 1"
steps = ["pure [t] = M * PUR", "E [tCO2] = pure * EF * F"]

[[formula]]
id = "soda-by-carbon"
clause = "invented 2"
steps = ["E [tCO2] = M * CC * C"]

[[formula]]
id = "leak"
clause = "invented 3"
steps = ["E [tCO2e] = AD * GWP"]

[[formula]]
id = "amount"
clause = "invented 4"
steps = ["E [tCO2] = AD * EF"]

[[formula]]
id = "less"
clause = "invented 5"
steps = ["E [tCO2] = -AD * EF"]

[[formula]]
id = "per-bead"
clause = "invented 6"
steps = ["share [1] = BAD / ALL", "E [tCO2] = BAD * EF * share"]

[[parameter]]
id = "soda.purity"
unit = "%"
name = { zh = "纯度", en = "Purity" }
default = "98"
basis = "punitive"
source = "made up"
confidence = "memory-high"
range = ["60", "100"]

[[parameter]]
id = "soda.carbon_content"
unit = "tC/t"
name = { zh = "含碳量", en = "Carbon content" }

[[parameter]]
id = "beads.scorch"
unit = "tCO2/t"
name = { zh = "烧损", en = "Scorch" }
default = "0.5"
basis = "default"
source = "made up"
confidence = "memory-high"

[[item]]
id = "soda"
unit = "t"
name = { zh = "纯碱", en = "Washing soda" }
stock = true
carbon = { side = "in", content = "factor:soda.carbon_content" }

[[item]]
id = "purchased_electricity"
unit = "kWh"
name = { zh = "外购电力", en = "Purchased electricity" }

[[item]]
id = "green_certificates"
unit = "kWh"
name = { zh = "绿证", en = "Green certificates" }

[[item]]
id = "beads"
unit = "t"
name = { zh = "玻璃珠", en = "Beads" }

[[item]]
id = "scorched"
unit = "t"
name = { zh = "烧损玻璃珠", en = "Scorched beads" }

[[emission]]
id = "soda"
name = { zh = "纯碱分解", en = "Soda" }
formula = "soda"
scope = 1
energy = false
group = "process"
required = true
excludes = ["soda_by_carbon"]
with = { M = "item:soda", PUR = "factor:soda.purity", EF = "factor:soda.ef", F = "factor:soda.calcination" }

[[emission]]
id = "soda_by_carbon"
name = { zh = "纯碱分解（实测碳）", en = "Soda, carbon as measured" }
formula = "soda-by-carbon"
scope = 1
energy = false
with = { M = "item:soda", CC = "factor:soda.carbon_content", C = "constant:carbon_to_co2" }

[[emission]]
id = "purchased_electricity"
name = { zh = "外购电力", en = "Purchased electricity" }
formula = "amount"
scope = 2
energy = true
basis = "location"
with = { AD = "item:purchased_electricity", EF = "factor:electricity.grid" }

[[emission]]
id = "market_electricity"
name = { zh = "外购电力（市场法）", en = "Purchased electricity (market-based)" }
formula = "amount"
scope = 2
energy = true
basis = "market"
with = { AD = "item:purchased_electricity", EF = "factor:electricity.residual" }

[[emission]]
id = "green_certificates"
name = { zh = "绿证抵减（市场法）", en = "Covered by certificates (market-based)" }
formula = "less"
scope = 2
energy = true
basis = "market"
with = { AD = "item:green_certificates", EF = "factor:electricity.residual" }

[[emission]]
id = "scorch"
name = { zh = "烧损", en = "Scorch" }
formula = "per-bead"
scope = 1
energy = false
counts = "memo"
with = { BAD = "item:scorched", ALL = "item:beads", EF = "factor:beads.scorch" }

[[family]]
formula = "leak"
unit = "t{glim}"
stock = true
scope = 1
energy = false
gas = "{id}"
with = { AD = "item:{id}", GWP = "constant:{id}.gwp" }

[family.member]
glim = ["闪气", "Glim gas"]

[[family]]
of = ["beads", "scorched"]
source = "{id}.lint"
name = { zh = "{name}绒", en = "{name}: lint" }
formula = "amount"
scope = 3
energy = false
group = "waste"
with = { AD = "item:{id}", EF = "factor:{id}.lint" }

[[family.parameter]]
id = "{id}.lint"
unit = "tCO2/t"
name = { zh = "{name}绒因子", en = "{name}: lint factor" }
default = "0.01"
basis = "default"
source = "made up"
confidence = "memory-high"
"""

FACTORS = """\
format = "factors/1"
id = "bead-factors"
edition = "invented"
title = { zh = "虚构", en = "Invented" }
source = "made up for a test"
confidence = "memory-low"
text_checked = true
demo = true
years = [2020]
programme = "none"
region = "XX"

[[factor]]
id = "electricity.grid"
value = "0.5"
unit = "tCO2/MWh"
basis = "prescribed"
years = [2020]
source = "made up"
confidence = "memory-low"

[[factor]]
id = "electricity.residual"
value = "0.6"
unit = "tCO2/MWh"
basis = "prescribed"
years = [2021]
source = "made up"
confidence = "memory-low"

[[factor]]
id = "soda.ef"
value = "0.41492"
unit = "tCO2/t"
basis = "prescribed"
years = [2020]
source = "made up"
confidence = "memory-low"

[[factor]]
id = "soda.calcination"
value = "100"
unit = "%"
basis = "default"
years = [2020]
source = "made up"
confidence = "memory-high"
"""


def amount(text: str) -> Quantity:
    """ "12.5 t" as a quantity."""
    number, _, unit = text.partition(" ")
    return Quantity(exact_number(number), parse_unit(unit))


def engine(method: str = METHOD, factors: str = FACTORS) -> Engine:
    return Engine(parse_method(method.encode(), "beads.toml"), parse_factors(factors.encode(), "factors.toml"))


def emitted(source: str, items: dict[str, str], measured: dict[str, str] | None = None, year: int = 2022) -> Fraction:
    """The emission of one source of the invented method, in its unit."""
    values = {factor: Measured(amount(text), "laboratory") for factor, text in (measured or {}).items()}
    return engine().emission(source, year, {item: amount(text) for item, text in items.items()}, values).quantity.value
