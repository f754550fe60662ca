"""Grading schemes `scheme/1`, and the grade of one enterprise in one period.

L = (energy emissions − deductions) / denominator decides the *level*, K = L / mean of the own industry in that period
the *grade* (the Zhejiang carbon-efficiency code: L in tCO2 per 10^4 CNY of industrial value added). A bound belongs to
the better band. Without a positive denominator there is no grade, and never a guess. K in 10^-6 is rounded up: the
number shown never looks better than K is, and lies in the same band as K itself.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ledger.grading.benchmarks import BenchmarkSet, Mean
from ledger.rules.head import RuleHead, read_head
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "scheme/1"
MILLIONTHS = 10**6

NO_VALUE_ADDED = "no-value-added"
NOT_POSITIVE = "value-added-not-positive"
NO_SCHEME = "no-scheme"
NO_MEAN = "no-industry-mean"
MEAN_DIFFERS = "industry-mean-differs"
NO_DATA = "no-data"
TOO_MANY_GAPS = "too-many-gaps"

REASONS = {
    NO_VALUE_ADDED: {"zh": "未申报工业增加值", "en": "no value added declared"},
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
}


class SchemeError(CarbonError):
    """A scheme file is not what this program can use."""

    code = "scheme"


@dataclass(frozen=True, slots=True)
class Band:
    """Values up to and including `up_to` (None: all above) that were not in a better band."""

    up_to: Fraction | None
    grade: int
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """`denominator`: the item below the line, in `denominator_unit`; `unit`: that of L and of the means."""

    head: RuleHead
    denominator: str
    denominator_unit: str
    unit: str
    levels: tuple[Band, ...]
    grades: tuple[Band, ...]
    examples: tuple["Example", ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that `grade` must reproduce exactly."""

    id: str
    energy: Fraction
    deductions: Fraction
    denominator: Fraction
    mean: Fraction
    level: Fraction
    ratio: Fraction
    grade: int


@dataclass(frozen=True, slots=True)
class Grade:
    """What a period's grade is, or why there is none (`reason`, a key of `REASONS`)."""

    grade: int | None
    reason: str | None
    level: Fraction | None
    level_band: Band | None
    ratio: Fraction | None
    grade_band: Band | None
    mean: Mean | None

    @property
    def value(self) -> int:
        """`gradeValue` of a statement: K in 10^-6, rounded up, never below 0; 0 where there is no grade."""
        return max(0, ceil(self.ratio * MILLIONTHS)) if self.ratio is not None else 0


def no_grade(reason: str) -> Grade:
    """Not gradable, and why."""
    return Grade(None, reason, None, None, None, None, None)


def parse_scheme(data: bytes, name: str = "scheme") -> Scheme:
    """Read a `scheme/1` file; `SchemeError` names file, line and field."""
    top = read_toml(data, name, SchemeError, FORMAT)
    head = read_head(top, data)
    scheme = Scheme(
        head,
        top.text("denominator"),
        top.text("denominator_unit"),
        top.text("unit"),
        _bands(top, "level"),
        _bands(top, "grade"),
        tuple(_example(table) for table in top.tables("example")),
    )
    top.finish()
    return scheme


def grade(
    scheme: Scheme,
    benchmarks: BenchmarkSet,
    *,
    energy: Fraction,
    deductions: Fraction,
    denominator: Fraction | None,
    industry: str,
    year: int,
) -> Grade:
    """Grade one period. `energy`, `deductions` in tCO2, `denominator` in the scheme's unit, None if undeclared."""
    if denominator is None:
        return no_grade(NO_VALUE_ADDED)
    if denominator <= 0:
        return no_grade(NOT_POSITIVE)
    level = (energy - deductions) / denominator
    level_band = band_of(scheme.levels, level)
    mean = benchmarks.mean(industry, year)
    if mean is None or benchmarks.unit != scheme.unit:
        return Grade(None, NO_MEAN, level, level_band, None, None, None)
    ratio = level / mean.value
    band = band_of(scheme.grades, ratio)
    return Grade(band.grade, None, level, level_band, ratio, band, mean)


def band_of(bands: tuple[Band, ...], value: Fraction) -> Band:
    """The best band that still holds the value: a bound belongs to the better side."""
    return next(band for band in bands if band.up_to is None or value <= band.up_to)


def _bands(top: Table, field: str) -> tuple[Band, ...]:
    bands: list[Band] = []
    tables = top.tables(field, required=True)
    for position, table in enumerate(tables, 1):
        last = position == len(tables)
        if ("up_to" in table) == last:
            raise table.error("up_to", "every band but the last has an upper bound", "leave the last one open")
        bound = None if last else table.number("up_to")
        if bands and bound is not None and bands[-1].up_to is not None and bound <= bands[-1].up_to:
            raise table.error("up_to", "bounds must rise", "sort the bands from the best to the worst")
        bands.append(Band(bound, position, table.names("name")))
        table.finish()
    return tuple(bands)


def _example(table: Table) -> Example:
    example = Example(
        id=table.text("id"),
        energy=table.number("energy"),
        deductions=table.number("deductions"),
        denominator=table.number("denominator"),
        mean=table.number("mean"),
        level=table.number("level"),
        ratio=table.number("ratio"),
        grade=table.integer("grade"),
    )
    table.finish()
    return example
