"""The grade of one case by any scheme."""

from dataclasses import dataclass

from ledger.grading.benchmarks import BenchmarkSet
from ledger.grading.case import Case
from ledger.grading.efficiency import assess_efficiency
from ledger.grading.grade import Grade
from ledger.grading.lines import assess_lines
from ledger.grading.scheme import INTENSITY, LINES, Scheme


@dataclass(frozen=True, slots=True)
class Graders:
    """A scheme and what it compares with."""

    scheme: Scheme
    benchmarks: BenchmarkSet


def assess(graders: Graders, case: Case) -> Grade:
    """The grade, or why there is none. `GradingError` where a line's unit does not fit what it is compared with."""
    by = assess_lines if graders.scheme.kind in (LINES, INTENSITY) else assess_efficiency
    return by(graders.scheme, graders.benchmarks, case)
