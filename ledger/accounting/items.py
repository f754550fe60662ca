"""Items of a method file: quantities of activity by name, or such as are only recorded.

An item with `stock = true` can be fed by its parts as well: consumption = purchased + opening stock − closing stock −
sold − other use. A site feeds the item itself or its parts, never both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.rules.reader import Table
from terminal_signer.errors import CarbonError

PART_SIGNS = {"purchased": 1, "opening_stock": 1, "closing_stock": -1, "sold": -1, "other_use": -1}
"""The parts of an item with stock, and how each enters its consumption."""

_PART_NAMES = {
    "purchased": ("购入量", "purchased"),
    "opening_stock": ("期初库存", "opening stock"),
    "closing_stock": ("期末库存", "closing stock"),
    "sold": ("外销量", "sold"),
    "other_use": ("其他用途消耗", "used outside the boundary"),
}
SIDES = ("in", "out", "stock")
_FACTOR = "factor:"


class MethodError(CarbonError):
    """A method file is not what this program can use."""

    code = "method"


@dataclass(frozen=True, slots=True)
class Carbon:
    """An item's side in the carbon balance. `content`: the factors whose product is its carbon content."""

    side: str
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity by name. `signed`: values below zero are allowed, e.g. net purchases of what is also sold. `parts`: by
    role (`PART_SIGNS`) the items that may feed it in its stead; `part_of`: the item that it is a part of."""

    id: str
    unit: Unit
    name: dict[str, str]
    signed: bool
    parts: Mapping[str, str] = field(default_factory=dict)
    part_of: str | None = None
    carbon: Carbon | None = None


def unit_field(table: Table, field: str = "unit") -> Unit:
    """A unit text of the file; its fault becomes the file's own error."""
    try:
        return parse_unit(table.text(field))
    except UnitError as fault:
        raise table.error(field, fault.message, fault.mend) from None


def read_items(table: Table) -> list[Item]:
    """An `[[item]]` table: the item and, where it has a stock, its parts."""
    items = make_items(table, table.text("id", longest=80), table.names("name"), signed=table.flag("signed", False))
    table.finish()
    return items


def make_items(table: Table, identity: str, name: dict[str, str], *, signed: bool) -> list[Item]:
    """An item as an `[[item]]` or a `[[family]]` table describes it, followed by its parts."""
    unit = unit_field(table)
    parts = {role: f"{identity}.{role}" for role in PART_SIGNS} if table.flag("stock", default=False) else {}
    item = Item(identity, unit, name, signed, parts, None, _carbon(table, identity))
    return [item, *(_part(item, role, part) for role, part in parts.items())]


def _part(item: Item, role: str, identity: str) -> Item:
    zh, en = _PART_NAMES[role]
    name = {"zh": f"{item.name['zh']}（{zh}）", "en": f"{item.name['en']}, {en}"}
    return Item(identity, item.unit, name, signed=False, part_of=item.id)


def _carbon(table: Table, identity: str) -> Carbon | None:
    """`carbon = { side = "in", content = "factor:coke.ncv * factor:coke.carbon" }`."""
    if "carbon" not in table:
        return None
    carbon = table.table("carbon")
    side = carbon.text("side")
    if side not in SIDES:
        raise carbon.error("side", f"unknown side {side[:40]!r}", "one of: " + ", ".join(SIDES))
    named = [name.strip() for name in carbon.text("content").replace("{id}", identity).split("*")]
    if not all(name.startswith(_FACTOR) and len(name) > len(_FACTOR) for name in named):
        raise carbon.error("content", "expected factors", 'write content = "factor:coke.carbon_content"')
    carbon.finish()
    return Carbon(side, tuple(name.removeprefix(_FACTOR) for name in named))
