"""Bounds that no real factor leaves: a slip of the unit or of a decimal point is refused, not computed with.

Each is wide – several times what is known of any fuel or grid – so that a refusal is never about an unusual plant.
"""

from fractions import Fraction

from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import decimal_text

_HEATING = (
    ("GJ/t", "0.1", "150", "a heating value by mass"),
    ("MJ/m3{n}", "0.5", "150", "a heating value by volume"),
    ("MJ/m3", "0.5", "150", "a heating value by volume"),
)
_OTHERS = (
    ("tC/GJ", "0", "0.2", "the carbon of a fuel's heat"),
    ("tCO2/GJ", "0", "1", "the emission of a unit of energy"),
    ("tCO2e/GJ", "0", "1", "the emission of a unit of energy"),
    ("tC/t", "0", "1", "a carbon content"),
    ("kg{ce}/kg", "0", "10", "a standard-coal coefficient"),
    ("t{ce}/MWh", "0", "1", "a standard-coal coefficient"),
)
_BOUNDS = tuple((parse_unit(unit), Fraction(low), Fraction(high), what) for unit, low, high, what in _HEATING + _OTHERS)
_HEATING_UNITS = tuple(parse_unit(unit) for unit, *_ in _HEATING)


def implausible(factor_id: str, quantity: Quantity) -> str | None:
    """Why the value cannot be right; None if it may be."""
    unit = quantity.unit
    if quantity.value < 0:
        return "a factor is never below zero"
    if unit.text == "%" and quantity.value > 100:
        return "a share is never over 100 %"
    if factor_id.endswith(".oxidation") and (unit.dimension or quantity.value * unit.scale > 1):
        return "an oxidation factor is a share of at most 100 %"
    if factor_id.endswith(".ncv") and not any(unit.fits(known) for known in _HEATING_UNITS):
        return f"{unit.text} is no unit of a heating value"
    for bound, low, high, what in _BOUNDS:
        if unit.fits(bound) and not low <= quantity.value * unit.scale / bound.scale <= high:
            return f"{what} lies within {decimal_text(low)}…{decimal_text(high)} {bound.text}"
    return None
