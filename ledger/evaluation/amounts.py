"""Amounts of an item by month, apart by where they came from."""

from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Unit


@dataclass(slots=True)
class MonthAmount:
    """Amounts of one item in one month, in the item's unit. `present`: something was stated for it."""

    metered: Fraction = Fraction(0)
    declared: Fraction = Fraction(0)
    estimated: Fraction = Fraction(0)
    missing: Fraction = Fraction(0)
    present: bool = False

    @property
    def total(self) -> Fraction:
        return self.metered + self.declared + self.estimated


@dataclass(slots=True)
class ItemActivity:
    """One item over the period. `blind`: a point that should have fed it stated nothing at all, so that what is missing
    cannot even be estimated."""

    unit: Unit
    months: list[MonthAmount]
    metered_by: list[str] = field(default_factory=list)
    blind: bool = False

    def total(self) -> Fraction:
        return sum((month.total for month in self.months), Fraction(0))
