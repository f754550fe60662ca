"""How well the figures are known: classes and coverage, gaps, frames and keys, month closings, uncertainty."""

from ledger.reports import charts, frames, numbers
from ledger.reports.blocks import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Column,
    Heading,
    Paragraph,
    Picture,
    Section,
    Table,
)
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number
from ledger.reports.svg import CLASS_COLOURS, NARROW, WIDE

MOST_GAPS = 40


def quality(matter: Matter) -> Section:
    text = matter.text
    blocks: list[Block] = [_shares(matter), *_coverage(matter), Heading(text("quality.gaps")), *_gaps(matter)]
    blocks += [Heading(text("quality.frames")), *frames.frames(matter), *frames.self_signed(matter)]
    blocks += frames.closings(matter)
    blocks += _uncertainty(matter)
    return Section("quality", text("title.quality"), tuple(blocks))


def _shares(matter: Matter) -> Picture:
    node, text = matter.document.need("quality"), matter.text
    parts = []
    for name, colour in CLASS_COLOURS.items():
        points = node.need(name).integer()
        parts.append((f"{text(f'quality.{name}')} {numbers.basis_points(points)}", colour, points))
    alt = text.listing([name for name, _, _ in parts])
    wide, narrow = (charts.shares(parts, alt, width) for width in (WIDE, NARROW))
    return Picture(wide, narrow, alt, text("quality.caption"))


def _coverage(matter: Matter) -> list[Block]:
    node, text = matter.document.need("quality"), matter.text
    told = text("quality.coverage_is", coverage=numbers.basis_points(node.need("coverage").integer()))
    lines = [Bullet(text(f"quality.{name}_means")) for name in CLASS_COLOURS]
    return [Bullets(tuple(lines)), Paragraph(told)]


def _gaps(matter: Matter) -> list[Block]:
    """By point: how many, how long, the longest; then the first of them one by one."""
    node, text = matter.document.need("gaps"), matter.text
    blocks: list[Block] = [Paragraph(matter.in_words(node.need("statement"), 1000), "note")]
    listed = [_gap(entry) for entry in node.need("list").items()]
    if not listed:
        return [*blocks, Bullets((Bullet(text("quality.no_gaps"), "good"),))]
    points = sorted({point for point, _, _ in listed})
    rows = []
    for point in points:
        spans = [(start, end) for name, start, end in listed if name == point]
        whole, longest = sum(end - start for start, end in spans), max(end - start for start, end in spans)
        rows.append((Cell(point), Cell(f"{len(spans):,}"), Cell(text.duration(whole)), Cell(text.duration(longest))))
    columns = (
        Column(text("col.point"), share=6), Column(text("col.count"), True, 2), Column(text("col.whole"), True, 2),
        Column(text("col.longest"), True, 2),
    )  # fmt: skip
    return [*blocks, Table(columns, tuple(rows)), *_each_gap(matter, listed)]


def _gap(entry: Node) -> tuple[str, int, int]:
    return entry.need("point").text(120), entry.need("start").integer(), entry.need("end").integer()


def _each_gap(matter: Matter, listed: list[tuple[str, int, int]]) -> list[Block]:
    text = matter.text
    rows = tuple(
        (
            Cell(point), Cell(text.moment(start, matter.offset)), Cell(text.moment(end, matter.offset)),
            Cell(text.duration(end - start)),
        )
        for point, start, end in sorted(listed, key=lambda gap: (gap[1] - gap[2], gap[1], gap[0]))[:MOST_GAPS]
    )  # fmt: skip
    columns = (
        Column(text("col.point"), share=5), Column(text("col.from"), share=3), Column(text("col.to"), share=3),
        Column(text("col.duration"), True, 2),
    )  # fmt: skip
    left = len(listed) - len(rows)
    note = text("quality.more_gaps", count=f"{left:,}") if left else ""
    return [Table(columns, rows, caption=text("quality.longest_gaps"), note=note, dense=True)]


def _uncertainty(matter: Matter) -> list[Block]:
    node, text = matter.document.get("uncertainty"), matter.text
    percent = optional_number(node.get("percent")) if node is not None else None
    if node is None or percent is None:
        return []
    low, high = (matter.total * (100 + sign * percent) / 100 for sign in (-1, 1))
    ends = sorted((low, high))
    told = text(
        "quality.uncertainty_is", percent=numbers.fixed(percent, 1), unit=matter.unit,
        low=numbers.alone(ends[0]), high=numbers.alone(ends[1]),
    )  # fmt: skip
    blocks: list[Block] = [Heading(text("quality.uncertainty")), Paragraph(told)]
    lines = node.get("lines")
    rows = [_uncertain(matter, line) for line in lines.items(2000)] if lines is not None else []
    if rows:
        columns = (
            Column(text("col.source"), share=5),
            Column(text("col.uncertainty"), True, 2, "%"),
            Column(text("col.basis"), share=4),
        )
        blocks.append(Table(columns, tuple(rows), dense=True))
    assumed = node.get("assumed")
    if assumed is not None:
        blocks += _assumed(matter, assumed)
    return blocks


def _uncertain(matter: Matter, line: Node) -> tuple[Cell, ...]:
    source, item, percent = (line.get(name) for name in ("source", "item", "percent"))
    named = source or item or line.get("id") or line.get("name")
    basis = line.get("basis") or line.get("from") or line.get("assumed")
    shown = matter.item(named.name(matter.language, 120)) if named is not None else numbers.NOTHING
    return Cell(shown), Cell(numbers.fixed(optional_number(percent), 1)), Cell(_told(matter, basis))


def _told(matter: Matter, node: Node | None) -> str:
    if node is None or node.value is False:
        return numbers.NOTHING
    if node.value is True:
        return matter.text("quality.assumed")
    return node.name(matter.language) if isinstance(node.value, str | dict) else numbers.NOTHING


def _assumed(matter: Matter, assumed: Node) -> list[Block]:
    """A flag, or the list of what had to be assumed."""
    text = matter.text
    if isinstance(assumed.value, list):
        names = [matter.item(entry.name(matter.language, 120)) for entry in assumed.items(2000)]
        return [Paragraph(text("quality.assumed_for", names=text.listing(names[:20])), "note")] if names else []
    return [Paragraph(text("quality.some_assumed"), "note")] if assumed.value not in (False, "", "0") else []
