"""Canonical JSON (RFC 8785) for the subset this project writes, and exact numbers as text.

Only strings, whole numbers within ±2^53, booleans, null, arrays and objects: a quantity is always a string, so the
number formatting of 3.2.2.3 never comes into play. Members are sorted by UTF-16 code units (3.2.3), strings escaped as
ECMAScript does (3.2.2.2); a lone surrogate is refused.

Text of an exact number: a terminating one as a plain decimal without exponent or trailing zeros, any other as "n/d" in
lowest terms.
"""

import json
import re
from decimal import Decimal
from fractions import Fraction

from terminal_signer.errors import CarbonError

SAFE_INTEGER = 2**53
MAX_DEPTH = 64
MAX_NUMBER_TEXT = 200

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_RATIO = re.compile(r"-?(0|[1-9][0-9]*)/[1-9][0-9]*")


class CanonicalError(CarbonError):
    """A value lies outside the JSON subset, or a text is no exact number."""

    code = "canonical"


def canonical_json(value: object) -> bytes:
    """The RFC 8785 bytes of `value`."""
    ordered = _ordered(value, "$", 0)
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def decimal_text(number: Fraction | Decimal | int) -> str:
    """Exact text of a number: "-12.5", "0", or "1/3" where no finite decimal exists."""
    exact = Fraction(number)
    numerator, denominator = exact.numerator, exact.denominator
    places = _decimal_places(denominator)
    if places is None:
        return f"{numerator}/{denominator}"
    digits = str(abs(numerator) * 10**places // denominator).rjust(places + 1, "0")
    sign = "-" if numerator < 0 else ""
    if places == 0:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def exact_number(text: str, longest: int = MAX_NUMBER_TEXT) -> Fraction:
    """The number that `decimal_text`, or a person in a rule file, wrote: "0.6101", "-3", "44/12"."""
    if len(text) > longest or not (_DECIMAL.fullmatch(text) or _RATIO.fullmatch(text)):
        raise CanonicalError(
            f"{text[:60]!r} is no exact number",
            mend='write a plain decimal such as "0.6101", or a ratio such as "44/12"',
        )
    return Fraction(text)


def round_half_even(number: Fraction, places: int) -> Fraction:
    """Rounding of GB/T 8170, used once and only where a method or a report says so."""
    scale = 10**places
    return Fraction(round(number * scale), scale)


def _decimal_places(denominator: int) -> int | None:
    """How many decimals a fraction in lowest terms with this denominator needs; None if it never ends."""
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def _ordered(value: object, path: str, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise CanonicalError(f"nested deeper than {MAX_DEPTH}", where=path)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise CanonicalError(f"{value} is beyond ±2^53", where=path, mend="write it as a string")
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, list):
        return [_ordered(item, f"{path}[{position}]", depth + 1) for position, item in enumerate(value)]
    if isinstance(value, dict):
        return _members(value, path, depth)
    raise CanonicalError(
        f"{type(value).__name__} has no canonical form", where=path, mend="write quantities as strings"
    )


def _members(value: dict[object, object], path: str, depth: int) -> dict[str, object]:
    members: list[tuple[bytes, str, object]] = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise CanonicalError(f"member name {key!r} is no string", where=path)
        name = _text(key, path)
        members.append((name.encode("utf-16-be"), name, _ordered(item, f"{path}.{name}", depth + 1)))
    members.sort(key=lambda member: member[0])
    return {name: item for _, name, item in members}


def _text(value: str, path: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise CanonicalError("a string holds a lone surrogate", where=path) from None
    return value
