"""Parts that a result may bring: levels of the enterprise, products, the carbon balance, green certificates."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Pairs, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, ReportError, optional_number

DEEPEST = 8


def levels(matter: Matter) -> Section | None:
    """The tree of units; each adds up to the one above."""
    node, text = matter.document.get("levels"), matter.text
    if node is None or not node.value:
        return None
    entries = {entry.need("id").text(120): entry for entry in node.items(5000)}
    totals = {name: optional_number(entry.get("total")) for name, entry in entries.items()}
    shared = {name: _shared(entry.get("shared")) for name, entry in entries.items()}
    places = numbers.places_for([*totals.values(), *shared.values()])
    rows = tuple(_level(matter, entries, name, totals, shared, places) for name in _ordered(entries))
    columns = (
        Column(text("levels.unit"), share=5), Column(text("levels.kind"), share=2),
        Column(text("col.emissions"), True, 3, matter.unit), Column(text("levels.shared"), True, 3, matter.unit),
        Column(text("levels.of_parent"), True, 2),
    )  # fmt: skip
    return Section("levels", text("title.levels"), (Table(columns, rows, note=text("levels.note")),))


def _shared(node: Node | None) -> Fraction | None:
    return node.number() if node is not None and isinstance(node.value, str) else None


def _level(
    matter: Matter, entries: dict[str, Node], name: str, totals: dict[str, Fraction | None],
    shared: dict[str, Fraction | None], places: int,
) -> tuple[Cell, ...]:  # fmt: skip
    entry, total = entries[name], totals[name]
    kind, parent = entry.get("kind"), _parent(entries, name)
    whole = totals.get(parent, matter.total) if parent else matter.total
    kind_id = kind.text(40) if kind else ""
    named = entry.get("name")
    label = "\u2003" * _depth(entries, name) + (matter.in_words(named, 160) or name)
    share = numbers.percent(total, whole) if total is not None and whole is not None and parent else ""
    return (
        Cell(label), Cell(matter.text.get(f"level.{kind_id}") or kind_id), Cell(numbers.fixed(total, places)),
        Cell(numbers.fixed(shared[name], places)), Cell(share),
    )  # fmt: skip


def _parent(entries: dict[str, Node], name: str) -> str:
    found = entries[name].get("parent")
    parent = found.text(120) if found is not None else ""
    return parent if parent in entries else ""


def _depth(entries: dict[str, Node], name: str) -> int:
    """How far below the top; a circle, which no evaluation writes, ends at the bound."""
    depth, at = 0, _parent(entries, name)
    while at and depth < DEEPEST:
        depth, at = depth + 1, _parent(entries, at)
    return depth


def _ordered(entries: dict[str, Node]) -> list[str]:
    """Every unit after its parent, in the document's order; what hangs in a circle comes last."""
    below: dict[str, list[str]] = {}
    for name in entries:
        below.setdefault(_parent(entries, name), []).append(name)
    order: list[str] = []
    waiting = list(reversed(below.get("", [])))
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting += reversed(below.get(name, []))
    seen = set(order)
    return [*order, *(name for name in entries if name not in seen)]


def products(matter: Matter) -> Section | None:
    """What each product carries, by which key, and per unit of it."""
    node, text = matter.document.get("products"), matter.text
    if node is None or not node.value:
        return None
    rows = []
    for entry in node.items(5000):
        unit = matter.units(entry.need("unit").text(60))
        total, quantity, intensity = (optional_number(entry.get(name)) for name in ("total", "quantity", "intensity"))
        rows.append((
            Cell(matter.in_words(entry.get("name"), 160) or entry.need("id").text(120)),
            Cell(numbers.alone(quantity), unit), Cell(numbers.alone(total), matter.unit),
            Cell(numbers.alone(intensity), f"{matter.unit}/{unit}"), Cell(_allocation(matter, entry.get("allocation"))),
        ))  # fmt: skip
    columns = (
        Column(text("products.product"), share=4), Column(text("products.quantity"), True, 3),
        Column(text("col.emissions"), True, 3), Column(text("products.intensity"), True, 3),
        Column(text("products.allocation"), share=4),
    )  # fmt: skip
    return Section("products", text("title.products"), (Table(columns, tuple(rows), note=text("products.note")),))


def _allocation(matter: Matter, node: Node | None) -> str:
    """A rule's name, or an object or a list of objects with `rule` and `key`."""
    if node is None:
        return numbers.NOTHING
    if isinstance(node.value, list):
        parts = dict.fromkeys(_allocation(matter, entry) for entry in node.items(200))
        return matter.text.listing(list(parts)[:4])
    if isinstance(node.value, dict) and not {"zh", "en"} & node.value.keys():
        rule, key = node.get("rule"), node.get("key")
        named = [_rule(matter, rule), key.text(80) if key is not None and isinstance(key.value, str) else ""]
        return " · ".join(part for part in named if part) or numbers.NOTHING
    return _rule(matter, node)


def _rule(matter: Matter, node: Node | None) -> str:
    told = node.name(matter.language, 120) if node is not None and isinstance(node.value, str | dict) else ""
    return matter.text.get(f"allocation.{told}") or told


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
    return Cell(matter.text.get(f"balance.{told}") or told or numbers.NOTHING)


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
