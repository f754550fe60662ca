"""How the total parts among the enterprise's units and teams: the tree, the keys of allocation, carbon handed on."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Cell, Column, Heading, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number

DEEPEST = 8
MOST_UNITS = 5000
INDENT = "\u2003"


class _Tree:
    """Units by id with their parents; a parent that is not there counts as none."""

    def __init__(self, entries: list[Node]) -> None:
        self.units = {entry.need("id").text(120): entry for entry in entries}
        self._parents = {name: self._told(entry) for name, entry in self.units.items()}

    def _told(self, entry: Node) -> str:
        found = entry.get("parent")
        parent = found.text(120) if found is not None else ""
        return parent if parent in self.units else ""

    def parent(self, name: str) -> str:
        return self._parents[name]

    def depth(self, name: str) -> int:
        """How far below the top; a circle, which no evaluation writes, ends at the bound."""
        depth, at = 0, self.parent(name)
        while at and depth < DEEPEST:
            depth, at = depth + 1, self.parent(at)
        return depth

    def ordered(self) -> list[str]:
        """Every unit after its parent, in the document's order; what hangs in a circle comes last."""
        below: dict[str, list[str]] = {}
        for name, parent in self._parents.items():
            below.setdefault(parent, []).append(name)
        order: list[str] = []
        waiting = list(reversed(below.get("", [])))
        while waiting:
            order.append(waiting.pop())
            waiting += reversed(below.get(order[-1], []))
        seen = set(order)
        return [*order, *(name for name in self.units if name not in seen)]


def levels(matter: Matter) -> Section | None:
    """The tree of units, each adding up to the one above, and what parted it."""
    node, text = matter.document.get("levels"), matter.text
    if node is None or not node.value:
        return None
    tree = _Tree(node.items(MOST_UNITS))
    totals = {name: optional_number(entry.get("total")) for name, entry in tree.units.items()}
    shared = {name: optional_number(entry.get("shared")) for name, entry in tree.units.items()}
    places = numbers.places_for([*totals.values(), *shared.values()])
    rows = []
    for name in tree.ordered():
        whole = totals[tree.parent(name)] if tree.parent(name) else None
        rows.append((
            Cell(INDENT * tree.depth(name) + _name(matter, tree.units[name], name)),
            Cell(_kind(matter, tree.units[name])),
            Cell(numbers.fixed(totals[name], places)), Cell(numbers.fixed(shared[name], places)),
            Cell(numbers.percent(totals[name] or Fraction(0), whole) if whole is not None else ""),
        ))  # fmt: skip
    columns = (
        Column(text("levels.unit"), share=5), Column(text("levels.kind"), share=2),
        Column(text("col.emissions"), True, 3, matter.unit), Column(text("levels.shared"), True, 3, matter.unit),
        Column(text("levels.of_parent"), True, 2),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, tuple(rows), note=text("levels.note"))]
    blocks += [*_teams(matter, tree), *_allocations(matter, tree), *_transfers(matter, tree)]
    return Section("levels", text("title.levels"), tuple(blocks))


def _name(matter: Matter, entry: Node, other: str) -> str:
    return matter.in_words(entry.get("name"), 160) or other


def _kind(matter: Matter, entry: Node) -> str:
    kind = entry.get("kind")
    told = kind.text(40) if kind else ""
    return matter.text.get(f"level.{told}") or told


def _unit(matter: Matter, tree: _Tree, node: Node | None) -> str:
    """The name of a unit that is named by its id."""
    told = node.text(120) if node is not None else ""
    return _name(matter, tree.units[told], told) if told in tree.units else told or numbers.NOTHING


def _teams(matter: Matter, tree: _Tree) -> list[Block]:
    node, text = matter.document.get("teams"), matter.text
    blocks: list[Block] = []
    for group in node.items(500) if node is not None else []:
        whole, nobody = group.need("total").number(), optional_number(group.get("nobody")) or Fraction(0)
        members = group.need("teams").items(500)
        totals = [member.need("total").number() for member in members]
        shown = numbers.column([*totals, nobody])
        rows = [_team(matter, *pair) for pair in zip(members, totals, shown, strict=False)]
        for row, total in zip(rows, totals, strict=True):
            row.append(Cell(numbers.percent(total, whole)))
        if nobody:
            rows.append(
                [Cell(text("levels.nobody")), *[Cell("")] * 2, Cell(shown[-1]), Cell(numbers.percent(nobody, whole))]
            )
        columns = (
            Column(text("levels.team"), share=4), Column(text("levels.worked"), True, 2),
            Column(text("levels.output"), True, 4), Column(text("col.emissions"), True, 3, matter.unit),
            Column(text("col.share"), True, 2),
        )  # fmt: skip
        title = text("levels.teams_of", unit=_unit(matter, tree, group.get("at")))
        blocks += [Heading(title), Table(columns, tuple(map(tuple, rows)))]
    return blocks


def _team(matter: Matter, member: Node, total: Fraction, shown: str) -> list[Cell]:
    outputs = []
    for output in member.need("outputs").items(200):
        unit = matter.units(output.need("unit").text(60))
        outputs.append(f"{numbers.faithful(output.need('quantity').number())} {unit}")
    seconds = member.need("seconds").integer()
    worked = Cell(matter.text("form.hours", count=f"{round(seconds / 3600):,}"))
    return [Cell(_name(matter, member, member.need("id").text(120))), worked, Cell(", ".join(outputs[:3])), Cell(shown)]


def _allocations(matter: Matter, tree: _Tree) -> list[Block]:
    """Each allocation with its key: whom, how much, which share."""
    node, text, rows = matter.document.get("allocations"), matter.text, []
    for entry in node.items(2000) if node is not None else []:
        rule, source = entry.need("rule").text(40), entry.get("source")
        what = matter.item(source.text(120)) if source is not None and source.value != "*" else text("levels.every")
        named = Cell(_unit(matter, tree, entry.get("of")), f"{what} · {text.get(f'allocation.{rule}') or rule}")
        for line in entry.need("key").items(2000):
            amount = f"{numbers.faithful(line.need('amount').number())} {matter.units(line.need('unit').text(60))}"
            part = numbers.alone(optional_number(line.get("part")))
            rows.append((
                named, Cell(_unit(matter, tree, line.get("to"))), Cell(amount),
                Cell(_share(line.get("share"))), Cell(part),
            ))  # fmt: skip
            named = Cell("")
    columns = (
        Column(text("levels.parted"), share=4), Column(text("levels.to"), share=4), Column(text("levels.key"), True, 3),
        Column(text("col.share"), True, 2), Column(text("col.emissions"), True, 3, matter.unit),
    )  # fmt: skip
    table = Table(columns, tuple(rows), note=text("levels.allocations_note"), dense=True)
    return [Heading(text("levels.allocations")), table] if rows else []


def _share(node: Node | None) -> str:
    share = optional_number(node)
    return numbers.NOTHING if share is None else numbers.percent(share, Fraction(1))


def _transfers(matter: Matter, tree: _Tree) -> list[Block]:
    """Carbon that one unit handed to another: it changes no total."""
    node, text, rows = matter.document.get("transfers"), matter.text, []
    for entry in node.items(2000) if node is not None else []:
        way = f"{_unit(matter, tree, entry.get('from'))} → {_unit(matter, tree, entry.get('to'))}"
        amount = f"{numbers.faithful(entry.need('amount').number())} {matter.units(entry.need('unit').text(60))}"
        emission = numbers.alone(entry.need("emission").number())
        rows.append((Cell(_name(matter, entry, entry.need("id").text(120))), Cell(way), Cell(amount), Cell(emission)))
    columns = (
        Column(text("levels.handed"), share=4),
        Column(text("levels.way"), share=5),
        Column(text("col.amount"), True, 3),
        Column(text("col.emissions"), True, 3, matter.unit),
    )
    return (
        [Heading(text("levels.transfers")), Table(columns, tuple(rows), note=text("levels.transfers_note"))]
        if rows
        else []
    )
