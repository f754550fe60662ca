"""Computes one source's emission for one stretch of time, in exact fractions, with a line of trace per step.

An engine joins a method with a factor set and checks, before any value is known, that every step's units fit whatever
factor the set offers: t + m3, or a heating value of the wrong basis, is refused with the line of the step.

Where a formula names a factor, a measured value goes first, then the factor set, then the method's own default.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.composition import Composition
from ledger.accounting.expression import FormulaError
from ledger.accounting.factors import PUNITIVE, Factor, FactorsError, FactorSet
from ledger.accounting.formula import check_step, run_step
from ledger.accounting.items import Item, MethodError
from ledger.accounting.method import Method
from ledger.accounting.parameters import IMPLAUSIBLE, UNIT_DIFFERS, Parameter, fault
from ledger.accounting.sources import Binding, Source
from ledger.accounting.units import Quantity, Unit, parse_unit, product

MEASURED = "measured"
FUEL_PROPERTIES = (".ncv", ".carbon", ".oxidation")
METHOD_DEFAULT = "method-default"
_CARBON, _CO2 = parse_unit("tC"), parse_unit("tCO2")


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that takes a factor's place, e.g. a laboratory's heating value; `origin` names where it came from."""

    quantity: Quantity
    origin: str


@dataclass(frozen=True, slots=True)
class Input:
    """One named quantity that a formula read. `kind`: item, factor, constant or measured; `factor` where it is one.

    `reason`: why this value of a property and no other – "measured" (it goes first), the basis of the set's figure
    (prescribed, default, punitive), or "method-default" where the set has none.
    """

    name: str
    quantity: Quantity
    kind: str
    id: str
    factor: Factor | None
    origin: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step as computed: the quantity it names, and its line."""

    name: str
    text: str
    output: Quantity


@dataclass(frozen=True, slots=True)
class Emission:
    """A source's emission in the method's unit, with everything that made it. `defaulted`: a default stood in for a
    measurable value."""

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
        for parameter in method.parameters.values():
            self._check_parameter(parameter)
        for item in method.items.values():
            self._check_carbon(item)

    def emission(
        self,
        source_id: str,
        year: int,
        items: Mapping[str, Quantity],
        measured: Mapping[str, Measured] | None = None,
    ) -> Emission:
        """The emission of a source from the amounts of its items. `measured` takes the place of factors by their id.

        Raises `FactorsError` where there is no factor for the year, `FormulaError` at a division by zero.
        """
        source = self.method.sources[source_id]
        inputs = tuple(
            self._input(name, binding, year, items, measured or {}) for name, binding in source.bindings.items()
        )
        quantities = {used.name: used.quantity for used in inputs}
        steps = []
        for step, place in zip(source.formula.steps, source.formula.places, strict=True):
            try:
                output = run_step(step, quantities)
            except FormulaError as problem:
                raise FormulaError(f"source {source_id!r}: {problem.message}", where=place, mend=problem.mend) from None
            quantities[step.name] = output
            steps.append(TraceStep(step.name, step.text, output))
        return Emission(source, self._total(steps[-1].output), inputs, tuple(steps))

    def factor(self, factor_id: str, year: int) -> Factor:
        """The factor of the set for a year, or else the method's own default; `FactorsError` if there is neither."""
        parameter = self.method.parameters.get(factor_id)
        if factor_id in self.factors.factors or parameter is None:
            return self.factors.choose(factor_id, year, self.region)
        if parameter.default is None:
            raise FactorsError(
                f"{factor_id!r} ({parameter.name['en']}) has no default: only a measured value can stand for it",
                code="no-factor",
                mend=f"let a laboratory state it for every month, in {parameter.unit.text} "
                f'([[declaration]] replaces = "{factor_id}")',
            )
        return parameter.default

    def unmeasured(self, source_id: str, measured: Mapping[str, Measured]) -> str | None:
        """The first property that a source needs, that has no default anywhere, and that nobody measured."""
        for factor_id in self.method.sources[source_id].factors:
            parameter = self.method.parameters.get(factor_id)
            alone = parameter is not None and parameter.default is None and factor_id not in self.factors.factors
            if alone and factor_id not in measured:
                return factor_id
        return None

    def lacks(self, source_id: str, year: int, measured: Collection[str] = ()) -> str | None:
        """The first factor that a source would need and that nothing provides. `measured`: ids of measured values."""
        for factor_id in self.method.sources[source_id].factors:
            try:
                if factor_id not in measured:
                    self.factor(factor_id, year)
            except FactorsError:
                return factor_id
        return None

    def prescribed(self, factor_id: str) -> bool:
        """Whether the programme fixes the factor, so that no measured value may take its place."""
        parameter = self.method.parameters.get(factor_id)
        own = (parameter.default,) if parameter is not None and parameter.default is not None else ()
        return any(not factor.stands_in for factor in (*self.factors.factors.get(factor_id, ()), *own))

    def unit_of_factor(self, factor_id: str) -> Unit | None:
        """The unit behind a factor's name; None where neither method nor factor set knows it."""
        parameter = self.method.parameters.get(factor_id)
        if parameter is not None:
            return parameter.unit
        offered = self.factors.factors.get(factor_id)
        return offered[0].quantity.unit if offered else None

    def fault(self, factor_id: str, stated: Quantity) -> str | None:
        """What is wrong with a value that takes a factor's place, as the code of a finding; None if nothing is."""
        unit = self.unit_of_factor(factor_id)
        if unit is None:
            return UNIT_DIFFERS
        found = fault(factor_id, self.method.parameters.get(factor_id), unit, stated)
        return IMPLAUSIBLE if found is None and self._far_from_default(factor_id, stated) else found

    def _far_from_default(self, factor_id: str, stated: Quantity) -> bool:
        """A fuel's property of more than three times its default, or less than a third, is most likely a slip of unit
        or decimal point."""
        if not factor_id.endswith(FUEL_PROPERTIES):
            return False
        offered = [factor.quantity for factor in self.factors.factors.get(factor_id, ()) if factor.quantity.value]
        return bool(offered) and not any(
            Fraction(1, 3) <= stated.value * stated.unit.scale / (one.value * one.unit.scale) <= 3 for one in offered
        )

    def overfull(self, measured: Mapping[str, Measured]) -> list[Composition]:
        """The compositions that some measured value makes more than whole; the rest are defaults of the method."""
        values = {
            parameter.id: parameter.default.quantity
            for parameter in self.method.parameters.values()
            if parameter.default is not None and parameter.id not in self.factors.factors
        }
        values |= {factor_id: value.quantity for factor_id, value in measured.items()}
        touched = [one for one in self.method.compositions if any(part in measured for part in one.parts)]
        return [one for one in touched if one.exceeded(values)]

    def _total(self, emission: Quantity) -> Quantity:
        """In the method's unit; a tonne of CO2 is a tonne of CO2e."""
        unit = self.method.unit
        return Quantity(emission.value * emission.unit.scale / unit.scale, unit)

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
            return Input(name, value.quantity, MEASURED, binding.id, None, value.origin, MEASURED)
        factor = self.factor(binding.id, year)
        of_set = binding.id in self.factors.factors or factor.basis == PUNITIVE
        reason = factor.basis if of_set else METHOD_DEFAULT
        return Input(name, factor.quantity, "factor", binding.id, factor, factor.source, reason)

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
            except FormulaError as problem:
                raise MethodError(f"source {source.id!r}: {problem.message}", where=place, mend=problem.mend) from None
            units[step.name] = step.unit

    def _check_parameter(self, parameter: Parameter) -> None:
        offered = self.factors.factors.get(parameter.id, ())
        if offered and parameter.default is not None:
            raise MethodError(
                f"{parameter.id!r} stands in factor set {self.factors.head.id!r}, while the method has its own",
                where=parameter.place,
                mend="use a factor set without it: nobody should have to guess which figure was meant",
            )
        if any(not factor.quantity.unit.fits(parameter.unit) for factor in offered):
            raise MethodError(
                f"{parameter.id!r} is in {offered[0].quantity.unit.text} in factor set {self.factors.head.id!r}, "
                f"in {parameter.unit.text} in the method",
                where=parameter.place,
                mend="use a factor set of the method's basis",
            )

    def _check_carbon(self, item: Item) -> None:
        units = [self.unit_of_factor(factor_id) for factor_id in item.carbon.content] if item.carbon else []
        whole = item.unit
        for unit in units:
            if unit is None:
                return
            whole = product(whole, unit)
        if units and not (whole.fits(_CARBON) or whole.fits(_CO2)):
            raise MethodError(
                f"the carbon of item {item.id!r} comes out in {whole.text}, not in tC or tCO2",
                where=self.method.head.id,
                mend="check the factors of its 'carbon'",
            )

    def _unit(self, source: Source, binding: Binding) -> Unit | None:
        """The unit behind a name; None where neither method nor factor set knows the factor."""
        if binding.kind == "item":
            return self.method.items[binding.id].unit
        if binding.kind == "constant":
            return self.method.constants[binding.id].unit
        offered = self.factors.factors.get(binding.id, ())
        for other in offered[1:]:
            if not other.quantity.unit.fits(offered[0].quantity.unit):
                raise MethodError(
                    f"factor {binding.id!r} of source {source.id!r} changes its dimension over the years",
                    where=self.factors.head.id,
                    mend="give the new basis an id of its own",
                )
        return offered[0].quantity.unit if offered else self.unit_of_factor(binding.id)
