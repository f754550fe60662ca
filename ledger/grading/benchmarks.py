"""Benchmark sets `benchmarks/1`: what a grade compares with. Three kinds of entries, one kind a set.

*Means* of an industry and year; *lines* of products, from the best to the worst (kgce/t, kWh/t, tCO2/t); *populations*:
the intensities of all enterprises that a rank is taken among. Choosing them decides the grade, so the set is a rule
with a hash of its own, and figures that an operator made up are marked DEMO. A published set is never edited: a later
mean is a new edition, and closed results keep theirs.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.canonical import CanonicalError, exact_number
from ledger.rules.head import RuleHead, confidence, read_head
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "benchmarks/1"
MAX_LINES = 10  # values of one line
MAX_POPULATION = 100_000


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
class Line:
    """A product's lines from the best to the worst. With a share s (the scrap ratio) each is value − slope · s +
    offset; without slopes it is its value. Lines may lie below zero: a converter gives more energy than it takes."""

    id: str
    name: dict[str, str]
    unit: Unit
    values: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    offsets: tuple[Fraction, ...]
    source: str
    confidence: str

    def at(self, share: Fraction) -> tuple[Fraction, ...]:
        """The lines at a share; without slopes the share does not matter."""
        if not self.slopes:
            return self.values
        triples = zip(self.values, self.slopes, self.offsets, strict=True)
        return tuple(value - slope * share + offset for value, slope, offset in triples)


@dataclass(frozen=True, slots=True)
class Population:
    """The intensities of every enterprise of an industry in a year, rising, in the set's unit."""

    industry: str
    year: int
    values: tuple[Fraction, ...]
    demo: bool
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class LineExample:
    """A worked example that `assess` must reproduce with the scheme named: what was used for an output, at a share,
    gives the grade, and K where the best line lies above zero."""

    id: str
    scheme: str
    line: str
    output: str
    used: str
    share: Fraction | None
    ratio: Fraction | None
    grade: int
    origin: str


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """`unit` is that of means and populations; a scheme names the one it needs. Lines have units of their own."""

    head: RuleHead
    unit: str
    means: dict[tuple[str, int], Mean]
    lines: dict[str, Line]
    populations: dict[tuple[str, int], Population]
    examples: tuple[LineExample, ...]

    def mean(self, industry: str, year: int) -> Mean | None:
        """The mean of an industry code (GB/T 4754) in a year."""
        return self.means.get((industry, year))


def parse_benchmarks(data: bytes, name: str = "benchmark set") -> BenchmarkSet:
    """Read a `benchmarks/1` file; `BenchmarksError` names file, line and field."""
    top = read_toml(data, name, BenchmarksError, FORMAT)
    head = read_head(top, data)
    kinds = [kind for kind in ("mean", "line", "population") if kind in top]
    if len(kinds) != 1:
        raise top.error(kinds[1] if kinds else "", "a set holds means, lines or populations", "one kind a file")
    unit = top.text("unit") if kinds != ["line"] else ""
    means = _means(top)
    lines = _lines(top)
    populations = _populations(top)
    examples = tuple(_example(table, lines) for table in top.tables("example"))
    top.finish()
    return BenchmarkSet(head, unit, means, lines, populations, examples)


def _means(top: Table) -> dict[tuple[str, int], Mean]:
    means: dict[tuple[str, int], Mean] = {}
    for table in _entries(top, "mean"):
        mean = _mean(table)
        if (mean.industry, mean.year) in means:
            raise table.error("year", f"two means of {mean.industry} in {mean.year}", "a set holds one mean per year")
        means[mean.industry, mean.year] = mean
    return means


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


def _lines(top: Table) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for table in _entries(top, "line"):
        line = _line(table)
        if line.id in lines:
            raise table.error("id", f"line {line.id!r} stands twice", "give each line an id of its own")
        lines[line.id] = line
    return lines


def _line(table: Table) -> Line:
    values = _numbers(table, "values", MAX_LINES)
    sloped = "slopes" in table
    slopes = _numbers(table, "slopes", MAX_LINES) if sloped else ()
    offsets = _numbers(table, "offsets", MAX_LINES) if "offsets" in table else (Fraction(0),) * len(slopes)
    if sloped and not len(values) == len(slopes) == len(offsets):
        raise table.error("slopes", "values, slopes and offsets differ in number", "give one of each for every line")
    if offsets and not sloped:
        raise table.error("offsets", "offsets go with slopes", "add them to the values")
    line = Line(
        id=table.text("id", longest=80),
        name=table.names("name"),
        unit=_unit(table),
        values=values,
        slopes=slopes,
        offsets=offsets,
        source=table.text("source"),
        confidence=confidence(table),
    )
    for share in (Fraction(0), Fraction(1)):  # straight lines that rise at both ends do not cross between them
        if any(low >= high for low, high in pairwise(line.at(share))):
            raise table.error("values", "lines must rise", "sort them from the best to the worst")
    table.finish()
    return line


def _populations(top: Table) -> dict[tuple[str, int], Population]:
    populations: dict[tuple[str, int], Population] = {}
    for table in _entries(top, "population"):
        entry = Population(
            industry=table.text("industry", longest=10),
            year=table.integer("year"),
            values=tuple(sorted(_numbers(table, "values", MAX_POPULATION))),
            demo=table.flag("demo", default=False),
            source=table.text("source"),
            confidence=confidence(table),
        )
        table.finish()
        if (entry.industry, entry.year) in populations:
            raise table.error("year", f"two populations of {entry.industry} in {entry.year}", "a set holds one a year")
        populations[entry.industry, entry.year] = entry
    return populations


def _example(table: Table, lines: dict[str, Line]) -> LineExample:
    example = LineExample(
        id=table.text("id", longest=80),
        scheme=table.text("scheme", longest=80),
        line=table.text("line", longest=80),
        output=table.text("output"),
        used=table.text("used"),
        share=table.number("share") if "share" in table else None,
        ratio=table.number("ratio") if "ratio" in table else None,
        grade=table.integer("grade"),
        origin=table.text("origin"),
    )
    if example.line not in lines:
        raise table.error("line", f"no line {example.line[:80]!r} in this set", "name one of its lines")
    table.finish()
    return example


def _entries(top: Table, field: str) -> list[Table]:
    return top.tables(field, required=True) if field in top else []


def _numbers(table: Table, field: str, most: int) -> tuple[Fraction, ...]:
    texts = table.texts(field)
    if not 1 <= len(texts) <= most:
        raise table.error(field, f"expected 1 to {most} numbers", f'write {field} = ["100", "117"]')
    try:
        return tuple(exact_number(text) for text in texts)
    except CanonicalError as fault:
        raise table.error(field, fault.message, fault.mend) from None


def _unit(table: Table) -> Unit:
    try:
        return parse_unit(table.text("unit"))
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
