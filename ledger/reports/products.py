"""What each product and each of its batches carries, by which key, and per unit of it."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number

MOST_PRODUCTS = 2000
MOST_BATCHES = 200


def products(matter: Matter) -> Section | None:
    node, text = matter.document.get("products"), matter.text
    if node is None or not node.value:
        return None
    entries = node.items(MOST_PRODUCTS)
    totals = numbers.column([optional_number(entry.get("total")) for entry in entries])
    rows = tuple(_product(matter, entry, total) for entry, total in zip(entries, totals, strict=True))
    columns = (
        Column(text("products.product"), share=4), Column(text("products.quantity"), True, 3),
        Column(text("col.emissions"), True, 3, matter.unit), Column(text("products.intensity"), True, 3),
        Column(text("products.allocation"), share=4),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, rows, note=text("products.note"))]
    unassigned = optional_number(matter.document.get("unassigned"))
    if unassigned:
        amount = f"{numbers.alone(unassigned)} {matter.unit}"
        blocks.append(Bullets((Bullet(text("products.unassigned", amount=amount)),)))
    return Section("products", text("title.products"), (*blocks, *_batches(matter, entries)))


def _product(matter: Matter, entry: Node, total: str) -> tuple[Cell, ...]:
    unit = _unit(matter, entry)
    quantity, intensity = (optional_number(entry.get(name)) for name in ("quantity", "intensity"))
    per = f"{matter.unit}/{unit}" if unit and intensity is not None else ""
    return (
        Cell(_name(matter, entry)), Cell(_stated(quantity), unit), Cell(total),
        Cell(numbers.alone(intensity), per), Cell(_allocation(matter, entry.get("allocation"))),
    )  # fmt: skip


def _stated(quantity: Fraction | None) -> str:
    return numbers.NOTHING if quantity is None else numbers.faithful(quantity)


def _name(matter: Matter, entry: Node) -> str:
    return matter.in_words(entry.get("name"), 160) or entry.need("id").text(120)


def _unit(matter: Matter, entry: Node) -> str:
    unit = entry.get("unit")
    return matter.units(unit.text(60)) if unit is not None else ""


def _allocation(matter: Matter, node: Node | None) -> str:
    """Which rules brought the product's part, each once with its share of what they parted."""
    if node is None:
        return numbers.NOTHING
    if isinstance(node.value, str):
        return _rule(matter, node)
    shares: dict[tuple[str, str], None] = {}
    for entry in node.items(2000):
        share = optional_number(entry.get("share"))
        shares[_rule(matter, entry.get("rule")), "" if share is None else numbers.percent(share, Fraction(1))] = None
    told = [f"{rule} {share}".strip() for rule, share in shares]
    return matter.text.listing(told[:3]) + (" …" if len(told) > 3 else "") if told else numbers.NOTHING


def _rule(matter: Matter, node: Node | None) -> str:
    told = node.text(120) if node is not None else ""
    return matter.text.get(f"allocation.{told}") or told


def _batches(matter: Matter, entries: list[Node]) -> list[Block]:
    text, found = matter.text, []
    for entry in entries:
        batches = entry.get("batches")
        found += [(entry, batch) for batch in (batches.items(20_000) if batches is not None else [])]
    totals, intensities = (
        numbers.column([optional_number(batch.get(name)) for _, batch in found]) for name in ("total", "intensity")
    )
    rows = [
        _batch(matter, entry, batch, *shown)
        for (entry, batch), shown in zip(found, zip(totals, intensities, strict=True), strict=True)
    ]
    columns = (
        Column(text("products.batch"), share=4), Column(text("col.time"), share=4),
        Column(text("products.quantity"), True, 3), Column(text("col.emissions"), True, 3, matter.unit),
        Column(text("products.intensity"), True, 3),
    )  # fmt: skip
    left = len(rows) - MOST_BATCHES
    note = text("products.more", count=f"{left:,}") if left > 0 else ""
    caption = text("products.batches")
    return [Table(columns, tuple(rows[:MOST_BATCHES]), caption=caption, note=note, dense=True)] if rows else []


def _batch(matter: Matter, entry: Node, batch: Node, total: str, intensity: str) -> tuple[Cell, ...]:
    start, end = (matter.text.moment(batch.need(name).integer(), matter.offset) for name in ("start", "end"))
    return (
        Cell(batch.need("id").text(120), _name(matter, entry)), Cell(start, matter.text("form.until", time=end)),
        Cell(_stated(optional_number(batch.get("quantity"))), _unit(matter, entry)), Cell(total), Cell(intensity),
    )  # fmt: skip
