"""The figures: totals by scope, group, gas and way of counting; activity with how it is known."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Cell, Column, Heading, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.unit_words import chemical


def figures(matter: Matter) -> Section:
    """Totals by scope, group, gas and way of counting; activity with how it is known."""
    text = matter.text
    blocks: list[Block] = [] if matter.in_energy else [_totals(matter)]
    blocks += _divisions(matter)
    blocks += _bases(matter)
    blocks += [Heading(text("figures.activity")), _activity(matter)]
    return Section("figures", text("title.figures"), tuple(blocks))


def _totals(matter: Matter) -> Table:
    text, emissions = matter.text, matter.emissions
    names = [f"scope{scope}" for scope in (1, 2, 3)]
    found = [(name, emissions.get(name)) for name in [*names, "total", "energy", "deductions"]]
    values = {name: node.number() for name, node in found if node is not None}
    shown = dict(zip(values, numbers.column(values.values()), strict=True))
    rows = tuple((Cell(text(f"figures.{name}")), Cell(shown[name])) for name in names if name in shown)
    foot = (Cell(text("figures.total")), Cell(shown["total"]))
    columns = (Column(text("figures.by_scope"), share=5), Column(text("col.emissions"), True, 2, matter.unit))
    return Table(columns, rows, foot, note=text("figures.energy_note", **_energy(matter, shown)))


def _energy(matter: Matter, shown: dict[str, str]) -> dict[str, str]:
    return {name: f"{shown.get(name, numbers.NOTHING)} {matter.unit}" for name in ("energy", "deductions")}


def _divisions(matter: Matter) -> list[Block]:
    """By gas and by group, where the document has them."""
    blocks: list[Block] = []
    for member, prefix in (("by_group", "group"), ("by_gas", "gas")):
        node = matter.emissions.get(member)
        if node is None:
            continue
        pairs = [(name, value.number()) for name, value in node.members(200)]
        if len(pairs) < 2:
            continue
        if prefix == "gas":
            label = [chemical(name) for name, _ in pairs]
        else:
            label = [matter.text.get(f"group.{name}") or name for name, _ in pairs]
        blocks.append(_division(matter, matter.text(f"figures.{member}"), label, [value for _, value in pairs]))
    return blocks


def _division(matter: Matter, title: str, labels: list[str], values: list[Fraction]) -> Table:
    amounts = numbers.column(values)
    gross = sum((value for value in values if value > 0), Fraction(0))
    ranked = sorted(zip(labels, values, amounts, strict=True), key=lambda row: -abs(row[1]))
    rows = tuple((Cell(label), Cell(amount), Cell(numbers.percent(value, gross))) for label, value, amount in ranked)
    columns = (
        Column(title, share=5), Column(matter.text("col.emissions"), True, 2, matter.unit),
        Column(matter.text("col.share"), True, 1),
    )  # fmt: skip
    return Table(columns, rows)


def _bases(matter: Matter) -> list[Block]:
    """Parallel ways of counting the same activity, side by side."""
    node, text = matter.emissions.get("bases"), matter.text
    if node is None:
        return []
    pairs = [(name, value.number()) for name, value in node.members(20)]
    amounts = numbers.column([value for _, value in pairs])
    rows = tuple(
        (
            Cell(text.get(f"basis.{name}") or name, text("figures.is_total") if value == matter.total else ""),
            Cell(shown),
        )
        for (name, value), shown in zip(pairs, amounts, strict=True)
    )
    columns = (Column(text("figures.bases"), share=5), Column(text("figures.total"), True, 2, matter.unit))
    return [Table(columns, rows, note=text("figures.bases_note"))] if len(rows) > 1 else []


def _activity(matter: Matter) -> Table:
    text, rows = matter.text, []
    for name, entry in matter.document.need("activity").members(2000):
        value = entry.need("value").number()
        parts = [entry.need(quality).number() for quality in ("metered", "declared", "estimated")]
        whole = sum((abs(part) for part in parts), Fraction(0))
        label = matter.item(name)
        shown = [Cell(numbers.percent(abs(part), whole)) for part in parts]
        amount = Cell(numbers.alone(value), matter.units(entry.need("unit").text(60)))
        rows.append((Cell(label, name if label != name else ""), amount, *shown))
    columns = (
        Column(text("col.item"), share=5), Column(text("col.amount"), True, 3),
        *(Column(text(f"quality.{name}"), True, 2) for name in ("metered", "declared", "estimated")),
    )  # fmt: skip
    return Table(columns, tuple(rows), note=text("figures.activity_note"))
