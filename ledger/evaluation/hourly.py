"""Hourly amounts: what one measuring point counted in each hour of one month, as one small value with one encoding.

An interval belongs to the hour of its start, as it belongs to the month of its start; hours are counted from the
month's first second. Amounts are whole multiples of one power of ten, so that nothing is rounded. Encoded (`encode`),
big-endian:

    u8 version · i64 start · u32 seconds · u32 intervals · u32 longest · fastest · u32 number of gaps, each u32 from,
    u32 to · rates: sum, sum of squares, first, last, then for each gap the one before and the one after it · i16
    exponent · u8 width · u8 1 if anything is declared · hours × width bytes metered · as many declared, if anything is

A rate is u16 length, integer, u16 length, integer; 0/0 stands for none.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import gcd

from ledger.evaluation.rates import Rates
from terminal_signer.errors import CarbonError

HOUR = 3600
VERSION = 1
MAX_SECONDS = 32 * 86_400
PLACES = 3  # tried first; doubled until all are whole
_HEAD = struct.Struct(">BqIII")
_GAP = struct.Struct(">II")
_FORM = struct.Struct(">hBB")
_COUNT = struct.Struct(">I")
_LENGTH = struct.Struct(">H")
_CODES = {1: "b", 2: "h", 4: "i", 8: "q"}


class HoursFault(CarbonError):
    """The bytes are no hourly amounts."""

    code = "hours"


@dataclass(frozen=True, slots=True)
class Hours:
    """One point in one month that lasts from `start` for `seconds`. `metered`, `declared`: for each hour, in units of
    10^`exponent`; `declared` is empty where nothing is. `gaps`: from–to. `longest`: seconds of the longest interval;
    where it is more than an hour, the amounts of single hours say little. `fastest`: the highest amount per second;
    `rates`: what else gap rules need."""

    start: int
    seconds: int
    exponent: int
    metered: tuple[int, ...]
    declared: tuple[int, ...]
    intervals: int
    longest: int
    fastest: Fraction
    gaps: tuple[tuple[int, int], ...]
    rates: Rates

    @property
    def end(self) -> int:
        return self.start + self.seconds

    def amount(self, mantissa: int) -> Fraction:
        exponent = self.exponent
        return Fraction(mantissa * 10**exponent) if exponent >= 0 else Fraction(mantissa, 10**-exponent)

    def sums(self) -> tuple[Fraction, Fraction]:
        """Metered and declared over the month."""
        return self.amount(sum(self.metered)), self.amount(sum(self.declared))

    def encode(self) -> bytes:
        widest = max(map(int.bit_length, (*self.metered, *self.declared)), default=0) // 8 + 1
        width = next((width for width in _CODES if width >= widest), widest)
        head = _HEAD.pack(VERSION, self.start, self.seconds, self.intervals, self.longest)
        rate = _fraction(self.fastest)
        beside = (self.rates.total, self.rates.squares, self.rates.first, self.rates.last)
        rates = b"".join(map(_fraction, (*beside, *chain.from_iterable(self.rates.beside))))
        gaps = b"".join(_GAP.pack(since - self.start, until - self.start) for since, until in self.gaps)
        form = _FORM.pack(self.exponent, width, bool(self.declared))
        return b"".join((
            head, rate, _COUNT.pack(len(self.gaps)), gaps, rates, form,
            _pack(self.metered, width), _pack(self.declared, width),
        ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a point counted in a span of hours, in its own unit. `missing`: seconds of gaps. `coarse`: its intervals are
    longer than an hour, so that a span of hours says little."""

    metered: Fraction
    declared: Fraction
    missing: int
    coarse: bool


def amounts(months: Iterable[Hours], start: int, end: int) -> Amounts:
    """A point's amounts from `start` to `end`, of a shift or a batch. An hour belongs to the span that its first second
    lies in, so that spans which follow one another add up to what all of them took."""
    metered = declared = Fraction(0)
    missing, coarse = 0, False
    for month in months:
        if month.end <= start or end <= month.start:
            continue
        first, last = (-(-(max(0, moment - month.start)) // HOUR) for moment in (start, end))
        metered += month.amount(sum(month.metered[first:last]))
        declared += month.amount(sum(month.declared[first:last]))
        missing += sum(max(0, min(until, end) - max(since, start)) for since, until in month.gaps)
        coarse |= month.longest > HOUR
    return Amounts(metered, declared, missing, coarse)


def hours(
    month: tuple[int, int],
    metered: Sequence[Decimal],
    declared: Sequence[Decimal],
    gaps: Iterable[tuple[int, int]],
    *,
    intervals: int,
    longest: int,
    fastest: Fraction,
    rates: Rates,
) -> Hours:
    """The value of a month, from–to, from exact amounts; of `gaps` what lies in it. The decimal context is exact."""
    start, end = month
    exponent, amounts = _whole([*metered, *declared] if any(declared) else metered)
    first, second = amounts[: len(metered)], amounts[len(metered) :]
    inside = tuple((max(since, start), min(until, end)) for since, until in gaps if since < end and start < until)
    return Hours(start, end - start, exponent, first, second, intervals, longest, fastest, inside, rates)


def _whole(amounts: Sequence[Decimal]) -> tuple[int, tuple[int, ...]]:
    """The exponent of the largest power of ten of which all are whole multiples, and the multiples; 0 for zeros."""
    if not any(amounts):
        return 0, (0,) * len(amounts)
    places = PLACES
    while True:
        scaled = [amount.scaleb(places) for amount in amounts]
        numbers = list(map(int, scaled))
        if numbers == scaled:
            break
        places *= 2
    common, exponent = gcd(*numbers), -places
    while common % 10 == 0:
        common, exponent = common // 10, exponent + 1
    unit = 10 ** (exponent + places)
    return exponent, tuple(number // unit for number in numbers)


def decode(data: bytes) -> Hours:
    """Raises HoursFault for anything but what `encode` writes."""
    try:
        found = _decode(data)
    except (struct.error, ValueError, ZeroDivisionError, IndexError, OverflowError) as error:
        raise HoursFault(f"not hourly amounts: {error!s:.80}") from None
    return found


def _decode(data: bytes) -> Hours:
    version, start, seconds, intervals, longest = _HEAD.unpack_from(data)
    if version != VERSION or not 0 < seconds <= MAX_SECONDS:
        raise ValueError("another version, or no month")
    numerator, at = _read_integer(data, _HEAD.size)
    denominator, at = _read_integer(data, at)
    (count,) = _COUNT.unpack_from(data, at)
    at += _COUNT.size
    if count * _GAP.size > len(data) - at:
        raise ValueError("more gaps than bytes")
    offsets = struct.unpack_from(f">{2 * count}I", data, at)
    at += count * _GAP.size
    rates, at = _read_rates(data, at, count)
    exponent, width, declares = _FORM.unpack_from(data, at)
    at += _FORM.size
    size = -(-seconds // HOUR) * width
    if width == 0 or declares > 1 or len(data) != at + size * (1 + declares):
        raise ValueError("another number of hours than the month has")
    gaps = tuple((start + since, start + until) for since, until in zip(offsets[::2], offsets[1::2], strict=True))
    return Hours(
        start, seconds, exponent, _unpack(data[at : at + size], width), _unpack(data[at + size :], width), intervals,
        longest, Fraction(numerator, denominator), gaps, rates,
    )  # fmt: skip


def _fraction(number: Fraction | None) -> bytes:
    return _integer(0) + _integer(0) if number is None else _integer(number.numerator) + _integer(number.denominator)


def _read_rates(data: bytes, at: int, gaps: int) -> tuple[Rates, int]:
    found: list[Fraction | None] = []
    for _ in range(4 + 2 * gaps):
        numerator, at = _read_integer(data, at)
        denominator, at = _read_integer(data, at)
        found.append(Fraction(numerator, denominator) if denominator else None)
    total, squares, first, last, *beside = found
    if total is None or squares is None:
        raise ValueError("no sum of rates")
    return Rates(total, squares, first, last, tuple(zip(beside[::2], beside[1::2], strict=True))), at


def _integer(number: int) -> bytes:
    data = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    return _LENGTH.pack(len(data)) + data


def _read_integer(data: bytes, at: int) -> tuple[int, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    at += _LENGTH.size
    return int.from_bytes(data[at : at + length], "big", signed=True), at + length


def _pack(numbers: Sequence[int], width: int) -> bytes:
    code = _CODES.get(width)
    if code is None:
        return b"".join(number.to_bytes(width, "big", signed=True) for number in numbers)
    packed = array(code, numbers)
    if sys.byteorder == "little":
        packed.byteswap()
    return packed.tobytes()


def _unpack(data: bytes, width: int) -> tuple[int, ...]:
    code = _CODES.get(width)
    if code is None:
        return tuple(int.from_bytes(data[at : at + width], "big", signed=True) for at in range(0, len(data), width))
    packed = array(code, data)
    if sys.byteorder == "little":
        packed.byteswap()
    return tuple(packed)
