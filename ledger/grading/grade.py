"""What a grade is: a numerator against rising bounds, the bands between them, and why there may be none.

Every scheme comes down to *measures*: an exact numerator and the bounds that it must not pass, in one unit. A bound
belongs to the better grade. From a measure follow the grade, the distance to the next one, and whether an uncertain
numerator could stand elsewhere. K in 10^-6 is rounded up: the number shown never looks better than K is.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from ledger.grading.benchmarks import Line, Mean, Population
from terminal_signer.errors import CarbonError

MILLIONTHS = 10**6
SAFE_INTEGER = 2**53

NO_VALUE_ADDED = "no-value-added"
NOT_POSITIVE = "value-added-not-positive"
DEDUCTS_TOO_MUCH = "deductions-exceed-energy"
NO_SCHEME = "no-scheme"
NO_MEAN = "no-industry-mean"
MEAN_DIFFERS = "industry-mean-differs"
NO_DATA = "no-data"
TOO_MANY_GAPS = "too-many-gaps"
SEVERAL_YEARS = "several-years"
NO_POPULATION = "no-population"
NO_LINE = "no-benchmark-line"
NO_OUTPUT = "no-output"
NO_NUMERATOR = "no-numerator"
NO_RATIO = "no-scrap-ratio"

REASONS = {
    NO_VALUE_ADDED: {"zh": "未申报工业增加值", "en": "no value added declared"},
    DEDUCTS_TOO_MUCH: {
        "zh": "零碳电力与碳汇的扣减超过能源排放",
        "en": "zero-carbon electricity and sinks deduct more than the emissions of energy",
    },
    NOT_POSITIVE: {"zh": "工业增加值不大于零", "en": "the value added is not above zero"},
    NO_SCHEME: {"zh": "本结果不适用评级方案", "en": "no grading scheme applies to this result"},
    NO_MEAN: {"zh": "基准集中无该行业该年度均值", "en": "the benchmark set has no mean for this industry and year"},
    NO_DATA: {
        "zh": "边界内有排放源全期无数据",
        "en": "a source within the boundary has no data for the whole period",
    },
    TOO_MANY_GAPS: {"zh": "缺失数据超过方法限值", "en": "more data are missing than the method allows"},
    MEAN_DIFFERS: {
        "zh": "申报的行业均值与基准集不一致",
        "en": "the declared industry mean differs from the benchmark set",
    },
    SEVERAL_YEARS: {
        "zh": "核算期跨年度，没有同期行业均值",
        "en": "the period spans years: no industry mean is of the same period",
    },
    NO_POPULATION: {
        "zh": "未给出该行业该年度的全体企业数据",
        "en": "the population of this industry and year is not given",
    },
    NO_LINE: {
        "zh": "场所文件未指明适用的基准线",
        "en": "the site file names no benchmark line",
    },
    NO_OUTPUT: {"zh": "适用基准线的产品没有产量", "en": "a product with a benchmark line has no output"},
    NO_NUMERATOR: {"zh": "没有方案所比较的消耗或排放数据", "en": "nothing was stated of what the scheme compares"},
    NO_RATIO: {"zh": "废钢比未知或不在 0 与 1 之间", "en": "the scrap ratio is unknown or not between 0 and 1"},
}


class GradingError(CarbonError):
    """Figures cannot be compared with a scheme's bounds: another dimension, or another period."""

    code = "grading"


@dataclass(frozen=True, slots=True)
class Band:
    """Values up to and including `up_to` (None: all above) that were not in a better band."""

    up_to: Fraction | None
    grade: int
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class Measure:
    """`numerator`, in `unit`, against `bounds` that rise: grade k where it is at most the k-th, and not a better one's;
    above all of them the grade is `worst`. `of`: what the numerator is: "energy-less-deductions", "total",
    "energy" or an item. `lines`: what
    made the bounds, where it was lines of products."""

    of: str
    numerator: Fraction
    unit: str
    bounds: tuple[Fraction, ...]
    worst: int
    lines: tuple["LineShare", ...] = ()

    @property
    def grade(self) -> int:
        return self.grade_of(self.numerator)

    def grade_of(self, numerator: Fraction) -> int:
        """The grade of another numerator under the same bounds."""
        return next((at for at, bound in enumerate(self.bounds, 1) if numerator <= bound), self.worst)

    @property
    def ratio(self) -> Fraction | None:
        """K of lines: actual ÷ weighted benchmark, the best bound; None where that is not above zero."""
        return self.numerator / self.bounds[0] if self.bounds[0] > 0 else None

    @property
    def better(self) -> Fraction | None:
        """The bound of the next better grade; None in the best."""
        return self.bounds[self.grade - 2] if self.grade > 1 else None

    @property
    def worse(self) -> Fraction | None:
        """The bound that the numerator must not pass to keep its grade; None in the worst."""
        return self.bounds[self.grade - 1] if self.grade < self.worst else None


@dataclass(frozen=True, slots=True)
class LineShare:
    """One product's part in the bounds: its line, its output, the line's values (of the scrap ratio, where it depends
    on one)."""

    line: Line
    item: str
    output: Fraction
    unit: str
    values: tuple[Fraction, ...]
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Grade:
    """What a period's grade is, or why there is none (`reason`, a key of `REASONS`). With several measures the worst
    decides."""

    grade: int | None
    reason: str | None
    level: Fraction | None = None
    level_band: Band | None = None
    ratio: Fraction | None = None
    grade_band: Band | None = None
    mean: Mean | None = None
    population: Population | None = None
    position: int | None = None
    measures: tuple[Measure, ...] = field(default=())

    @property
    def value(self) -> int:
        """`gradeValue` of a statement: K in 10^-6, rounded up, never below 0 nor beyond what JSON numbers hold; 0 where
        there is no grade."""
        return min(SAFE_INTEGER, max(0, ceil(self.ratio * MILLIONTHS))) if self.ratio is not None else 0

    @property
    def demo(self) -> bool:
        """Whether it was compared with made-up figures."""
        return any(entry.demo for entry in (self.mean, self.population) if entry is not None)

    @property
    def deciding(self) -> Measure | None:
        """The measure that the grade comes from."""
        return max(self.measures, key=lambda measure: measure.grade, default=None)


def no_grade(reason: str) -> Grade:
    """Not gradable, and why."""
    return Grade(None, reason)


def band_of(bands: tuple[Band, ...], value: Fraction) -> Band:
    """The best band that still holds the value: a bound belongs to the better side."""
    return next(band for band in bands if band.up_to is None or value <= band.up_to)
