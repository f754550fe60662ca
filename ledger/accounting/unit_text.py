"""How a unit text is read: atoms with metric prefixes, products and quotients, powers of ten, annotations.

A term reads from the left, as in UCUM: `a/b.c` is (a/b)·c; a number binds to what follows it, so that `GJ/10^4Nm3` is a
heating value. An annotation makes a dimension of its own.
"""

import re
from fractions import Fraction

from terminal_signer.errors import CarbonError

MAX_LENGTH = 64
MAX_DEPTH = 8

_PREFIXES = {"": 0, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9, "T": 12}
_PREFIXED: dict[str, tuple[Fraction, dict[str, int]]] = {
    "g": (Fraction(1, 1000), {"mass": 1}),
    "t": (Fraction(1000), {"mass": 1}),
    "m": (Fraction(1), {"length": 1}),
    "l": (Fraction(1, 1000), {"length": 3}),
    "L": (Fraction(1, 1000), {"length": 3}),
    "s": (Fraction(1), {"time": 1}),
    "J": (Fraction(1), {"energy": 1}),
    "Wh": (Fraction(3600), {"energy": 1}),
    "W": (Fraction(1), {"energy": 1, "time": -1}),
    "varh": (Fraction(3600), {"reactive energy": 1}),
    "var": (Fraction(1), {"reactive energy": 1, "time": -1}),
    "VAh": (Fraction(3600), {"apparent energy": 1}),
    "VA": (Fraction(1), {"apparent energy": 1, "time": -1}),
    "mol": (Fraction(1), {"amount": 1}),
    "K": (Fraction(1), {"temperature": 1}),
    "Pa": (Fraction(1), {"energy": 1, "length": -3}),
}
_PLAIN: dict[str, tuple[Fraction, dict[str, int]]] = {
    "1": (Fraction(1), {}),
    "%": (Fraction(1, 100), {}),
    "/100": (Fraction(1, 100), {}),
    "/1000": (Fraction(1, 1000), {}),
    "ppm": (Fraction(1, 10**6), {}),
    "count": (Fraction(1), {"count": 1}),
    "min": (Fraction(60), {"time": 1}),
    "h": (Fraction(3600), {"time": 1}),
    "d": (Fraction(86_400), {"time": 1}),
    "Cel": (Fraction(1), {"Celsius": 1}),
}
_ATOMS = dict(_PLAIN) | {
    prefix + name: (scale * Fraction(10) ** power, dimension)
    for prefix, power in _PREFIXES.items()
    for name, (scale, dimension) in _PREFIXED.items()
    if prefix + name not in _PLAIN
}
_SHORT = {"Nm3": "m3{n}", "CNY": "{CNY}"} | {
    f"{mass}{substance}": f"{mass}{{{substance}}}"
    for mass in ("t", "kg", "g")
    for substance in ("CO2", "CO2e", "C", "CH4", "N2O", "ce")
}
_TOKEN = re.compile(
    r"(?P<power>10[*^][0-9]{1,2})|(?P<mark>[()./·])|(?P<annotation>\{[^{}\s]{1,32}\})"
    r"|(?P<name>[A-Za-z%1][A-Za-z0-9]*)|(?P<space> )"
)
_EXPONENT = re.compile(r"([A-Za-z]+?)(-?[1-9])")


class UnitError(CarbonError):
    """A text is no unit, or two units do not fit."""

    code = "unit"


def read(text: str) -> tuple[Fraction, dict[str, int]]:
    """Scale to the base of the dimension, and the dimension's powers; else `UnitError`."""
    if text in ("/100", "/1000"):
        return _PLAIN[text]
    if not text or len(text) > MAX_LENGTH:
        raise UnitError(f"{text[:MAX_LENGTH]!r} is no unit", mend=f"write 1 to {MAX_LENGTH} characters such as 'GJ/t'")
    parser = _Parser(text)
    scale, dimension = parser.term(0)
    parser.expect_end()
    return scale, dimension


class _Parser:
    """Recursive descent over the tokens of one unit text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self) -> UnitError:
        return UnitError(
            f"{self.text!r} is no unit: cannot read {self.text[self.at :]!r}", mend="write it as in 'tCO2/MWh'"
        )

    def peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.at)

    def expect_end(self) -> None:
        if self.at != len(self.text):
            raise self.error()

    def term(self, depth: int) -> tuple[Fraction, dict[str, int]]:
        scale, dimension = self.component(depth)
        while (token := self.peek()) and token["mark"] in ("/", ".", "·"):
            self.at = token.end()
            factor, powers = self.component(depth)
            sign = -1 if token["mark"] == "/" else 1
            scale *= factor**sign
            for name, power in powers.items():
                dimension[name] = dimension.get(name, 0) + sign * power
        return scale, dimension

    def component(self, depth: int) -> tuple[Fraction, dict[str, int]]:
        token = self.peek()
        if token is None or depth > MAX_DEPTH:
            raise self.error()
        if token["power"]:
            return self.number(token, depth)
        if token["mark"] == "(":
            self.at = token.end()
            inner = self.term(depth + 1)
            closing = self.peek()
            if closing is None or closing["mark"] != ")":
                raise self.error()
            self.at = closing.end()
            return inner
        if token["annotation"]:
            self.at = token.end()
            return Fraction(1), {token["annotation"]: 1}
        if token["name"]:
            return self.atom(token)
        raise self.error()

    def number(self, token: re.Match[str], depth: int) -> tuple[Fraction, dict[str, int]]:
        """10^4, alone or bound to what follows it: the '10^4Nm3' of 'GJ/10^4Nm3' is one component."""
        power = Fraction(10) ** int(token["power"][3:])
        self.at = token.end()
        following = self.peek()
        if following and following["space"]:
            self.at = following.end()
            following = self.peek()
        if following and (following["name"] or following["annotation"]):
            scale, dimension = self.component(depth + 1)
            return power * scale, dimension
        return power, {}

    def atom(self, token: re.Match[str]) -> tuple[Fraction, dict[str, int]]:
        name = token["name"]
        if name in _SHORT:
            self.at = token.end()
            return read(_SHORT[name])
        scale, dimension = self.powered(name)
        self.at = token.end()
        note = self.peek()
        if note and note["annotation"]:
            self.at = note.end()
            dimension = {base + note["annotation"]: power for base, power in dimension.items()}
        return scale, dimension

    def powered(self, name: str) -> tuple[Fraction, dict[str, int]]:
        if name in _ATOMS:
            scale, dimension = _ATOMS[name]
            return scale, dict(dimension)
        split = _EXPONENT.fullmatch(name)
        if split is None or split[1] not in _ATOMS:
            raise self.error()
        exponent = int(split[2])
        scale, dimension = _ATOMS[split[1]]
        return scale**exponent, {base: power * exponent for base, power in dimension.items()}
