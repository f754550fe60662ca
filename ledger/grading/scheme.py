"""Grading schemes `scheme/1`: how a period's figures become a grade. Four kinds:

* `carbon-efficiency` (the Zhejiang carbon-efficiency code): L = (emissions of energy consumption − deductions) ÷
  denominator decides the level, K = L ÷ mean of the own industry in that period the grade.
* `quantile`: the rank of L among the whole population of the industry, where that is given.
* `lines`: what a product took (tce, kWh, tCO2) against its lines, e.g. benchmark and baseline level; above the last
  line is a band of its own.
* `product-intensity`: as `lines`, but above the last line the grade is still the last one.

A bound belongs to the better band in all of them.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.canonical import CanonicalError, exact_number
from ledger.grading.grade import Band
from ledger.rules.head import RuleHead, read_head
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "scheme/1"
EFFICIENCY = "carbon-efficiency"
QUANTILE = "quantile"
LINES = "lines"
INTENSITY = "product-intensity"
KINDS = (EFFICIENCY, QUANTILE, LINES, INTENSITY)
MAX_BANDS = 20


class SchemeError(CarbonError):
    """A scheme file is not what this program can use."""

    code = "scheme"


@dataclass(frozen=True, slots=True)
class Scheme:
    """`denominator`: the item below the line, in `denominator_unit`; `unit`: that of L and of the means. Schemes of
    lines have neither: a line has its own unit, and a product is below it. `lines`: how many a product must have."""

    head: RuleHead
    kind: str
    denominator: str
    denominator_unit: str
    unit: str
    levels: tuple[Band, ...]
    grades: tuple[Band, ...]
    examples: tuple["Example", ...]
    line_examples: tuple["LineExample", ...] = ()

    @property
    def lines(self) -> int:
        return len(self.grades) - (self.kind == LINES)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that `assess` must reproduce exactly. Of carbon efficiency: energy, deductions, denominator and
    mean give L, K and the grade."""

    id: str
    energy: Fraction
    deductions: Fraction
    denominator: Fraction
    mean: Fraction
    level: Fraction
    ratio: Fraction
    grade: int


@dataclass(frozen=True, slots=True)
class LineExample:
    """A worked example of a scheme of lines: an actual amount between bounds gives the grade."""

    id: str
    bounds: tuple[Fraction, ...]
    actual: Fraction
    grade: int


def parse_scheme(data: bytes, name: str = "scheme") -> Scheme:
    """Read a `scheme/1` file; `SchemeError` names file, line and field."""
    top = read_toml(data, name, SchemeError, FORMAT)
    head = read_head(top, data)
    kind = top.text("kind", default=EFFICIENCY)
    if kind not in KINDS:
        raise top.error("kind", f"unknown kind {kind[:40]!r}", "one of: " + ", ".join(KINDS))
    of_lines = kind in (LINES, INTENSITY)
    scheme = Scheme(
        head,
        kind,
        "" if of_lines else top.text("denominator"),
        "" if of_lines else top.text("denominator_unit"),
        "" if of_lines else top.text("unit"),
        _bands(top, "level") if kind == EFFICIENCY else (),
        _names(top) if of_lines else _bands(top, "grade", share=kind == QUANTILE),
        tuple(_example(table) for table in top.tables("example")) if kind == EFFICIENCY else (),
        tuple(_line_example(table) for table in top.tables("example")) if of_lines else (),
    )
    top.finish()
    return scheme


def _bands(top: Table, field: str, *, share: bool = False) -> tuple[Band, ...]:
    """Bands with bounds; of ranks (`share`) the bounds lie between 0 and 1."""
    bands: list[Band] = []
    tables = _tables(top, field)
    for position, table in enumerate(tables, 1):
        last = position == len(tables)
        if ("up_to" in table) == last:
            raise table.error("up_to", "every band but the last has an upper bound", "leave the last one open")
        bound = None if last else table.number("up_to")
        if bound is not None and share and not 0 < bound < 1:
            raise table.error("up_to", "a share of the population lies between 0 and 1", 'write up_to = "0.2" for 20 %')
        if bands and bound is not None and bands[-1].up_to is not None and bound <= bands[-1].up_to:
            raise table.error("up_to", "bounds must rise", "sort the bands from the best to the worst")
        bands.append(Band(bound, position, table.names("name")))
        table.finish()
    return tuple(bands)


def _names(top: Table) -> tuple[Band, ...]:
    """Bands whose bounds are the product's lines."""
    bands: list[Band] = []
    tables = _tables(top, "grade")
    for position, table in enumerate(tables, 1):
        if "up_to" in table:
            raise table.error("up_to", "the bounds of this kind stand in the benchmark set", "leave 'up_to' out")
        bands.append(Band(None, position, table.names("name")))
        table.finish()
    if len(bands) < 2:
        raise top.error("grade", "one grade is no grade", "write [[grade]] at least twice")
    return tuple(bands)


def _tables(top: Table, field: str) -> list[Table]:
    tables = top.tables(field, required=True)
    if len(tables) > MAX_BANDS:
        raise top.error(field, f"more than {MAX_BANDS} bands", "join some of them")
    return tables


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


def _line_example(table: Table) -> LineExample:
    texts = table.texts("bounds")
    try:
        bounds = tuple(exact_number(text) for text in texts)
    except CanonicalError as fault:
        raise table.error("bounds", fault.message, fault.mend) from None
    example = LineExample(table.text("id"), bounds, table.number("actual"), table.integer("grade"))
    table.finish()
    return example
