"""Where the enterprise stands: its grade among the bands, its level, the mean that it is held against."""

from fractions import Fraction

from ledger.grading.grade import Band
from ledger.reports import charts, numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Heading, Pairs, Paragraph, Picture, Section
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number
from ledger.reports.summary import warning_text
from ledger.reports.svg import GRADE_COLOURS, LEVEL_COLOURS, NARROW, WIDE


def benchmark(matter: Matter) -> Section | None:
    """None where no grading was asked for."""
    grade, text = matter.document.need("grade"), matter.text
    reason = grade.get("reason")
    if reason is not None and reason.value == "no-scheme":
        return None
    blocks: list[Block] = []
    if grade.get("grade") is None:
        told = matter.in_words(grade.get("reason_text"), 300) or (reason.text(80) if reason else "")
        blocks.append(Bullets((Bullet(text("benchmark.not_gradable", reason=told), "warn"),)))
    blocks += _grades(matter, grade)
    blocks += _levels(matter, grade)
    warning = grade.get("warning")
    if warning is not None:
        blocks.append(Bullets((Bullet(warning_text(matter, warning), "warn"),)))
    blocks += _mean(matter, grade)
    return Section("benchmark", text("title.benchmark"), tuple(blocks))


def _grades(matter: Matter, grade: Node) -> list[Block]:
    ratio, text = optional_number(grade.get("ratio")), matter.text
    if ratio is None:
        return []
    band = matter.in_words(grade.get("band"), 80)
    shown = numbers.fixed(ratio, 3)
    blocks: list[Block] = [Heading(text("benchmark.grade")), Paragraph(text("benchmark.ratio", ratio=shown, band=band))]
    if matter.scheme is not None:
        bands = _bands(matter, matter.scheme.grades, GRADE_COLOURS, numbered=True)
        blocks.append(
            _picture(bands, ratio, f"K = {shown}", text("benchmark.grade_alt", ratio=shown), _around(matter, ratio))
        )
    return blocks


def _levels(matter: Matter, grade: Node) -> list[Block]:
    level, text = optional_number(grade.get("level")), matter.text
    if level is None:
        return []
    unit = matter.units(matter.scheme.unit) if matter.scheme else ""
    shown, band = numbers.fixed(level, 3), matter.in_words(grade.get("level_band"), 80)
    told = text("benchmark.level_is", level=f"{shown} {unit}".strip(), band=band)
    blocks: list[Block] = [Heading(text("benchmark.level")), Paragraph(told)]
    if matter.scheme is not None:
        bands = _bands(matter, matter.scheme.levels, LEVEL_COLOURS, numbered=False)
        blocks.append(_picture(bands, level, f"L = {shown}", text("benchmark.level_alt", level=shown), None))
    return blocks


def _bands(matter: Matter, bands: tuple[Band, ...], colours: tuple[str, ...], *, numbered: bool) -> list[charts.Band]:
    """A scheme of another number of bands takes its colours from both ends."""
    last = max(1, len(bands) - 1)
    return [
        charts.Band(
            str(band.grade) if numbered else "", band.name.get(matter.language, ""), band.up_to,
            colours[at * (len(colours) - 1) // last],
        )
        for at, band in enumerate(bands)
    ]  # fmt: skip


def _picture(
    bands: list[charts.Band], value: Fraction, text: str, alt: str, around: tuple[Fraction, Fraction] | None
) -> Picture:
    wide, narrow = (charts.bands(bands, value, text, alt, width, around=around) for width in (WIDE, NARROW))
    return Picture(wide, narrow, alt)


def _around(matter: Matter, ratio: Fraction) -> tuple[Fraction, Fraction] | None:
    """How far the ratio may be off, where the result states an uncertainty."""
    uncertainty = matter.document.get("uncertainty")
    percent = optional_number(uncertainty.get("percent")) if uncertainty is not None else None
    if percent is None or not 0 < percent < 100:
        return None
    off = abs(ratio) * percent / 100
    return ratio - off, ratio + off


def _mean(matter: Matter, grade: Node) -> list[Block]:
    mean, text = grade.get("mean"), matter.text
    if mean is None:
        return []
    unit = matter.units(matter.scheme.unit) if matter.scheme else ""
    demo = mean.get("demo")
    pairs = [
        (text("benchmark.mean"), f"{numbers.faithful(mean.need('value').number())} {unit}".strip()),
        (text("benchmark.mean_of"), f"{mean.need('industry').text(40)}, {mean.need('year').integer()}"),
        (text("benchmark.source"), mean.need("source").text(400)),
        (text("benchmark.population"), mean.need("population").text(200)),
    ]
    blocks: list[Block] = [Heading(text("benchmark.against")), Pairs(tuple(pairs))]
    if demo is not None and demo.flag():
        blocks.append(Bullets((Bullet(text("benchmark.demo"), "warn"),)))
    return blocks
