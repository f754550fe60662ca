"""The three enterprises for some days each: what their meters see and what their offices sign.

Amounts follow what was made: of a smelter's alumina and anodes, of a filter's aluminium and steel, of a car's hundred
parts. The figures are invented and marked DEMO; the footprints of what comes without a certificate are those of the
factor set, or a laboratory's word where it has none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import takewhile
from types import MappingProxyType

from devnet.demo.plant import PRODUCT_FOOTPRINT, Hour, Plant, site_file
from devnet.factories import aluminium, auto_filters, cars
from devnet.factories.factory import Factory, Filed, Year
from devnet.factories.gauges import HOUR, OFFSET
from devnet.factories.gauges import Hour as PlanHour
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import parse_site
from ledger.evaluation.upstream_claims import KIND as CLAIM
from terminal_signer.frame import Item

DAY = 24 * HOUR
SMELTED, PRESSED, ASSEMBLED = datetime(2023, 2, 6), datetime(2023, 3, 6), datetime(2023, 4, 10)
INGOT, OIL_FILTER, AIR_FILTER, SEDAN = (
    f"{aluminium.ISS}/ingot", f"{auto_filters.ISS}/oil-filter", f"{auto_filters.ISS}/air-filter", f"{cars.ISS}/sedan",
)  # fmt: skip
TRADE_ITEMS: Mapping[str, tuple[str, str]] = {
    INGOT: ("/01/09520303000015", "2302"), OIL_FILTER: ("/01/09520301000017", "2303"),
    AIR_FILTER: ("/01/09520301000024", "2303"), SEDAN: ("/01/09520306000012", "2304"),
}  # fmt: skip
"""GTIN, of the range that GS1 keeps for demonstrations (952), and batch."""
ALUMINIUM_A_FILTER, STEEL_A_FILTER, PLASTIC_A_FILTER, PAPER_A_FILTER = (
    Decimal(text) for text in ("0.180", "0.220", "0.160", "0.045")
)
CERTIFIED_METAL_A_CAR, OTHER_METAL_A_CAR = Decimal(118), Decimal(42)
OF_A_CAR = {"steel_sheet": 840, "plastics": 155, "rubber_tyres": 41, "glass": 32}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that came in: `quantity` of an account's unit; `footprint` in kgCO2e per unit, as certified."""

    account: bytes
    quantity: Decimal
    unit: str
    footprint: Decimal


def smelter(days: int) -> Plant:
    """Remelt ingots."""
    factory = replace(aluminium.factory(), site="aluminium_footprint.toml", silences=(), slips=())
    return _plant(factory, SMELTED, days, _smelted)


def filter_maker(days: int, metal: Delivery) -> Plant:
    """Oil filters with a housing of certified aluminium, and air filters without anything certified."""
    factory = replace(auto_filters.factory(), site="auto_filters_footprint.toml", silences=(), slips=())
    return _plant(factory, PRESSED, days, _pressed, {"certified_aluminium": metal})


def car_maker(days: int, goods: Mapping[str, Delivery]) -> Plant:
    """Cars of certified filters, of aluminium with and without a certificate, and of much else without one. `goods`:
    by the input that they are."""
    return _plant(cars.factory(), ASSEMBLED, days, _assembled, goods)


def made(plant_hours: Iterable[PlanHour], *lines: str) -> int:
    return sum(hour.makes(line) for hour in plant_hours for line in lines)


def hours_of(factory: Factory, first: datetime, days: int) -> tuple[PlanHour, ...]:
    start = _start(first)
    until = takewhile(lambda hour: hour.start < start + days * DAY, factory.hours())
    return tuple(hour for hour in until if start <= hour.start)


def oil_filters(days: int) -> int:
    return made(hours_of(auto_filters.factory(), PRESSED, days), "oil")


def cars_made(days: int) -> int:
    return made(hours_of(cars.factory(), ASSEMBLED, days), "cars")


def metal_for_filters(days: int) -> Decimal:
    """Tonnes, in whole kilogrammes."""
    return _kilogrammes(oil_filters(days) * ALUMINIUM_A_FILTER) / 1000


def metal_for_cars(days: int) -> Decimal:
    return _kilogrammes(cars_made(days) * CERTIFIED_METAL_A_CAR) / 1000


def _plant(
    factory: Factory,
    first: datetime,
    days: int,
    filed: Callable[[Sequence[PlanHour], Period], list[Filed]],
    goods: Mapping[str, Delivery] = MappingProxyType({}),
) -> Plant:
    chosen = hours_of(factory, first, days)
    site = site_file(factory.site)
    facts = parse_site(site, factory.site)
    start = _start(first)
    period = Period(start, start + days * DAY)
    year = Year(replace(factory, hours=lambda: iter(chosen)))
    hours = tuple(Hour(pack.end, pack.batches) for pack in year.signed())
    plant = Plant(site, facts, PRODUCT_FOOTPRINT, facts.subject, period, hours)
    claims = [_claim(plant.officer, name, delivery, period) for name, delivery in goods.items()]
    return replace(plant, filed=(*filed(chosen, period), *claims))


def _start(first: datetime) -> int:
    return int((first - OFFSET).replace(tzinfo=UTC).timestamp())


def _smelted(hours: Sequence[PlanHour], span: Period) -> list[Filed]:
    metal = Decimal(made(hours, "potline-1", "potline-2"))
    bought = {
        "alumina": (_kilogrammes(metal * Decimal("1.925")), "kg"),
        "carbon_anode": (_kilogrammes(metal * Decimal("0.512")), "kg"),
        "process_emissions": (_kilogrammes(metal * Decimal("1.726")), "kg{CO2e}"),
        "transport_rail": (_kilogrammes(metal * Decimal("1.925") / 1000 * 640), "t.km"),
    }
    stated = {
        "alumina_footprint": (Decimal("1.27"), "kg{CO2e}/kg"),
        "carbon_anode_footprint": (Decimal("0.94"), "kg{CO2e}/kg"),
        "natural_gas_supply": (Decimal("0.315"), "kg{CO2e}/m3{n}"),
    }
    report = Filed(
        aluminium.LABORATORY, span.end + 6 * HOUR, "laboratory-result", _items(stated, span), number="EPD-2023-02"
    )
    return [_declared(aluminium.OFFICER, bought, span), report]


def _pressed(hours: Sequence[PlanHour], span: Period) -> list[Filed]:
    oil, air = Decimal(made(hours, "oil")), Decimal(made(hours, "air"))
    steel, plastic = oil * STEEL_A_FILTER, air * PLASTIC_A_FILTER
    bought = {
        "steel_sheet": (_kilogrammes(steel), "kg"),
        "plastics": (_kilogrammes(plastic), "kg"),
        "paper": (_kilogrammes((oil + air) * PAPER_A_FILTER), "kg"),
        "transport_road": (_kilogrammes((steel + plastic) / 1000 * 210), "t.km"),
    }
    return [_declared(auto_filters.OFFICER, bought, span)]


def _assembled(hours: Sequence[PlanHour], span: Period) -> list[Filed]:
    built = Decimal(made(hours, "cars"))
    bought = {name: (_kilogrammes(built * each), "kg") for name, each in OF_A_CAR.items()}
    bought["aluminium_cn"] = (_kilogrammes(built * OTHER_METAL_A_CAR), "kg")
    bought["transport_road"] = (_kilogrammes(built * sum(OF_A_CAR.values()) / 1000 * 350), "t.km")
    return [_declared(cars.OFFICER, bought, span)]


def _claim(officer: str, name: str, goods: Delivery, span: Period) -> Filed:
    """What the office takes from an account, by the delivery note."""
    account = f"{name}/0x{goods.account.hex()}"
    each = f"kg{{CO2e}}/{goods.unit}"
    items = _items({account: (goods.quantity, goods.unit), f"{account}.footprint": (goods.footprint, each)}, span)
    return Filed(
        officer, span.end + 8 * HOUR, CLAIM, items, f"Delivery note: {goods.quantity} {goods.unit} of {name}\n"
    )


def _declared(officer: str, amounts: Mapping[str, tuple[Decimal, str]], span: Period) -> Filed:
    return Filed(officer, span.end + 7 * HOUR, "declaration", _items(amounts, span))


def _items(amounts: Mapping[str, tuple[Decimal, str]], span: Period) -> tuple[Item, ...]:
    return tuple(Item(name, value, unit, span.start, span.end) for name, (value, unit) in amounts.items())


def _kilogrammes(amount: Decimal) -> Decimal:
    """In whole kilogrammes, as a weighbridge shows them."""
    return Decimal(int(amount))


__all__ = [
    "AIR_FILTER", "INGOT", "OIL_FILTER", "SEDAN", "TRADE_ITEMS", "Delivery", "car_maker", "cars_made", "filter_maker",
    "metal_for_cars", "metal_for_filters", "smelter",
]  # fmt: skip
