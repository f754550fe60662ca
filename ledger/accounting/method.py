"""Method files `method/1`: one edition of one accounting standard as data. Adding an industry is adding such a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ledger.accounting.factors import Example, read_examples
from ledger.accounting.method_rules import DataRules, read_data_rules
from ledger.accounting.sources import (
    Item,
    Known,
    MethodError,
    Source,
    add_family,
    add_source,
    read_formula,
    read_item,
    unit_field,
)
from ledger.accounting.units import Quantity, Unit
from ledger.rules.head import RuleHead, confidence, read_head
from ledger.rules.reader import Table, read_toml

FORMAT = "method/1"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Method:
    """`unit` is that of every emission; `reference_conditions` says what the method's normal cubic metre is."""

    head: RuleHead
    unit: Unit
    gases: tuple[str, ...]
    gwp_set: str
    reference_conditions: str
    data_rules: DataRules
    constants: dict[str, Quantity]
    items: dict[str, Item]
    sources: dict[str, Source]
    examples: tuple[Example, ...]

    def sources_of(self, item: str) -> tuple[Source, ...]:
        """The sources that read an item."""
        return tuple(source for source in self.sources.values() if item in source.items)


def parse_method(data: bytes, name: str = "method") -> Method:
    """Read a `method/1` file; `MethodError` names file, line and field."""
    top = read_toml(data, name, MethodError, FORMAT)
    head = read_head(top, data)
    gases, gwp_set = tuple(top.texts("gases")), top.text("gwp_set")
    conditions = top.text("reference_conditions")
    data_rules = read_data_rules(top)
    known = Known(
        unit=unit_field(top),
        formulas=_by_id(top.tables("formula", required=True), read_formula),
        items=_by_id(top.tables("item"), read_item),
        constants=_by_id(top.tables("constant"), _constant),
        sources={},
    )
    for table in top.tables("emission"):
        add_source(table, known)
    for table in top.tables("family"):
        add_family(table, known)
    examples = read_examples(top)
    top.finish()
    return Method(
        head, known.unit, gases, gwp_set, conditions, data_rules, known.constants, known.items, known.sources, examples
    )


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
