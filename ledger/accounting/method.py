"""Method files `method/1`: one edition of one accounting standard as data. Adding an industry is adding such a file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from ledger.accounting.composition import Composition, read_composition
from ledger.accounting.factors import Example, read_examples
from ledger.accounting.items import Item, MethodError, read_items, unit_field
from ledger.accounting.method_rules import DataRules, read_data_rules
from ledger.accounting.parameters import Parameter
from ledger.accounting.sources import (
    Known,
    Source,
    add_family,
    add_parameter,
    add_source,
    join_alternatives,
    read_formula,
)
from ledger.accounting.units import Quantity, Unit, parse_unit
from ledger.rules.head import RuleHead, confidence, read_head
from ledger.rules.reader import Table, read_toml

FORMAT = "method/1"
ORGANISATION, PRODUCT = "organisation", "product"
KGCO2E = parse_unit("kgCO2e")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Method:
    """`unit` is that of every emission; `bases` are parallel ways of counting the same activity, of which the first is
    the total; `balance_tolerance`: by which share of the carbon put in a carbon balance may stay open, where the method
    draws one; `reference_conditions` says what the method's normal cubic metre is; `quantifies`: whether its totals
    are those of an organisation or of a product."""

    head: RuleHead
    unit: Unit
    bases: tuple[str, ...]
    gases: tuple[str, ...]
    gwp_set: str
    reference_conditions: str
    data_rules: DataRules
    balance_tolerance: Fraction | None
    constants: dict[str, Quantity]
    parameters: dict[str, Parameter]
    items: dict[str, Item]
    sources: dict[str, Source]
    examples: tuple[Example, ...]
    compositions: tuple[Composition, ...] = ()
    quantifies: str = ORGANISATION

    def sources_of(self, item: str) -> tuple[Source, ...]:
        """The sources that read an item."""
        return tuple(source for source in self.sources.values() if item in source.items)

    def factors_read(self) -> frozenset[str]:
        """Every factor that a source or the carbon balance reads: what a laboratory's value may replace."""
        read = {factor for source in self.sources.values() for factor in source.factors}
        return frozenset(read.union(*(item.carbon.content for item in self.items.values() if item.carbon)))

    def complete_bases(self, computed: Iterable[str]) -> tuple[str, ...]:
        """The bases that can be stated from the sources computed: each must count every item that the first basis
        counts by sources of its own. So a site without a market-based source has a location-based total alone."""
        sources = [self.sources[source_id] for source_id in computed]
        first = {item for source in sources if source.manner.basis == self.bases[0] for item in source.items}
        return tuple(
            basis
            for basis in self.bases
            if first <= {item for source in sources if source.in_basis(basis) for item in source.items}
        )


def parse_method(data: bytes, name: str = "method") -> Method:
    """Read a `method/1` file; `MethodError` names file, line and field."""
    top = read_toml(data, name, MethodError, FORMAT)
    head = read_head(top, data)
    gwp_set, conditions = top.text("gwp_set"), top.text("reference_conditions")
    data_rules = read_data_rules(top)
    known = Known(
        unit=unit_field(top),
        bases=_bases(top),
        gases=tuple(top.texts("gases")),
        years=head.years,
        formulas=_by_id(top.tables("formula", required=True), read_formula),
        items=_items(top),
        constants=_by_id(top.tables("constant"), _constant),
        parameters={},
        sources={},
    )
    for table in top.tables("parameter"):
        add_parameter(table, known)
    for table in top.tables("family"):
        add_family(table, known)
    for table in top.tables("emission"):
        add_source(table, known)
    join_alternatives(known)
    examples = read_examples(top)
    compositions = tuple(read_composition(table, known.parameters) for table in top.tables("composition"))
    balance_tolerance, quantifies = _balance_tolerance(top), _quantifies(top, known.unit)
    top.finish()
    return Method(
        head,
        known.unit,
        known.bases,
        known.gases,
        gwp_set,
        conditions,
        data_rules,
        balance_tolerance,
        known.constants,
        known.parameters,
        known.items,
        known.sources,
        examples,
        compositions,
        quantifies,
    )


def _balance_tolerance(top: Table) -> Fraction | None:
    """`[balance]` `tolerance`, in per cent."""
    if "balance" not in top:
        return None
    table = top.table("balance")
    tolerance = table.number("tolerance")
    if not 0 <= tolerance <= 100:
        raise table.error("tolerance", "expected per cent of the carbon put in", 'write tolerance = "5"')
    table.finish()
    return tolerance / 100


def _quantifies(top: Table, unit: Unit) -> str:
    word = top.text("quantifies", default=ORGANISATION)
    if word not in (ORGANISATION, PRODUCT):
        raise top.error("quantifies", f"unknown word {word[:40]!r}", f"{ORGANISATION!r} or {PRODUCT!r}")
    if word == PRODUCT and not unit.fits(KGCO2E):
        raise top.error("unit", "a product's footprint is in CO2e", 'write unit = "kgCO2e"')
    return word


def _bases(top: Table) -> tuple[str, ...]:
    bases = top.texts("bases", default=[""])
    if ("bases" in top and not all(bases)) or not bases or len(set(bases)) < len(bases):
        raise top.error("bases", "expected names, each once", 'write bases = ["location", "market"]')
    return tuple(bases)


def _items(top: Table) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for table in top.tables("item"):
        for item in read_items(table):
            if item.id in items:
                raise table.error("id", f"{item.id!r} stands twice", "give each an id of its own")
            items[item.id] = item
    return items


def _by_id(tables: list[Table], read: Callable[[Table], _T]) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for table in tables:
        identity = table.text("id", longest=80)
        if identity in found:
            raise table.error("id", f"{identity!r} stands twice", "give each an id of its own")
        found[identity] = read(table)
    return found


def _constant(table: Table) -> Quantity:
    table.text("id")
    table.text("source")
    confidence(table)
    quantity = Quantity(table.number("value"), unit_field(table))
    table.finish()
    return quantity
