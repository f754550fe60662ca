"""A car maker: press and body shop, paint shop, assembly. Some 24 cars an hour in two shifts of working days.

Four fifths of what a car carries comes in at the gate: filters and part of the aluminium with certificates of their
makers, steel, plastics, tyres, glass and the rest of the aluminium without.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from devnet.factories.calendar import working_day
from devnet.factories.factory import Factory
from devnet.factories.gauges import Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20306"
YEAR = 2023
SEED = b"carbon-ledger car maker"
OFFICER = f"{ISS}/OF-0001"
GATE, BODY, PAINT, ASSEMBLY, GAS = (f"{ISS}/EQ-000{number}" for number in range(1, 6))


def factory() -> Factory:
    """Electricity in Wh, gas in 0.01 m³, cars in pieces."""
    press = _power(BODY, "press", lambda hour: 82_000 * hour.makes("cars") + 140_000)
    body = _power(BODY, "body", lambda hour: 145_000 * hour.makes("cars") + 210_000)
    paint = _power(PAINT, "paint", lambda hour: 265_000 * hour.makes("cars") + 620_000)
    assembly = _power(ASSEMBLY, "assembly", lambda hour: 74_000 * hour.makes("cars") + 180_000)
    parts = (press, body, paint, assembly)
    main = Gauge(f"{GATE}/main", "kWh", 3, total_of(parts, loss=8), stood=318_204_771_000, rollover=10**12)
    gas = Gauge(f"{GAS}/paint", "m3{n}", 2, _gas, stood=5_210_884_120, rollover=10**10)
    cars = Gauge(f"{ASSEMBLY}/cars", "{piece}", 0, lambda hour: hour.makes("cars"))
    return Factory(
        site="car_footprint.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={GATE: (main,), BODY: (press, body), PAINT: (paint,), ASSEMBLY: (assembly, cars), GAS: (gas,)},
        filed=lambda year: [],
    )


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """Cars in the hour."""
    working = working_day(moment) and 6 <= moment.hour < 22
    return {"cars": scattered(SEED, "cars", number, 24, 80) if working else 0}


def _power(sub: str, name: str, watt_hours: Callable[[Hour], int]) -> Gauge:
    def amount(hour: Hour) -> int:
        return watt_hours(hour) * (1000 + noise(SEED, name, hour.number, 20)) // 1000

    return Gauge(f"{sub}/{name}", "kWh", 3, amount)


def _gas(hour: Hour) -> int:
    """Ovens of the paint shop: 38 m³ a car, kept warm between shifts."""
    return scattered(SEED, "gas", hour.number, 3_800 * hour.makes("cars") + 9_000, 30)
