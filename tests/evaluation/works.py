"""A plant with units: a furnace and a line with two machines below it, a main meter with sub-meters, products.

Per hour: 8 kWh at the main meter, of which furnace 3, line 4 (of that: cutter 1.5, oven 1); 1 m³ of gas at the furnace;
2 t of panes and 0.5 t of cullet. Heat is declared.
"""

from collections.abc import Iterable

from ledger.accounting.engine import Engine
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.evaluation.activity import gather
from ledger.evaluation.calendar import months
from ledger.evaluation.emissions import emit
from ledger.evaluation.findings import Findings
from ledger.evaluation.gathering import gather_frames, whole
from ledger.evaluation.organisation import Organised, organise
from ledger.evaluation.site import parse_site
from ledger.evaluation.unit_joining import join_organisation
from tests.evaluation.plant import HOURS, ISS, METER, OFFICER, PERIOD, POWER, RULES, SITE, Log, hour, item

FURNACE_POWER, LINE_POWER = f"{METER}/furnace", f"{METER}/line"
CUTTER_POWER, OVEN_POWER = f"{METER}/cutter", f"{METER}/oven"
ENGINE = Engine(parse_method(RULES.method), parse_factors(RULES.factors), "CN")
SCALE = f"{ISS}/EQ-3"
PANES, CULLET = f"{SCALE}/panes", f"{SCALE}/cullet"
AMOUNTS = {POWER: "8", FURNACE_POWER: "3", LINE_POWER: "4", CUTTER_POWER: "1.5", OVEN_POWER: "1"}


def point(identity: str, *lines: str, item: str = "purchased_electricity", unit: str = "kWh") -> str:
    head = f'\n[[meter.point]]\nid = "{identity}"\nitem = "{item}"\nunit = "{unit}"\nkind = "amount"\n'
    return head + "".join(line + "\n" for line in lines)


def unit(identity: str, kind: str, parent: str = "") -> str:
    lines = [f'\n[[unit]]\nid = "{identity}"\nkind = "{kind}"\nname = {{ zh = "{identity}", en = "{identity}" }}']
    return "\n".join(lines + ([f'parent = "{parent}"'] if parent else [])) + "\n"


def table(kind: str, **fields: str) -> str:
    """A table of the site file; values as TOML writes them."""
    return f"\n[[{kind}]]\n" + "".join(f"{name.rstrip('_')} = {value}\n" for name, value in fields.items())


NAME = '{ zh = "名", en = "name" }'
SUB_METERS = (
    point(FURNACE_POWER, f'parent = "{POWER}"', 'at = "furnace"')
    + point(LINE_POWER, f'parent = "{POWER}"', 'at = "line"')
    + point(CUTTER_POWER, f'parent = "{LINE_POWER}"', 'at = "cutter"')
    + point(OVEN_POWER, f'parent = "{LINE_POWER}"', 'at = "oven"')
)
SCALES = (
    f'\n[[meter]]\nsub = "{SCALE}"\nname = {{ zh = "秤", en = "Scales" }}\n'
    + point(PANES, 'at = "line"', item="production", unit="t")
    + point(CULLET, 'at = "line"', item="production", unit="t")
)
UNITS = unit("furnace", "process") + unit("line", "product_line")
UNITS += unit("cutter", "equipment", "line") + unit("oven", "equipment", "line")
PRODUCTS = table("product", id='"panes"', name=NAME, at='"line"', output=f'"{PANES}"')
PRODUCTS += table("product", id='"cullet"', name=NAME, at='"line"', output=f'"{CULLET}"')


def works(*tables: str, products: str = PRODUCTS) -> str:
    """The site file, with more tables behind."""
    text = SITE.replace('ratio = "10"\n', SUB_METERS, 1).replace(
        'item = "natural_gas"', 'item = "natural_gas"\nat = "furnace"'
    )
    first = text.index("[[declaration]]")
    return text[:first] + SCALES.lstrip() + "\n" + text[first:] + UNITS + products + "".join(tables)


def log(hours: Iterable[int] = HOURS, cullet: str = "0.5", **changed: str) -> Log:
    """What the meters state; `changed` by the last part of a point's name."""
    found = Log()
    for start in hours:
        for name, value in AMOUNTS.items():
            found.add(hour(start, changed.get(name.rpartition("/")[2], value), name))
        found.add(hour(start, "2", PANES, "t"), SCALE)
        found.add(hour(start, cullet, CULLET, "t"), SCALE)
    found.gas()
    found.declare(item("purchased_heat", "100", "GJ"), item("value_added", "20000", "{CNY}"), sub=OFFICER)
    return found


def organised(log: Log, text: str) -> tuple[Organised, Findings]:
    """What the organisation makes of the frames, without amounts by the hour."""
    site, engine = parse_site(text.encode()), ENGINE
    span, found = months(PERIOD.start, PERIOD.end, site.offset), Findings()
    join_organisation(site, engine)
    activity = gather(site, engine, gather_frames(whole(log.frames), site, engine.method.data_rules, span), span, found)
    return organise(site, engine, activity, emit(site, engine, activity, found), found), found
