"""A maker of filters for cars: stamped and welded oil filters, moulded air filters. Nearly all of it is electricity.

Two shifts on working days (6–22 h), the moulding shop round the clock. About 2.7 GWh and 0.2 million m³ of natural gas
(paint oven, heating) for some six million filters. The gate meter is read as a register; seven sub-meters below it give
amounts, the moulding shop's by band of the day as well. The grid company bills what its own meter says. One night the
moulding shop's terminal is silent; one hour of the stamping shop is read at twice its value.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from devnet.factories.calendar import spring_festival, working_day
from devnet.factories.factory import Factory, Filed, Silence, Slip
from devnet.factories.filings import DAY, Span, closing, months_of, stocked, whole
from devnet.factories.gauges import HOUR, Gauge, Hour, hours, noise, scattered, total_of

ISS = "88.118.20301"
YEAR = 2023
SEED = b"carbon-ledger auto filters"
OFFICER, LABORATORY = f"{ISS}/OF-0001", "88.118.70001/LAB-0001"
GATE, METAL, PLASTIC, UTILITIES, GAS = (f"{ISS}/EQ-000{number}" for number in range(1, 6))
BANDS = {"peak": (8, 9, 10, 17, 18, 19, 20, 21), "flat": (11, 12, 13, 14, 15, 16, 22, 23), "valley": tuple(range(8))}
REASON = "The feeder was read at twice its ratio after its transformers were exchanged. 互感器更换后按两倍变比读数。"


def factory() -> Factory:
    """Electricity in Wh, gas in 0.01 m³, filters in pieces."""
    stamping = _power(METAL, "stamping", lambda hour: 31 * hour.makes("oil") + 22_000)
    welding = _power(METAL, "welding", lambda hour: 24 * hour.makes("oil") + 9_000)
    paint = _power(METAL, "paint", lambda hour: 15 * hour.makes("oil") + 12_000)
    moulding = _power(PLASTIC, "moulding", lambda hour: 210 * hour.makes("air") + 45_000)
    pleating = _power(PLASTIC, "pleating", lambda hour: 26 * hour.makes("air") + 8_000)
    air = _power(UTILITIES, "compressors", lambda hour: 60_000 + 9 * (hour.makes("oil") + hour.makes("air")))
    cooling = _power(UTILITIES, "chillers", lambda hour: 20_000 + max(0, hour.temperature - 160) * 700)
    bands = tuple(_band(moulding, name) for name in BANDS)
    parts = (stamping, welding, paint, moulding, pleating, air, cooling)
    main = Gauge(f"{GATE}/main", "kWh", 3, total_of(parts, loss=11), stood=41_822_904_000, rollover=100_000_000_000)
    gas = Gauge(f"{GAS}/natural-gas", "m3{n}", 2, _gas, stood=99_820_470, rollover=100_000_000)
    return Factory(
        site="auto_filters.toml",
        hours=lambda: hours(YEAR, SEED, _plan),
        gauges={
            GATE: (main,),
            METAL: (stamping, welding, paint, _filters(METAL, "oil")),
            PLASTIC: (moulding, *bands, pleating, _filters(PLASTIC, "air")),
            UTILITIES: (air, cooling),
            GAS: (gas,),
        },
        filed=lambda year: [*_filed(year), *_bills(year, main)],
        silences=(Silence(PLASTIC, 2_904, 2_920),),
        slips=(Slip(stamping.point, 5_130, 2, REASON),),
    )


def _plan(moment: datetime, number: int) -> Mapping[str, int]:
    """Filters in the hour: oil filters in the two shifts of working days, air filters always but at Spring Festival."""
    working = working_day(moment)
    oil = scattered(SEED, "oil", number, 1_080, 60) if working and 6 <= moment.hour < 22 else 0
    air = 0 if spring_festival(moment) else scattered(SEED, "air", number, 330 if working else 160, 80)
    return {"oil": oil, "air": air}


def _power(sub: str, name: str, watt_hours: Callable[[Hour], int]) -> Gauge:
    def amount(hour: Hour) -> int:
        return watt_hours(hour) * (1000 + noise(SEED, name, hour.number, 35)) // 1000

    return Gauge(f"{sub}/{name}", "kWh", 3, amount)


def _band(whole: Gauge, name: str) -> Gauge:
    """The part of a meter's amounts that falls into one band of the day."""

    def amount(hour: Hour) -> int:
        return whole.amount(hour) if hour.number % 24 in BANDS[name] else 0

    return Gauge(f"{whole.point}-{name}", whole.unit, whole.decimals, amount)


def _filters(sub: str, line: str) -> Gauge:
    return Gauge(f"{sub}/{line}-filters", "{piece}", 0, lambda hour: hour.makes(line))


def _gas(hour: Hour) -> int:
    """The paint oven by the filters that pass it, kept warm between shifts; halls and curing below 12 °C."""
    oven = 2_100 + hour.makes("oil") * 2 if hour.makes("oil") else 240
    heating = max(0, 120 - hour.temperature) * 21
    return max(0, oven + heating + noise(SEED, "gas", hour.number, 90))


def _filed(year: Sequence[Hour]) -> list[Filed]:
    """Gases by monthly purchase and stock, the mixture's analysis, closings; value added (income method) at the end."""
    months, all_year = months_of(year, YEAR), whole(year, YEAR)
    late = all_year.end + 9 * HOUR
    filed = stocked(OFFICER, months, "shielding_gas", "t", ("4.2", "5.1", "0.3"), late)
    filed += stocked(OFFICER, months, "hfc_134a", "kg", ("13.6", "2.4", "0.4"), late)
    filed += [closing(OFFICER, month, late + HOUR) for month in months]
    filed += [_mixture(month, at, late - HOUR) for at, month in enumerate(months)]
    value = all_year.item("value_added", "61300000", "{CNY}")
    return [*filed, Filed(OFFICER, late, "declaration", (value,))]


def _bills(year: Sequence[Hour], main: Gauge) -> list[Filed]:
    """Each month's electricity by the grid company's own meter, at the other end of the line: some 0.2 % more."""
    filed, last = [], whole(year, YEAR).end + 9 * HOUR
    for number, month in enumerate(months_of(year, YEAR), 1):
        watt_hours = sum(main.amount(hour) for hour in year if hour.month == number)
        billed = watt_hours * (1002 * 1000 + noise(SEED, "bill", number, 900)) // 1_000_000_000
        lines = (month.item("purchased_electricity.bill", str(billed), "kWh"),)
        at = min(month.end + 3 * DAY + 11 * HOUR, last)
        filed.append(Filed(OFFICER, at, "declaration", lines, number=f"FP-{YEAR}-{number:02d}"))
    return filed


def _mixture(month: Span, at: int, last: int) -> Filed:
    """The supplier's mixture as the laboratory finds it every month: CO2 in argon, and nothing else."""
    carbon = 1_834 + 12 * noise(SEED, "mixture", at, 4) + at  # no two months alike
    shares = {"co2": carbon, "argon": 10_000 - carbon, "oxygen": 0, "helium": 0, "nitrogen": 0}
    items = tuple(month.item(f"shielding_gas_{gas}", Decimal(share).scaleb(-2), "%") for gas, share in shares.items())
    return Filed(
        LABORATORY, min(month.end - 2 * HOUR, last), "laboratory-result", items, number=f"R-WELD-{month.label}"
    )
