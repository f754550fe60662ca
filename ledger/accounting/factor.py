"""One emission factor or fuel property: its value, what it rests on, and for whom and when it holds."""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Quantity
from terminal_signer.errors import CarbonError

PRESCRIBED = "prescribed"
DEFAULT = "default"
PUNITIVE = "punitive"
BASES = (PRESCRIBED, DEFAULT, PUNITIVE)

Years = tuple[int, int | None]
"""Reporting years from–to, inclusive; None: still open."""


class FactorsError(CarbonError):
    """A factor-set file is not what this program can use, or it has no factor for the year."""

    code = "factors"


@dataclass(frozen=True, slots=True)
class Factor:
    """`years`: the reporting years it applies to; `data_year`: the year its data are of; `published`: when it came out,
    as far as known (a year, a month or a day); `region`: "" where it holds everywhere; `uncertainty` in percent."""

    id: str
    quantity: Quantity
    basis: str
    years: Years
    data_year: int | None
    source: str
    confidence: str
    region: str = ""
    published: str | None = None
    name: dict[str, str] | None = None
    note: str | None = None
    uncertainty: Fraction | None = None

    @property
    def stands_in(self) -> bool:
        """Whether it stands in for a value that the enterprise could have measured."""
        return self.basis != PRESCRIBED

    def applies(self, year: int) -> bool:
        first, last = self.years
        return first <= year and (last is None or year <= last)


def overlap(one: Years, other: Years) -> bool:
    """Whether two spans of reporting years share one."""
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])


def years_text(years: Years) -> str:
    """Reporting years to read: "2018–2020", "2021", "2022–"."""
    first, last = years
    return f"{first}" if first == last else f"{first}–{'' if last is None else last}"
