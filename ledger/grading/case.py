"""What is graded: one enterprise's figures in one period, and the lines its products are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Quantity, Unit, parse_unit

ENERGY = "energy"
TOTAL = "total"
NET_ENERGY = "energy-less-deductions"
CARBON = parse_unit("tCO2")
EQUIVALENT = parse_unit("tCO2e")


@dataclass(frozen=True, slots=True)
class Use:
    """Which line a product is compared with. `item`: its output; `numerator`: "total", "energy" (emissions), "unit:…"
    or "product:…" (what a unit or product of the site has of the emissions), or an item; `share`: the items whose
    quotient the line depends on, e.g. scrap ÷ all metal charged. `place`: for messages."""

    line: str
    item: str
    numerator: str = TOTAL
    share: tuple[str, str] | None = None
    place: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """The method's items that it names."""
        numerator = () if self.numerator in (TOTAL, ENERGY) or ":" in self.numerator else (self.numerator,)
        return (self.item, *numerator, *(self.share or ()))


@dataclass(frozen=True, slots=True)
class Case:
    """`energy`, `deductions`, `total` in `unit`. `items`: activity that was stated. `year`: None where the period lies
    in several. `parts`: of the emissions, by "unit:…" and "product:…"."""

    industry: str
    year: int | None
    unit: Unit
    energy: Fraction
    deductions: Fraction
    total: Fraction
    items: Mapping[str, Quantity]
    uses: tuple[Use, ...] = ()
    parts: Mapping[str, Fraction] = field(default_factory=dict)


def energy_emissions(case: Case) -> Fraction | None:
    """The numerator of carbon efficiency in tCO2; None where the method counts something else than carbon. Emissions of
    energy consumption are CO2 in the guidelines, also where a method's unit is tCO2e."""
    if not (case.unit.fits(CARBON) or case.unit.fits(EQUIVALENT)):
        return None
    return (case.energy - case.deductions) * case.unit.scale / CARBON.scale
