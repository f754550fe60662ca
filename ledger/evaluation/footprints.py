"""What a product's certificate states of a product or one of its batches: the only figures that an evaluation rounds.

1. Certified quantity: in 10⁻³ of the declared unit, rounded down. Nothing is certified that was not made.
2. Footprint: in 10⁻⁶ kgCO2e per unit, everything allocated to the product ÷ the certified quantity, rounded up. So
   quantity × footprint is never less than what was emitted, and no delivery carries less than its part.
3. What it was made of, apart: certified inputs (burned when the certificate is minted), other inputs by secondary
   factors, and the process itself – direct emissions and energy.
4. Shares and coverage are the product's own: of each source as much of every class as the product has of the source.
5. What is made in batches is certified batch by batch and never a second time as a whole. A batch that reaches beyond
   the period is not certified in it, nor is any batch of a product whose batches say more than was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from ledger.accounting.method import KGCO2E, Method
from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.allocating import ProductFigures
from ledger.evaluation.batches import BatchFigures
from ledger.evaluation.emissions import BASIS_POINTS, CLASSES, Emissions, class_shares
from ledger.evaluation.inputs import Period
from ledger.evaluation.levels import Figures
from ledger.evaluation.site_units import Batch
from ledger.evaluation.upstream_amounts import CERTIFIED
from ledger.evaluation.upstream_claims import MILLIONTHS, THOUSANDTHS
from ledger.evaluation.upstream_inputs import Upstream
from ledger.upstream import LIMIT, MAX_INPUTS, NO_INPUTS, Input, upstream_root

NO_PRODUCT: Mapping[str, Any] = {"unit": "", "footprint": 0, "quantity": 0, "upstream_root": NO_INPUTS}
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
    """Writes the `footprint` members of products and batches."""

    def __init__(self, iss: str, period: Period, method: Method, activity: Activity, emissions: Emissions) -> None:
        self._iss, self._period, self._method, self._blind = iss, period, method, emissions.blind
        self._upstream = Upstream(method, activity.months, emissions, activity.upstream)
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
        """None if not a thousandth of a unit was made, less than nothing emitted, or more put in than can be burned."""
        certified, by_source = floor(quantity.value * THOUSANDTHS), _by_source(figures)
        emitted, inputs = self._kilogrammes(by_source), self._upstream.parts(figures)
        if certified <= 0 or emitted < 0:
            return None
        value = ceil(emitted * MILLIONTHS * THOUSANDTHS / certified)
        if len(inputs) > MAX_INPUTS or max(certified, value, *(part.quantity for part in inputs)) >= LIMIT:
            return None
        return {
            "identifier": "/".join((self._iss, *names)),
            "unit": quantity.unit.text,
            "quantity": str(certified),
            "value": str(value),
            "quality": self._quality(by_source),
            "parts": self._parts(by_source),
            "inputs": [
                {
                    "account": "0x" + part.account.hex(),
                    "quantity": str(part.quantity),
                    "unit": part.unit,
                    "footprint": str(part.footprint),
                }
                for part in inputs
            ],
        }

    def _kilogrammes(self, by_source: Mapping[str, Fraction]) -> Fraction:
        return Quantity(sum(by_source.values(), Fraction(0)), self._method.unit).to(KGCO2E).value

    def _parts(self, by_source: Mapping[str, Fraction]) -> dict[str, str]:
        """In kgCO2e: what certified inputs carry, what others do by secondary factors, and the process itself."""
        sorted_by: dict[str, dict[str, Fraction]] = {CERTIFIED: {}, "secondary": {}, "own": {}}
        for name, amount in by_source.items():
            own = "own" if self._method.sources[name].scope < 3 else "secondary"
            sorted_by[CERTIFIED if name in self._upstream.sources else own][name] = amount
        return {part: decimal_text(self._kilogrammes(of)) for part, of in sorted_by.items()}

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


def footprints_of(document: Mapping[str, Json]) -> list[Json]:
    """The `footprint` members of a result: all that can be certified of products and batches."""
    entries = [entry for product in document.get("products", []) for entry in (product, *product["batches"])]
    return [entry["footprint"] for entry in entries if entry.get("footprint") is not None]


def footprint_of(document: Mapping[str, Json], identifier: str) -> Json:
    """The one of an identifier; None where the result has none."""
    return next((found for found in footprints_of(document) if found["identifier"] == identifier), None)


def inputs_of(footprint: Mapping[str, Json]) -> list[Input]:
    """What a certificate of this footprint burns on the product ledger."""
    return [Input(int(part["account"], 16), int(part["quantity"])) for part in footprint["inputs"]]


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
        "upstream_root": upstream_root(inputs_of(found)),
        **found["quality"],
    }
