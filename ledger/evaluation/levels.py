"""Emissions by level: enterprise, process, equipment; each adds up exactly to the one above.

1. What a meter that stands `at` a unit measured belongs there. A sub-meter carves its amount out of its parent's; what
   is left of the parent's is the *unmetered remainder* and stays with the parent's unit. Sub-meters that say more than
   their parent are brought down to it in proportion: the total is the parent's, which was billed.
2. What no meter at a unit measured – declarations, meters that name no unit – stands at the enterprise, unplaced.
3. An emission made of several items is parted by what each contributes on its own, where that adds up to it; otherwise
   it goes where all of its items stand, or stays unplaced.
4. Carbon handed on inside the boundary moves from unit to unit and changes no total (`transfers`).
5. What stands at a unit and at none below is parted only by a stated `[[allocation]]`, from the top down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.accounting.expression import FormulaError
from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import Emissions, MonthEmission
from ledger.evaluation.metering import NOWHERE, Metering, Where
from ledger.evaluation.site_units import ENTERPRISE, Organisation

Json = object
Cell = tuple[str, int]
"""A source and the number of a month."""
Figures = dict[Cell, Fraction]


@dataclass(slots=True)
class Node:
    """What stands at one unit and at none below it: measured there, left over from its meters, not measured at all,
    and what allocations and transfers brought or took away."""

    own: Figures = field(default_factory=dict)
    remainder: Figures = field(default_factory=dict)
    shared: Figures = field(default_factory=dict)
    moved: Figures = field(default_factory=dict)

    def here(self) -> Figures:
        return added(self.own, self.remainder, self.shared, self.moved)


@dataclass(slots=True)
class Levels:
    """The nodes of the enterprise and of every unit but teams."""

    organisation: Organisation
    nodes: dict[str, Node]

    def figures(self, unit_id: str) -> Figures:
        """All of a unit: what stands there and at every unit below."""
        below = [self.figures(unit.id) for unit in self.organisation.children(unit_id)]
        return added(self.nodes[unit_id].here(), *below)

    def total(self, unit_id: str) -> Fraction:
        return whole(self.figures(unit_id))

    def move(self, giver: str, taker: str, cell: Cell, amount: Fraction) -> None:
        """Hand an amount from one unit to another: the total stays."""
        put(self.nodes[giver].moved, cell, -amount)
        put(self.nodes[taker].moved, cell, amount)


def place(
    engine: Engine, organisation: Organisation, activity: Activity, emissions: Emissions, metering: Metering
) -> Levels:
    """Part every counted emission among the units where it arose, before any transfer or allocation."""
    levels = Levels(organisation, {unit_id: Node() for unit_id in organisation.places()})
    placing = _Placing(engine, activity, metering)
    numbers = {month.label: at for at, month in enumerate(activity.months)}
    for source_id, months in emissions.sources.items():
        for month in months:
            if month.emission.source.in_total:
                at = numbers[month.label]
                for (unit_id, sort), amount in placing.parts(month, at).items():
                    put(getattr(levels.nodes[unit_id], sort), (source_id, at), amount)
    return levels


def put(figures: Figures, cell: Cell, amount: Fraction) -> None:
    if amount:
        figures[cell] = figures.get(cell, Fraction(0)) + amount


def added(*several: Mapping[Cell, Fraction]) -> Figures:
    """The sum of figures, cell by cell."""
    total: Figures = {}
    for figures in several:
        for cell, amount in figures.items():
            put(total, cell, amount)
    return total


def whole(figures: Mapping[Cell, Fraction]) -> Fraction:
    return sum(figures.values(), Fraction(0))


def sources_document(figures: Mapping[Cell, Fraction]) -> dict[str, Json]:
    """The sum of each source."""
    sums: dict[str, Fraction] = {}
    for (source, _), amount in figures.items():
        sums[source] = sums.get(source, Fraction(0)) + amount
    return {source: decimal_text(amount) for source, amount in sorted(sums.items())}


def levels_document(levels: Levels, names: Mapping[str, Mapping[str, str]], months: Sequence[str]) -> list[Json]:
    """The enterprise and its units, each after what it lies in. `total` = the units below + `shared`, which is
    `own` + `remainder` + `unplaced` + `moved`."""
    return [_level(levels, unit_id, names, months) for unit_id in levels.organisation.places()]


def _level(levels: Levels, unit_id: str, names: Mapping[str, Mapping[str, str]], months: Sequence[str]) -> Json:
    unit = next((unit for unit in levels.organisation.units if unit.id == unit_id), None)
    node, figures = levels.nodes[unit_id], levels.figures(unit_id)
    return {
        "id": unit_id,
        "kind": ENTERPRISE if unit is None else unit.kind,
        "name": dict(names[unit_id]),
        "parent": None if unit is None else unit.parent,
        "total": decimal_text(whole(figures)),
        "by_month": {
            label: decimal_text(sum((amount for cell, amount in figures.items() if cell[1] == at), Fraction(0)))
            for at, label in enumerate(months)
        },
        "by_source": sources_document(figures),
        "shared": decimal_text(whole(node.here())),
        "own": sources_document(node.own),
        "remainder": sources_document(node.remainder),
        "unplaced": sources_document(node.shared),
        "moved": sources_document(node.moved),
    }


class _Placing:
    """Where the amounts of items stand, and the emissions made of them."""

    def __init__(self, engine: Engine, activity: Activity, metering: Metering) -> None:
        self._engine, self._activity, self._metering = engine, activity, metering

    def parts(self, month: MonthEmission, at: int) -> dict[Where, Fraction]:
        """One month's emission of one source, parted exactly."""
        parts: dict[Where, Fraction] = {}
        for item, contributed in self._contributions(month, at):
            for where, share in self._shares(item, at).items():
                parts[where] = parts.get(where, Fraction(0)) + contributed * share
        return parts

    def _contributions(self, month: MonthEmission, at: int) -> Iterator[tuple[str | None, Fraction]]:
        """What each item contributes; no item where only all of them together say something."""
        items = month.emission.source.items
        alone = [self._alone(month, at, item) for item in items] if len(items) > 1 else [month.value]
        if sum(alone, Fraction(0)) == month.value:
            yield from zip(items, alone, strict=True)
            return
        entered = [item for item in items if self._activity.items[item].months[at].total]
        places = {where for item in entered for where in self._shares(item, at)}
        yield (entered[0] if len(places) == 1 else None), month.value

    def _alone(self, month: MonthEmission, at: int, item: str) -> Fraction:
        """The emission if every other item were zero; 0 where the formula has no value then."""
        source = month.emission.source
        amounts = {
            name: Quantity(entry.months[at].total if name == item else Fraction(0), entry.unit)
            for name, entry in ((name, self._activity.items[name]) for name in source.items)
        }
        try:
            year, measured = self._activity.months[at].year, self._activity.measured[at]
            return self._engine.emission(source.id, year, amounts, measured).quantity.value
        except FormulaError:
            return Fraction(0)

    def _shares(self, item: str | None, at: int) -> dict[Where, Fraction]:
        """Whose an item's amount is in a month, as shares that add up to 1."""
        if item is None:
            return {NOWHERE: Fraction(1)}
        total = self._activity.items[item].months[at].total
        if total == 0:
            return {NOWHERE: Fraction(1)}
        shares = {where: amount / total for where, amount in self._metering.places(item, at).items() if amount}
        rest = 1 - sum(shares.values(), Fraction(0))
        if rest:
            shares[NOWHERE] = shares.get(NOWHERE, Fraction(0)) + rest
        return shares
