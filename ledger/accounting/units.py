"""Units with exact scales, and quantities that refuse to be added across dimensions.

A unit text is what a frame may carry (SenML's names, UCUM terms) or what accountants write: `GJ/t`, `tC/GJ`,
`tCO2/MWh`, `GJ/10^4Nm3`.

An annotation makes a dimension of its own, so that a factor of the wrong basis is refused: `t{CO2}` (short `tCO2`) is
not `t`, and `m3{n}` (short `Nm3`: gas at the method's reference conditions) is not `m3`. Energy is a dimension apart
from mass and length: nothing in accounting derives one from the other but a stated factor.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ledger.accounting.unit_text import UnitError, read

__all__ = ["ONE", "Quantity", "Unit", "UnitError", "dimension_text", "parse_unit", "product", "quotient"]

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` converts an amount in this unit to the base of its `dimension`."""

    text: str
    scale: Fraction
    dimension: Dimension

    def fits(self, other: "Unit") -> bool:
        """Whether amounts in the two units can be converted into each other."""
        return self.dimension == other.dimension


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount with its unit."""

    value: Fraction
    unit: Unit

    def to(self, unit: Unit) -> "Quantity":
        """The same amount in another unit of the same dimension; else `UnitError`."""
        if not self.unit.fits(unit):
            raise UnitError(
                f"{self.unit.text} ({dimension_text(self.unit)}) is not {unit.text} ({dimension_text(unit)})"
            )
        return Quantity(self.value * self.unit.scale / unit.scale, unit)


ONE = Unit("1", Fraction(1), ())


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit that `text` names; else `UnitError`."""
    scale, dimension = read(text)
    return Unit(text, scale, _normal(dimension))


def product(left: Unit, right: Unit) -> Unit:
    """The unit of a product."""
    return Unit(f"{left.text}.{right.text}", left.scale * right.scale, _combine(left.dimension, right.dimension, 1))


def quotient(left: Unit, right: Unit) -> Unit:
    """The unit of a quotient."""
    return Unit(f"{left.text}/({right.text})", left.scale / right.scale, _combine(left.dimension, right.dimension, -1))


def dimension_text(unit: Unit) -> str:
    """The dimension in words, for messages: "mass{CO2}/energy"."""
    above = [_power(name, power) for name, power in unit.dimension if power > 0]
    below = [_power(name, -power) for name, power in unit.dimension if power < 0]
    return "·".join(above or ["1"]) + "".join(f"/{name}" for name in below)


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def _normal(dimension: dict[str, int]) -> Dimension:
    return tuple(sorted((name, power) for name, power in dimension.items() if power))


def _combine(left: Dimension, right: Dimension, sign: int) -> Dimension:
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + sign * power
    return _normal(powers)
