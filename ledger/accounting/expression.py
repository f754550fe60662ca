"""Expressions: arithmetic over names, read by a small parser of its own. Nothing is ever handed to Python to evaluate.

sum := product (('+' | '-') product)* · product := sign (('*' | '/') sign)* · sign := '-'* atom ·
atom := number | name | '(' sum ')'. Numbers are plain decimals.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from terminal_signer.errors import CarbonError

MAX_LENGTH = 400
MAX_DEPTH = 32

_NUMBER = r"(?P<number>[0-9]{1,30}(?:\.[0-9]{1,30})?)"
_TOKEN = re.compile(rf"\s*(?:{_NUMBER}|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<mark>[-+*/()]))")


class FormulaError(CarbonError):
    """A formula cannot be read, its units do not fit, or it divides by zero."""

    code = "formula"


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negation:
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str
    left: "Expression"
    right: "Expression"


Expression = Number | Name | Negation | Operation


def parse(text: str) -> Expression:
    """Read an expression; else `FormulaError`."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula is longer than {MAX_LENGTH} characters", mend="split it into steps")
    parser = _Parser(text)
    expression = parser.sum(0)
    if parser.token is not None or not parser.finished:
        raise parser.error()
    return expression


def names(expression: Expression) -> frozenset[str]:
    """The names an expression reads."""
    match expression:
        case Name(name):
            return frozenset((name,))
        case Negation(operand):
            return names(operand)
        case Operation(_, left, right):
            return names(left) | names(right)
    return frozenset()


class _Parser:
    """Recursive descent, one method per line of the grammar above."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.token: re.Match[str] | None = None
        self.advance()

    @property
    def finished(self) -> bool:
        return not self.text[self.at :].strip()

    def advance(self) -> None:
        self.token = _TOKEN.match(self.text, self.at)
        if self.token:
            self.at = self.token.end()

    def error(self) -> FormulaError:
        begin = self.token.start() if self.token else self.at
        rest = self.text[begin : begin + 40].strip() or "the end"
        problem = f"cannot read {rest!r} in {self.text.strip()!r}"
        return FormulaError(problem, mend="a formula knows + - * / ( ), decimals and names")

    def takes(self, marks: str) -> str | None:
        if self.token and self.token["mark"] and self.token["mark"] in marks:
            mark: str = self.token["mark"]
            self.advance()
            return mark
        return None

    def sum(self, depth: int) -> Expression:
        left = self.product(depth)
        while mark := self.takes("+-"):
            left = Operation(mark, left, self.product(depth))
        return left

    def product(self, depth: int) -> Expression:
        left = self.sign(depth)
        while mark := self.takes("*/"):
            left = Operation(mark, left, self.sign(depth))
        return left

    def sign(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise FormulaError(f"a formula is nested deeper than {MAX_DEPTH}", mend="split it into steps")
        if self.takes("-"):
            return Negation(self.sign(depth + 1))
        return self.atom(depth)

    def atom(self, depth: int) -> Expression:
        if self.takes("("):
            inner = self.sum(depth + 1)
            if not self.takes(")"):
                raise self.error()
            return inner
        if self.token and self.token["number"]:
            number = Number(Fraction(self.token["number"]))
            self.advance()
            return number
        if self.token and self.token["name"]:
            name = Name(self.token["name"])
            self.advance()
            return name
        raise self.error()
