"""The tables of a site file that stand alone: declarations and sources; and how their fields are read."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.evaluation.calendar import start_of
from ledger.grading.case import TOTAL, Use
from ledger.rules.reader import Table
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass

_CLASSES = {"officer": KeyClass.OFFICER, "laboratory": KeyClass.LABORATORY}


class SiteError(CarbonError):
    """A site file is not what this program can use, or does not fit its method."""

    code = "site"


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which key may declare an item. `replaces`: the factor whose place a laboratory's value takes. `demo`: made up.
    `unit`: what its values are in. `sampler`: the key that vouches for the sample of every analysis. `original`: a
    value counts only with the hash of its original document. `certified`: what is stated are goods of upstream
    certificates, account by account."""

    item: str
    sub: str
    key_class: KeyClass
    replaces: str | None
    demo: bool
    place: str
    unit: Unit | None = None
    sampler: str | None = None
    original: bool = False
    certified: bool = False

    @property
    def takes_certified(self) -> bool:
        """Whether the item has no amount but what is claimed from upstream certificates."""
        return self.certified and self.replaces is None


@dataclass(frozen=True, slots=True)
class SiteSource:
    """An emission source of the method that lies in the boundary, or why it does not exist here."""

    id: str
    absent: dict[str, str] | None
    place: str


def read_declaration(table: Table, iss: str) -> Declaration:
    """A `[[declaration]]` table."""
    word = table.text("class")
    if word not in _CLASSES:
        raise table.error("class", f"unknown class {word[:40]!r}", "officer or laboratory")
    declaration = Declaration(
        item=table.text("item", longest=80),
        sub=table.text("sub") if word == "laboratory" else read_identifier(table, "sub", iss),
        key_class=_CLASSES[word],
        replaces=table.optional_text("replaces"),
        demo=table.flag("demo", default=False),
        place=table.place("item"),
        unit=_unit(table),
        sampler=table.text("sampler", longest=200) if "sampler" in table else None,
        original=_original(table),
        certified=table.flag("certified", default=False),
    )
    if declaration.replaces is not None and word != "laboratory":
        raise table.error("replaces", "only a laboratory's value takes a factor's place", "leave 'replaces' out")
    if declaration.sampler is not None and word != "laboratory":
        raise table.error("sampler", "only what a laboratory analyses was sampled", "leave 'sampler' out")
    if declaration.sampler == declaration.sub:
        raise table.error("sampler", "the laboratory cannot vouch for its own sample", "name the sampler's key")
    table.finish()
    return declaration


def _unit(table: Table) -> Unit | None:
    if "unit" not in table:
        return None
    try:
        return parse_unit(table.text("unit"))
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None


def _original(table: Table) -> bool:
    word = table.text("documents", default="optional")
    if word not in ("optional", "required"):
        raise table.error("documents", f"unknown word {word[:40]!r}", "'required', or leave it out")
    return word == "required"


def read_source(table: Table) -> SiteSource:
    """A `[[source]]` table."""
    absent = table.names("absent") if "absent" in table else None
    source = SiteSource(table.text("id"), absent, table.place("id"))
    table.finish()
    return source


def read_use(table: Table) -> Use:
    """A `[[benchmark]]` table: which line an output is compared with, and what of the enterprise is."""
    share = table.texts("share") if "share" in table else None
    if share is not None and len(share) != 2:
        raise table.error("share", "a share is one item of another", 'write share = ["scrap", "metal_charged"]')
    use = Use(
        line=table.text("line", longest=80),
        item=table.text("output", longest=80),
        numerator=table.text("numerator", default=TOTAL, longest=80),
        share=None if share is None else (share[0], share[1]),
        place=table.place("line"),
    )
    table.finish()
    return use


def read_identifier(table: Table, field: str, iss: str) -> str:
    """An identifier under the enterprise's own."""
    identifier = table.text(field, longest=200)
    if not identifier.startswith(f"{iss}/"):
        raise table.error(field, f"{identifier!r} does not lie under {iss!r}", f'write "{iss}/…"')
    return identifier


def read_day(table: Table, field: str, offset: int, *, after: bool = False) -> int | None:
    """A day, "2019-06-30": its first second, or with `after` the first one that follows it."""
    if field not in table:
        return None
    try:
        day = date.fromisoformat(table.text(field))
        return start_of(day + timedelta(days=1) if after else day, offset)
    except (ValueError, OverflowError):
        raise table.error(field, "expected a day", f'write {field} = "2019-06-30"') from None


def read_percent(table: Table, field: str, default: str | None = None, most: int = 100) -> Fraction:
    """A percentage, as "2": from 0 to `most`."""
    percent = table.number(field, default)
    if not 0 <= percent <= most:
        raise table.error(field, f"a percentage from 0 to {most} was expected", f'write {field} = "2" for 2 %')
    return percent
