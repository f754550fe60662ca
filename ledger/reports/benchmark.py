"""Where the enterprise stands: its grade among the bands, its level, the mean or the lines that it is held against."""

from fractions import Fraction

from ledger.grading.grade import Band
from ledger.reports import charts, numbers
from ledger.reports.blocks import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Column,
    Heading,
    Pairs,
    Paragraph,
    Picture,
    Section,
    Table,
)
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number
from ledger.reports.summary import reason_text, warning_text
from ledger.reports.svg import GRADE_COLOURS, LEVEL_COLOURS, NARROW, WIDE

MOST_MEASURES = 20


def benchmark(matter: Matter) -> Section | None:
    """None where no grading was asked for."""
    if not matter.graded:
        return None
    grade, text = matter.document.need("grade"), matter.text
    blocks: list[Block] = []
    if grade.get("grade") is None:
        told = text("benchmark.not_gradable", reason=reason_text(matter, grade))
        blocks.append(Bullets((Bullet(told, "warn"),)))
    blocks += [*_grades(matter, grade), *_levels(matter, grade)]
    if grade.get("mean") is None:
        blocks += _measures(matter, grade)
    warning = grade.get("warning")
    if warning is not None:
        blocks.append(Bullets((Bullet(warning_text(matter, warning), "warn"),)))
    blocks += [*_mean(matter, grade), *_population(matter, grade)]
    return Section("benchmark", text("title.benchmark"), tuple(blocks)) if blocks else None


def _grades(matter: Matter, grade: Node) -> list[Block]:
    ratio, text = optional_number(grade.get("ratio")), matter.text
    if ratio is None or grade.get("mean") is None:  # K of a product's lines is no share of an industry's mean
        return []
    band = matter.in_words(grade.get("band"), 80)
    shown = numbers.fixed(ratio, 3)
    blocks: list[Block] = [Heading(text("benchmark.grade")), Paragraph(text("benchmark.ratio", ratio=shown, band=band))]
    if matter.scheme is not None and matter.scheme.grades:
        bands = _bands(matter, matter.scheme.grades, GRADE_COLOURS, numbered=True)
        alt = text("benchmark.grade_alt", ratio=shown)
        blocks.append(_picture(bands, ratio, f"K = {shown}", alt, _around(grade, ratio)))
    return blocks


def _levels(matter: Matter, grade: Node) -> list[Block]:
    level, text = optional_number(grade.get("level")), matter.text
    if level is None:
        return []
    unit = matter.units(matter.scheme.unit) if matter.scheme else ""
    shown, band = numbers.fixed(level, 3), matter.in_words(grade.get("level_band"), 80)
    told = text("benchmark.level_is", level=f"{shown} {unit}".strip(), band=band or numbers.NOTHING)
    blocks: list[Block] = [Heading(text("benchmark.level")), Paragraph(told)]
    if matter.scheme is not None and matter.scheme.levels:
        bands = _bands(matter, matter.scheme.levels, LEVEL_COLOURS, numbered=False)
        blocks.append(_picture(bands, level, f"L = {shown}", text("benchmark.level_alt", level=shown), None))
    return blocks


def _bands(matter: Matter, bands: tuple[Band, ...], colours: tuple[str, ...], *, numbered: bool) -> list[charts.Band]:
    """A scheme of another number of bands takes its colours from both ends."""
    return [
        charts.Band(
            str(band.grade) if numbered else "", band.name.get(matter.language, ""), band.up_to,
            _colour(at, len(bands), colours),
        )
        for at, band in enumerate(bands)
    ]  # fmt: skip


def _colour(at: int, count: int, colours: tuple[str, ...]) -> str:
    return colours[at * (len(colours) - 1) // max(1, count - 1)]


def _picture(
    bands: list[charts.Band], value: Fraction, text: str, alt: str, around: tuple[Fraction, Fraction] | None
) -> Picture:
    wide, narrow = (charts.bands(bands, value, text, alt, width, around=around) for width in (WIDE, NARROW))
    return Picture(wide, narrow, alt)


def _around(grade: Node, value: Fraction) -> tuple[Fraction, Fraction] | None:
    """How far the value may be off, where the result warns of it."""
    warning = grade.get("warning")
    given = warning.get("percent") if warning is not None and isinstance(warning.value, dict) else None
    percent = optional_number(given)
    if percent is None or not 0 < percent < 100:
        return None
    off = abs(value) * percent / 100
    return value - off, value + off


def _measures(matter: Matter, grade: Node) -> list[Block]:
    """Each numerator against its bounds: lines of products, or bounds of a population."""
    measures = grade.get("measures")
    entries = measures.items(MOST_MEASURES) if measures is not None else []
    return [block for entry in entries for block in _measure(matter, grade, entry)]


def _measure(matter: Matter, grade: Node, entry: Node) -> list[Block]:
    text, unit = matter.text, matter.units(entry.need("unit").text(60))
    of, numerator = entry.need("of").text(80), entry.need("numerator").number()
    bounds = [bound.number() for bound in entry.need("bounds").items(50)]
    shown = f"{numbers.alone(numerator)} {unit}".strip()
    name = text.get(f"measure.{of}") or matter.item(of)
    blocks: list[Block] = [Heading(name), Paragraph(text("benchmark.measure", amount=shown))]
    if bounds:
        bands = _measure_bands(matter, bounds)
        alt = text("benchmark.measure_alt", amount=shown)
        blocks.append(_picture(bands, numerator, shown, alt, _around(grade, numerator)))
    return [*blocks, *_lines(matter, entry)]


def _measure_bands(matter: Matter, bounds: list[Fraction]) -> list[charts.Band]:
    """As many as the scheme names; without it one more than there are bounds."""
    named = matter.scheme.grades if matter.scheme else ()
    count = len(named) if len(bounds) <= len(named) <= len(bounds) + 1 else len(bounds) + 1
    names = [band.name.get(matter.language, "") for band in named] if count == len(named) else [""] * count
    return [
        charts.Band(str(at + 1), names[at], bounds[at] if at < count - 1 else None, _colour(at, count, GRADE_COLOURS))
        for at in range(count)
    ]


def _lines(matter: Matter, entry: Node) -> list[Block]:
    text, rows = matter.text, []
    lines = entry.get("lines")
    for line in lines.items(500) if lines is not None else []:
        values = " / ".join(numbers.faithful(value.number()) for value in line.need("values").items(50))
        confidence = line.need("confidence").text(40)
        output = numbers.alone(line.need("output").number())
        rows.append((
            Cell(matter.in_words(line.get("name"), 120) or line.need("line").text(80), line.need("line").text(80)),
            Cell(output, matter.units(line.need("output_unit").text(60))),
            Cell(values, matter.units(line.need("unit").text(60))),
            Cell(line.need("source").text(300), text.get(f"confidence.{confidence}") or confidence),
        ))  # fmt: skip
    columns = (
        Column(text("benchmark.line"), share=4), Column(text("products.quantity"), True, 3),
        Column(text("benchmark.values"), True, 4), Column(text("col.origin"), share=5),
    )  # fmt: skip
    return [Table(columns, tuple(rows), note=text("benchmark.lines_note"), dense=True)] if rows else []


def _mean(matter: Matter, grade: Node) -> list[Block]:
    mean, text = grade.get("mean"), matter.text
    if mean is None:
        return []
    unit = matter.units(matter.scheme.unit) if matter.scheme else ""
    value = f"{numbers.faithful(mean.need('value').number())} {unit}".strip()
    pairs = [(text("benchmark.mean"), value), *_origin(matter, mean)]
    told = mean.get("population")
    if told is not None:
        pairs.append((text("benchmark.population"), told.text(200)))
    return [Heading(text("benchmark.against")), Pairs(tuple(pairs)), *_demo(matter, mean)]


def _population(matter: Matter, grade: Node) -> list[Block]:
    """The rank among a whole population."""
    population, text = grade.get("population"), matter.text
    if population is None:
        return []
    count, position = population.need("count").integer(), population.get("position")
    place = text("benchmark.rank_of", position=f"{position.integer():,}" if position else "?", count=f"{count:,}")
    pairs = [(text("benchmark.rank"), place), *_origin(matter, population)]
    return [Heading(text("benchmark.against")), Pairs(tuple(pairs)), *_demo(matter, population)]


def _origin(matter: Matter, node: Node) -> list[tuple[str, str]]:
    text, confidence = matter.text, node.get("confidence")
    told = confidence.text(40) if confidence else ""
    pairs = [
        (text("benchmark.mean_of"), f"{node.need('industry').text(40)}, {node.need('year').integer()}"),
        (text("benchmark.source"), node.need("source").text(400)),
    ]
    return [*pairs, (text("col.confidence"), text.get(f"confidence.{told}") or told)] if told else pairs


def _demo(matter: Matter, node: Node) -> list[Block]:
    demo = node.get("demo")
    return [Bullets((Bullet(matter.text("benchmark.demo"), "warn"),))] if demo is not None and demo.flag() else []
