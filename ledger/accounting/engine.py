"""Computes one source's emission for one stretch of time, in exact fractions, with a line of trace per step.

An engine joins a method with a factor set and checks, before any value is known, that every step's units fit whatever
factor the set offers: t + m3, or a heating value of the wrong basis, is refused with the line of the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.accounting.expression import FormulaError
from ledger.accounting.factors import Factor, FactorSet
from ledger.accounting.formula import check_step, run_step
from ledger.accounting.method import Method
from ledger.accounting.sources import Binding, MethodError, Source
from ledger.accounting.units import Quantity, Unit, UnitError

MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that takes a factor's place, e.g. a laboratory's heating value; `origin` names where it came from."""

    quantity: Quantity
    origin: str


@dataclass(frozen=True, slots=True)
class Input:
    """One named quantity that a formula read. `kind`: item, factor, constant or measured; `factor` where it is one."""

    name: str
    quantity: Quantity
    kind: str
    id: str
    factor: Factor | None
    origin: str


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step as computed: the quantity it names, and its line."""

    name: str
    text: str
    output: Quantity


@dataclass(frozen=True, slots=True)
class Emission:
    """A source's emission with everything that made it. `defaulted`: a default stood in for a measurable value."""

    source: Source
    quantity: Quantity
    inputs: tuple[Input, ...]
    steps: tuple[TraceStep, ...]

    @property
    def defaulted(self) -> bool:
        return any(used.factor is not None and used.factor.stands_in for used in self.inputs)


class Engine:
    """A method with a factor set, for a site in `region`. Raises `MethodError` if a step's units do not fit, naming its
    line."""

    def __init__(self, method: Method, factors: FactorSet, region: str = "") -> None:
        self.method = method
        self.factors = factors
        self.region = region
        for source in method.sources.values():
            self._check(source)

    def emission(
        self,
        source_id: str,
        year: int,
        items: Mapping[str, Quantity],
        measured: Mapping[str, Measured] | None = None,
    ) -> Emission:
        """The emission of a source from the amounts of its items. `measured` takes the place of factors by their id.

        Raises `FactorsError` where the set has no factor for the year, `FormulaError` at a division by zero.
        """
        source = self.method.sources[source_id]
        inputs = tuple(
            self._input(name, binding, year, items, measured or {}) for name, binding in source.bindings.items()
        )
        quantities = {used.name: used.quantity for used in inputs}
        steps = []
        for step in source.formula.steps:
            output = run_step(step, quantities)
            quantities[step.name] = output
            steps.append(TraceStep(step.name, step.text, output))
        return Emission(source, steps[-1].output, inputs, tuple(steps))

    def _input(
        self,
        name: str,
        binding: Binding,
        year: int,
        items: Mapping[str, Quantity],
        measured: Mapping[str, Measured],
    ) -> Input:
        if binding.kind == "item":
            amount = items[binding.id].to(self.method.items[binding.id].unit)
            return Input(name, amount, "item", binding.id, None, "")
        if binding.kind == "constant":
            return Input(name, self.method.constants[binding.id], "constant", binding.id, None, self.method.head.source)
        if binding.id in measured:
            value = measured[binding.id]
            return Input(name, value.quantity, MEASURED, binding.id, None, value.origin)
        factor = self.factors.choose(binding.id, year, self.region)
        return Input(name, factor.quantity, "factor", binding.id, factor, factor.source)

    def _check(self, source: Source) -> None:
        units: dict[str, Unit] = {}
        for name, binding in source.bindings.items():
            unit = self._unit(source, binding)
            if unit is None:
                return
            units[name] = unit
        for step, place in zip(source.formula.steps, source.formula.places, strict=True):
            try:
                check_step(step, units)
            except FormulaError as fault:
                raise MethodError(f"source {source.id!r}: {fault.message}", where=place, mend=fault.mend) from None
            units[step.name] = step.unit

    def _unit(self, source: Source, binding: Binding) -> Unit | None:
        """The unit behind a name; None where the factor set does not have the factor at all."""
        if binding.kind == "item":
            return self.method.items[binding.id].unit
        if binding.kind == "constant":
            return self.method.constants[binding.id].unit
        offered = self.factors.factors.get(binding.id)
        if offered is None:
            return None
        first = offered[0].quantity.unit
        for other in offered[1:]:
            if not other.quantity.unit.fits(first):
                raise MethodError(
                    f"factor {binding.id!r} of source {source.id!r} changes its dimension over the years",
                    where=self.factors.head.id,
                    mend="give the new basis an id of its own",
                )
        return first


def fits(measured: Quantity, factor: Factor) -> bool:
    """Whether a measured value has the dimension of the factor it replaces."""
    try:
        measured.to(factor.quantity.unit)
    except UnitError:
        return False
    return True
