"""Reading the tables of a factor set; `FactorsError` names file, line, field and how to mend it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ledger.accounting.factor import BASES, Factor, overlap, years_text
from ledger.accounting.plausible import implausible
from ledger.accounting.units import ONE, Quantity, UnitError, parse_unit
from ledger.rules.head import LOW, confidence
from ledger.rules.reader import Table
from terminal_signer.errors import CarbonError

MOST_AREAS = 200
MOST_SPANS = 200
"""Of years, for one id and region."""

Areas = dict[str, frozenset[str]]

_ID = re.compile(r"[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Placed:
    """A factor and where it stands in the file; `table` and `field` make an error about it."""

    factor: Factor
    table: Table
    field: str


def read_areas(top: Table) -> Areas:
    """`[areas]`: which regions belong to an area, e.g. the provinces of a regional grid."""
    if "areas" not in top:
        return {}
    table = top.table("areas")
    if len(list(table)) > MOST_AREAS:
        raise top.error("areas", f"more than {MOST_AREAS} areas", "split the set")
    return {_region(table, area, area): _members(table, area) for area in table}


def read_factors(table: Table, regional: frozenset[str]) -> Iterator[Placed]:
    """One factor with a `value`, or one for each region of `by_region`."""
    shared = _shared(table)
    varies = "by_region" if "by_region" in table else "region" if shared.region else None
    if varies is not None and shared.id not in regional:
        raise table.error(varies, f"{shared.id!r} does not vary by region in this programme", "list it in 'regional'")
    if varies == "by_region":
        if shared.region:
            raise table.error("region", "by_region names the regions", "drop region")
        values = table.table("by_region")
        if not list(values):
            raise table.error("by_region", "no region has a value", 'write CN-ZJ = "0.5422"')
        for region in values:
            factor = replace(shared, region=_region(values, region, region))
            yield Placed(_valued(factor, table, values, region), values, region)
    else:
        yield Placed(_valued(shared, table, table, "value"), table, "id")
    table.finish()


class OneEach:
    """Refuses a second value of one id for one year and region, or for one year and two areas that share a region. A
    region's own value and its area's may stand side by side: the nearer one counts."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas
        self._beside = {
            area: [other for other, theirs in areas.items() if not members.isdisjoint(theirs)]
            for area, members in areas.items()
        }
        self._known: dict[tuple[str, str], list[Placed]] = {}

    def add(self, placed: Placed) -> None:
        factor = placed.factor
        for region in self._beside.get(factor.region, [factor.region]):
            for other in self._known.get((factor.id, region), ()):
                if overlap(factor.years, other.factor.years):
                    raise self._twice(placed, other)
        same = self._known.setdefault((factor.id, factor.region), [])
        if len(same) == MOST_SPANS:
            raise placed.table.error(placed.field, f"{MOST_SPANS} values of {factor.id!r} before it", "split the set")
        same.append(placed)

    def _twice(self, placed: Placed, other: Placed) -> CarbonError:
        mine, theirs = (
            {factor.region} | self._areas.get(factor.region, frozenset()) for factor in (placed.factor, other.factor)
        )
        where = ", ".join(sorted(filter(None, mine & theirs)))
        return placed.table.error(
            placed.field,
            f"two values of {placed.factor.id!r} apply to one year{' and region: ' + where if where else ''}; "
            f"the other, for {years_text(other.factor.years)}, stands at {other.table.place(other.field)}",
            "part their years or regions",
        )


def _shared(table: Table) -> Factor:
    """What all values of a table have in common; region and quantity may still change."""
    shared = Factor(
        id=_matching(table, "id", _ID, "letters, digits, '_', parted by '.'"),
        quantity=Quantity(Fraction(0), ONE),
        basis=table.text("basis"),
        years=table.years("years"),
        data_year=table.integer("data_year") if "data_year" in table else None,
        source=table.text("source"),
        confidence=confidence(table),
        region=_region(table, "region", table.text("region")) if "region" in table else "",
        published=_matching(table, "published", _DATE, "'2024-04-12', or a month or year")
        if "published" in table
        else None,
        name=table.names("name") if "name" in table else None,
        note=table.optional_text("note"),
        uncertainty=table.number("uncertainty") if "uncertainty" in table else None,
    )
    if shared.uncertainty is not None and not 0 <= shared.uncertainty <= 100:
        raise table.error("uncertainty", "a percentage from 0 to 100 was expected", 'write uncertainty = "5" for 5 %')
    if shared.basis not in BASES:
        raise table.error("basis", f"unknown basis {shared.basis!r}", "one of: " + ", ".join(BASES))
    if shared.stands_in and shared.confidence == LOW:
        raise table.error(
            "confidence", "a figure of low confidence is no default", "leave it out, so that it is measured"
        )
    return shared


def _valued(shared: Factor, table: Table, values: Table, field: str) -> Factor:
    try:
        unit = parse_unit(table.text("unit"))
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
    factor = replace(shared, quantity=Quantity(values.number(field), unit))
    if fault_text := implausible(factor.id, factor.quantity):
        raise values.error(field, fault_text, "check number, sign and unit")
    return factor


def _members(table: Table, area: str) -> frozenset[str]:
    members = table.texts(area)
    for member in members:
        _region(table, area, member)
    return frozenset(members)


def _region(table: Table, field: str, text: str) -> str:
    if len(text) > 20 or not _REGION.fullmatch(text):
        raise table.error(field, f"{text[:40]!r} is no region", 'a country, "CN", and what lies in it, "CN-ZJ"')
    return text


def _matching(table: Table, field: str, pattern: re.Pattern[str], form: str) -> str:
    text = table.text(field, longest=80)
    if not pattern.fullmatch(text):
        raise table.error(field, f"{text!r} is not of the expected form", form)
    return text
