"""How much carbon an amount holds: the amount times the factors of its content, measured ones before all others."""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import MEASURED, Engine
from ledger.accounting.factors import FactorsError
from ledger.accounting.units import ONE, Quantity, parse_unit, product
from ledger.evaluation.activity import Activity

CARBON = parse_unit("tC")
CO2_TO_CARBON = Fraction(12, 44)


@dataclass(frozen=True, slots=True)
class Content:
    """The product of the factors in one month, and the weakest of their origins: measured, prescribed, default, …"""

    quantity: Quantity
    origin: str


class Contents:
    """The carbon contents of one method over one period."""

    def __init__(self, engine: Engine, activity: Activity) -> None:
        self._engine, self._activity = engine, activity

    def of(self, factors: tuple[str, ...], at: int) -> Content | None:
        """The content in a month; None where a factor is neither measured nor known."""
        value, unit, origins = Fraction(1), ONE, []
        for factor_id in factors:
            found = self._factor(factor_id, at)
            if found is None:
                return None
            quantity, origin = found
            value, unit = value * quantity.value, quantity.unit if unit == ONE else product(unit, quantity.unit)
            origins.append(origin)
        return Content(Quantity(value, unit), max(origins, key=_weakness, default=MEASURED))

    def carbon(self, amount: Quantity, content: Content) -> Fraction:
        """In tC."""
        unit = product(amount.unit, content.quantity.unit)
        return Quantity(amount.value * content.quantity.value, unit).to(CARBON).value

    def _factor(self, factor_id: str, at: int) -> tuple[Quantity, str] | None:
        measured = self._activity.measured[at].get(factor_id)
        if measured is not None:
            return measured.quantity, MEASURED
        try:
            factor = self._engine.factor(factor_id, self._activity.months[at].year)
        except FactorsError:
            return None
        return factor.quantity, factor.basis


def _weakness(origin: str) -> int:
    return (MEASURED, "prescribed", "default", "punitive").index(origin)
