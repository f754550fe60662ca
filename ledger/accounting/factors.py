"""Factor sets: emission factors and fuel properties with programme, reporting years and source.

One set is one programme's figures; sets that disagree are kept apart, and a result names the one it used. A factor's
`basis` says how it enters the quality shares: `prescribed` (the programme fixes it, e.g. the grid factor of a reporting
year) or `default` (stands in for a value the enterprise could have measured).
"""

from dataclasses import dataclass

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.rules.head import RuleHead, confidence, read_head
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "factors/1"
PRESCRIBED = "prescribed"
DEFAULT = "default"


class FactorsError(CarbonError):
    """A factor-set file is not what this program can use, or it has no factor for the year."""

    code = "factors"


@dataclass(frozen=True, slots=True)
class Factor:
    """`years`: the reporting years it applies to, inclusive; `data_year`: the year its data are of."""

    id: str
    quantity: Quantity
    basis: str
    years: tuple[int, int | None]
    data_year: int | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FactorSet:
    """The factors of one programme, and the worked examples that the engine must reproduce with them."""

    head: RuleHead
    programme: str
    region: str
    factors: dict[str, tuple[Factor, ...]]
    examples: tuple["Example", ...]

    def choose(self, factor_id: str, year: int) -> Factor:
        """The factor for a reporting year; `FactorsError` names set, factor and year if there is none."""
        for factor in self.factors.get(factor_id, ()):
            first, last = factor.years
            if first <= year and (last is None or year <= last):
                return factor
        raise FactorsError(
            f"factor set {self.head.id!r} has no {factor_id!r} for reporting year {year}",
            code="no-factor",
            mend="use a set that covers the year, or measure the value",
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: activity amounts in, the source's emission out, within a tolerance (0: exactly). `partner`: the
    other rule it is worked with – a factor set's example names a method, a method's a factor set."""

    id: str
    partner: str
    source: str
    year: int
    items: dict[str, str]
    result: str
    unit: str
    within: str
    origin: str


def parse_factors(data: bytes, name: str = "factor set") -> FactorSet:
    """Read a `factors/1` file; `FactorsError` names file, line and field."""
    top = read_toml(data, name, FactorsError, FORMAT)
    head = read_head(top, data)
    factors: dict[str, tuple[Factor, ...]] = {}
    for table in top.tables("factor", required=True):
        factor = _factor(table)
        for other in factors.get(factor.id, ()):
            if _overlap(factor.years, other.years):
                raise table.error("id", f"two values of {factor.id!r} apply to one year", "part their years")
        factors[factor.id] = (*factors.get(factor.id, ()), factor)
    read = FactorSet(head, top.text("programme"), top.text("region", longest=20), factors, read_examples(top))
    top.finish()
    return read


def read_examples(top: Table) -> tuple[Example, ...]:
    """The `[[example]]` tables of a factor set or a method."""
    return tuple(_example(table) for table in top.tables("example"))


def _factor(table: Table) -> Factor:
    try:
        unit = parse_unit(table.text("unit"))
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
    basis = table.text("basis")
    if basis not in (PRESCRIBED, DEFAULT):
        raise table.error("basis", f"unknown basis {basis!r}", f"{PRESCRIBED!r} or {DEFAULT!r}")
    value = table.number("value")
    if value < 0 or (unit.text == "%" and value > 100):
        raise table.error("value", "a factor is never below zero, nor a share over 100 %", "check sign and unit")
    factor = Factor(
        id=table.text("id", longest=80),
        quantity=Quantity(value, unit),
        basis=basis,
        years=table.years("years"),
        data_year=table.integer("data_year") if "data_year" in table else None,
        source=table.text("source"),
        confidence=confidence(table),
    )
    table.finish()
    return factor


def _example(table: Table) -> Example:
    amounts = table.table("items")
    items = {item: amounts.text(item) for item in amounts}
    example = Example(
        id=table.text("id", longest=80),
        partner=table.text("partner"),
        source=table.text("source"),
        year=table.integer("year"),
        items=items,
        result=table.text("result"),
        unit=table.text("unit"),
        within=table.text("within"),
        origin=table.text("origin"),
    )
    table.finish()
    return example


def _overlap(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])
