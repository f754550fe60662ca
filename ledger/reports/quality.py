"""How well the figures are known: classes and coverage, gaps, frames and keys, month closings, uncertainty."""

from fractions import Fraction

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

MOST_GAPS = 20
MOST_POINTS = 100


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
    blocks += _gap_share(matter, node)
    listed = [_gap(entry) for entry in node.need("list").items()]
    if not listed:
        return [*blocks, Bullets((Bullet(text("quality.no_gaps"), "good"),))]
    lengths: dict[str, list[int]] = {}
    for point, start, end in listed:
        lengths.setdefault(point, []).append(end - start)
    ranked = sorted(lengths, key=lambda point: (-sum(lengths[point]), point))
    rows = tuple(
        (
            Cell(point), Cell(f"{len(lengths[point]):,}"), Cell(text.duration(sum(lengths[point]))),
            Cell(text.duration(max(lengths[point]))),
        )
        for point in ranked[:MOST_POINTS]
    )  # fmt: skip
    columns = (
        Column(text("col.point"), share=6), Column(text("col.count"), True, 2), Column(text("col.whole"), True, 2),
        Column(text("col.longest"), True, 2),
    )  # fmt: skip
    left = len(ranked) - len(rows)
    note = text("quality.more_points", count=f"{left:,}") if left else ""
    return [*blocks, Table(columns, rows, note=note), *_each_gap(matter, listed)]


def _gap_share(matter: Matter, node: Node) -> list[Block]:
    """What the gaps stand for, and from where on nothing is certified."""
    share, limit = optional_number(node.get("share")), node.get("certificate_limit")
    if share is None:
        return []
    shown = numbers.percent(share, Fraction(1), 2)
    most = numbers.basis_points(limit.integer()) if limit is not None else numbers.NOTHING
    return [Paragraph(matter.text("quality.gap_share", share=shown, limit=most))]


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
    if node is None:
        return []
    blocks: list[Block] = [Heading(text("quality.uncertainty")), *_whole_uncertainty(matter, node)]
    lines = node.get("lines")
    rows = [_uncertain(matter, line) for line in (lines.items(2000) if lines is not None else [])]
    if rows:
        columns = (
            Column(text("col.source"), share=4),
            Column(text("col.uncertainty"), True, 2),
            Column(text("quality.rests"), share=7),
        )
        blocks.append(Table(columns, tuple(rows), dense=True))
    return [*blocks, *_assumed(matter, node)]


def _whole_uncertainty(matter: Matter, node: Node) -> list[Block]:
    percent = optional_number(node.get("percent"))
    if percent is None:
        return []
    low, high = sorted(matter.total * (100 + sign * percent) / 100 for sign in (-1, 1))
    told = matter.text(
        "quality.uncertainty_is", percent=numbers.fixed(percent, 1), unit=matter.unit,
        low=numbers.alone(low), high=numbers.alone(high),
    )  # fmt: skip
    return [Paragraph(told)]


def _uncertain(matter: Matter, line: Node) -> tuple[Cell, ...]:
    """A source with what moves it most: the weightiest three parts stand first in a result, or any three."""
    parts = line.get("parts")
    told = [_part(matter, part) for part in (parts.items(2000) if parts is not None else [])]
    percent = optional_number(line.get("percent"))
    shown = f"±{numbers.THIN}{numbers.fixed(percent, 1)}{numbers.THIN}%" if percent is not None else numbers.NOTHING
    rest = matter.text("form.rest", count=len(told) - 3) if len(told) > 3 else ""
    listed = "; ".join([*told[:3], *([rest] if rest else [])])
    return Cell(matter.item(line.need("source").text(120))), Cell(shown), Cell(listed or numbers.NOTHING, tone="soft")


def _part(matter: Matter, part: Node) -> str:
    stated = part.get("stated")
    percent = numbers.faithful(part.need("percent").number())
    how = matter.text("quality.stated" if stated is not None and stated.flag() else "quality.assumed")
    return f"{matter.item(part.need('of').text(120))} ±{numbers.THIN}{percent}{numbers.THIN}% ({how})"


def _assumed(matter: Matter, node: Node) -> list[Block]:
    """Which percentages are this project's, by class of data, and what the result says about it."""
    text, assumed, statement = matter.text, node.get("assumed"), node.get("statement")
    told = []
    for entry in assumed.items(100) if assumed is not None and isinstance(assumed.value, list) else []:
        data = entry.need("data").text(40)
        percent = numbers.faithful(entry.need("percent").number())
        told.append(f"{text.get(f'data.{data}') or data} ±{numbers.THIN}{percent}{numbers.THIN}%")
    blocks: list[Block] = [Paragraph(text("quality.assumed_for", list=text.listing(told)), "note")] if told else []
    return [*blocks, Paragraph(matter.in_words(statement, 1000), "note")] if statement is not None else blocks
