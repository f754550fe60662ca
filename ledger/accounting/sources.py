"""Items, formulas and sources of a method file.

An *item* is a quantity of activity, or one that is only recorded; a *formula* is a list of steps; a *source* binds a
formula's names to items, factors and constants and says where its emission counts. A *family* declares many sources
that share a formula, with an item each.
"""

from dataclasses import dataclass

from ledger.accounting.expression import FormulaError
from ledger.accounting.formula import Step, parse_step
from ledger.accounting.units import Quantity, Unit, UnitError, parse_unit
from ledger.rules.reader import Table
from terminal_signer.errors import CarbonError

TOTAL = "total"
DEDUCTION = "grade-deduction"
KINDS = ("item", "factor", "constant")


class MethodError(CarbonError):
    """A method file is not what this program can use."""

    code = "method"


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity by name. `emits`: some source reads it. `signed`: values below zero are allowed."""

    id: str
    unit: Unit
    name: dict[str, str]
    signed: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name in a formula stands for: `kind` item, factor or constant, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Formula:
    """`places` are the file lines of the steps, for messages."""

    id: str
    clause: str
    steps: tuple[Step, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An emission source. `counts`: in the total, or only deducted in a grade's numerator. `energy`: its emission comes
    from energy consumption, the only kind that a carbon-efficiency grade counts."""

    id: str
    name: dict[str, str]
    scope: int
    energy: bool
    counts: str
    formula: Formula
    bindings: dict[str, Binding]

    @property
    def items(self) -> tuple[str, ...]:
        """The items it reads."""
        return tuple(binding.id for binding in self.bindings.values() if binding.kind == "item")


@dataclass(frozen=True, slots=True)
class Known:
    """What the file has declared so far, and the unit that every source's last step must yield."""

    unit: Unit
    formulas: dict[str, Formula]
    items: dict[str, Item]
    constants: dict[str, Quantity]
    sources: dict[str, Source]


def unit_field(table: Table, field: str = "unit") -> Unit:
    """A unit text of the file; its fault becomes the file's own error."""
    try:
        return parse_unit(table.text(field))
    except UnitError as fault:
        raise table.error(field, fault.message, fault.mend) from None


def read_formula(table: Table) -> Formula:
    """A `[[formula]]` table."""
    texts = table.texts("steps")
    places = tuple(table.line_of_text(text) for text in texts)
    steps = []
    for text, place in zip(texts, places, strict=True):
        try:
            steps.append(parse_step(text))
        except FormulaError as fault:
            raise MethodError(fault.message, where=f"{place}, field steps", mend=fault.mend) from None
    if not steps:
        raise table.error("steps", "a formula needs a step", "write 'E [tCO2] = AD * EF'")
    formula = Formula(table.text("id"), table.text("clause"), tuple(steps), places)
    table.finish()
    return formula


def read_item(table: Table) -> Item:
    """An `[[item]]` table."""
    item = Item(
        table.text("id", longest=80), unit_field(table), table.names("name"), table.flag("signed", default=False)
    )
    table.finish()
    return item


def add_source(table: Table, known: Known) -> None:
    """An `[[emission]]` table."""
    source_id = table.text("id", longest=80)
    if source_id in known.sources:
        raise table.error("id", f"source {source_id!r} stands twice", "give each source an id of its own")
    formula, bindings = _bound(table, known, source_id)
    counts = (_scope(table), table.flag("energy"), _counts(table))
    known.sources[source_id] = Source(source_id, table.names("name"), *counts, formula, bindings)
    table.finish()


def add_family(table: Table, known: Known) -> None:
    """A `[[family]]` table: `{id}` in its bindings stands for the member."""
    unit = unit_field(table)
    counts = (_scope(table), table.flag("energy"), _counts(table))
    members = table.table("member")
    for member in members:
        pair = members.texts(member)
        if len(pair) != 2 or member in known.sources or member in known.items:
            raise members.error(member, "expected a new id with its two names", f'write {member} = ["中文", "English"]')
        name = {"zh": pair[0], "en": pair[1]}
        known.items[member] = Item(member, unit, name, signed=False)
        formula, bindings = _bound(table, known, member)
        known.sources[member] = Source(member, name, *counts, formula, bindings)
    table.finish()


def _bound(table: Table, known: Known, source_id: str) -> tuple[Formula, dict[str, Binding]]:
    """The formula a source uses and its bindings: `with = { AD = "item:diesel", NCV = "factor:diesel.ncv" }`."""
    formula = known.formulas.get(table.text("formula"))
    if formula is None:
        raise table.error("formula", "no such formula in this file", "one of: " + ", ".join(known.formulas))
    if not formula.steps[-1].unit.fits(known.unit):
        raise table.error("formula", f"its last step is not in {known.unit.text}", "end it with the emission")
    bound = table.table("with")
    bindings = {name: _binding(bound, name, known, source_id) for name in bound}
    if not any(binding.kind == "item" for binding in bindings.values()):
        raise table.error("with", "a source reads at least one item", 'bind a name to "item:…"')
    return formula, bindings


def _binding(bound: Table, name: str, known: Known, source_id: str) -> Binding:
    kind, _, identity = bound.text(name).partition(":")
    identity = identity.replace("{id}", source_id)
    if kind not in KINDS or not identity:
        raise bound.error(name, "expected item:…, factor:… or constant:…", f'write {name} = "factor:diesel.ncv"')
    if (kind == "item" and identity not in known.items) or (kind == "constant" and identity not in known.constants):
        raise bound.error(name, f"unknown {kind} {identity!r}", "declare it in this file")
    return Binding(kind, identity)


def _scope(table: Table) -> int:
    scope = table.integer("scope")
    if scope not in (1, 2, 3):
        raise table.error("scope", f"there is no scope {scope}", "1, 2 or 3")
    return scope


def _counts(table: Table) -> str:
    counts = table.text("counts", default=TOTAL)
    if counts not in (TOTAL, DEDUCTION):
        raise table.error("counts", f"unknown {counts!r}", f"{TOTAL!r} or {DEDUCTION!r}")
    return counts
