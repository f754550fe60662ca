"""The organisation in a site file: units below the enterprise, products, batches, teams, and how what is shared is
allocated.

A *unit* is a process, a product line, an equipment or a team (班组); units form a tree below the enterprise. Measuring
points say `at` which unit they stand. A *product* is made at a unit; its output is an item of the method or one point.
An *allocation* parts what stands at one unit, and at none below, among units below it or among its products.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import ONE, Unit, UnitError, parse_unit
from ledger.canonical import CanonicalError, exact_number
from ledger.evaluation.site_shifts import Shifts, moment, read_shifts
from ledger.evaluation.site_stated import Stated, read_stated
from ledger.rules.reader import Table

ENTERPRISE = "enterprise"
ALL = "*"
PROCESS, LINE, EQUIPMENT, TEAM = "process", "product_line", "equipment", "team"
KINDS = (PROCESS, LINE, EQUIPMENT, TEAM)
AVOID, PHYSICAL, ECONOMIC = "avoid", "physical", "economic"
RULES = (AVOID, PHYSICAL, ECONOMIC)
MAX_DEPTH = 16

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A unit of the organisation; `parent` is a unit's id or "enterprise"."""

    id: str
    kind: str
    name: dict[str, str]
    parent: str
    place: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of a product is worth, "3500" "CNY/t"."""

    value: Fraction
    unit: Unit


@dataclass(frozen=True, slots=True)
class Product:
    """What a unit makes. `output`: the item, or the point, that says how much; `unit`: in which to state it, if not in
    the item's own; `stated`: what is told of it to those who take its footprint."""

    id: str
    name: dict[str, str]
    at: str
    output: str
    unit: Unit | None
    price: Price | None
    place: str
    stated: Stated = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """A product batch, made from `start` to `end` (exclusive). Without a `quantity` its output is metered."""

    id: str
    product: str
    start: int
    end: int
    quantity: Fraction | None
    place: str


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One line of a key as written: to whom, and either a stated amount or the item or point whose amount counts."""

    to: str
    stated: Fraction | None
    origin: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """How `source` (or "*": all that no other rule names) of a unit is parted. `unit`: that of amounts stated in the
    key. `to`: whose it all is, where nothing is left to part (rule "avoid")."""

    source: str
    of: str
    rule: str
    key: tuple[KeyPart, ...]
    unit: Unit
    to: str | None
    reason: dict[str, str] | None
    place: str

    def targets(self) -> tuple[str, ...]:
        return (self.to,) if self.to is not None else tuple(part.to for part in self.key)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Carbon that one unit hands to another inside the boundary, e.g. blast-furnace gas: `source` counted it once, at
    `giver`; the carbon of `output` (an item or a point; times the factors of `content`) is released at `taker`."""

    id: str
    name: dict[str, str]
    source: str
    giver: str
    taker: str
    output: str
    content: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """All of it, in the file's order; empty where the site file declares none."""

    units: tuple[OrgUnit, ...] = ()
    products: tuple[Product, ...] = ()
    batches: tuple[Batch, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    shifts: tuple[Shifts, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.units or self.products)

    def above(self, unit_id: str) -> list[str]:
        """The unit and all that it lies in, up to the enterprise; at most `MAX_DEPTH` steps."""
        chain = [unit_id]
        while chain[-1] in self.parents and len(chain) <= MAX_DEPTH:
            chain.append(self.parents[chain[-1]])
        return chain

    def children(self, unit_id: str) -> list[OrgUnit]:
        """The units directly below; teams are no part of a place, they have hours."""
        return [unit for unit in self.units if unit.parent == unit_id and unit.kind != TEAM]

    def places(self) -> list[str]:
        """The enterprise and its units, each after what it lies in."""
        found = [ENTERPRISE]
        for unit_id in found:
            found += [unit.id for unit in self.children(unit_id)]
        return found

    def products_of(self, unit_id: str) -> list[Product]:
        return [product for product in self.products if product.at == unit_id]

    def batches_of(self, product_id: str) -> list[Batch]:
        return [batch for batch in self.batches if batch.product == product_id]


def read_organisation(top: Table, offset: int) -> Organisation:
    """The tables of a site file that describe its organisation. What they name is checked by `check_organisation`."""
    units = tuple(_unit(table) for table in top.tables("unit"))
    return Organisation(
        units=units,
        products=tuple(_product(table) for table in top.tables("product")),
        batches=tuple(_batch(table, offset) for table in top.tables("batch")),
        allocations=tuple(_allocation(table) for table in top.tables("allocation")),
        transfers=tuple(_transfer(table) for table in top.tables("transfer")),
        shifts=tuple(read_shifts(table, offset) for table in top.tables("shifts")),
        parents={unit.id: unit.parent for unit in units},
    )


def _unit(table: Table) -> OrgUnit:
    kind = _one_of(table, "kind", KINDS)
    unit = OrgUnit(_new_id(table), kind, table.names("name"), _ref(table, "parent", ENTERPRISE), table.place("id"))
    table.finish()
    return unit


def _product(table: Table) -> Product:
    product = Product(
        id=_new_id(table),
        name=table.names("name"),
        at=_ref(table, "at", ENTERPRISE),
        output=table.text("output", longest=200),
        unit=_unit_field(table, "unit") if "unit" in table else None,
        price=_price(table) if "price" in table else None,
        place=table.place("id"),
        stated=read_stated(table),
    )
    table.finish()
    return product


def _price(table: Table) -> Price:
    value = table.number("price")
    if value < 0:
        raise table.error("price", "a price is not below zero", "state what one unit is sold for, or 0")
    return Price(value, _unit_field(table, "price_unit"))


def _batch(table: Table, offset: int) -> Batch:
    quantity = table.number("quantity") if "quantity" in table else None
    batch = Batch(
        id=_new_id(table),
        product=_ref(table, "product"),
        start=moment(table, "from", offset),
        end=moment(table, "to", offset, after=True),
        quantity=quantity,
        place=table.place("id"),
    )
    if quantity is not None and quantity <= 0:
        raise table.error("quantity", "a batch's quantity is above zero", "leave the batch out if nothing was made")
    if batch.start >= batch.end:
        raise table.error("to", "a batch ends after it starts", 'write to = "2025-03-02", or "2025-03-01T18:00"')
    table.finish()
    return batch


def _allocation(table: Table) -> Allocation:
    rule = _one_of(table, "rule", RULES)
    keys = table.table("key") if "key" in table else None
    allocation = Allocation(
        source=table.text("source", default=ALL, longest=80),
        of=_ref(table, "of"),
        rule=rule,
        key=() if keys is None else tuple(_key_part(keys, to) for to in keys),
        unit=_unit_field(table, "unit") if "unit" in table else ONE,
        to=_ref(table, "to") if "to" in table else None,
        reason=table.names("reason") if "reason" in table else None,
        place=table.place("of"),
    )
    _hierarchy(table, allocation)
    table.finish()
    return allocation


def _hierarchy(table: Table, allocation: Allocation) -> None:
    """Avoid, then physical, then economic: the last one only with a reason why physical is not possible."""
    if allocation.rule == AVOID and allocation.key:
        raise table.error("key", "what is avoided needs no key", "name the one unit it belongs to: to = …")
    if allocation.rule != AVOID and allocation.to is not None:
        raise table.error("to", "a key parts among several", 'write key = { … }, or rule = "avoid"')
    if allocation.rule == ECONOMIC and allocation.reason is None:
        raise table.error(
            "reason", "economic allocation without a reason", "say why no physical key is possible, { zh, en }"
        )
    stated = [part.stated for part in allocation.key if part.stated is not None]
    if any(amount < 0 for amount in stated):
        raise table.error("key", "a key's amount is below zero", "state amounts of 0 or more")
    if stated and len(stated) == len(allocation.key) and not any(stated):
        raise table.error("key", "every amount of the key is zero", "state at least one amount above zero")


def _key_part(keys: Table, to: str) -> KeyPart:
    text = keys.text(to, longest=200)
    try:
        return KeyPart(to, exact_number(text), "")
    except CanonicalError:
        return KeyPart(to, None, text)


def _transfer(table: Table) -> Transfer:
    transfer = Transfer(
        id=_new_id(table),
        name=table.names("name"),
        source=table.text("source", longest=80),
        giver=_ref(table, "from"),
        taker=_ref(table, "to"),
        output=table.text("output", longest=200),
        content=_content(table),
        place=table.place("id"),
    )
    table.finish()
    return transfer


def _content(table: Table) -> tuple[str, ...]:
    named = [name.strip() for name in table.text("content", longest=400).split("*")]
    if not all(name.startswith("factor:") and len(name) > len("factor:") for name in named):
        raise table.error("content", "expected factors", 'write content = "factor:gas.ncv * factor:gas.carbon"')
    return tuple(name.removeprefix("factor:") for name in named)


def _new_id(table: Table) -> str:
    identity = table.text("id", longest=40)
    if not _ID.fullmatch(identity) or identity == ENTERPRISE:
        raise table.error("id", f"{identity!r} is no id here", "write letters, digits, '.', '_' or '-'")
    return identity


def _ref(table: Table, name: str, default: str | None = None) -> str:
    return table.text(name, default=default, longest=40)


def _one_of(table: Table, name: str, words: tuple[str, ...]) -> str:
    word = table.text(name)
    if word not in words:
        raise table.error(name, f"unknown {name} {word[:40]!r}", "one of: " + ", ".join(words))
    return word


def _unit_field(table: Table, name: str) -> Unit:
    try:
        return parse_unit(table.text(name))
    except UnitError as fault:
        raise table.error(name, fault.message, fault.mend) from None
