"""A simulated factory as a whole, and the packs that its terminals sign: one a shift of eight hours.

What is told of a year besides readings: documents that people sign, hours in which a terminal was silent, readings that
were wrong and are corrected later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from devnet.factories.gauges import HOUR, Gauge, Hour
from terminal_signer.csv_meter import Batch
from terminal_signer.document import of_items
from terminal_signer.frame import Document, Item, Record

SHIFT_HOURS = 8


@dataclass(frozen=True, slots=True)
class Filed:
    """A document that `sub` signs at `at` (Unix seconds). `text`: the original, whose hash it carries; where empty, the
    items line by line. `number` is the issuer's, `sample` what was analysed."""

    sub: str
    at: int
    kind: str
    items: tuple[Item, ...] = ()
    text: str = ""
    number: str | None = None
    sample: str | None = None

    def document(self) -> Document:
        plain = of_items(self.kind, self.items) if not self.text else None
        body = self.text.encode() if plain is None else plain.body or b""
        return Document(
            self.kind, "text/plain", sha256(body).digest(), body, self.items, number=self.number, sample=self.sample
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """Hours [first, last) in which a terminal signed nothing: whole shifts, for a pack has no hole."""

    sub: str
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first % SHIFT_HOURS or self.last % SHIFT_HOURS:
            raise ValueError("a silence lasts whole shifts")


@dataclass(frozen=True, slots=True)
class Slip:
    """An hour whose amount was read `times` too high, and why; the officer corrects it after the year's end."""

    point: str
    hour: int
    times: int
    reason: str


@dataclass(frozen=True, slots=True)
class Factory:
    """`gauges` by terminal; `filed`: the documents, from the year's hours."""

    site: str
    hours: Callable[[], Iterator[Hour]]
    gauges: Mapping[str, tuple[Gauge, ...]]
    filed: Callable[[Sequence[Hour]], Sequence[Filed]]
    silences: tuple[Silence, ...] = ()
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """What terminals sign at `end`."""

    end: int
    batches: Mapping[str, Batch]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The officer states anew what `sub` signed at `end`."""

    sub: str
    end: int
    item: Item
    reason: str


class Year:
    """A factory's year, computed once."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self.hours = tuple(factory.hours())
        self._stands = {
            gauge.point: gauge.stood
            for gauges in factory.gauges.values()
            for gauge in gauges
            if gauge.stood is not None
        }
        self._slips = {(slip.point, slip.hour): slip for slip in factory.slips}
        self.corrected: list[Corrected] = []

    def signed(self) -> Iterator[Signed]:
        """The stands at the year's beginning, then every shift in order."""
        start = self.hours[0].start
        opening = {
            sub: Batch(start, tuple(_stand(gauge, start, self._stands[gauge.point]) for gauge in gauges))
            for sub, every in self.factory.gauges.items()
            if (gauges := [gauge for gauge in every if gauge.stood is not None and gauge.since == 0])
        }
        if opening:
            yield Signed(start, opening)
        for at in range(0, len(self.hours), SHIFT_HOURS):
            shift = self.hours[at : at + SHIFT_HOURS]
            end = shift[-1].start + HOUR
            batches = {sub: self._batch(sub, shift, end) for sub in self.factory.gauges}
            yield Signed(end, {sub: batch for sub, batch in batches.items() if batch.records})

    def _batch(self, sub: str, shift: Sequence[Hour], end: int) -> Batch:
        records: list[Record] = []
        for hour in shift:
            silent = any(gap.sub == sub and gap.first <= hour.number < gap.last for gap in self.factory.silences)
            read = [
                self._read(sub, gauge, hour, end) for gauge in self.factory.gauges[sub] if gauge.serves(hour.number)
            ]
            records += [record for rows in read for record in rows] if not silent else []
        return Batch(shift[0].start, tuple(records))

    def _read(self, sub: str, gauge: Gauge, hour: Hour, end: int) -> list[Record]:
        """A register moves on also while nobody reads it."""
        amount, until = gauge.amount(hour), hour.start + HOUR
        if gauge.stood is None:
            return [self._amount(sub, gauge, hour, end, amount)]
        before = self._stands[gauge.point] or 0
        self._stands[gauge.point] = (before + amount) % (gauge.rollover or 10**18)
        first = [_stand(gauge, hour.start, before)] if gauge.since == hour.number and gauge.since else []
        return [*first, _stand(gauge, until, self._stands[gauge.point] or 0)]

    def _amount(self, sub: str, gauge: Gauge, hour: Hour, end: int, amount: int) -> Record:
        until = hour.start + HOUR
        slip = self._slips.get((gauge.point, hour.number))
        if slip is not None:
            value = Decimal(amount).scaleb(-gauge.decimals)
            item = Item(gauge.point, value, gauge.unit, hour.start, until)
            self.corrected.append(Corrected(sub, end, item, slip.reason))
            amount *= slip.times
        return Record(gauge.point, hour.start, until, gauge.unit, Decimal(amount).scaleb(-gauge.decimals), None)


def _stand(gauge: Gauge, time: int, steps: int | None) -> Record:
    return Record(gauge.point, None, time, gauge.unit, None, Decimal(steps or 0).scaleb(-gauge.decimals))
