"""Factor sets: emission factors and fuel properties with programme, reporting years, region and source.

One set is one programme's figures; sets that disagree are kept apart, and a result names the one it used. A factor's
`basis` says how it enters the quality shares: `prescribed` (the programme fixes it, e.g. the grid factor of a reporting
year), `default` (stands in for a value the enterprise could have measured) or `punitive` (a default that lies above
reality on purpose, so that measuring pays; a result names it).

A region's value goes before the general one only for ids that the set lists as `regional`: an enterprise cannot take
the lower of two grids where its programme prescribes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.accounting.factor import (
    BASES,
    DEFAULT,
    PRESCRIBED,
    PUNITIVE,
    Factor,
    FactorsError,
    Years,
    years_text,
)
from ledger.accounting.factor_tables import Areas, OneEach, read_areas, read_factors
from ledger.rules.head import RuleHead, read_head
from ledger.rules.reader import Table, read_toml

__all__ = [
    "BASES",
    "DEFAULT",
    "PRESCRIBED",
    "PUNITIVE",
    "Example",
    "Factor",
    "FactorSet",
    "FactorsError",
    "Years",
    "parse_factors",
    "read_examples",
    "years_text",
]

FORMAT = "factors/1"


@dataclass(frozen=True, slots=True)
class FactorSet:
    """The factors of one programme, and the worked examples that the engine must reproduce with them. `regional`: the
    ids that vary by region; `areas`: the regions of each area, e.g. the provinces of a regional grid."""

    head: RuleHead
    programme: str
    region: str
    factors: dict[str, tuple[Factor, ...]]
    examples: tuple["Example", ...]
    regional: frozenset[str] = frozenset()
    areas: Areas = field(default_factory=dict)

    def choose(self, factor_id: str, year: int, region: str = "") -> Factor:
        """The factor of a reporting year: the region's own, else that of an area it is in, else the general one.

        `FactorsError` names set, factor, year and region if there is none, and what there is.
        """
        offered = {factor.region: factor for factor in self.factors.get(factor_id, ()) if factor.applies(year)}
        for place in self._places(region):
            if place in offered:
                return offered[place]
        where = f" in {region or 'no region'}" if factor_id in self.regional else ""
        raise FactorsError(
            f"factor set {self.head.id!r} has no {factor_id!r} for reporting year {year}{where}",
            code="no-factor",
            mend=f"{self._has(factor_id)}; use a set that covers it, or measure the value",
        )

    def _places(self, region: str) -> Iterator[str]:
        """Where to look, nearest first: CN-ZJ-HZ, CN-ZJ, CN, the areas that they are in, everywhere."""
        parts = region.split("-")
        own = ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]
        yield from own
        yield from (area for area, members in self.areas.items() if not members.isdisjoint(own))
        yield ""

    def _has(self, factor_id: str) -> str:
        spans: dict[str, list[str]] = {}
        for factor in self.factors.get(factor_id, ()):
            spans.setdefault(years_text(factor.years), []).append(factor.region)
        if not spans:
            return "the set does not have it for any year"
        there = (f"{span} ({', '.join(regions)})" if any(regions) else span for span, regions in spans.items())
        return "it has it for " + "; ".join(there)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: activity amounts in, the source's emission out, within a tolerance (0: exactly). `partner`: the
    other rule it is worked with – a factor set's example names a method, a method's a factor set. `measured`: values
    that take the place of factors, by their id."""

    id: str
    partner: str
    source: str
    year: int
    items: dict[str, str]
    measured: dict[str, str]
    result: str
    unit: str
    within: str
    origin: str


def parse_factors(data: bytes, name: str = "factor set") -> FactorSet:
    """Read a `factors/1` file; `FactorsError` names file, line and field."""
    top = read_toml(data, name, FactorsError, FORMAT)
    head = read_head(top, data)
    regional, areas = frozenset(top.texts("regional", [])), read_areas(top)
    one_each = OneEach(areas)
    found: dict[str, list[Factor]] = {}
    for table in top.tables("factor", required=True):
        for placed in read_factors(table, regional):
            one_each.add(placed)
            found.setdefault(placed.factor.id, []).append(placed.factor)
    factors = {factor_id: tuple(values) for factor_id, values in found.items()}
    programme, region = top.text("programme"), top.text("region", longest=20)
    read = FactorSet(head, programme, region, factors, read_examples(top), regional, areas)
    top.finish()
    return read


def read_examples(top: Table) -> tuple[Example, ...]:
    """The `[[example]]` tables of a factor set or a method."""
    return tuple(_example(table) for table in top.tables("example"))


def _example(table: Table) -> Example:
    amounts = table.table("items")
    items = {item: amounts.text(item) for item in amounts}
    values = table.table("measured") if "measured" in table else None
    measured = {} if values is None else {factor: values.text(factor) for factor in values}
    example = Example(
        id=table.text("id", longest=80),
        partner=table.text("partner"),
        source=table.text("source"),
        year=table.integer("year"),
        items=items,
        measured=measured,
        result=table.text("result"),
        unit=table.text("unit"),
        within=table.text("within"),
        origin=table.text("origin"),
    )
    table.finish()
    return example
