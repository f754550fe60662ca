"""An ironworks whose method is made up: coke and limestone in, steel out, blast-furnace gas handed on inside.

1,000 t of coke were bought with 85 % carbon, of which 98 % burns; 200 t of limestone; 900 t of steel with 0.4 % carbon.
"""

from ledger.evaluation.inputs import Rules
from tests.accounting.invented import FACTORS
from tests.accounting.invented import METHOD as BEADS
from tests.evaluation.plant import METER, OFFICER, SITE, Log, item
from tests.evaluation.works import NAME, point, table, unit

GAS_METER = f"{METER}/gas"
HEAD = BEADS[: BEADS.index("[[constant]]")].replace("bead-works", "ironworks")


def method_parameter(identity: str, unit_text: str, default: str) -> str:
    return table(
        "parameter", id=f'"{identity}"', unit=f'"{unit_text}"', name=NAME, default=f'"{default}"', basis='"default"',
        source='"made up"', confidence='"memory-high"',
    )  # fmt: skip


def method_item(identity: str, carbon: str = "", *, unit_text: str = "t", stock: bool = False) -> str:
    fields = {"id": f'"{identity}"', "unit": f'"{unit_text}"', "name": NAME}
    side, _, content = carbon.partition(" ")
    fields |= {"carbon": f'{{ side = "{side}", content = "factor:{content}" }}'} if carbon else {}
    return table("item", **fields, **({"stock": "true"} if stock else {}))


def method_source(identity: str, formula: str, **bound: str) -> str:
    return table(
        "emission", id=f'"{identity}"', name=NAME, formula=f'"{formula}"', scope="1", energy="false",
        with_="{ " + ", ".join(f'{name} = "{what}"' for name, what in bound.items()) + " }",
    )  # fmt: skip


def formula(identity: str, step: str) -> str:
    return table("formula", id=f'"{identity}"', clause='"invented"', steps=f'["{step}"]')


METHOD = (
    HEAD
    + '[balance]\ntolerance = "5"\n'
    + table("constant", id='"c"', value='"44/12"', unit='"tCO2/tC"', source='"masses"', confidence='"memory-high"')
    + formula("burnt", "E [tCO2] = AD * CC * OF * C")
    + formula("flux", "E [tCO2] = AD * EF")
    + formula("fixed", "E [tCO2] = -AD * CC * C")
    + method_parameter("coke.carbon", "tC/t", "0.85")
    + method_parameter("coke.burnt", "%", "98")
    + method_parameter("limestone.ef", "tCO2/t", "0.44")
    + method_parameter("steel.carbon", "tC/t", "0.004")
    + method_parameter("gas.carbon", "tC/10^4Nm3", "2.5")
    + method_item("coke", "in coke.carbon", stock=True)
    + method_item("limestone", "in limestone.ef")
    + method_item("steel", "out steel.carbon")
    + method_item("blast_furnace_gas", unit_text="10^4Nm3")
    + method_source("coke", "burnt", AD="item:coke", CC="factor:coke.carbon", OF="factor:coke.burnt", C="constant:c")
    + method_source("limestone", "flux", AD="item:limestone", EF="factor:limestone.ef")
    + method_source("steel", "fixed", AD="item:steel", CC="factor:steel.carbon", C="constant:c")
)
RULES = Rules(METHOD.encode(), FACTORS.encode(), None, None)
STATED = {"coke": "1000", "limestone": "200", "steel": "900"}


def declares(name: str, **fields: str) -> str:
    return table("declaration", item=f'"{name}"', sub=f'"{OFFICER}"', class_='"officer"', **fields)


def site(*tables: str, items: tuple[str, ...] = tuple(STATED)) -> str:
    """The site file: all is declared but the gas, which a meter at the power plant measures."""
    text = SITE[: SITE.index("[[meter]]")].replace('"general"', '"ironworks"').replace('"cn-a-2013"', '"bead-factors"')
    text += f'[[meter]]\nsub = "{METER}"\nname = {NAME}\n'
    text += point(GAS_METER, 'at = "power"', item="blast_furnace_gas", unit="10^4Nm3")
    text += "".join(declares(name) for name in items)
    text += "".join(table("source", id=f'"{name}"') for name in STATED)
    return text + unit("furnace", "process") + unit("power", "process") + "".join(tables)


def stated(**changed: str) -> Log:
    """What the officer declares, all of it in January."""
    found = Log()
    found.declare(*(item(name, value, "t") for name, value in (STATED | changed).items()))
    return found
