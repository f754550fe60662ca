"""Exact numbers as a person reads them. The only place that rounds: half to even, as GB/T 8170 does.

The numbers of one column have the same decimals, by the largest of them. A number that is not zero never reads as
zero: it is "< 0.01". Very large and very small ones are powers of ten.
"""

from collections.abc import Iterable
from fractions import Fraction

from ledger.canonical import round_half_even

MINUS = "\u2212"
THIN = "\u00a0"
NOTHING = "–"
MOST_PLACES = 8
LARGE = 10**15
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def places_for(values: Iterable[Fraction | None]) -> int:
    """The decimals of a column: none from a million on, one from a thousand, two from one, else four digits."""
    largest = max((abs(value) for value in values if value is not None), default=Fraction(0))
    for bound, places in ((10**6, 0), (1000, 1), (1, 2)):
        if largest >= bound or largest == 0:
            return places if largest else 2
    return min(MOST_PLACES, 4 - _magnitude(largest) - 1)


def fixed(value: Fraction | None, places: int) -> str:
    """With grouped thousands and exactly these decimals."""
    if value is None:
        return NOTHING
    if abs(value) >= LARGE:
        return power(value)
    rounded = round_half_even(value, places)
    if rounded == 0 and value != 0:
        least = _grouped(Fraction(1, 10**places), places)
        return f"<{THIN}{least}" if value > 0 else f">{THIN}{MINUS}{least}"
    return _grouped(rounded, places)


def column(values: Iterable[Fraction | None]) -> list[str]:
    """A whole column, all with the same decimals."""
    listed = list(values)
    places = places_for(listed)
    return [fixed(value, places) for value in listed]


def alone(value: Fraction | None) -> str:
    """A number that stands by itself."""
    if value is not None and value != 0 and abs(value) < Fraction(1, 10**6):
        return power(value)
    return fixed(value, places_for([value]))


def faithful(value: Fraction) -> str:
    """A factor or an input: as stated where it is short, else six significant digits."""
    if value == 0:
        return "0"
    if abs(value) >= LARGE or abs(value) < Fraction(1, 10**9):
        return power(value)
    most = max(0, min(12, 5 - _magnitude(value)))
    exact = next((places for places in range(most + 1) if (value * 10**places).denominator == 1), None)
    return _grouped(value if exact is not None else round_half_even(value, most), most if exact is None else exact)


def percent(part: Fraction, whole: Fraction, places: int = 1) -> str:
    """A share; no share of nothing."""
    if whole == 0:
        return NOTHING
    return f"{fixed(part * 100 / whole, places)}{THIN}%"


def basis_points(value: int) -> str:
    return f"{_grouped(Fraction(value, 100), 2)}{THIN}%"


def power(value: Fraction) -> str:
    """Four digits and a power of ten."""
    exponent = _magnitude(value)
    digits = round_half_even(value / Fraction(10) ** exponent, 3)
    if abs(digits) >= 10:
        digits, exponent = digits / 10, exponent + 1
    return f"{_grouped(digits, 3)}{THIN}×{THIN}10{str(exponent).translate(_RAISED)}"


def _magnitude(value: Fraction) -> int:
    """The exponent of ten of the first digit."""
    size = abs(value)
    guess = len(str(size.numerator)) - len(str(size.denominator))
    return guess if size >= Fraction(10) ** guess else guess - 1


def _grouped(value: Fraction, places: int) -> str:
    """`value` has no more decimals than these."""
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    whole, rest = (digits[:-places], "." + digits[-places:]) if places else (digits, "")
    return f"{MINUS if value < 0 else ''}{int(whole):,}{rest}"
