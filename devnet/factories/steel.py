"""Integrated steel: sinter, two blast furnaces, converters, a mill, and a power plant that burns the works' own gases.

About 1.1 million t of crude steel a year. The carbon is counted once, where coke and coal are bought; the gases that
they turn into are metered and hand their carbon from the blast furnaces to the power plant, but are never counted
again. Power goes to the grid when the mill rests. Coal and coke are belt scales at the bunkers, with bought stocks to
compare. One night the scales of the sinter plant are silent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from devnet.factories.factory import Factory, Filed, Silence, Slip
from devnet.factories.filings import Span, analysed, closing, months_of, stocked, whole
from devnet.factories.gauges import HOUR, Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20304"
YEAR = 2022
SEED = b"carbon-ledger integrated steel"
OFFICER, SAMPLER, LABORATORY = f"{ISS}/OF-0001", f"{ISS}/OF-0002", f"{ISS}/LAB-0001"
GATE, HALLS, BUNKERS, FLUXES, GASES, SCALES = (f"{ISS}/EQ-000{number}" for number in range(1, 7))
REASON = "The mill's feeder was read with the reserve one while both ran. 轧钢馈线与备用馈线并列运行时重复计数。"


def factory() -> Factory:
    """Electricity in kWh steps of 0.1, solids in kg, gases in 10⁴ m³ steps of 0.0001 (1 m³)."""
    sinter = _power("sinter", lambda hour: 52 * _iron(hour) // 100)
    iron = _power("iron", lambda hour: 61 * _iron(hour) // 100 + 30_000)
    steel = _power("steelmaking", lambda hour: 74 * hour.makes("steel") // 100)
    mill = _power("mill", lambda hour: 92 * hour.makes("rolled") // 100 + 25_000)
    oxygen = _power("oxygen", lambda hour: 88 * hour.makes("steel") // 100)
    parts = (sinter, iron, steel, mill, oxygen)
    bought = Gauge(f"{GATE}/bought", "kWh", 1, lambda hour: max(0, _balance(parts, hour)), stood=8_412_004_117)
    sold = Gauge(f"{GATE}/sold", "kWh", 1, lambda hour: max(0, -_balance(parts, hour)), stood=204_118_220)
    return Factory(
        site="steel.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={
            GATE: (bought, sold),
            HALLS: parts,
            BUNKERS: (_fed(BUNKERS, "coke", _iron, 352), _fed(BUNKERS, "injected-coal", _iron, 148)),
            FLUXES: (
                _fed(FLUXES, "sinter-coal", _iron, 61), _fed(FLUXES, "limestone", _iron, 112),
                _fed(FLUXES, "dolomite", _iron, 58),
            ),
            GASES: (_gas("blast-furnace-gas", _iron, 870), _gas("converter-gas", _steel, 96)),
            SCALES: (_weighed("iron"), _weighed("steel"), _weighed("rolled"), _fed(SCALES, "scrap", _steel, 94)),
        },
        filed=_filed,
        silences=(Silence(FLUXES, 1_200, 1_208),),
        slips=(Slip(mill.point, 4_500, 2, REASON),),
    )  # fmt: skip


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """kg in the hour. The blast furnaces run through; the mill rests on Tuesday mornings and ten days in August."""
    iron = scattered(SEED, "iron", number, 122_000, 20)
    resting = (moment.weekday() == 1 and 6 <= moment.hour < 14) or (moment.month == 8 and 8 <= moment.day < 18)
    steel = scattered(SEED, "steel", number, iron * 106 // 100, 8)
    return {"iron": iron, "steel": steel, "rolled": 0 if resting else scattered(SEED, "rolled", number, 131_000, 25)}


def _iron(hour: Hour) -> int:
    return hour.makes("iron")


def _steel(hour: Hour) -> int:
    return hour.makes("steel")


def _balance(parts: Sequence[Gauge], hour: Hour) -> int:
    """What is drawn less what the gas-fired power plant makes: 0.1 kWh, above zero when power is bought."""
    made = scattered(SEED, "plant", hour.number, 340 * _iron(hour) // 100, 30)
    return total_of(parts, loss=6)(hour) - made


def _power(name: str, amount: Callable[[Hour], int]) -> Gauge:
    """0.1 kWh."""
    return Gauge(
        f"{HALLS}/{name}", "kWh", 1, lambda hour: amount(hour) * (1000 + noise(SEED, name, hour.number, 25)) // 1000
    )


def _fed(sub: str, name: str, by: Callable[[Hour], int], per_tonne: int) -> Gauge:
    """kg per tonne of `by`."""
    return Gauge(
        f"{sub}/{name}", "t", 3, lambda hour: scattered(SEED, name, hour.number, by(hour) * per_tonne // 1000, 20)
    )


def _gas(name: str, by: Callable[[Hour], int], per_tonne: int) -> Gauge:
    """m³ per tonne of `by` that go to the power plant."""
    return Gauge(
        f"{GASES}/{name}", "m3{n}", 0, lambda hour: scattered(SEED, name, hour.number, by(hour) * per_tonne // 1000, 30)
    )


def _weighed(name: str) -> Gauge:
    return Gauge(f"{SCALES}/{name}", "t", 3, lambda hour: hour.makes(name))


def _filed(year: Sequence[Hour]) -> list[Filed]:
    """Monthly analyses of coke and coals, closings; what is bought once a year."""
    months, all_year = months_of(year, YEAR), whole(year, YEAR)
    filed = [report for at, month in enumerate(months) for report in _analyses(at, month)]
    filed += [closing(OFFICER, month, all_year.end + 10 * HOUR) for month in months]
    filed += stocked(OFFICER, months, "diesel", "t", ("61.2", "100.4", "4.1"), all_year.end + 9 * HOUR)
    declared = [all_year.item("electrodes", "142.5", "t"), all_year.item("value_added", "1710000000", "{CNY}")]
    return [*filed, Filed(OFFICER, all_year.end + 9 * HOUR, "declaration", tuple(declared))]


def _analyses(at: int, month: Span) -> list[Filed]:
    def near(name: str, middle: int, width: int, places: int) -> str:
        number = middle + noise(SEED, name, at, width)
        return f"{number // 10**places}.{number % 10**places:0{places}d}"

    coke = {
        "coke_ncv": (near("coke-ncv", 28_446, 120, 3), "GJ/t"),
        "coke_carbon": (near("coke-carbon", 29_460, 60, 6), "t{C}/GJ"),
    }
    coals = {
        "anthracite_ncv": (near("pci-ncv", 26_120, 150, 3), "GJ/t"),
        "anthracite_carbon": (near("pci-carbon", 27_310, 50, 6), "t{C}/GJ"),
    }
    return [
        *analysed(LABORATORY, SAMPLER, month, "COKE", coke),
        *analysed(LABORATORY, SAMPLER, month, "COAL", coals),
    ]
