"""Applies a site file's allocations: of what stands at a unit to units below it, of what a unit emits to its products.

A rule for one source goes before the rule for "*". The key is that of the whole period. What a key cannot part – an
amount of it has no data, or all are zero – stays where it is and is a finding: nothing is parted by a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Quantity
from ledger.evaluation.allocation import AllocationError, Allotment, KeyLine, shares
from ledger.evaluation.findings import Findings
from ledger.evaluation.levels import Figures, Levels, added, put
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_units import (
    ALL,
    AVOID,
    ECONOMIC,
    Allocation,
    KeyPart,
    Organisation,
    Price,
    Product,
)


@dataclass(slots=True)
class ProductFigures:
    """A product's emissions, and the shares that allocations gave it, by source."""

    product: Product
    quantity: Quantity | None
    figures: Figures = field(default_factory=dict)
    shares: dict[str, tuple[Allocation, Fraction]] = field(default_factory=dict)


class Allocating:
    """The allocations of one organisation over one period."""

    def __init__(self, organisation: Organisation, metering: Metering, found: Findings) -> None:
        self._organisation, self._metering, self._found = organisation, metering, found
        self._products = {product.id: product for product in organisation.products}
        self._allotments: dict[str, Allotment] = {}

    @property
    def allotments(self) -> list[Allotment]:
        """What was parted, in the order in which it was."""
        return list(self._allotments.values())

    def among_units(self, levels: Levels) -> None:
        """Part what stands at each unit among units below it, from the top down."""
        for of in self._organisation.places():
            for source, figures in _by_source(levels.nodes[of].here()).items():
                rule = self._rule(of, source, products=False)
                if rule is None:
                    continue
                if rule.rule == AVOID and rule.to is None:
                    self._found.add("not-avoided", f"{of} {source}")
                    continue
                for target, share in self._allot(rule, source, figures, []).items():
                    for cell, amount in figures.items():
                        levels.move(of, target, cell, amount * share)

    def among_products(self, levels: Levels) -> list[ProductFigures]:
        """Part what each unit emits, but for the units below it that make products of their own."""
        made = {
            product.id: ProductFigures(product, _in_unit(product, self._metering.amount(product.output)))
            for product in self._organisation.products
        }
        for of in dict.fromkeys(product.at for product in self._organisation.products):
            products = self._organisation.products_of(of)
            for source, figures in _by_source(self._pool(levels, of)).items():
                self._assign([made[product.id] for product in products], of, source, figures)
        return list(made.values())

    def _assign(self, made: Sequence[ProductFigures], of: str, source: str, figures: Figures) -> None:
        rule = self._rule(of, source, products=True)
        if rule is None:
            if len(made) == 1:
                made[0].figures = added(made[0].figures, figures)
            else:
                self._found.add("not-allocated", f"{of} {source}")
            return
        by_id = {entry.product.id: entry for entry in made}
        products = [entry.product for entry in made]
        for target, share in self._allot(rule, source, figures, products).items():
            by_id[target].shares[source] = rule, share
            for cell, amount in figures.items():
                put(by_id[target].figures, cell, amount * share)

    def _pool(self, levels: Levels, of: str) -> Figures:
        """What a unit emits without the units below that make products: theirs belongs to those."""
        pool = levels.nodes[of].here()
        for unit in self._organisation.children(of):
            if not self._organisation.products_of(unit.id):
                pool = added(pool, self._pool(levels, unit.id))
        return pool

    def _rule(self, of: str, source: str, *, products: bool) -> Allocation | None:
        fitting = [
            rule
            for rule in self._organisation.allocations
            if rule.of == of and rule.source in (source, ALL) and self._among_products(rule) == products
        ]
        return min(fitting, key=lambda rule: rule.source == ALL, default=None)

    def _among_products(self, rule: Allocation) -> bool:
        targets = rule.targets()
        return rule.rule != AVOID if not targets else targets[0] in self._products

    def _parts(self, rule: Allocation, products: Sequence[Product]) -> tuple[KeyPart, ...]:
        if rule.to is not None:
            return (KeyPart(rule.to, Fraction(1), ""),)
        return rule.key or tuple(KeyPart(product.id, None, product.output) for product in products)

    def _allot(
        self, rule: Allocation, source: str, figures: Figures, products: Sequence[Product]
    ) -> dict[str, Fraction]:
        """Everyone's share of a source; nobody's where the key parts nothing."""
        allotment = self._allotments.get(rule.place) or self._keyed(rule, source, self._parts(rule, products))
        if allotment is None:
            return {}
        self._allotments[rule.place] = allotment
        allotment.amounts[source] = sum(figures.values(), Fraction(0))
        return {line.to: share for line, share in zip(allotment.key, allotment.shares, strict=True)}

    def _keyed(self, rule: Allocation, source: str, parts: Sequence[KeyPart]) -> Allotment | None:
        lines = [self._line(rule, key_part) for key_part in parts]
        key = tuple(line for line in lines if line is not None)
        if len(key) < len(lines):
            self._found.add("key-without-data", f"{rule.of} {source}")
            return None
        try:
            parted = shares([line.weight for line in key], rule.place)
        except AllocationError as fault:
            self._found.add(fault.code, f"{rule.of} {source}")
            return None
        if rule.rule == ECONOMIC and key[0].price and len({line.amount.unit.dimension for line in key}) == 1:
            self._found.add("physical-key-possible", rule.of)
        return Allotment(rule, key, tuple(parted))

    def _line(self, rule: Allocation, key_part: KeyPart) -> KeyLine | None:
        """One line of the key; None where what it counts by has no data."""
        if key_part.stated is not None:
            return KeyLine(key_part.to, "", Quantity(key_part.stated, rule.unit), self._price(rule, key_part.to))
        amount = self._metering.amount(key_part.origin)
        if amount is None:
            return None
        return KeyLine(key_part.to, key_part.origin, amount, self._price(rule, key_part.to))

    def _price(self, rule: Allocation, target: str) -> Price | None:
        product = self._products.get(target)
        return product.price if rule.rule == ECONOMIC and product is not None else None


def _by_source(figures: Figures) -> dict[str, Figures]:
    """The same figures, source by source; a source of which nothing is left is not among them."""
    sorted_by: dict[str, Figures] = {}
    for cell, amount in sorted(figures.items()):
        if amount:
            sorted_by.setdefault(cell[0], {})[cell] = amount
    return sorted_by


def _in_unit(product: Product, amount: Quantity | None) -> Quantity | None:
    return amount if amount is None or product.unit is None else amount.to(product.unit)
