"""Formulas and sources of a method file.

A *formula* is a list of steps; a *source* binds a formula's names to items, factors and constants and says where its
emission counts. A *family* declares many sources that share a formula, over items of its own or existing ones.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ledger.accounting.expression import FormulaError
from ledger.accounting.formula import Step, parse_step
from ledger.accounting.items import Item, MethodError, make_items
from ledger.accounting.parameters import Parameter, read_parameter
from ledger.accounting.units import Quantity, Unit, parse_unit
from ledger.rules.reader import Table

TOTAL = "total"
DEDUCTION = "grade-deduction"
MEMO = "memo"
COUNTS = (TOTAL, DEDUCTION, MEMO)
KINDS = ("item", "factor", "constant")
GROUPS = ("combustion", "process", "electricity", "heat", "removal", "material", "certified", "transport", "waste")
"""What a report groups by. `certified`: inputs whose footprint an upstream certificate states; `material`: others."""

_CO2, _CO2E = parse_unit("tCO2"), parse_unit("tCO2e")


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
class Manner:
    """How a source counts. `energy`: its emission comes from energy consumption, the only kind that a carbon-efficiency
    grade counts. `counts`: in the total, only deducted in a grade's numerator, or only shown (memo). `basis`: the one
    way of counting it belongs to, "" for all. `in_total`: whether it is part of the figure that a result calls total.
    `required`: a site lists it, fed or with a reason for its absence. `excludes`: alternatives, of which a site lists
    one."""

    scope: int
    energy: bool
    counts: str
    basis: str
    in_total: bool
    gas: str
    group: str
    required: bool
    excludes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """An emission source. `place`: where the file declares it."""

    id: str
    name: dict[str, str]
    manner: Manner
    formula: Formula
    bindings: dict[str, Binding]
    place: str

    @property
    def items(self) -> tuple[str, ...]:
        """The items it reads."""
        return self._bound("item")

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors it reads."""
        return self._bound("factor")

    def _bound(self, kind: str) -> tuple[str, ...]:
        return tuple(binding.id for binding in self.bindings.values() if binding.kind == kind)

    @property
    def scope(self) -> int:
        return self.manner.scope

    @property
    def energy(self) -> bool:
        return self.manner.energy

    @property
    def counts(self) -> str:
        return self.manner.counts

    @property
    def in_total(self) -> bool:
        return self.manner.in_total

    def in_basis(self, basis: str) -> bool:
        """Whether it counts in the total of a basis."""
        return self.counts == TOTAL and self.manner.basis in ("", basis)


@dataclass(frozen=True, slots=True)
class Known:
    """What the file has declared so far, and the unit that every source's last step must yield."""

    unit: Unit
    bases: tuple[str, ...]
    gases: tuple[str, ...]
    years: tuple[int, int | None]
    formulas: dict[str, Formula]
    items: dict[str, Item]
    constants: dict[str, Quantity]
    parameters: dict[str, Parameter]
    sources: dict[str, Source]


def counts_as(unit: Unit, total: Unit) -> bool:
    """Whether an emission in `unit` may enter a total: it fits, or is CO2 in a total of CO2e (warming potential 1)."""
    return unit.fits(total) or (unit.fits(_CO2) and total.fits(_CO2E))


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


def add_source(table: Table, known: Known) -> None:
    """An `[[emission]]` table."""
    source_id = table.text("id", longest=80)
    _add(table, known, source_id, source_id, table.names("name"))
    table.finish()


def add_family(table: Table, known: Known) -> None:
    """A `[[family]]` table. `{id}` stands for the member, `{name}` in names for the member's name.

    With `[family.member]` it declares an item and a source of the same id for each member; with `of = [item ids]` it
    declares further sources, called by the pattern `source`, that read items of the file."""
    if "of" in table:
        members = {item: _existing(table, item, known).name for item in table.texts("of")}
        pattern, naming = table.text("source", longest=80), table.names("name")
        if "{id}" not in pattern:
            raise table.error("source", "every member needs an id of its own", 'write source = "{id}.measured"')
    else:
        members, pattern, naming = _new_members(table, known), "{id}", {"zh": "{name}", "en": "{name}"}
    for parameter in table.tables("parameter"):
        _known_members(parameter, members)
        for named in members.items():
            add_parameter(parameter, known, named)
    for member, name in members.items():
        called = {language: text.replace("{name}", name[language]) for language, text in naming.items()}
        _add(table, known, pattern.replace("{id}", member), member, called)
    table.finish()


def add_parameter(table: Table, known: Known, member: tuple[str, dict[str, str]] | None = None) -> None:
    """A `[[parameter]]` table, or that of a family's member."""
    parameter = read_parameter(table, known.years, member)
    if parameter.id in known.parameters:
        raise table.error("id", f"parameter {parameter.id!r} stands twice", "give each an id of its own")
    known.parameters[parameter.id] = parameter


def join_alternatives(known: Known) -> None:
    """Make alternatives exclude each other both ways; each id that one excludes is another source of the file."""
    both: dict[str, set[str]] = {source_id: set() for source_id in known.sources}
    for source in known.sources.values():
        for other in sorted(source.manner.excludes):
            if other not in known.sources or other == source.id:
                problem = f"source {source.id!r} excludes {other!r}, which is no other source of this file"
                raise MethodError(problem, where=source.place, mend="check the ids in 'excludes'")
            both[source.id].add(other)
            both[other].add(source.id)
    for source_id, others in both.items():
        source = known.sources[source_id]
        known.sources[source_id] = replace(source, manner=replace(source.manner, excludes=frozenset(others)))


def _new_members(table: Table, known: Known) -> dict[str, dict[str, str]]:
    members, signed = table.table("member"), table.flag("signed", default=False)
    names = {}
    for member in members:
        pair = members.texts(member)
        if len(pair) != 2 or member in known.sources or member in known.items:
            raise members.error(member, "expected a new id with its two names", f'write {member} = ["中文", "English"]')
        names[member] = {"zh": pair[0], "en": pair[1]}
        for item in make_items(table, member, names[member], signed=signed):
            known.items[item.id] = item
    return names


def _known_members(parameter: Table, members: Collection[str]) -> None:
    """A default for a member that does not exist would never be used."""
    for member in parameter.table("defaults") if "defaults" in parameter else ():
        if member not in members:
            raise parameter.error("defaults", f"{member!r} is no member of the family", "check its id")


def _existing(table: Table, item: str, known: Known) -> Item:
    if item not in known.items:
        raise table.error("of", f"unknown item {item!r}", "declare it above, or use [family.member]")
    return known.items[item]


def _add(table: Table, known: Known, source_id: str, member: str, name: dict[str, str]) -> None:
    if source_id in known.sources:
        raise table.error("id", f"source {source_id!r} stands twice", "give each source an id of its own")
    formula, bindings = _bound(table, known, member)
    manner = _manner(table, known, member)
    known.sources[source_id] = Source(source_id, name, manner, formula, bindings, table.place())


def _bound(table: Table, known: Known, member: str) -> tuple[Formula, dict[str, Binding]]:
    """The formula a source uses and its bindings: `with = { AD = "item:diesel", NCV = "factor:diesel.ncv" }`."""
    formula = known.formulas.get(table.text("formula"))
    if formula is None:
        raise table.error("formula", "no such formula in this file", "one of: " + ", ".join(known.formulas))
    if not counts_as(formula.steps[-1].unit, known.unit):
        raise table.error("formula", f"its last step is not in {known.unit.text}", "end it with the emission")
    bound = table.table("with")
    bindings = {name: _binding(bound, name, known, member) for name in bound}
    if not any(binding.kind == "item" for binding in bindings.values()):
        raise table.error("with", "a source reads at least one item", 'bind a name to "item:…"')
    return formula, bindings


def _binding(bound: Table, name: str, known: Known, member: str) -> Binding:
    kind, _, identity = bound.text(name).partition(":")
    identity = identity.replace("{id}", member)
    if kind not in KINDS or not identity:
        raise bound.error(name, "expected item:…, factor:… or constant:…", f'write {name} = "factor:diesel.ncv"')
    if (kind == "item" and identity not in known.items) or (kind == "constant" and identity not in known.constants):
        raise bound.error(name, f"unknown {kind} {identity!r}", "declare it in this file")
    if kind == "item" and known.items[identity].part_of is not None:
        raise bound.error(name, f"{identity!r} is only a part", f"bind {known.items[identity].part_of!r}")
    return Binding(kind, identity)


def _manner(table: Table, known: Known, member: str) -> Manner:
    scope, energy = table.integer("scope"), table.flag("energy")
    if scope not in (1, 2, 3):
        raise table.error("scope", f"there is no scope {scope}", "1, 2 or 3")
    usual = {1: "combustion" if energy else "process", 2: "electricity", 3: "material"}[scope]
    counts, basis = _one_of(table, "counts", COUNTS, TOTAL), _one_of(table, "basis", known.bases, "")
    return Manner(
        scope=scope,
        energy=energy,
        counts=counts,
        basis=basis,
        in_total=counts == TOTAL and basis in ("", known.bases[0]),
        gas=_one_of(table, "gas", known.gases, known.gases[0] if known.gases else "", member),
        group=_one_of(table, "group", GROUPS, usual),
        required=table.flag("required", default=False),
        excludes=frozenset(other.replace("{id}", member) for other in table.texts("excludes", default=[])),
    )


def _one_of(table: Table, field: str, known: tuple[str, ...], usual: str, member: str = "") -> str:
    if field not in table:
        return usual
    word = table.text(field, longest=80).replace("{id}", member)
    if word not in known:
        raise table.error(field, f"unknown {field} {word!r}", "one of: " + ", ".join(known))
    return word
