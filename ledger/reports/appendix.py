"""The appendix: every factor with its origin, and for every source the formula and each month's quantities.

What is the same in all months of a source stands once above its table; what differs is a column.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Cell, Column, Heading, Paragraph, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node

MOST_COLUMNS = 7
MOST_DECLARED = 500


@dataclass(slots=True)
class _Quantity:
    """One name of a formula over the months: by month (value, unit); `origin` of the last."""

    name: str
    id: str
    kind: str
    origin: str
    step: str = ""
    months: dict[str, tuple[Fraction, str]] = field(default_factory=dict)

    @property
    def constant(self) -> bool:
        return not self.step and len(set(self.months.values())) == 1 and self.kind != "item"


@dataclass(slots=True)
class _Trail:
    """All emission lines of one source by one formula."""

    source: str
    formula: str
    clause: str
    quantities: dict[str, _Quantity] = field(default_factory=dict)
    months: list[str] = field(default_factory=list)


def factors(matter: Matter) -> Section:
    """Each factor once, with basis, years, source and how sure the project is of it."""
    text, entries = matter.text, matter.document.need("factors").items(5000)
    if not entries:
        return Section("factors", text("title.factors"), (Paragraph(text("factors.none"), "note"),))
    rows = []
    for entry in entries:
        basis, confidence = entry.need("basis").text(40), entry.need("confidence").text(40)
        value = numbers.faithful(entry.need("value").number())
        rows.append(
            (
                Cell(entry.need("id").text(120), _years(matter, entry)),
                Cell(value, matter.units(entry.need("unit").text(60))),
                Cell(
                    text.get(f"factor.{basis}") or basis,
                    _why(matter, entry, basis),
                    "warn" if basis == "punitive" else "",
                ),
                Cell(entry.need("source").text(400)),
                Cell(
                    text.get(f"confidence.{confidence}") or confidence,
                    tone="warn" if confidence == "memory-low" else "",
                ),
            )
        )
    columns = (
        Column(text("col.factor"), share=4), Column(text("col.value"), True, 3), Column(text("col.basis"), share=2),
        Column(text("col.origin"), share=6), Column(text("col.confidence"), share=3),
    )  # fmt: skip
    return Section(
        "factors", text("title.factors"), (Table(columns, tuple(rows), note=text("factors.note"), dense=True),)
    )


def _years(matter: Matter, entry: Node) -> str:
    years = entry.need("years").items(2)
    spans = [str(year.integer()) if year.value is not None else "…" for year in years]
    told = "–".join(spans) if len(set(spans)) > 1 else "".join(spans[:1])
    data, region = entry.get("data_year"), entry.get("region")
    place = f" {region.text(40)}" if region is not None else ""
    return told + place + (matter.text("factors.data_year", year=data.integer()) if data is not None else "")


def _why(matter: Matter, entry: Node, basis: str) -> str:
    """The reason a factor was taken, where its basis does not say it."""
    reason = entry.get("reason")
    told = reason.text(60) if reason is not None else basis
    return "" if told == basis else matter.text.get(f"factor.{told}") or told


def trace(matter: Matter, lines: list[Node]) -> Section:
    text = matter.text
    blocks: list[Block] = [Paragraph(text("trace.note"), "note")]
    for trail in _trails(lines):
        blocks += _trail_blocks(matter, trail)
    blocks += _declared(matter, lines)
    return Section("trace", text("title.trace"), tuple(blocks))


def _trails(lines: list[Node]) -> list[_Trail]:
    trails: dict[tuple[str, str], _Trail] = {}
    for line in lines:
        if line.need("line").value != "emission":
            continue
        source, formula, clause = (line.need(name).text(600) for name in ("source", "formula", "clause"))
        trail = trails.setdefault((source, formula), _Trail(source, formula, clause))
        _add(trail, line)
    return list(trails.values())


def _add(trail: _Trail, line: Node) -> None:
    month = line.need("month").text(20)
    trail.months.append(month)
    for entry in line.need("inputs").items(200):
        name, identity, kind, origin = (_text(entry, member) for member in ("name", "id", "kind", "from"))
        quantity = trail.quantities.setdefault(f"input {name}", _Quantity(name, identity, kind, origin))
        quantity.months[month] = entry.need("value").number(), entry.need("unit").text(60)
    for step in line.need("steps").items(200):
        told = step.need("step").text(600)
        name = told.partition("=")[0].partition("[")[0].strip() or told[:20]
        quantity = trail.quantities.setdefault(f"step {told}", _Quantity(name, "", "step", "", told))
        quantity.months[month] = step.need("value").number(), step.need("unit").text(60)


def _text(entry: Node, name: str) -> str:
    found = entry.get(name)
    return found.text(300) if found is not None else ""


def _trail_blocks(matter: Matter, trail: _Trail) -> list[Block]:
    text = matter.text
    steps = [quantity for quantity in trail.quantities.values() if quantity.step]
    constants = [quantity for quantity in trail.quantities.values() if quantity.constant]
    varying = [quantity for quantity in trail.quantities.values() if not quantity.constant]
    blocks: list[Block] = [Heading(matter.names.get(trail.source, trail.source)), Paragraph(trail.clause, "note")]
    blocks.append(Paragraph("   ".join(quantity.step for quantity in steps), "formula"))
    if constants:
        told = [_constant(matter, quantity) for quantity in constants]
        blocks.append(Paragraph(text("trace.where", list=text("form.semicolon").join(told)), "note"))
    starts = range(0, max(1, len(varying)), MOST_COLUMNS)
    return blocks + [_quantities(matter, trail, varying[start : start + MOST_COLUMNS]) for start in starts]


def _constant(matter: Matter, quantity: _Quantity) -> str:
    value, unit = next(iter(quantity.months.values()))
    origin = quantity.id if quantity.kind == "factor" else quantity.origin or quantity.id
    return f"{quantity.name} = {numbers.faithful(value)} {matter.units(unit)} ({origin})"


def _quantities(matter: Matter, trail: _Trail, quantities: list[_Quantity]) -> Table:
    months = list(dict.fromkeys(trail.months))
    columns = [Column(matter.text("col.month"), share=2)]
    shown = []
    for quantity in quantities:
        units = {unit for _, unit in quantity.months.values()}
        columns.append(Column(quantity.name, True, 3, matter.units(min(units)) if len(units) == 1 else ""))
        shown.append(_shown(matter, quantity, months, named=len(units) > 1))
    rows = tuple((Cell(month), *(Cell(one[at]) for one in shown)) for at, month in enumerate(months))
    return Table(tuple(columns), rows, dense=True)


def _shown(matter: Matter, quantity: _Quantity, months: list[str], *, named: bool) -> list[str]:
    """A column of the trace keeps two decimals more than the tables of the report."""
    values = [quantity.months.get(month) for month in months]
    places = min(8, numbers.places_for([value[0] for value in values if value]) + 2)
    return [
        numbers.NOTHING if value is None
        else numbers.fixed(value[0], places) + (f" {matter.units(value[1])}" if named else "")
        for value in values
    ]  # fmt: skip


def _declared(matter: Matter, lines: list[Node]) -> list[Block]:
    """What was stated by signed documents."""
    text = matter.text
    entries = [line for line in lines if line.need("line").value == "declared"]
    if not entries:
        return []
    rows = []
    for line in entries[:MOST_DECLARED]:
        demo = line.get("demo")
        start, end = line.need("start").integer(), line.need("end").integer()
        value = f"{numbers.faithful(line.need('value').number())} {matter.units(line.need('unit').text(60))}"
        document = line.need("document").text(80)
        rows.append(
            (
                Cell(matter.item(line.need("item").text(120)), "DEMO" if demo is not None and demo.flag() else ""),
                Cell(value),
                Cell(text.moment(start, matter.offset), text("form.until", time=text.moment(end, matter.offset))),
                Cell(line.need("sub").text(120)),
                Cell(document[2:18] + "…"),
            )
        )
    columns = (
        Column(text("col.item"), share=4), Column(text("col.value"), True, 4), Column(text("col.time"), share=4),
        Column(text("col.by"), share=4), Column(text("col.document"), share=4),
    )  # fmt: skip
    left = len(entries) - len(rows)
    note = text("corrections.more", count=f"{left:,}") if left else ""
    return [Heading(text("trace.declared")), Table(columns, tuple(rows), note=note, dense=True)]
