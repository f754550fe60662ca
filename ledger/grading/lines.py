"""Grades by lines of products: benchmark and baseline levels, quota levels, intensity lines.

Several products with one numerator are weighed: each line of the enterprise is the sum of output × the product's line,
and K = actual ÷ the sum of the best lines. Numerators that differ (process by process) are graded apart; the worst
decides.
"""

from fractions import Fraction

from ledger.accounting.units import Quantity, Unit, dimension_text, parse_unit, product
from ledger.grading.benchmarks import BenchmarkSet
from ledger.grading.case import CARBON, ENERGY, EQUIVALENT, TOTAL, Case, Use
from ledger.grading.grade import (
    NO_LINE,
    NO_NUMERATOR,
    NO_OUTPUT,
    NO_RATIO,
    Grade,
    GradingError,
    LineShare,
    Measure,
    no_grade,
)
from ledger.grading.scheme import Scheme


class _NoGrade(Exception):
    """Why there is no grade: a key of `REASONS`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def assess_lines(scheme: Scheme, benchmarks: BenchmarkSet, case: Case) -> Grade:
    """The grade by the lines that the case's products are compared with, or why there is none."""
    if not case.uses:
        return no_grade(NO_LINE)
    numerators = dict.fromkeys(use.numerator for use in case.uses)
    try:
        measures = tuple(_measure(scheme, benchmarks, case, numerator) for numerator in numerators)
    except _NoGrade as none:
        return no_grade(none.reason)
    worst = max(measures, key=lambda measure: measure.grade)
    return Grade(worst.grade, None, ratio=worst.ratio, grade_band=scheme.grades[worst.grade - 1], measures=measures)


def intensity(measure: Measure) -> Fraction | None:
    """Numerator ÷ output in the line's own unit, to stand beside its values; None where several lines are weighed."""
    if len(measure.lines) != 1:
        return None
    (share,) = measure.lines
    per = parse_unit(measure.unit).scale / parse_unit(share.unit).scale / share.line.unit.scale
    return measure.numerator / share.output * per


def _measure(scheme: Scheme, benchmarks: BenchmarkSet, case: Case, of: str) -> Measure:
    uses = [use for use in case.uses if use.numerator == of]
    actual = _numerator(case, of)
    shares = tuple(_share(scheme, benchmarks, case, use) for use in uses)
    parts = [_bounds(case, use, share, actual.unit) for use, share in zip(uses, shares, strict=True)]
    bounds = tuple(sum(column, Fraction(0)) for column in zip(*parts, strict=True))
    return Measure(of, actual.value, actual.unit.text, bounds, len(scheme.grades), shares)


def _numerator(case: Case, of: str) -> Quantity:
    if of == TOTAL:
        return Quantity(case.total, case.unit)
    if of == ENERGY:
        return Quantity(case.energy, case.unit)
    if of in case.parts:
        return Quantity(case.parts[of], case.unit)
    if of not in case.items:
        raise _NoGrade(NO_NUMERATOR)
    return case.items[of]


def _share(scheme: Scheme, benchmarks: BenchmarkSet, case: Case, use: Use) -> LineShare:
    line = benchmarks.lines.get(use.line)
    if line is None or len(line.values) != scheme.lines:
        fitting = [name for name, other in benchmarks.lines.items() if len(other.values) == scheme.lines]
        raise GradingError(
            f"{benchmarks.head.id!r} has no line {use.line[:80]!r} of {scheme.lines} values",
            where=use.place,
            mend="one of: " + ", ".join(fitting),
        )
    output = case.items.get(use.item)
    if output is None or output.value <= 0:
        raise _NoGrade(NO_OUTPUT)
    share = _quotient(case, use) if line.slopes else None
    values = line.at(share) if share is not None else line.values
    return LineShare(line, use.item, output.value, output.unit.text, values, share)


def _quotient(case: Case, use: Use) -> Fraction:
    """The share that a sloped line depends on: 0 to 1, or no grade."""
    if use.share is None or not all(item in case.items for item in use.share):
        raise _NoGrade(NO_RATIO)
    part, whole = (case.items[item] for item in use.share)
    if whole.value <= 0 or not part.unit.fits(whole.unit) or not 0 <= part.to(whole.unit).value <= whole.value:
        raise _NoGrade(NO_RATIO)
    return part.to(whole.unit).value / whole.value


def _bounds(case: Case, use: Use, share: LineShare, actual: Unit) -> list[Fraction]:
    """Output × line, in the numerator's unit. tCO2 counts as tCO2e, never the other way."""
    unit = product(case.items[use.item].unit, share.line.unit)
    if not (unit.fits(actual) or (unit.fits(EQUIVALENT) and actual.fits(CARBON))):
        raise GradingError(
            f"{share.unit} of {use.item!r} × line {use.line!r} ({share.line.unit.text}) is {dimension_text(unit)}, "
            f"its numerator {use.numerator!r} is {actual.text} ({dimension_text(actual)})",
            where=use.place,
            mend="name the item or method that the line is about",
        )
    return [share.output * value * unit.scale / actual.scale for value in share.values]
