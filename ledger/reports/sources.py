"""Every source and every measuring point: amount, share, and what nothing is known of."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Cell, Column, Section, Table
from ledger.reports.matter import Matter, SourceLine
from ledger.reports.reading import Node
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


def points(matter: Matter, trace: list[Node]) -> Section | None:
    """Every measuring point of the trace: what it measured, its share of its item, and how long it said nothing."""
    text, sums = matter.text, _Points()
    for line in trace:
        if line.need("line").value == "metered":
            sums.add(line)
    if not sums.values:
        return None
    rows = []
    for (point, item), (value, unit, missing, parent, adds) in sums.values.items():
        whole = sums.whole[item]
        share = numbers.percent(value, whole) if adds else numbers.NOTHING
        sub = text("points.below", point=parent) if parent else "" if adds else text("points.aside")
        hole = Cell(text.duration(missing), tone="warn") if missing else Cell(text("points.whole"), tone="soft")
        rows.append(
            (
                Cell(point, sub),
                Cell(matter.item(item)),
                Cell(numbers.alone(value), matter.units(unit)),
                Cell(share),
                hole,
            )
        )
    columns = (
        Column(text("col.point"), share=5), Column(text("col.item"), share=3), Column(text("col.amount"), True, 3),
        Column(text("points.share"), True, 2), Column(text("points.missing"), share=3),
    )  # fmt: skip
    return Section("points", text("title.points"), (Table(columns, tuple(rows), note=text("points.note")),))


class _Points:
    """Sums over the months of every point, and of the points of each item that add up to it."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], tuple[Fraction, str, int, str, bool]] = {}
        self.whole: dict[str, Fraction] = {}

    def add(self, line: Node) -> None:
        key = line.need("point").text(120), line.need("item").text(120)
        value, unit = line.need("value").number(), line.need("item_unit").text(60)
        told, said, missing = (line.get(name) for name in ("parent", "adds", "missing_seconds"))
        parent = told.text(120) if told else ""
        adds = said.flag() if said is not None else not parent
        before, _, seconds, _, _ = self.values.get(key, (Fraction(0), unit, 0, parent, adds))
        self.values[key] = before + value, unit, seconds + (missing.integer() if missing else 0), parent, adds
        self.whole[key[1]] = self.whole.get(key[1], Fraction(0)) + (value if adds else 0)
