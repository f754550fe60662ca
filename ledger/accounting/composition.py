"""Compositions of a method file: measured parts that together cannot be more than the whole they are parts of.

`[[composition]]` `parts = ["anode.sulphur", "anode.ash"]`: at most 100 % together; with `of = "clinker.cao"` at most
that property. Each part alone may be plausible; what is checked here is the sum.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Quantity
from ledger.rules.reader import Table

EXCEEDS = "parts-exceed-whole"
MAX_PARTS = 20


@dataclass(frozen=True, slots=True)
class Composition:
    """`of`: the property that the parts are parts of; None: the whole, 100 %."""

    parts: tuple[str, ...]
    of: str | None

    def named(self) -> str:
        return " + ".join(self.parts) + (f" > {self.of}" if self.of else " > 100 %")

    def exceeded(self, values: Mapping[str, Quantity]) -> bool:
        """Whether the parts come to more than the whole. What nobody stated and has no default counts as nothing; a
        whole that is unknown limits nothing."""
        if self.of is not None and self.of not in values:
            return False
        whole = Fraction(1) if self.of is None else _plain(values[self.of])
        return sum((_plain(values[part]) for part in self.parts if part in values), Fraction(0)) > whole


def _plain(quantity: Quantity) -> Fraction:
    return quantity.value * quantity.unit.scale


def read_composition(table: Table, parameters: Collection[str]) -> Composition:
    """A `[[composition]]` table over parameters of the method."""
    found = Composition(tuple(table.texts("parts")), table.optional_text("of"))
    named = [*found.parts, *([found.of] if found.of else [])]
    strange = next((name for name in named if name not in parameters), None)
    if strange is not None or not 0 < len(found.parts) <= MAX_PARTS or len(set(named)) < len(named):
        what = (
            f"no parameter {strange[:60]!r}" if strange is not None else f"expected 1 to {MAX_PARTS} names, each once"
        )
        raise table.error("parts", what, "name parameters of this method")
    table.finish()
    return found
