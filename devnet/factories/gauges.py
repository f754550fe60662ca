"""What a measuring point sees: the hours of a simulated year, and gauges that turn an hour into an amount.

Everything follows from a seed by SHA-256, in integers. A gauge counts whole steps of 10^-decimals of its unit, so that
a parent meter is exactly the sum of what it feeds, and a register exactly the sum of its hours.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

HOUR = 3600
OFFSET = timedelta(hours=8)
MONTHLY_MEAN = (40, 60, 105, 160, 212, 248, 290, 285, 240, 185, 125, 65)
"""Mean outdoor temperature of the months in 0.1 °C, on the plain south of Lake Tai."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the plan. `start`: Unix seconds; `output`: what each line makes, in the line's own whole units (kg,
    pieces); `temperature`: outdoors, in 0.1 °C; `shift`: 0 from midnight, 1 from 8, 2 from 16."""

    number: int
    start: int
    month: int
    shift: int
    temperature: int
    output: Mapping[str, int]

    def makes(self, line: str) -> int:
        return self.output.get(line, 0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """`amount`: steps of 10^-`decimals` `unit` in an hour. `stood`: where its register stood when the year began; None:
    it states amounts. `since`, `until`: the hours in which it is in service (a meter that was exchanged)."""

    point: str
    unit: str
    decimals: int
    amount: Callable[[Hour], int]
    stood: int | None = None
    rollover: int | None = None
    since: int = 0
    until: int | None = None

    def serves(self, number: int) -> bool:
        return self.since <= number and (self.until is None or number < self.until)


def noise(seed: bytes, name: str, number: int, width: int) -> int:
    """A reproducible integer in −width…width, more often near 0 (the mean of two even draws)."""
    digest = sha256(b"%b/%b/%d" % (seed, name.encode(), number)).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    span = 2 * width + 1
    return (first % span + second % span) // 2 - width


def scattered(seed: bytes, name: str, number: int, mean: int, permille: int) -> int:
    """`mean`, give or take up to `permille` thousandths."""
    return mean * (1000 + noise(seed, name, number, permille)) // 1000


def total_of(parts: Sequence[Gauge], loss: int = 0) -> Callable[[Hour], int]:
    """What a meter above `parts` sees: their sum and `loss` thousandths on the way. All count in the same steps."""
    if len({(part.unit, part.decimals) for part in parts}) != 1:
        raise ValueError("the parts of a sum count in one unit and step")
    return lambda hour: sum(part.amount(hour) for part in parts if part.serves(hour.number)) * (1000 + loss) // 1000


def hours(year: int, seed: bytes, plan: Callable[[datetime, int], Mapping[str, int]]) -> Iterator[Hour]:
    """Each hour of the year in local time (+08:00). `plan`: what each line makes in the hour that begins then."""
    first = datetime(year, 1, 1)
    moment, number = first, 0
    while moment.year == year:
        start = int((moment - OFFSET).replace(tzinfo=UTC).timestamp())
        yield Hour(number, start, moment.month, moment.hour // 8, _temperature(seed, moment), plan(moment, number))
        moment, number = moment + timedelta(hours=1), number + 1


def _temperature(seed: bytes, moment: datetime) -> int:
    """The month's mean, between its neighbours, colder before dawn, and weather of the day's own."""
    middle = MONTHLY_MEAN[moment.month - 1]
    other = MONTHLY_MEAN[(moment.month - 2 if moment.day < 15 else moment.month) % 12]
    mean = (middle * (30 - abs(moment.day - 15)) + other * abs(moment.day - 15)) // 30
    daily = (-18, -25, -30, -20, 0, 22, 30, 24, 8, -2, -8, -14)[moment.hour // 2]
    return mean + daily + noise(seed, "weather", moment.toordinal(), 45)
