"""Every source: what it emitted, its share, and the months that nothing is known of."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Cell, Column, Section, Table
from ledger.reports.matter import Matter, SourceLine
from ledger.reports.unit_words import chemical


def sources(matter: Matter) -> Section:
    """Every source with what it emitted, its share, and the months that nothing is known of."""
    text = matter.text
    lines = sorted(matter.sources, key=lambda line: (not line.counted, -abs(line.value)))
    amounts = numbers.column([line.total for line in lines] + [matter.total])
    rows = tuple(_source_row(matter, line, amount) for line, amount in zip(lines, amounts, strict=False))
    group = text("col.group") if matter.by_group else text("col.scope")
    columns = (
        Column(text("col.source"), share=5), Column(group, share=3),
        Column(text("col.emissions"), number=True, unit=matter.unit, share=3),
        Column(text("col.share"), number=True, share=2), Column(text("col.holes"), share=3),
    )  # fmt: skip
    foot = (Cell(text("figures.total")), Cell(""), Cell(amounts[-1]), Cell(_share(matter.total, matter)), Cell(""))
    table = Table(columns, rows, foot, note=text("sources.note"))
    return Section("sources", text("title.sources"), (table,))


def _source_row(matter: Matter, line: SourceLine, amount: str) -> tuple[Cell, ...]:
    tags = [line.gas and chemical(line.gas), (line.basis and matter.text.get(f"basis.{line.basis}")) or line.basis]
    tags += [] if line.counts == "total" else [matter.text.get(f"counts.{line.counts}") or line.counts]
    sub = " · ".join([line.id, *(tag for tag in tags if tag)])
    group = matter.group_name(line)
    scope = matter.scope_name(line.scope) if matter.by_group and not matter.in_energy else ""
    return (
        Cell(line.name, sub), Cell(group, scope if scope != group else ""), Cell(amount),
        Cell(_share(line.value, matter) if line.counted and line.total is not None else numbers.NOTHING),
        _holes(matter, line),
    )  # fmt: skip


def _share(value: Fraction, matter: Matter) -> str:
    return numbers.percent(value, matter.gross)


def _holes(matter: Matter, line: SourceLine) -> Cell:
    text = matter.text
    if line.total is None:
        return Cell(text("sources.no_data"), tone="bad")
    missing = [label for label, value in line.months.items() if value is None]
    if not missing:
        return Cell(text("sources.whole"), tone="soft")
    shown = text.listing([text.month(label, short=True) for label in missing[:4]]) if len(missing) <= 4 else ""
    return Cell(text("sources.missing", count=len(missing), of=len(line.months)), shown, "warn")
