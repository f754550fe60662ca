"""A nitrogen works on natural gas: ammonia, urea, nitric acid, and a batch reactor hall for resins.

Gas is feedstock and fuel; the carbon that leaves in urea, and the CO2 that is sold, are deducted; nitrous oxide of the
nitric acid is abated and measured every month. Steam is exported to a neighbour. Resins are made in batches, each with
its own quantity. The annual stop takes ten days in July; one evening the gas station's terminal is silent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from devnet.factories.factory import Factory, Filed, Silence, Slip
from devnet.factories.filings import Span, analysed, closing, months_of, whole
from devnet.factories.gauges import HOUR, Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20305"
YEAR = 2022
SEED = b"carbon-ledger chemicals"
OFFICER, SAMPLER, LABORATORY = f"{ISS}/OF-0001", f"{ISS}/OF-0002", "88.118.70001/LAB-0001"
GATE, HALLS, GAS, PRODUCTS, STEAM = (f"{ISS}/EQ-000{number}" for number in range(1, 6))
REASON = "The reactor hall's pulse counter stood in test mode for an hour. 反应车间脉冲计数器处于测试状态一小时。"


def factory() -> Factory:
    """Electricity in Wh, gas in 0.01 m³, products in kg, steam in 0.001 GJ."""
    ammonia = _power("ammonia", lambda hour: 620 * hour.makes("ammonia") + 400_000)
    urea = _power("urea", lambda hour: 118 * hour.makes("urea") + 150_000)
    acid = _power("acid", lambda hour: 64 * hour.makes("acid") + 120_000)
    reactors = _power("reactors", lambda hour: 310 * hour.makes("resin") + 90_000)
    water = _power("cooling-water", lambda hour: 480_000 + max(0, hour.temperature - 100) * 1_400)
    parts = (ammonia, urea, acid, reactors, water)
    main = Gauge(f"{GATE}/main", "kWh", 3, total_of(parts, loss=7), stood=2_204_118_000, rollover=10**12)
    return Factory(
        site="chemicals.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={
            GATE: (main,),
            HALLS: parts,
            GAS: (_gas("feed", 66_300), _gas("fuel", 31_800)),
            PRODUCTS: tuple(_made(name) for name in ("ammonia", "urea", "acid", "resin")),
            STEAM: (Gauge(f"{STEAM}/to-neighbour", "GJ", 3, _steam, stood=41_204_330, rollover=10**9),),
        },
        filed=_filed,
        silences=(Silence(GAS, 2_248, 2_256),),
        slips=(Slip(reactors.point, 3_330, 2, REASON),),
    )


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """kg in the hour. Urea takes most of the ammonia, acid a part; resins are made on weekdays, 7–19 h."""
    stopped = moment.month == 7 and 5 <= moment.day < 15
    made = 0 if stopped else scattered(SEED, "ammonia", number, 8_400, 22)
    resin = scattered(SEED, "resin", number, 1_150, 70) if moment.weekday() < 5 and 7 <= moment.hour < 19 else 0
    return {"ammonia": made, "urea": made * 135 // 100, "acid": made * 48 // 100, "resin": 0 if stopped else resin}


def _power(name: str, watt_hours: Callable[[Hour], int]) -> Gauge:
    def amount(hour: Hour) -> int:
        return watt_hours(hour) * (1000 + noise(SEED, name, hour.number, 22)) // 1000

    return Gauge(f"{HALLS}/{name}", "kWh", 3, amount)


def _gas(name: str, per_tonne: int) -> Gauge:
    """0.01 m³ per tonne of ammonia, and what keeps the burners lit."""

    def amount(hour: Hour) -> int:
        return scattered(SEED, name, hour.number, hour.makes("ammonia") * per_tonne // 1000 + 900, 12)

    return Gauge(f"{GAS}/{name}", "m3{n}", 2, amount, stood=218_220_470, rollover=10**9)


def _made(name: str) -> Gauge:
    return Gauge(f"{PRODUCTS}/{name}", "t", 3, lambda hour: hour.makes(name))


def _steam(hour: Hour) -> int:
    return scattered(SEED, "steam", hour.number, hour.makes("ammonia") * 1_100 // 1000, 50)


def _filed(year: Sequence[Hour]) -> list[Filed]:
    """Monthly analyses and closings; CO2 sold, limestone used and value added once a year."""
    months, all_year = months_of(year, YEAR), whole(year, YEAR)
    filed = [report for at, month in enumerate(months) for report in _analyses(at, month)]
    filed += [closing(OFFICER, month, all_year.end + 10 * HOUR) for month in months]
    declared = (
        all_year.item("recovered_co2", "412.6", "10*4.m3{n}"),
        all_year.item("limestone", "318.2", "t"),
        all_year.item("value_added", "214000000", "{CNY}"),
    )
    return [*filed, Filed(OFFICER, all_year.end + 9 * HOUR, "declaration", declared)]


def _analyses(at: int, month: Span) -> list[Filed]:
    def near(name: str, middle: int, width: int, places: int) -> str:
        number = middle + noise(SEED, name, at, width)
        return f"{number // 10**places}.{number % 10**places:0{places}d}"

    gas = {
        "feed_carbon": (near("feed", 5_9230, 420, 4), "t{C}/(10*4.m3{n})"),
        "gas_ncv": (near("ncv", 38_610, 210, 2), "GJ/(10*4.m3{n})"),
    }
    sold = {"co2_purity": (near("purity", 9_921, 40, 2), "%"), "limestone_purity": (near("lime", 9_640, 60, 2), "%")}
    acid = {"acid_abatement": (near("abatement", 86_40, 160, 2), "%"), "acid_use": (near("use", 98_60, 60, 2), "%")}
    return [
        *analysed(LABORATORY, SAMPLER, month, "GAS", gas),
        *analysed(LABORATORY, SAMPLER, month, "ACID", acid),
        *analysed(LABORATORY, SAMPLER, month, "CO2", sold),
    ]
