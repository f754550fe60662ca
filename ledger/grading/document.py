"""The `grade` member of a result: the grade with everything that it was compared with, so that it can be repeated."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ledger.canonical import decimal_text
from ledger.grading.assess import Graders
from ledger.grading.benchmarks import Mean, Population
from ledger.grading.case import Use
from ledger.grading.grade import REASONS, Band, Grade, LineShare, Measure
from ledger.grading.lines import intensity
from ledger.grading.warning import flip, flip_document

Json = object


def grade_document(
    graded: Grade,
    graders: Graders | None,
    uses: Sequence[Use] = (),
    *,
    amounts: Mapping[str, Fraction] | None = None,
) -> dict[str, Json]:
    """Grade or reason, K and L with their bands, the mean; where a scheme applied its identity and the measures: each
    numerator with its bounds. `amounts`: by how much each numerator may be off, to warn of a grade that
    could flip."""
    document: dict[str, Json] = {
        "grade": graded.grade,
        "reason": graded.reason,
        "reason_text": dict(REASONS[graded.reason]) if graded.reason is not None else None,
        "value": graded.value,
        "ratio": _exact(graded.ratio),
        "band": _band(graded.grade_band),
        "level": _exact(graded.level),
        "level_band": _band(graded.level_band),
        "mean": None if graded.mean is None else _mean(graded.mean),
    }
    if graders is not None:
        document["scheme"] = {"kind": graders.scheme.kind, **graders.scheme.head.document()}
        document["benchmarks"] = graders.benchmarks.head.document()
        document["measures"] = [_measure(measure) for measure in graded.measures]
    if graded.population is not None:
        document["population"] = _population(graded.population, graded.position)
    if amounts is not None and (warning := flip(graded, amounts)) is not None:
        document["warning"] = flip_document(warning)
    if uses:
        document["uses"] = [_use(use) for use in uses]
    return document


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _band(band: Band | None) -> Json:
    return None if band is None else dict(band.name)


def _mean(mean: Mean) -> Json:
    return {
        "industry": mean.industry,
        "year": mean.year,
        "value": decimal_text(mean.value),
        "population": mean.population,
        "source": mean.source,
        "confidence": mean.confidence,
        "demo": mean.demo,
    }


def _population(population: Population, position: int | None) -> Json:
    return {
        "industry": population.industry,
        "year": population.year,
        "count": len(population.values),
        "position": position,
        "source": population.source,
        "confidence": population.confidence,
        "demo": population.demo,
    }


def _measure(measure: Measure) -> Json:
    own = intensity(measure)
    return {
        "of": measure.of,
        "numerator": decimal_text(measure.numerator),
        "unit": measure.unit,
        "bounds": [decimal_text(bound) for bound in measure.bounds],
        "grade": measure.grade,
        "lines": [_line(share) for share in measure.lines],
    } | ({} if own is None else {"intensity": decimal_text(own)})


def _line(share: LineShare) -> Json:
    return {
        "line": share.line.id,
        "name": dict(share.line.name),
        "item": share.item,
        "output": decimal_text(share.output),
        "output_unit": share.unit,
        "values": [decimal_text(value) for value in share.values],
        "unit": share.line.unit.text,
        "share": _exact(share.share),
        "source": share.line.source,
        "confidence": share.line.confidence,
    }


def _use(use: Use) -> Json:
    return {
        "line": use.line,
        "item": use.item,
        "numerator": use.numerator,
        "share": None if use.share is None else list(use.share),
    }
