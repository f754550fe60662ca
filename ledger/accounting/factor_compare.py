"""How two factor sets differ: for the ids of both, where they give one year and region different values."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.factor import Factor, Years, overlap
from ledger.accounting.factors import FactorSet


@dataclass(frozen=True, slots=True)
class Difference:
    """`ratio`: the second value by the first, in one unit; None where the units do not fit or the first is zero."""

    id: str
    first: Factor
    second: Factor
    years: Years
    ratio: Fraction | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`equal`: how many values of both agree; `apart`: ids of both that have no year and region in common."""

    different: tuple[Difference, ...]
    equal: int
    apart: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: FactorSet, second: FactorSet) -> Comparison:
    """Both sets, id by id in the first one's order."""
    different: list[Difference] = []
    apart: list[str] = []
    equal = 0
    for factor_id in first.factors:
        if factor_id in second.factors:
            pairs = list(_pairs(first.factors[factor_id], second.factors[factor_id]))
            unlike = [pair for pair in pairs if pair.ratio != 1]
            different += unlike
            equal += len(pairs) - len(unlike)
            if not pairs:
                apart.append(factor_id)
    return Comparison(
        tuple(different),
        equal,
        tuple(apart),
        tuple(factor_id for factor_id in first.factors if factor_id not in second.factors),
        tuple(factor_id for factor_id in second.factors if factor_id not in first.factors),
    )


def _pairs(first: tuple[Factor, ...], second: tuple[Factor, ...]) -> Iterator[Difference]:
    for one in first:
        for other in second:
            if one.region == other.region and overlap(one.years, other.years):
                yield Difference(one.id, one, other, _common(one.years, other.years), _ratio(one, other))


def _common(one: Years, other: Years) -> Years:
    ends = [end for end in (one[1], other[1]) if end is not None]
    return max(one[0], other[0]), min(ends, default=None)


def _ratio(one: Factor, other: Factor) -> Fraction | None:
    """Two zeros are equal."""
    if not one.quantity.unit.fits(other.quantity.unit):
        return None
    value = other.quantity.to(one.quantity.unit).value
    if one.quantity.value == 0:
        return Fraction(1) if value == 0 else None
    return value / one.quantity.value
