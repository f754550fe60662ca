"""Steps of a method: formulas over quantities, checked for units before they are used, computed in exact fractions.

A step is written `name [unit] = expression`. `check_step` derives the unit of the expression from those of its names:
t + m3 is found when the rule files are read. `run_step` computes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from ledger.accounting.expression import (
    MAX_LENGTH,
    Expression,
    FormulaError,
    Name,
    Negation,
    Number,
    Operation,
    parse,
)
from ledger.accounting.units import ONE, Quantity, Unit, UnitError, dimension_text, parse_unit, product, quotient

_T = TypeVar("_T")
_STEP = re.compile(r"\s*(?P<name>[A-Za-z][A-Za-z0-9_]*)\s*\[(?P<unit>[^\[\]]+)\]\s*=(?P<expression>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a method: the quantity it names, the unit it is stated in, and how it is computed."""

    text: str
    name: str
    unit: Unit
    expression: Expression


def parse_step(text: str) -> Step:
    """Read `name [unit] = expression`; else `FormulaError`."""
    match = _STEP.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        raise FormulaError(f"{text[:80]!r} is no step", mend="write it as 'heat [GJ] = AD * NCV'")
    try:
        unit = parse_unit(match["unit"].strip())
    except UnitError as fault:
        raise FormulaError(f"step {text!r}: {fault.message}", mend=fault.mend) from None
    return Step(text.strip(), match["name"], unit, parse(match["expression"]))


def unit_of(expression: Expression, units: Mapping[str, Unit]) -> Unit:
    """The unit an expression yields; `FormulaError` names the two sides that do not fit."""
    match expression:
        case Number():
            return ONE
        case Name(name):
            return _known(name, units)
        case Negation(operand):
            return unit_of(operand, units)
        case Operation("*", left, right):
            return product(unit_of(left, units), unit_of(right, units))
        case Operation("/", left, right):
            return quotient(unit_of(left, units), unit_of(right, units))
    first, second = unit_of(expression.left, units), unit_of(expression.right, units)
    _same(expression.operator, first, second)
    return first


def evaluate(expression: Expression, quantities: Mapping[str, Quantity]) -> Quantity:
    """The exact value of an expression; `FormulaError` at unknown names, unfitting units, division by zero."""
    match expression:
        case Number(value):
            return Quantity(value, ONE)
        case Name(name):
            return _known(name, quantities)
        case Negation(operand):
            inner = evaluate(operand, quantities)
            return Quantity(-inner.value, inner.unit)
    return _operate(expression.operator, evaluate(expression.left, quantities), evaluate(expression.right, quantities))


def run_step(step: Step, quantities: Mapping[str, Quantity]) -> Quantity:
    """The step's value in the unit it states."""
    value = evaluate(step.expression, quantities)
    try:
        return value.to(step.unit)
    except UnitError as fault:
        raise FormulaError(f"step {step.text!r}: {fault.message}") from None


def check_step(step: Step, units: Mapping[str, Unit]) -> None:
    """Refuse a step whose expression does not yield the dimension of its stated unit."""
    unit = unit_of(step.expression, units)
    if not unit.fits(step.unit):
        raise FormulaError(
            f"step {step.text!r} yields {dimension_text(unit)}, not {step.unit.text} ({dimension_text(step.unit)})",
            mend="check the units of its inputs, or a factor of the wrong basis",
        )


def _operate(operator: str, left: Quantity, right: Quantity) -> Quantity:
    if operator == "*":
        return Quantity(left.value * right.value, product(left.unit, right.unit))
    if operator == "/":
        if right.value == 0:
            raise FormulaError("a formula divides by zero", mend="check the quantity below the line")
        return Quantity(left.value / right.value, quotient(left.unit, right.unit))
    _same(operator, left.unit, right.unit)
    other = right.to(left.unit).value
    return Quantity(left.value + other if operator == "+" else left.value - other, left.unit)


def _same(operator: str, left: Unit, right: Unit) -> None:
    if not left.fits(right):
        raise FormulaError(
            f"{left.text} {operator} {right.text}: {dimension_text(left)} and {dimension_text(right)} cannot be added",
            mend="convert one of them by a factor",
        )


def _known(name: str, known: Mapping[str, _T]) -> _T:
    try:
        return known[name]
    except KeyError:
        raise FormulaError(f"the formula names {name!r}, which nothing provides", mend="bind it in 'with'") from None
