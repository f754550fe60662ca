"""A float line of 600 t a day: furnace, tin bath, annealing, cutting; clear glass, and tinted in a spring campaign.

The furnace never goes out. Carbonates of the batch are weighed on belts every hour and analysed every month; natural
gas is a register; the cutters count what leaves the line. Heat goes to the town's network in winter. One shift of the
batch house is not recorded; one hour of the cutting line's power is read at three times its value.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from devnet.factories.factory import Factory, Filed, Silence, Slip
from devnet.factories.filings import Span, analysed, closing, months_of, stocked, whole
from devnet.factories.gauges import HOUR, Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20302"
YEAR = 2022
SEED = b"carbon-ledger float glass"
OFFICER, SAMPLER, LABORATORY = f"{ISS}/OF-0001", f"{ISS}/OF-0002", "88.118.70001/LAB-0001"
GATE, LINE, FUEL, BATCH, CUTTERS, HEAT = (f"{ISS}/EQ-000{number}" for number in range(1, 7))
REASON = "The analyser's scaling was left at the test value for one hour. 分析仪量程误留在测试值一小时。"
_CAMPAIGN = (datetime(YEAR, 4, 10), datetime(YEAR, 5, 21))
_PULL = 25_000
"""kg an hour out of the furnace."""


def factory() -> Factory:
    """Electricity in Wh, gas in 0.01 m³, batch and glass in kg, heat in 0.001 GJ."""
    melting = _power(LINE, "melting", lambda hour: 880_000)
    bath = _power(LINE, "tin-bath", lambda hour: 1_240_000)
    annealing = _power(LINE, "annealing", lambda hour: 460_000)
    cutting = _power(LINE, "cutting", lambda hour: 60_000 + 11 * _glass(hour))
    gases = _power(LINE, "compressors-and-gases", lambda hour: 1_050_000 + max(0, hour.temperature - 150) * 900)
    parts = (melting, bath, annealing, cutting, gases)
    main = Gauge(f"{GATE}/main", "kWh", 3, total_of(parts, loss=8), stood=731_204_118_000, rollover=10**12)
    furnace = Gauge(f"{FUEL}/furnace", "m3{n}", 2, _gas, stood=4_418_220_470, rollover=10**10)
    return Factory(
        site="float_glass.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={
            GATE: (main,),
            LINE: parts,
            FUEL: (furnace,),
            BATCH: (_fed("soda-ash", 196), _fed("dolomite", 158), _fed("limestone", 41), _fed("cullet", 205)),
            CUTTERS: (_counted("clear"), _counted("tinted")),
            HEAT: (Gauge(f"{HEAT}/district-heat", "GJ", 3, _heat, stood=88_104_330, rollover=10**9),),
        },
        filed=_filed,
        silences=(Silence(BATCH, 6_240, 6_248),),
        slips=(Slip(cutting.point, 1_911, 3, REASON),),
    )


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """kg of glass in the hour: 87 % of the pull, less while the ribbon changes colour."""
    first, last = _CAMPAIGN
    changing = any(0 <= (moment - edge).total_seconds() < 36 * HOUR for edge in _CAMPAIGN)
    glass = scattered(SEED, "ribbon", number, _PULL * (31 if changing else 87) // 100, 12)
    return {"tinted": glass} if first <= moment < last else {"clear": glass}


def _glass(hour: Hour) -> int:
    return hour.makes("clear") + hour.makes("tinted")


def _power(sub: str, name: str, watt_hours: Callable[[Hour], int]) -> Gauge:
    def amount(hour: Hour) -> int:
        return watt_hours(hour) * (1000 + noise(SEED, name, hour.number, 18)) // 1000

    return Gauge(f"{sub}/{name}", "kWh", 3, amount)


def _fed(name: str, per_tonne: int) -> Gauge:
    """A belt scale: kg per tonne of pull."""
    return Gauge(
        f"{BATCH}/{name}", "t", 3, lambda hour: scattered(SEED, name, hour.number, _PULL * per_tonne // 1000, 25)
    )


def _counted(colour: str) -> Gauge:
    return Gauge(f"{CUTTERS}/{colour}", "t", 3, lambda hour: hour.makes(colour))


def _gas(hour: Hour) -> int:
    """About 156 m³ a tonne of pull, a little more in the cold."""
    return scattered(SEED, "furnace", hour.number, 388_000 + max(0, 150 - hour.temperature) * 40, 9)


def _heat(hour: Hour) -> int:
    return max(0, 140 - hour.temperature) * 90 if hour.month in (1, 2, 3, 11, 12) else 0


def _filed(year: Sequence[Hour]) -> list[Filed]:
    """Monthly analyses and closings; fuel of the loaders, carbon powder and value added once a year."""
    months, all_year = months_of(year, YEAR), whole(year, YEAR)
    filed = [report for at, month in enumerate(months) for report in _analyses(at, month)]
    filed += [closing(OFFICER, month, all_year.end + 10 * HOUR) for month in months]
    filed += stocked(OFFICER, months, "diesel", "t", ("22.1", "26.5", "1.6"), all_year.end + 9 * HOUR)
    declared = [all_year.item("carbon_powder", "71.2", "t")]
    declared.append(all_year.item("value_added", "131500000", "{CNY}"))
    return [*filed, Filed(OFFICER, all_year.end + 9 * HOUR, "declaration", tuple(declared))]


def _analyses(at: int, month: Span) -> list[Filed]:
    def near(name: str, middle: int, width: int, places: int) -> str:
        number = middle + noise(SEED, name, at, width)
        return f"{number // 10**places}.{number % 10**places:0{places}d}"

    carbonates = {
        "soda_ash_purity": (near("soda", 9_921, 12, 2), "%"),
        "dolomite_purity": (near("dolomite", 9_704, 40, 2), "%"),
        "limestone_purity": (near("limestone", 9_811, 35, 2), "%"),
    }
    gas = {
        "gas_ncv": (near("ncv", 38_204, 160, 2), "GJ/(10*4.m3{n})"),
        "gas_carbon": (near("carbon", 15_312, 25, 6), "t{C}/GJ"),
    }
    return [
        *analysed(LABORATORY, SAMPLER, month, "CARB", carbonates),
        *analysed(LABORATORY, SAMPLER, month, "GAS", gas),
    ]
