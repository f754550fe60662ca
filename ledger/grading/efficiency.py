"""Grades by carbon efficiency: L against the mean of the own industry, or its rank among the whole industry."""

from fractions import Fraction

from ledger.accounting.units import UnitError, parse_unit
from ledger.grading.benchmarks import BenchmarkSet
from ledger.grading.case import CARBON, NET_ENERGY, Case, energy_emissions
from ledger.grading.grade import (
    DEDUCTS_TOO_MUCH,
    NO_MEAN,
    NO_NUMERATOR,
    NO_POPULATION,
    NO_VALUE_ADDED,
    NOT_POSITIVE,
    SEVERAL_YEARS,
    Grade,
    Measure,
    band_of,
    no_grade,
)
from ledger.grading.scheme import EFFICIENCY, Scheme


def assess_efficiency(scheme: Scheme, benchmarks: BenchmarkSet, case: Case) -> Grade:
    """The grade of L = (emissions of energy consumption − deductions) ÷ denominator, or why there is none."""
    denominator = _denominator(scheme, case)
    if denominator is None:
        return no_grade(NO_VALUE_ADDED)
    if denominator <= 0:
        return no_grade(NOT_POSITIVE)
    numerator = energy_emissions(case)
    if numerator is None:
        return no_grade(NO_NUMERATOR)
    if numerator < 0 < case.deductions:
        return no_grade(DEDUCTS_TOO_MUCH)
    by = _by_mean if scheme.kind == EFFICIENCY else _by_rank
    return by(scheme, benchmarks, case, numerator, denominator)


def _denominator(scheme: Scheme, case: Case) -> Fraction | None:
    quantity = case.items.get(scheme.denominator)
    try:
        return None if quantity is None else quantity.to(parse_unit(scheme.denominator_unit)).value
    except UnitError:
        return None


def _by_mean(scheme: Scheme, benchmarks: BenchmarkSet, case: Case, numerator: Fraction, denominator: Fraction) -> Grade:
    level = numerator / denominator
    level_band = band_of(scheme.levels, level)
    if case.year is None:
        return Grade(None, SEVERAL_YEARS, level, level_band)
    mean = benchmarks.mean(case.industry, case.year)
    if mean is None or benchmarks.unit != scheme.unit:
        return Grade(None, NO_MEAN, level, level_band)
    bounds = tuple(band.up_to * mean.value * denominator for band in scheme.grades if band.up_to is not None)
    measure = Measure(NET_ENERGY, numerator, CARBON.text, bounds, len(scheme.grades))
    band = scheme.grades[measure.grade - 1]
    return Grade(band.grade, None, level, level_band, level / mean.value, band, mean, measures=(measure,))


def _by_rank(scheme: Scheme, benchmarks: BenchmarkSet, case: Case, numerator: Fraction, denominator: Fraction) -> Grade:
    """Position 1 + how many are strictly better, ÷ how many there are: who ties takes the better place."""
    level = numerator / denominator
    if case.year is None:
        return Grade(None, SEVERAL_YEARS, level)
    population = benchmarks.populations.get((case.industry, case.year))
    if population is None or benchmarks.unit != scheme.unit:
        return Grade(None, NO_POPULATION, level)
    count = len(population.values)
    places = [int(band.up_to * count) for band in scheme.grades if band.up_to is not None]
    if places and places[0] == 0:
        return Grade(None, NO_POPULATION, level)  # too few for anybody to be in the best band
    bounds = tuple(population.values[place - 1] * denominator for place in places)
    measure = Measure(NET_ENERGY, numerator, CARBON.text, bounds, len(scheme.grades))
    position = 1 + sum(value < level for value in population.values)
    band = scheme.grades[measure.grade - 1]
    return Grade(
        band.grade, None, level, None, Fraction(position, count), band,
        population=population, position=position, measures=(measure,),
    )  # fmt: skip
