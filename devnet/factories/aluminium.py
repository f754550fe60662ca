"""An aluminium smelter: two potlines of 420 kA, a cast house, rectifiers. Electricity is four fifths of all it emits.

About 105,000 t a year at 13.3 MWh a tonne. The potlines never rest; line 2 runs on fewer pots from August. Part of the
power is covered by green certificates, which change the market-based figure alone. The pot controllers' anode effects
and the anodes are reported every month by the smelter's own laboratory. One day the cast house's terminal is silent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from devnet.factories.factory import Factory, Filed, Silence, Slip
from devnet.factories.filings import Span, analysed, closing, months_of, whole
from devnet.factories.gauges import HOUR, Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20303"
YEAR = 2023
SEED = b"carbon-ledger aluminium"
OFFICER, SAMPLER, LABORATORY = f"{ISS}/OF-0001", f"{ISS}/OF-0002", f"{ISS}/LAB-0001"
GATE, RECTIFIERS, CAST, GAS, SCALES = (f"{ISS}/EQ-000{number}" for number in range(1, 6))
REASON = "Counted with the neighbouring feeder while relays were exchanged. 更换继电器期间与相邻馈线合并计数。"


def factory() -> Factory:
    """Electricity in Wh, gas in 0.01 m³, metal in kg."""
    lines = [_power(RECTIFIERS, name, _potline(name)) for name in ("potline-1", "potline-2")]
    casting = _power(CAST, "casting", lambda hour: 640_000 + 41 * _metal(hour))
    auxiliaries = _power(CAST, "auxiliaries", lambda hour: 2_150_000 + max(0, hour.temperature - 200) * 1_500)
    parts = (*lines, casting, auxiliaries)
    main = Gauge(f"{GATE}/main", "kWh", 3, total_of(parts, loss=4), stood=6_204_731_118_000, rollover=10**13)
    gas = Gauge(f"{GAS}/cast-house", "m3{n}", 2, _gas, stood=618_220_470, rollover=10**9)
    metal = [Gauge(f"{SCALES}/{name}", "t", 3, _made(name)) for name in ("potline-1", "potline-2")]
    return Factory(
        site="aluminium.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={
            GATE: (main,),
            RECTIFIERS: tuple(lines),
            CAST: (casting, auxiliaries),
            GAS: (gas,),
            SCALES: tuple(metal),
        },
        filed=_filed,
        silences=(Silence(CAST, 4_416, 4_440),),
        slips=(Slip(casting.point, 7_002, 2, REASON),),
    )


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """kg of liquid metal in the hour."""
    second = 5_050 if moment.month >= 8 else 5_980
    return {
        "potline-1": scattered(SEED, "one", number, 6_050, 6),
        "potline-2": scattered(SEED, "two", number, second, 6),
    }


def _potline(name: str) -> Callable[[Hour], int]:
    """AC at the rectifiers: 13.21 kWh a kg in line 1, 13.34 in the older line 2."""
    per_kg = 13_210 if name == "potline-1" else 13_340
    return lambda hour: per_kg * hour.makes(name)


def _made(name: str) -> Callable[[Hour], int]:
    return lambda hour: hour.makes(name)


def _metal(hour: Hour) -> int:
    return hour.makes("potline-1") + hour.makes("potline-2")


def _power(sub: str, name: str, watt_hours: Callable[[Hour], int]) -> Gauge:
    def amount(hour: Hour) -> int:
        return watt_hours(hour) * (1000 + noise(SEED, name, hour.number, 4)) // 1000

    return Gauge(f"{sub}/{name}", "kWh", 3, amount)


def _gas(hour: Hour) -> int:
    """Holding and casting furnaces: 31 m³ a tonne of metal."""
    return scattered(SEED, "gas", hour.number, 31 * _metal(hour) // 10, 40)


def _filed(year: Sequence[Hour]) -> list[Filed]:
    """Monthly reports of anodes and anode effects, closings; alumina bought, value added once a year."""
    months, all_year = months_of(year, YEAR), whole(year, YEAR)
    filed = [report for at, month in enumerate(months) for report in _reports(at, month)]
    filed += [closing(OFFICER, month, all_year.end + 10 * HOUR) for month in months]
    value = all_year.item("value_added", "512000000", "{CNY}")
    limestone = all_year.item("limestone", "0", "t")
    filed += [_certificates(month, number) for number, month in enumerate(months, 1)]
    return [*filed, Filed(OFFICER, all_year.end + 9 * HOUR, "declaration", (value, limestone))]


def _certificates(month: Span, number: int) -> Filed:
    """12,000 MWh of hydro power a month by green certificates; one serial of March is claimed again in November."""
    serial = 3 if number == 11 else number
    name = f"greenenergy.org.cn/GEC-{YEAR}-{serial:06d}/{YEAR}/hydro/{ISS}"
    return Filed(OFFICER, month.end + 8 * HOUR, "green-certificate", (month.item(name, "12000000", "kWh"),))


def _reports(at: int, month: Span) -> list[Filed]:
    def near(name: str, middle: int, width: int, places: int) -> str:
        number = middle + noise(SEED, name, at, width)
        return f"{number // 10**places}.{number % 10**places:0{places}d}"

    anodes = {
        "anode_net_consumption": (near("net", 40_850, 350, 5), "t/t"),
        "anode_sulphur": (near("sulphur", 2_14, 18, 2), "%"),
        "anode_ash": (near("ash", 38, 5, 2), "%"),
    }
    effects = {"anode_effect_minutes": (near("minutes", 62, 11, 2), "min/({cell}.d)")}
    return [
        *analysed(LABORATORY, SAMPLER, month, "ANODE", anodes),
        *analysed(LABORATORY, SAMPLER, month, "POT", effects),
    ]
