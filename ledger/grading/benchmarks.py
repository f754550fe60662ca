"""Benchmark sets `benchmarks/1`: industry means of carbon intensity, by industry code and year.

Choosing the mean decides the grade, so the set is a rule with a hash of its own, and a mean that an operator made up is
marked DEMO. A published set is never edited: a later mean is a new edition, and closed results keep theirs.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.rules.head import RuleHead, confidence, read_head
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "benchmarks/1"


class BenchmarksError(CarbonError):
    """A benchmark-set file is not what this program can use."""

    code = "benchmarks"


@dataclass(frozen=True, slots=True)
class Mean:
    """An industry's mean intensity in the set's unit. `population`: whose mean it is."""

    industry: str
    year: int
    value: Fraction
    demo: bool
    population: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """`unit` is that of the intensity the means are stated in; a scheme names the one it needs."""

    head: RuleHead
    unit: str
    means: dict[tuple[str, int], Mean]

    def mean(self, industry: str, year: int) -> Mean | None:
        """The mean of an industry code (GB/T 4754) in a year."""
        return self.means.get((industry, year))


def parse_benchmarks(data: bytes, name: str = "benchmark set") -> BenchmarkSet:
    """Read a `benchmarks/1` file; `BenchmarksError` names file, line and field."""
    top = read_toml(data, name, BenchmarksError, FORMAT)
    head = read_head(top, data)
    unit = top.text("unit")
    means: dict[tuple[str, int], Mean] = {}
    for table in top.tables("mean", required=True):
        mean = _mean(table)
        if (mean.industry, mean.year) in means:
            raise table.error("year", f"two means of {mean.industry} in {mean.year}", "a set holds one mean per year")
        means[mean.industry, mean.year] = mean
    top.finish()
    return BenchmarkSet(head, unit, means)


def _mean(table: Table) -> Mean:
    value = table.number("value")
    if value <= 0:
        raise table.error("value", "a mean is above zero", "check sign and unit")
    mean = Mean(
        industry=table.text("industry", longest=10),
        year=table.integer("year"),
        value=value,
        demo=table.flag("demo", default=False),
        population=table.text("population"),
        source=table.text("source"),
        confidence=confidence(table),
    )
    table.finish()
    return mean
