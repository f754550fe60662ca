"""A simulated section mill: one year of meter readings, and the officer's declarations that belong to them.

No plant stands behind these figures: everything made from them is marked DEMO. They are plausible – 38 t/h of billets,
about 87 kWh and 35 m³ of natural gas a tonne – and exact: integers and decimals from a seed, the same on any machine.

Two terminals send one pack an hour. EQ-0001 reads the substation: amounts of 15 minutes. EQ-0002 reads the furnace and
the utilities: the gas and heat meters are cumulative registers (its first pack of the year also carries where they
stood at the year's start), the product scale gives the amount of the hour.

One quarter of the year is read wrong: the meter signs twice what its feeder took, and the officer corrects it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from devnet.mill_calendar import HOUR, MillHour, State, hours, noise
from terminal_signer.frame import Item, Record

ENTERPRISE = "88.118.20260"
YEAR = 2022
SEED = b"carbon-ledger rolling mill"

SUBSTATION = f"{ENTERPRISE}/EQ-0001"
FURNACE = f"{ENTERPRISE}/EQ-0002"
TERMINALS = (SUBSTATION, FURNACE)

DRIVES = f"{SUBSTATION}/drives"
AUXILIARIES = f"{SUBSTATION}/auxiliaries"
GAS = f"{FURNACE}/natural-gas"
HEAT = f"{FURNACE}/heat"
PRODUCT = f"{FURNACE}/product"
POINTS = {SUBSTATION: (DRIVES, AUXILIARIES), FURNACE: (GAS, HEAT, PRODUCT)}

VALUE_ADDED = Decimal(96_400_000)
"""CNY in a full year, made up: DEMO."""
INDUSTRY_MEAN = Decimal("4.5")
"""t CO2 per 10⁴ CNY, the made-up mean of the benchmark set `demo-rolling-means`: DEMO."""

SLIP_HOUR, SLIP_QUARTER = 1785, 1
"""The quarter that is read twice, on the auxiliaries' feeder."""
SLIP_REASON = (
    "Pulses counted twice while the meter's pulse converter was exchanged. 更换电表脉冲转换器时脉冲被重复计数。"
)

_QUARTER = HOUR // 4
_QUARTER_SHARES = (251, 249, 252, 248)
_GAS_REGISTER = 4_812_377_00
"""Where the gas register stood at the start, in 0.01 m³."""
_HEAT_REGISTER = 91_204_118
"""Where the heat register stood at the start, in 0.001 GJ."""

_DRIVES_IDLE = {State.ROLLING: 190, State.ROLL_CHANGE: 120, State.BREAKDOWN: 150, State.PEAK_STOP: 60}
_AUXILIARY_LOAD = {
    State.ROLLING: 1020, State.ROLL_CHANGE: 760, State.BREAKDOWN: 820, State.PEAK_STOP: 420,
    State.REPAIR: 510, State.HEATING_UP: 480, State.COLD: 130,
}  # fmt: skip
"""kW of pumps, fans, compressors, cranes and light."""
_FURNACE_HOLDS = {
    State.ROLLING: 190, State.ROLL_CHANGE: 250, State.BREAKDOWN: 255, State.PEAK_STOP: 240,
    State.REPAIR: 225, State.HEATING_UP: 780, State.COLD: 0,
}  # fmt: skip
"""m³ an hour that the furnace burns besides heating the charge."""


@dataclass(frozen=True, slots=True)
class HourlyPacks:
    """What the terminals sign at the end of one hour [start, end): records by terminal identifier."""

    start: int
    end: int
    records: dict[str, tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class Correction:
    """What the officer states anew: the reading of `sub` in the pack of the hour that ends at `end`."""

    sub: str
    end: int
    item: Item
    reason: str


def readings(year: int = YEAR, seed: bytes = SEED) -> Iterator[HourlyPacks]:
    """Every hour of the year in order, with what each terminal has to send at its end."""
    gas, heat = _GAS_REGISTER, _HEAT_REGISTER
    for number, hour in enumerate(hours(year, seed)):
        start, end = hour.start, hour.start + HOUR
        opening = [_register(GAS, start, "m3{n}", gas, 2), _register(HEAT, start, "GJ", heat, 3)]
        gas += _gas_burnt(hour, seed, number)
        heat += _heat_bought(hour, seed, number)
        furnace = [
            *(opening if number == 0 else []),
            _register(GAS, end, "m3{n}", gas, 2),
            _register(HEAT, end, "GJ", heat, 3),
            _amount(PRODUCT, start, end, "t", _product(hour), 3),
        ]
        electricity = _electricity(hour, seed, number)
        if number == SLIP_HOUR:
            electricity = tuple(map(_read_twice, electricity))
        yield HourlyPacks(start, end, {SUBSTATION: electricity, FURNACE: tuple(furnace)})


def corrections(year: int = YEAR, seed: bytes = SEED) -> tuple[Correction, ...]:
    """What the quarter that was read twice really was."""
    hour = next(islice(hours(year, seed), SLIP_HOUR, None))
    read = next(record for record in _electricity(hour, seed, SLIP_HOUR) if _is_slip(record))
    if read.value is None or read.start is None:
        raise ValueError("an amount has a value and a start")
    item = Item(read.point, read.value, read.unit, read.start, read.time)
    return (Correction(SUBSTATION, hour.start + HOUR, item, SLIP_REASON),)


def _is_slip(record: Record) -> bool:
    return record.point == AUXILIARIES and record.time % HOUR == (SLIP_QUARTER + 1) * _QUARTER


def _read_twice(record: Record) -> Record:
    return record._replace(value=record.value * 2) if _is_slip(record) and record.value is not None else record


def declarations(start: int, end: int) -> tuple[Item, ...]:
    """What the enterprise's officer signs for the period: value added (income method) and industry mean, both DEMO."""
    return (
        Item("value_added", VALUE_ADDED, "{CNY}", start, end),
        Item("industry_mean", INDUSTRY_MEAN, "t{CO2}/(10*4.{CNY})", start, end),
    )


def _electricity(hour: MillHour, seed: bytes, number: int) -> tuple[Record, ...]:
    """Amounts of the four quarters on both feeders, in 0.1 kWh: quarters scatter round an even share of the hour."""
    feeders = {DRIVES: _drives(hour, seed, number), AUXILIARIES: _auxiliaries(hour, seed, number)}
    records = []
    for point, watt_hours in feeders.items():
        for quarter, share in enumerate(_QUARTER_SHARES):
            start = hour.start + quarter * _QUARTER
            scatter = 1000 + noise(seed, point, number * 4 + quarter, 40)
            amount = watt_hours * share * scatter // 100_000_000
            records.append(_amount(point, start, start + _QUARTER, "kWh", amount, 1))
    return tuple(records)


def _drives(hour: MillHour, seed: bytes, number: int) -> int:
    """Wh of the stands: 46 Wh per kg rolled (colder, harder billets in winter take more), and running idle."""
    work = hour.rolled * (46_000 + (150 - hour.temperature) * 6 + noise(seed, "drives", number, 1500)) // 1000
    return work + _DRIVES_IDLE.get(hour.state, 15) * 1000


def _auxiliaries(hour: MillHour, seed: bytes, number: int) -> int:
    """Wh of everything else: a load per state, and 5 kW of cooling for each degree above 18 °C."""
    cooling = max(0, hour.temperature - 180) * 500 if hour.state is not State.COLD else 0
    return _AUXILIARY_LOAD[hour.state] * (1000 + noise(seed, "auxiliaries", number, 35)) + cooling


def _gas_burnt(hour: MillHour, seed: bytes, number: int) -> int:
    """0.01 m³: 27.4 m³ a tonne charged (more for cold billets), and what holding or raising the heat takes."""
    charge = hour.rolled * (27_400 + (150 - hour.temperature) * 12 + noise(seed, "gas", number, 900)) // 10_000
    return charge + _FURNACE_HOLDS[hour.state] * (1000 + noise(seed, "hold", number, 50)) // 10


def _heat_bought(hour: MillHour, seed: bytes, number: int) -> int:
    """0.001 GJ: steam for washing and the baths while the mill is manned, and the halls below 15 °C."""
    if hour.state is State.COLD:
        return 40
    steam = 1_650 * (1000 + noise(seed, "steam", number, 80)) // 1000
    return steam + max(0, 150 - hour.temperature) * 11


def _product(hour: MillHour) -> int:
    """kg of sections off the cooling bed: 96.2 % of the charge; the rest is scale and crops."""
    return hour.rolled * 962 // 1000


def _amount(point: str, start: int, end: int, unit: str, quantity: int, decimals: int) -> Record:
    return Record(point, start, end, unit, Decimal(quantity).scaleb(-decimals), None)


def _register(point: str, time: int, unit: str, quantity: int, decimals: int) -> Record:
    return Record(point, None, time, unit, None, Decimal(quantity).scaleb(-decimals))
