"""Whether a grade could flip: the numerator, off by its uncertainty, on either side of a bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.canonical import decimal_text
from ledger.grading.grade import Grade, Measure

TEXT = {
    "zh": "在不确定度范围内，等级可能介于 {lower} 与 {higher} 之间",
    "en": "within the uncertainty of the graded figure the grade could be anything from {lower} to {higher}",
}


@dataclass(frozen=True, slots=True)
class Flip:
    """The grade if the numerator were lower or higher by `percent`, its uncertainty. `to_better`, `to_worse`: how far,
    in percent of the numerator, the bounds of the present grade are; None where there is none."""

    lower: int
    higher: int
    percent: Fraction
    to_better: Fraction | None
    to_worse: Fraction | None


def flip(graded: Grade, amounts: Mapping[str, Fraction]) -> Flip | None:
    """None where the grade stands whatever the uncertainty. `amounts`: by how much each numerator may be off."""
    measure = graded.deciding
    if measure is None:
        return None
    lower = max(entry.grade_of(entry.numerator - amounts.get(entry.of, Fraction(0))) for entry in graded.measures)
    higher = max(entry.grade_of(entry.numerator + amounts.get(entry.of, Fraction(0))) for entry in graded.measures)
    if lower == higher:
        return None
    return Flip(
        lower,
        higher,
        _percent(amounts.get(measure.of, Fraction(0)), measure) or Fraction(0),
        None if measure.better is None else _percent(measure.numerator - measure.better, measure),
        None if measure.worse is None else _percent(measure.worse - measure.numerator, measure),
    )


def flip_document(found: Flip) -> dict[str, object]:
    """The `warning` of a result's grade."""
    return {
        "text": {language: text.format(lower=found.lower, higher=found.higher) for language, text in TEXT.items()},
        "lower": found.lower,
        "higher": found.higher,
        "percent": decimal_text(found.percent),
        "to_better": None if found.to_better is None else decimal_text(found.to_better),
        "to_worse": None if found.to_worse is None else decimal_text(found.to_worse),
    }


def _percent(amount: Fraction, measure: Measure) -> Fraction | None:
    return amount * 100 / abs(measure.numerator) if measure.numerator else None
