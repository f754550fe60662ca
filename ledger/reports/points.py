"""Every measuring point: what it measured, what of the emissions rests on it, and how long it said nothing.

A point's emission is its share of its item in the sources that read this item and no other; where a source reads
several, nobody can say which of them emitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Cell, Column, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node


@dataclass(slots=True)
class _Point:
    """`adds`: it is a part of its item's amount; else a sub-meter or a second source."""

    name: str
    item: str
    unit: str
    parent: str
    adds: bool
    amount: Fraction = Fraction(0)
    missing: int = 0


def points(matter: Matter, trace: Sequence[Node]) -> Section | None:
    found: dict[tuple[str, str], _Point] = {}
    for line in trace:
        if line.need("line").value == "metered":
            _add(found, line)
    if not found:
        return None
    wholes, per_item = _wholes(matter), _emissions_of_items(matter, trace)
    emitted = [_emission(point, wholes, per_item) for point in found.values()]
    shown = numbers.column(emitted)
    rows = tuple(_row(matter, point, wholes, text) for point, text in zip(found.values(), shown, strict=True))
    text = matter.text
    columns = (
        Column(text("col.point"), share=5), Column(text("col.item"), share=4), Column(text("col.amount"), True, 3),
        Column(text("points.share"), True, 2), Column(text("col.emissions"), True, 3, matter.unit),
        Column(text("points.missing"), share=3),
    )  # fmt: skip
    return Section("points", text("title.points"), (Table(columns, rows, note=text("points.note")),))


def _add(found: dict[tuple[str, str], _Point], line: Node) -> None:
    name, item = line.need("point").text(120), line.need("item").text(120)
    told, said, missing = (line.get(member) for member in ("parent", "adds", "missing_seconds"))
    parent = told.text(120) if told else ""
    adds = said.flag() if said is not None else not parent
    point = found.setdefault((name, item), _Point(name, item, line.need("item_unit").text(60), parent, adds))
    point.amount += line.need("value").number()
    point.missing += missing.integer() if missing else 0


def _wholes(matter: Matter) -> dict[str, Fraction]:
    """Each item's whole amount, declared parts included."""
    return {name: entry.need("value").number() for name, entry in matter.document.need("activity").members(2000)}


def _emissions_of_items(matter: Matter, trace: Sequence[Node]) -> dict[str, Fraction]:
    """What the counted sources that read nothing but this item emitted; an item of any other source is left out."""
    reads: dict[str, set[str]] = {}
    for line in trace:
        if line.need("line").value == "emission":
            items = reads.setdefault(line.need("source").text(120), set())
            inputs = line.need("inputs").items(200)
            items |= {entry.need("id").text(120) for entry in inputs if entry.need("kind").value == "item"}
    shared = {item for source in matter.counted if len(reads.get(source.id, ())) > 1 for item in reads[source.id]}
    emitted: dict[str, Fraction] = {}
    for source in matter.counted:
        for item in reads.get(source.id, set()) - shared:
            emitted[item] = emitted.get(item, Fraction(0)) + source.value
    return emitted


def _emission(point: _Point, wholes: Mapping[str, Fraction], per_item: Mapping[str, Fraction]) -> Fraction | None:
    whole = wholes.get(point.item)
    return per_item[point.item] * point.amount / whole if point.adds and whole and point.item in per_item else None


def _row(matter: Matter, point: _Point, wholes: Mapping[str, Fraction], emitted: str) -> tuple[Cell, ...]:
    text, whole = matter.text, wholes.get(point.item, Fraction(0))
    sub = text("points.below", point=point.parent) if point.parent else "" if point.adds else text("points.aside")
    hole = Cell(text.duration(point.missing), tone="warn") if point.missing else Cell(text("points.whole"), tone="soft")
    return (
        Cell(point.name, sub), Cell(matter.item(point.item)),
        Cell(numbers.alone(point.amount), matter.units(point.unit)),
        Cell(numbers.percent(point.amount, whole) if point.adds else numbers.NOTHING), Cell(emitted), hole,
    )  # fmt: skip
