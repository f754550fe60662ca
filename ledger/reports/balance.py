"""The carbon balance of a site, and green certificates: parts that a result may bring."""

from fractions import Fraction

from ledger.reports import numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Pairs, Section, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, optional_number


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
    blocks: list[Block] = [Table(columns, rows, foot, note=text("balance.note")), *_verdict(matter, node)]
    return Section("balance", text("title.balance"), (*blocks, *_balance_lines(matter, node, unit)))


def _verdict(matter: Matter, node: Node) -> list[Block]:
    """Whether the remainder is within the method's tolerance, where it states one."""
    tolerance, within = optional_number(node.get("tolerance")), node.get("within")
    if tolerance is None:
        return []
    key, tone = "unknown", "warn"
    if within is not None:
        key, tone = ("within", "good") if within.flag() else ("outside", "bad")
    told = matter.text(f"balance.{key}", tolerance=f"{numbers.faithful(tolerance)}{numbers.THIN}%")
    return [Bullets((Bullet(told, tone),))]


def _balance_lines(matter: Matter, node: Node, unit: str) -> list[Block]:
    lines, text = node.get("lines"), matter.text
    entries = lines.items(2000) if lines is not None else []
    carbons = numbers.column([optional_number(entry.get("carbon")) for entry in entries])
    rows = tuple(_balance_line(matter, entry, carbon) for entry, carbon in zip(entries, carbons, strict=True))
    columns = (
        Column(text("col.item"), share=4), Column(text("balance.side"), share=2), Column(text("col.amount"), True, 3),
        Column(text("balance.content"), True, 3), Column(text("balance.carbon"), True, 3, unit),
    )  # fmt: skip
    return [Table(columns, rows, caption=text("balance.lines"), dense=True)] if rows else []


def _balance_line(matter: Matter, entry: Node, carbon: str) -> tuple[Cell, ...]:
    text = matter.text
    named, side, origin = entry.get("item") or entry.get("source"), entry.get("side"), entry.get("origin")
    content, content_unit = optional_number(entry.get("content")), entry.get("content_unit")
    amount, unit = optional_number(entry.get("amount")), entry.get("unit")
    told, way = side.text(40) if side else "", origin.text(40) if origin else ""
    return (
        Cell(matter.item(named.text(120)) if named else numbers.NOTHING, text.get(f"factor.{way}") or way),
        Cell(text.get(f"side.{told}") or told or numbers.NOTHING),
        Cell(numbers.alone(amount), matter.units(unit.text(60)) if unit else ""),
        Cell(
            numbers.NOTHING if content is None else numbers.faithful(content),
            matter.units(content_unit.text(60)) if content_unit else "",
        ),
        Cell(carbon),
    )  # fmt: skip


def green(matter: Matter) -> Section | None:
    """Green certificates claimed, and what of them counts. They never change the location-based figure."""
    node, text = matter.document.get("green"), matter.text
    if node is None:
        return None
    unit = matter.units(node.need("unit").text(40))
    pairs = [
        (text(f"green.{name}"), f"{numbers.faithful(value.number())} {unit}")
        for name in ("metered", "claimed", "counted", "refused")
        if (value := node.get(name)) is not None
    ]
    rows = tuple(_certificate(matter, entry) for entry in node.need("certificates").items(5000))
    columns = (
        Column(text("green.certificate"), share=5), Column(text("green.vintage"), share=3),
        Column(text("green.claimed"), True, 2, unit), Column(text("green.counted"), True, 2, unit),
        Column(text("green.reason"), share=4),
    )  # fmt: skip
    blocks: list[Block] = [Pairs(tuple(pairs)), *([Table(columns, rows, dense=True)] if rows else [])]
    return Section("green", text("title.green"), (*blocks, Bullets((Bullet(text("green.rule")),))))


def _certificate(matter: Matter, entry: Node) -> tuple[Cell, ...]:
    text, reason, where = matter.text, entry.get("reason"), entry.get("where")
    name, technology = f"{entry.need('registry').text(60)}/{entry.need('serial').text(80)}", entry.get("technology")
    made = technology.text(60) if technology else ""
    told = reason.text(60) if reason is not None else ""
    claimed = entry.need("megawatt_hours")
    amount = claimed.number() if isinstance(claimed.value, str) else Fraction(claimed.integer())
    return (
        Cell(name, text.get(f"technology.{made}") or made),
        Cell(_vintage(entry.need("vintage"))), Cell(numbers.faithful(amount)),
        Cell(numbers.faithful(entry.need("counted").number())),
        Cell(
            text.get(f"green_reason.{told}") or told or text("green.accepted"),
            where.text(120) if where is not None and isinstance(where.value, str) else "", "warn" if told else "soft",
        ),
    )  # fmt: skip


def _vintage(node: Node) -> str:
    """A year, a month, or from–to."""
    if isinstance(node.value, list):
        return "–".join(_vintage(part) for part in node.items(2))
    return str(node.integer()) if isinstance(node.value, int) else node.text(40)
