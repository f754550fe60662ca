"""The unit of a certificate as a declared unit of PACT 3.0, and amounts per declared unit, exactly.

1 t becomes 1 kilogram with a thousandth of the footprint. PACT wants the amount 1; only where the footprint per
single unit has no finite decimal is the certificate's own unit declared with its amount.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.canonical import decimal_text
from ledger.exchange.errors import NotExchangeable

_NAMES = {
    "kilogram": "kg",
    "cubic meter": "m3",
    "liter": "L",
    "kilowatt hour": "kWh",
    "megajoule": "MJ",
    "square meter": "m2",
    "ton kilometer": "t.km",
    "hour": "h",
}
_PIECES = frozenset(("count", "{piece}", "{pc}", "{pcs}", "{unit}", "{set}", "{件}", "{台}", "{套}", "{个}", "{只}"))
_WEIGHTLESS = frozenset(("kilowatt hour", "megajoule", "ton kilometer", "hour"))


@dataclass(frozen=True, slots=True)
class DeclaredUnit:
    """`per`: how many certificate's units make the declared unit. `mass` in kg per declared unit, None if unknown."""

    name: str
    amount: str
    per: Fraction
    mass: str | None

    def of(self, value: Fraction) -> str:
        """An amount per certificate's unit as one per declared unit, a decimal without exponent."""
        return decimal_text(value * self.per)


def declared_unit(text: str, footprint: Fraction, mass: Fraction | None = None) -> DeclaredUnit:
    """`footprint` and `mass` (kg) are per unit of the certificate. Raises NotExchangeable."""
    try:
        unit = parse_unit(text)
    except UnitError as fault:
        raise NotExchangeable(f"unit {text[:40]!r}: {fault.message}", where="unit") from None
    name = _name(unit)
    held = unit.scale / (parse_unit(_NAMES[name]).scale if name in _NAMES else 1)  # declared units in a certificate's
    per, amount = 1 / held, Fraction(1)
    if _endless(footprint * per) or (mass is not None and _endless(mass * per)):
        per, amount = Fraction(1), held
    if _endless(footprint * per) or _endless(amount):
        raise NotExchangeable(f"the footprint per {text} has no finite decimal", where="footprint")
    return DeclaredUnit(name, decimal_text(amount), per, _mass(name, amount, per, mass))


def _mass(name: str, amount: Fraction, per: Fraction, mass: Fraction | None) -> str | None:
    if name == "kilogram":
        return decimal_text(amount)
    if name in _WEIGHTLESS:
        return "0"
    return None if mass is None else decimal_text(mass * per)


def _name(unit: Unit) -> str:
    kinds = sorted((kind.partition("{")[0] or kind, power) for kind, power in unit.dimension)
    if unit.text in _PIECES:
        return "piece"
    match kinds:
        case [("mass", 1)]:
            return "kilogram"
        case [("length", 3)]:
            return "cubic meter" if unit.scale >= 1 else "liter"
        case [("energy", 1)]:
            return "kilowatt hour" if unit.text.endswith("Wh") else "megajoule"
        case [("length", 2)]:
            return "square meter"
        case [("length", 1), ("mass", 1)]:
            return "ton kilometer"
        case [("time", 1)]:
            return "hour"
    raise NotExchangeable(
        f"PACT has no declared unit for {unit.text!r}", where="unit",
        mend="state the product's output in t, kg, m3, L, kWh, MJ, m2, t.km, h, count or {piece}",
    )  # fmt: skip


def _endless(value: Fraction) -> bool:
    return "/" in decimal_text(value)
