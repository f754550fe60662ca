"""The carbon balance of a site, and green certificates: parts that a result may bring."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Pairs, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, ReportError, optional_number


def balance(matter: Matter) -> Section | None:
    """Carbon in = out + stock + emitted, and what remains unexplained."""
    node, text = matter.document.get("balance"), matter.text
    if node is None:
        return None
    unit = matter.units(node.need("unit").text(40))
    names = ("in", "out", "stock", "emitted", "remainder")
    values = {name: optional_number(node.get(name)) for name in names}
    shown = dict(zip(names, numbers.column(values.values()), strict=True))
    whole = values["in"] or Fraction(0)
    rows = tuple(
        (Cell(text(f"balance.{name}")), Cell(shown[name]), Cell(numbers.percent(values[name] or Fraction(0), whole)))
        for name in names[:-1]
    )
    rest = values["remainder"]
    foot = (
        Cell(text("balance.remainder")),
        Cell(shown["remainder"]),
        Cell(numbers.percent(rest or Fraction(0), whole)),
    )
    columns = (
        Column(text("balance.carbon"), share=5),
        Column(text("col.amount"), True, 2, unit),
        Column(text("balance.of_in"), True, 2),
    )
    blocks: list[Block] = [Table(columns, rows, foot, note=text("balance.note")), *_balance_lines(matter, node, unit)]
    return Section("balance", text("title.balance"), tuple(blocks))


def _balance_lines(matter: Matter, node: Node, unit: str) -> list[Block]:
    lines, text = node.get("lines"), matter.text
    entries = lines.items(2000) if lines is not None else []
    values = [optional_number(entry.get("carbon") or entry.get("value")) for entry in entries]
    rows = tuple(
        (_named(matter, entry), _side(matter, entry), Cell(amount))
        for entry, amount in zip(entries, numbers.column(values), strict=True)
    )
    columns = (
        Column(text("col.item"), share=5),
        Column(text("balance.side"), share=2),
        Column(text("balance.carbon"), True, 2, unit),
    )
    return [Table(columns, rows, caption=text("balance.lines"), dense=True)] if rows else []


def _named(matter: Matter, entry: Node) -> Cell:
    found = entry.get("item") or entry.get("source") or entry.get("id")
    month = entry.get("month")
    return Cell(
        matter.item(found.text(120)) if found else numbers.NOTHING, matter.text.month(month.text(20)) if month else ""
    )


def _side(matter: Matter, entry: Node) -> Cell:
    side = entry.get("side")
    told = side.text(40) if side else ""
    return Cell(matter.text.get(f"side.{told}") or told or numbers.NOTHING)


def green(matter: Matter) -> Section | None:
    """Green certificates: what they cover. They never change the location-based figure."""
    node, text = matter.document.get("green"), matter.text
    if node is None or not node.value:
        return None
    blocks: list[Block] = []
    if isinstance(node.value, dict):
        pairs = [(_member(matter, name), _plain(matter, value)) for name, value in node.members(60)]
        blocks.append(Pairs(tuple((name, shown) for name, shown in pairs if shown)))
        lists = [value for _, value in node.members(60) if isinstance(value.value, list)]
    else:
        lists = [node]
    blocks += [table for value in lists for table in _records(matter, value)]
    blocks.append(Bullets((Bullet(text("green.rule")),)))
    return Section("green", text("title.green"), tuple(blocks))


def _member(matter: Matter, name: str) -> str:
    return matter.text.get(f"green.{name}") or name


def _plain(matter: Matter, value: Node) -> str:
    """A quantity, a count or a short text; nothing for what has parts."""
    if isinstance(value.value, bool | list | dict) or value.value is None:
        return ""
    if isinstance(value.value, int):
        return f"{value.integer():,}"
    try:
        return numbers.alone(value.number())
    except ReportError:
        return matter.units(value.text(200))


def _records(matter: Matter, node: Node) -> list[Block]:
    """A list of flat objects as a table of its most telling members."""
    entries = [entry for entry in node.items(2000) if isinstance(entry.value, dict)]
    names = list(dict.fromkeys(name for entry in entries for name, value in entry.members(60) if _plain(matter, value)))
    columns = tuple(Column(_member(matter, name), share=3) for name in names[:6])
    rows = tuple(
        tuple(Cell(_plain(matter, found) if (found := entry.get(name)) else numbers.NOTHING) for name in names[:6])
        for entry in entries
    )
    return [Table(columns, rows, dense=True)] if columns else []
