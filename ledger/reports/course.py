"""The course of the period and the flow of its carbon: months as bars and as a table, sources to total as a Sankey."""

from collections.abc import Sequence
from fractions import Fraction

from ledger.reports import charts, numbers, sankey
from ledger.reports.blocks import Block, Cell, Column, Paragraph, Picture, Section, Table
from ledger.reports.matter import Matter, SourceLine
from ledger.reports.reading import by_month
from ledger.reports.svg import NARROW, PALETTE, REMOVED, REST, WIDE

MOST_SERIES = 8
MOST_COLUMNS = 6


def months(matter: Matter) -> Section:
    """The course of the year: stacked bars, then the same as a table."""
    text = matter.text
    if not matter.months:
        return Section("months", text("title.months"), (Paragraph(text("months.none"), "note"),))
    series = _series(matter)
    labels = [text.month(label, short=True) for label in matter.months]
    words = {"no_data": text("months.no_data"), "alt": text("months.alt", unit=matter.unit)}
    wide, narrow = (
        charts.months(series, labels, matter.unit, words, width, every=-(-len(labels) // most))
        for width, most in ((WIDE, 12), (NARROW, 4))
    )
    picture = Picture(wide, narrow, words["alt"])
    return Section("months", text("title.months"), (picture, _month_table(matter)))


def _series(matter: Matter) -> list[charts.Series]:
    """The largest sources of the total, the rest as one."""
    lines = [line for line in matter.counted if line.value or any(line.months.values())]
    kept = lines if len(lines) <= MOST_SERIES else lines[: MOST_SERIES - 1]
    series = [
        charts.Series(line.name, colour(line, at), tuple(line.months.get(month) for month in matter.months))
        for at, line in enumerate(kept)
    ]
    rest = lines[len(kept) :]
    if rest:
        series.append(charts.Series(matter.text("form.rest", count=len(rest)), REST, _summed(matter, rest)))
    return series


def colour(line: SourceLine, at: int) -> str:
    return REMOVED[at % len(REMOVED)] if line.value < 0 else PALETTE[at % (len(PALETTE) - 1)]


def _summed(matter: Matter, lines: Sequence[SourceLine]) -> tuple[Fraction | None, ...]:
    def month(label: str) -> Fraction | None:
        known = [value for value in (line.months.get(label) for line in lines) if value is not None]
        return sum(known, Fraction(0)) if known else None

    return tuple(month(label) for label in matter.months)


def _month_table(matter: Matter) -> Table:
    """Months as rows, the largest sources as columns, all others in one."""
    text = matter.text
    lines = [line for line in matter.counted if line.months]
    kept = lines if len(lines) <= MOST_COLUMNS - 1 else lines[: MOST_COLUMNS - 2]
    rest = lines[len(kept) :]
    whole = by_month(matter.emissions)
    values = [tuple(line.months.get(month) for month in matter.months) for line in kept]
    values += [_summed(matter, rest)] if rest else []
    values.append(tuple(whole[month] for month in matter.months))
    names = [line.name for line in kept] + ([text("form.rest", count=len(rest))] if rest else [])
    places = max(0, numbers.places_for([value for one in values for value in one]))
    shown = [[numbers.fixed(value, places) for value in one] for one in values]
    rows = tuple(
        (Cell(text.month(month)), *(Cell(one[at], tone="" if one[at] != numbers.NOTHING else "warn") for one in shown))
        for at, month in enumerate(matter.months)
    )
    sums = [line.total for line in kept] + ([sum((line.value for line in rest), Fraction(0))] if rest else [])
    foot = (Cell(text("figures.total")), *(Cell(numbers.fixed(value, places)) for value in [*sums, matter.total]))
    columns = (
        Column(text("col.month"), share=3),
        *(Column(name, True, 3) for name in names),
        Column(text("figures.total"), True, 3),
    )
    return Table(columns, rows, foot, text("months.caption", unit=matter.unit), text("months.note"), dense=True)


def flow(matter: Matter) -> Section:
    """Where the emissions come from and what becomes of them."""
    text = matter.text
    flows = _flows(matter)
    wide, narrow = (sankey.draw(flows, _words(matter), compact=compact) for compact in (False, True))
    silent = [line.name for line in matter.sources if line.counted and line.total == 0]
    blocks: list[Block] = []
    if wide is None or narrow is None:
        blocks.append(Paragraph(text("flow.nothing")))
    else:
        blocks.append(Picture(wide, narrow, text("flow.alt"), text("flow.caption", unit=matter.unit)))
    if silent:
        blocks.append(Paragraph(text("flow.silent", names=text.listing(silent[:20])), "note"))
    return Section("flow", text("title.flow"), tuple(blocks))


def _flows(matter: Matter) -> list[sankey.Flow]:
    lines = matter.counted
    places = numbers.places_for([line.value for line in lines])
    flows = [
        sankey.Flow(line.name, matter.group_name(line), line.value, numbers.fixed(line.value, places)) for line in lines
    ]
    return sankey.lump(flows, matter.text("flow.others"), "")


def _words(matter: Matter) -> sankey.Words:
    text, gross, total = matter.text, matter.gross, matter.total
    removed = -sum((line.value for line in matter.counted if line.value < 0), Fraction(0))
    places = numbers.places_for([gross, removed])
    groups: dict[str, Fraction] = {}
    for line in matter.counted:
        if line.value > 0:
            name = matter.group_name(line)
            groups[name] = groups.get(name, Fraction(0)) + line.value
    return sankey.Words(
        text("flow.gross"), text("flow.net"), text("flow.below"), numbers.fixed(max(gross, removed), places),
        numbers.fixed(gross - removed, places), numbers.fixed(removed - gross, places),
        {name: (name, numbers.fixed(value, places)) for name, value in groups.items()},
        text("flow.alt_long", total=f"{numbers.fixed(total, places)} {matter.unit}"),
    )  # fmt: skip
