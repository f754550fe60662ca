"""What a product's certificate states of a product or one of its batches: the only figures that an evaluation rounds.

1. Certified quantity: in 10⁻³ of the declared unit, rounded down. Nothing is certified that was not made.
2. Footprint: in 10⁻⁶ kgCO2e per unit, everything allocated to the product ÷ the certified quantity, rounded up. So
   quantity × footprint is never less than what was emitted, and no delivery carries less than its part.
3. Shares and coverage are the product's own: of each source as much of every class as the product has of the source.
4. What is made in batches is certified batch by batch and never a second time as a whole. A batch that reaches beyond
   the period is not certified in it, nor is any batch of a product whose batches say more than was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from ledger.accounting.method import KGCO2E
from ledger.accounting.units import Quantity, Unit
from ledger.evaluation.allocating import ProductFigures
from ledger.evaluation.batches import BatchFigures
from ledger.evaluation.emissions import BASIS_POINTS, CLASSES, Emissions, class_shares
from ledger.evaluation.inputs import Period
from ledger.evaluation.levels import Figures
from ledger.evaluation.site_units import Batch

THOUSANDTHS, MILLIONTHS = 1_000, 1_000_000
NO_ROOT = bytes(32)
NO_PRODUCT: Mapping[str, Any] = {"unit": "", "footprint": 0, "quantity": 0, "upstream_root": NO_ROOT}
"""What a statement says where it is not of a product."""

Json = Any


@dataclass(frozen=True, slots=True)
class _Source:
    """One source over the period: its emission, parted by class; what of it is covered, and what is missing."""

    value: Fraction
    by_class: Mapping[str, Fraction]
    covered: Fraction
    missing: Fraction


class Footprints:
    """Writes the `footprint` members of products and batches. `unit`: that of the emissions, a mass of CO2e."""

    def __init__(self, iss: str, period: Period, unit: Unit, emissions: Emissions) -> None:
        self._iss, self._period, self._unit, self._blind = iss, period, unit, emissions.blind
        self._sources = {
            name: _Source(
                sum((month.value for month in months), Fraction(0)),
                {one: sum((month.by_class[one] for month in months), Fraction(0)) for one in CLASSES},
                sum((month.covered for month in months), Fraction(0)),
                sum((month.missing for month in months), Fraction(0)),
            )
            for name, months in emissions.sources.items()
        }

    def of(self, made: ProductFigures, batches: Sequence[BatchFigures]) -> tuple[Json, list[Json]]:
        """That of a product and those of its batches; None where nothing can be certified."""
        name, output = made.product.id, made.quantity
        if output is None:
            return None, [None for _ in batches]
        if not batches:
            return self._footprint((name,), output, made.figures), []
        too_much = sum((part.quantity or Fraction(0) for part in batches), Fraction(0)) > output.value
        return None, [
            None
            if too_much or part.quantity is None or not self._inside(part.batch)
            else self._footprint((name, part.batch.id), Quantity(part.quantity, output.unit), part.figures)
            for part in batches
        ]

    def _inside(self, batch: Batch) -> bool:
        return self._period.start <= batch.start and batch.end <= self._period.end

    def _footprint(self, names: Sequence[str], quantity: Quantity, figures: Figures) -> Json:
        """None where no whole thousandth of a unit was made, or less than nothing emitted."""
        certified, by_source = floor(quantity.value * THOUSANDTHS), _by_source(figures)
        emitted = Quantity(sum(by_source.values(), Fraction(0)), self._unit).to(KGCO2E).value
        if certified <= 0 or emitted < 0:
            return None
        return {
            "identifier": "/".join((self._iss, *names)),
            "unit": quantity.unit.text,
            "quantity": str(certified),
            "value": str(ceil(emitted * MILLIONTHS * THOUSANDTHS / certified)),
            "quality": self._quality(by_source),
        }

    def _quality(self, by_source: Mapping[str, Fraction]) -> dict[str, int]:
        weights, covered, whole = dict.fromkeys(CLASSES, Fraction(0)), Fraction(0), Fraction(0)
        blind = self._blind
        for name, amount in by_source.items():
            source = self._sources[name]
            part = abs(amount / source.value) if source.value else Fraction(0)
            blind |= source.missing != 0 and not source.value
            for one in CLASSES:
                weights[one] += part * abs(source.by_class[one])
            covered += part * abs(source.covered)
            whole += part * (abs(source.value) + abs(source.missing))
        coverage = 0 if blind or not whole else floor(covered * BASIS_POINTS / whole)
        return {"coverage": coverage, **class_shares(weights)}


def _by_source(figures: Figures) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for (source, _), amount in sorted(figures.items()):
        found[source] = found.get(source, Fraction(0)) + amount
    return found


def footprint_of(document: Mapping[str, Json], identifier: str) -> Json:
    """The `footprint` member that a result has for the identifier of a product or a batch; None where it has none."""
    for product in document.get("products", []):
        for entry in (product, *product["batches"]):
            found = entry.get("footprint")
            if found is not None and found["identifier"] == identifier:
                return found
    return None


def product_fields(document: Mapping[str, Json], identifier: str) -> dict[str, Json]:
    """What a statement about the product takes from a result, by the statement's attribute names. Of an identifier that
    the result does not know every field is None, which no statement says."""
    found = footprint_of(document, identifier)
    if found is None:
        return dict.fromkeys(NO_PRODUCT)
    return {
        "unit": found["unit"],
        "footprint": int(found["value"]),
        "quantity": int(found["quantity"]),
        "upstream_root": NO_ROOT,
        **found["quality"],
    }
