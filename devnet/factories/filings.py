"""What people sign in a factory's year: analyses with their samples, closings of months, declarations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from devnet.factories.factory import Filed
from devnet.factories.gauges import HOUR, Hour
from terminal_signer.frame import Item

DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """A month of the year, or the year: label, first second, first second after it."""

    label: str
    start: int
    end: int

    def item(self, name: str, value: str | Decimal, unit: str) -> Item:
        return Item(name, Decimal(value), unit, self.start, self.end)


def months_of(year: Sequence[Hour], number: int) -> list[Span]:
    starts = [hour.start for at, hour in enumerate(year) if at == 0 or year[at - 1].month != hour.month]
    ends = [*starts[1:], year[-1].start + HOUR]
    return [
        Span(f"{number}-{month:02d}", start, end)
        for month, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def whole(year: Sequence[Hour], number: int) -> Span:
    return Span(str(number), year[0].start, year[-1].start + HOUR)


def closing(officer: str, span: Span, last: int) -> Filed:
    """The officer closes a month on the 6th of the next one; the last one, at the year's end, by `last`."""
    return Filed(officer, min(span.end + 5 * DAY + 10 * HOUR, last), "month-close", text=span.label)


def analysed(
    laboratory: str, sampler: str, span: Span, name: str, values: Mapping[str, tuple[str, str]]
) -> list[Filed]:
    """A sample taken on the 20th of a month and the laboratory's report of it two days later. `values`: by the item's
    name the value and its unit."""
    sample, number = f"{name}-{span.label}", f"R-{name}-{span.label}"
    at = span.start + 19 * DAY + 9 * HOUR
    lines = "\n".join(f"{item}: {value} {unit}" for item, (value, unit) in values.items())
    report = f"Report {number}, sample {sample}\n{lines}\n"
    items = tuple(span.item(item, value, unit) for item, (value, unit) in values.items())
    return [
        Filed(sampler, at, "sample", text=f"Sample {sample}, taken at the feed\n", sample=sample),
        Filed(laboratory, at + 2 * DAY, "laboratory-result", items, report, number, sample),
    ]


def stocked(
    officer: str, months: Sequence[Span], item: str, unit: str, stock: tuple[str, str, str], last: int
) -> list[Filed]:
    """Purchases and closing stocks month by month. `stock`: opening stock, a month's purchase, and by how much the
    stock swings round the opening one."""
    opening, purchase, swing = map(Decimal, stock)
    filed = []
    for at, month in enumerate(months):
        held = opening + swing * (2, -1, 3, 0, -2, 1, 2, -3, 1, -1, 3, 1)[at]
        lines = [month.item(f"{item}.purchased", purchase, unit), month.item(f"{item}.closing_stock", held, unit)]
        lines += [month.item(f"{item}.opening_stock", opening, unit)] if at == 0 else []
        filed.append(Filed(officer, min(month.end + 4 * DAY + 9 * HOUR, last), "declaration", tuple(lines)))
    return filed
