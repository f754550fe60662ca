"""How much carbon an amount holds: the amount times the factors of its content, measured ones before all others."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import MEASURED, Engine
from ledger.accounting.factors import DEFAULT, PRESCRIBED, PUNITIVE, FactorsError
from ledger.accounting.units import ONE, Quantity, parse_unit, product
from ledger.evaluation.activity import Activity

CO2_TO_CARBON = Fraction(12, 44)
ORIGINS = (MEASURED, PRESCRIBED, DEFAULT, PUNITIVE)

_CARBON, _CO2 = parse_unit("tC"), parse_unit("tCO2")


@dataclass(frozen=True, slots=True)
class Content:
    """The product of the factors in one month, in carbon or CO2 per unit, and the weakest of their origins."""

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
            value, unit = value * quantity.value, quantity.unit if unit is ONE else product(unit, quantity.unit)
            origins.append(origin)
        return Content(Quantity(value, unit), max(origins, key=ORIGINS.index, default=MEASURED))

    def carbon(self, amount: Quantity, content: Content) -> Fraction:
        """In tC; the carbon of what is stated as CO2."""
        held = Quantity(amount.value * content.quantity.value, product(amount.unit, content.quantity.unit))
        if held.unit.fits(_CO2):
            return held.to(_CO2).value * CO2_TO_CARBON
        return held.to(_CARBON).value

    def weakest(self, contents: Sequence[Content]) -> str | None:
        return max((content.origin for content in contents), key=ORIGINS.index, default=None)

    def _factor(self, factor_id: str, at: int) -> tuple[Quantity, str] | None:
        measured = self._activity.measured[at].get(factor_id)
        if measured is not None:
            return measured.quantity, MEASURED
        try:
            factor = self._engine.factor(factor_id, self._activity.months[at].year)
        except FactorsError:
            return None
        return factor.quantity, factor.basis
