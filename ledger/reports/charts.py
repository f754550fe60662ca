"""Charts of a report: months as stacked bars, classes of quality, bands with a mark, bars of one measure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.reports.numbers import fixed, places_for
from ledger.reports.svg import GROUND, INK, LINE, PAPER, SOFT, Canvas, Length, fit, num, text_width


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    colour: str
    values: tuple[Fraction | None, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """`up_to` None: open. `grade` is printed inside of it."""

    grade: str
    name: str
    up_to: Fraction | None
    colour: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: Fraction
    text: str
    colour: str


def months(
    series: Sequence[Series], labels: Sequence[str], unit: str, words: dict[str, str], width: int, *, every: int = 1
) -> str:
    """Stacked bars: what was emitted upwards, what was removed downwards; a month without data is an empty frame.
    `every`: how many months share a label."""
    canvas, size = Canvas(width), 12 if width > 500 else 11
    stacks = [[one.values[at] for one in series] for at in range(len(labels))]
    high = max(
        (sum((v for v in stack if v is not None and v > 0), Fraction(0)) for stack in stacks), default=Fraction(0)
    )
    low = min(
        (sum((v for v in stack if v is not None and v < 0), Fraction(0)) for stack in stacks), default=Fraction(0)
    )
    ticks = _ticks(low, high)
    places = _tick_places(ticks)
    margin = max(text_width(fixed(tick, places), size) for tick in ticks) + 10
    top, tall = Fraction(30), Fraction(190)
    floor, ceiling = ticks[0], ticks[-1]

    def y(value: Fraction) -> Fraction:
        return top + tall * (ceiling - value) / (ceiling - floor)

    canvas.text(0, 14, unit, size=size, fill=SOFT)
    for tick in ticks:
        canvas.line(margin, y(tick), width, y(tick), INK if tick == 0 else LINE)
        canvas.text(margin - 6, y(tick) + 4, fixed(tick, places), size=size - 1, anchor="end", fill=SOFT)
    step = (Fraction(width) - margin) / max(1, len(labels))
    thick = min(step * Fraction(7, 10), Fraction(44))
    for at, label in enumerate(labels):
        left = margin + step * at + (step - thick) / 2
        if all(value is None for value in stacks[at]):
            dashes = f' stroke="{SOFT}" stroke-dasharray="3 3"'
            canvas.rect(left, y(ceiling), thick, y(floor) - y(ceiling), GROUND, title=words["no_data"], extra=dashes)
        _stack(canvas, series, at, y, left, thick)
        if at % every == 0:
            shown = fit(label, step * every, size - 1)
            canvas.text(left + thick / 2, top + tall + 18, shown, size=size - 1, anchor="middle", fill=SOFT)
    entries = [(one.colour, one.label) for one in series]
    if any(all(value is None for value in stack) for stack in stacks):
        entries.append((GROUND, words["no_data"]))
    end = canvas.legend(entries, 0, top + tall + 44, size)
    return canvas.svg(end, words["alt"])


def _stack(
    canvas: Canvas,
    series: Sequence[Series],
    at: int,
    y: Callable[[Fraction], Fraction],
    left: Fraction,
    thick: Fraction,
) -> None:
    above = under = Fraction(0)
    for one in series:
        value = one.values[at]
        if value is None or value == 0:
            continue
        start = above if value > 0 else under
        end = start + value
        upper, lower = y(max(start, end)), y(min(start, end))
        canvas.rect(left, upper, thick, lower - upper, one.colour, title=f"{one.label}: {fixed(value, 2)}")
        above, under = (end, under) if value > 0 else (above, end)


def _ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    """Round steps of 1, 2 or 5 times a power of ten that hold both ends and zero."""
    span = high - low or Fraction(1)
    step = Fraction(1)
    while step * 5 > span:
        step /= 10
    while step * 50 <= span:
        step *= 10
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor * 5 >= span)
    first, last = low // step, -(-high // step)
    return [step * at for at in range(first, max(last, first + 1) + 1)]


def _tick_places(ticks: Sequence[Fraction]) -> int:
    step = ticks[1] - ticks[0]
    return next((places for places in range(9) if (step * 10**places).denominator == 1), places_for(ticks))


def shares(parts: Sequence[tuple[str, str, int]], label: str, width: int) -> str:
    """One bar of basis points: (name with share, colour, points); what is missing to the whole stays empty."""
    canvas, left = Canvas(width), Fraction(0)
    canvas.rect(0, 0, width, 22, GROUND, extra=' rx="3"')
    for name, colour, points in parts:
        long = Fraction(width * max(0, points), 10_000)
        if long > 0:
            canvas.rect(left, 0, long, 22, colour, title=name)
        left += long
    size = 12 if width > 500 else 11
    end = canvas.legend([(colour, name) for name, colour, _ in parts], 0, 42, size)
    return canvas.svg(end, label)


def bands(
    scale: Sequence[Band], value: Fraction | None, text: str, label: str, width: int,
    *, around: tuple[Fraction, Fraction] | None = None,
) -> str:  # fmt: skip
    """Bands of equal width from the best to the worst, and where the value lies; `around`: how far it may be off."""
    canvas, wide = Canvas(width), Fraction(width, len(scale))
    top, tall, deep = 34, 34, 1
    for at, band in enumerate(scale):
        canvas.rect(wide * at + 1, top, wide - 2, tall, band.colour, title=band.name)
        canvas.text(wide * at + wide / 2, top + 22, band.grade, size=14, anchor="middle", bold=True)
        size = 11 if width > 500 else 10
        lines = _lines(band.name, wide - 6, size)
        deep = max(deep, len(lines))
        for row, part in enumerate(lines):
            canvas.text(
                wide * at + wide / 2, top + tall + 32 + row * (size + 3), part, size=size, anchor="middle", fill=SOFT
            )
        if band.up_to is not None:
            canvas.line(wide * (at + 1), top, wide * (at + 1), top + tall + 5, SOFT)
            bound = fixed(band.up_to, _bound_places(band.up_to))
            canvas.text(wide * (at + 1), top + tall + 17, bound, size=11, anchor="middle", fill=INK)
    if around is not None:
        left, right = (_place(scale, end) * wide for end in around)
        canvas.rect(left, top + tall - 6, max(right - left, Fraction(2)), 4, INK)
    if value is not None:
        _mark(canvas, _place(scale, value) * wide, top, text, width)
    return canvas.svg(top + tall + 24 + deep * 14, label)


def _mark(canvas: Canvas, x: Fraction, top: int, text: str, width: int) -> None:
    canvas.path(f"M{num(x)},{top + 6}l-7,-11h14Z", INK)
    canvas.line(x, top, x, top + 34, INK, ' stroke-width="2"')
    half = text_width(text, 13) / 2
    canvas.text(min(max(x, half), width - half), 18, text, size=13, anchor="middle", bold=True)


def _place(scale: Sequence[Band], value: Fraction) -> Fraction:
    """Where a value lies, in bands: inside of its own band and never on its edge unless it is the bound."""
    lower, edge = None, Fraction(1, 20)
    for at, band in enumerate(scale):
        if band.up_to is None or value <= band.up_to:
            if lower is None:
                lower = min(Fraction(0), Fraction(0) if band.up_to is None else band.up_to)
            upper = band.up_to if band.up_to is not None else lower * 2 if lower > 0 else lower + 1
            part = (value - lower) / (upper - lower) if upper > lower else Fraction(1, 2)
            return at + min(max(part, edge), Fraction(1) if value == band.up_to else 1 - edge)
        lower = band.up_to
    return Fraction(len(scale)) - edge


def _bound_places(bound: Fraction) -> int:
    return next((places for places in range(7) if (bound * 10**places).denominator == 1), 3)


def _lines(text: str, width: Length, size: int) -> list[str]:
    """Words in at most two lines."""
    if text_width(text, size) <= width:
        return [text]
    words = text.split(" ")
    first = words[0]
    for at, word in enumerate(words[1:], 1):
        if text_width(f"{first} {word}", size) > width:
            return [fit(first, width, size), fit(" ".join(words[at:]), width, size)]
        first += f" {word}"
    return [fit(text, width, size)]


def bars(rows: Sequence[Bar], label: str, width: int) -> str:
    """Lying bars with their amounts; below zero to the left of the axis."""
    canvas, compact = Canvas(width), width < 500
    size, pitch = (11, 40) if compact else (12, 26)
    room = 0 if compact else 210
    figures = max((text_width(row.text, size) for row in rows), default=Fraction(0)) + 10
    most = max((abs(row.value) for row in rows), default=Fraction(0)) or Fraction(1)
    negative = any(row.value < 0 for row in rows)
    space = Fraction(width) - room - figures
    for at, row in enumerate(rows):
        y = pitch * at
        long = max(space * abs(row.value) / most, Fraction(1) if row.value else Fraction(0))
        if compact:
            canvas.text(0, y + 12, fit(row.label, width, size), size=size)
            top = y + 18
        else:
            canvas.text(room - 8, y + 15, fit(row.label, room - 10, size), size=size, anchor="end")
            top = y + 4
        paint = ' fill-opacity="0.55"' if negative and row.value < 0 else ""
        canvas.rect(room, top, long, 16, row.colour, title=f"{row.label}: {row.text}", extra=paint)
        canvas.text(room + long + 6, top + 12, row.text, size=size, fill=SOFT)
    canvas.line(room, 0, room, pitch * len(rows), SOFT if not compact else PAPER)
    return canvas.svg(max(1, pitch * len(rows)), label)
