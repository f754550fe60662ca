"""Roots for the two rules of IPCC 2006, volume 1, chapter 3 (approach 1), with exact numbers.

A product's uncertainty is the root of the sum of the squared percentages (equation 3.1); a sum's is the root of the sum
of the squared amounts of uncertainty, over the sum (equation 3.2). Roots are integer square roots, rounded up at 10^-6:
an uncertainty is never understated.
"""

from fractions import Fraction
from math import ceil, isqrt

SCALE = 10**6


def root_up(square: Fraction) -> Fraction:
    """The least multiple of 10^-6 whose square is not below `square`."""
    least = ceil(square * SCALE**2)
    return Fraction(isqrt(least - 1) + 1 if least > 0 else 0, SCALE)


def share_of(square: Fraction, whole: Fraction) -> Fraction | None:
    """The root of a squared amount in percent of a whole; None where that is 0."""
    return root_up(square * 10_000 / whole**2) if whole else None
