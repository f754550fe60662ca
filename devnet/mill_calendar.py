"""What a simulated section mill does in each hour of one year: the production plan behind its meters' readings.

Everything follows from a seed by SHA-256, in integers: the same year on any machine and any Python. Rules of the plan:

* three shifts of eight hours from midnight; in July and August the afternoon peak (13–17 h) is left to the grid
* planned repair each Tuesday's early shift (8–16 h); a roll change of one hour after every 20 hours of rolling
* Spring Festival stop: the furnace goes out at noon on New Year's Eve, for eight days
* overhaul: ten days from 12 August; after each long stop the furnace heats up for a day before the first billet
* breakdowns: one to three hours, about once in nine days of rolling
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from hashlib import sha256

OFFSET = timedelta(hours=8)
HOUR = 3600
NEW_YEARS_DAY = {
    2018: (2, 16), 2019: (2, 5), 2020: (1, 25), 2021: (2, 12), 2022: (2, 1),
    2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
}  # fmt: skip
"""First day of the lunar year, as month and day."""
MONTHLY_MEAN = (40, 60, 105, 160, 212, 248, 290, 285, 240, 185, 125, 65)
"""Mean outdoor temperature of the months in 0.1 °C, as on the plain south of Lake Tai."""
_FULL_RATE = 38_000
_HEATING_UP = 24
_ROLLS_LAST = 20


class State(Enum):
    """What the mill is doing; it decides what every meter sees."""

    ROLLING = "rolling"
    ROLL_CHANGE = "roll change"
    BREAKDOWN = "breakdown"
    PEAK_STOP = "peak stop"
    REPAIR = "repair"
    HEATING_UP = "heating up"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class MillHour:
    """One hour. `start`: Unix seconds; `rolled`: kg of billets charged; `temperature`: outdoors, in 0.1 °C."""

    start: int
    state: State
    rolled: int
    temperature: int


def noise(seed: bytes, name: str, number: int, width: int) -> int:
    """A reproducible integer in −width…width, more often near 0 (the mean of two even draws)."""
    digest = sha256(b"%b/%b/%d" % (seed, name.encode(), number)).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    span = 2 * width + 1
    return (first % span + second % span) // 2 - width


def hours(year: int, seed: bytes) -> Iterator[MillHour]:
    """Each hour of the year in local time (+08:00), in order. A year outside `NEW_YEARS_DAY` is a `KeyError`."""
    stops = _long_stops(year)
    moment = datetime(year, 1, 1)
    rolls, trouble, cold_before = 0, 0, False
    heat_left = 0
    while moment.year == year:
        number = (moment - datetime(year, 1, 1)) // timedelta(hours=1)
        cold = any(begin <= moment < end for begin, end in stops)
        heat_left = _HEATING_UP if cold_before and not cold else max(0, heat_left - 1)
        cold_before = cold
        trouble = trouble - 1 if trouble > 0 else _breakdown(seed, number)
        state = _state(moment, cold=cold, heating=heat_left > 0, worn=rolls >= _ROLLS_LAST, trouble=trouble > 0)
        if state is State.ROLLING:
            rolls += 1
        elif state in (State.ROLL_CHANGE, State.REPAIR, State.COLD):
            rolls = 0
        rolled = _rate(seed, number, moment) if state is State.ROLLING else 0
        start = int((moment - OFFSET).replace(tzinfo=UTC).timestamp())
        yield MillHour(start, state, rolled, _temperature(seed, moment))
        moment += timedelta(hours=1)


def _long_stops(year: int) -> list[tuple[datetime, datetime]]:
    festival = datetime(year, *NEW_YEARS_DAY[year])
    overhaul = datetime(year, 8, 12, 8)
    return [
        (festival - timedelta(hours=12), festival + timedelta(days=7, hours=8)),
        (overhaul, overhaul + timedelta(days=10)),
    ]


def _state(moment: datetime, *, cold: bool, heating: bool, worn: bool, trouble: bool) -> State:
    if cold:
        return State.COLD
    if heating:
        return State.HEATING_UP
    if moment.weekday() == 1 and 8 <= moment.hour < 16:
        return State.REPAIR
    if moment.month in (7, 8) and 13 <= moment.hour < 17:
        return State.PEAK_STOP
    if worn:
        return State.ROLL_CHANGE
    return State.BREAKDOWN if trouble else State.ROLLING


def _breakdown(seed: bytes, number: int) -> int:
    """How many hours a breakdown that begins in this hour lasts; 0: none begins."""
    draw = int.from_bytes(sha256(b"%b/breakdown/%d" % (seed, number)).digest()[:4], "big") % 2160
    return draw // 4 + 1 if draw < 12 else 0


def _rate(seed: bytes, number: int, moment: datetime) -> int:
    """kg an hour: the product of the campaign (a new one each four days), the crew's scatter, less at night."""
    campaign = 860 + 35 * (int.from_bytes(sha256(b"%b/campaign/%d" % (seed, number // 96)).digest()[:2], "big") % 5)
    night = 970 if moment.hour < 8 else 1000
    scatter = 1000 + noise(seed, "rate", number, 60)
    return _FULL_RATE * campaign * night * scatter // 1_000_000_000


def _temperature(seed: bytes, moment: datetime) -> int:
    """Monthly means joined by straight lines from mid-month to mid-month, a daily wave, and each day's weather."""
    middle = datetime(moment.year, moment.month, 15)
    other = _next_month(middle.date()) if moment >= middle else _previous_month(middle.date())
    here, there = MONTHLY_MEAN[moment.month - 1], MONTHLY_MEAN[other.month - 1]
    span = abs((datetime(other.year, other.month, 15) - middle).days)
    mean = here + (there - here) * abs((moment - middle).days) // span
    wave = -35 + 7 * abs(12 - abs((moment.hour - 3) % 24 - 12)) - 7
    return mean + wave + noise(seed, "weather", moment.toordinal(), 45)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 15)


def _previous_month(day: date) -> date:
    return date(day.year - (day.month == 1), 12 if day.month == 1 else day.month - 1, 15)
