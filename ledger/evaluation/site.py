"""Site files `site/1`: whose emissions are evaluated, within which boundary, from which meters and declarations.

The file is the data-quality control plan (数据质量控制计划). Boundary, ratios and the list of sources decide the
result, so the file travels as a signed frame, the verifier approves it, and its hash stands in the statement.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.evaluation.calendar import offset_seconds, start_of
from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass

FORMAT = "site/1"
MARKS = ("DEMO", "UNVERIFIED", "REPLAYED", "ILLUSTRATIVE")
AMOUNT = "amount"
REGISTER = "register"
_CLASSES = {"officer": KeyClass.OFFICER, "laboratory": KeyClass.LABORATORY}


class SiteError(CarbonError):
    """A site file is not what this program can use, or does not fit its method."""

    code = "site"


@dataclass(frozen=True, slots=True)
class Point:
    """A measuring point and what it feeds. `ratio` multiplies its values (instrument transformers). `rollover`: the
    register's modulus. `since`, `until`: in service from–to, where a meter was changed."""

    id: str
    item: str
    unit_text: str
    unit: Unit
    kind: str
    ratio: Fraction
    rollover: int | None
    since: int | None
    until: int | None
    place: str


@dataclass(frozen=True, slots=True)
class Meter:
    """A terminal and its points. `calibration_due`: the end of that day; the registry's date binds as well."""

    sub: str
    name: dict[str, str]
    calibration_due: int | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which key may declare an item. `replaces`: the factor whose place a laboratory's value takes. `demo`: made up."""

    item: str
    sub: str
    key_class: KeyClass
    replaces: str | None
    demo: bool
    place: str


@dataclass(frozen=True, slots=True)
class SiteSource:
    """An emission source of the method that lies in the boundary, or why it does not exist here."""

    id: str
    absent: dict[str, str] | None
    place: str


@dataclass(frozen=True, slots=True)
class Site:
    """A site file. `offset` in seconds; `rules`: ids of method, factors, scheme, benchmarks where it names them."""

    sha256: bytes
    iss: str
    name: dict[str, str]
    uscc: str | None
    industry: str
    region: str
    offset: int
    offset_text: str
    subject: str
    boundary: dict[str, str]
    rules: dict[str, str]
    marks: frozenset[str]
    max_delay: int | None
    meters: tuple[Meter, ...]
    declarations: tuple[Declaration, ...]
    sources: tuple[SiteSource, ...]

    def points(self) -> list[tuple[Meter, Point]]:
        """All measuring points with their meters."""
        return [(meter, point) for meter in self.meters for point in meter.points]


def parse_site(data: bytes, name: str = "site file") -> Site:
    """Read a `site/1` file; `SiteError` names file, line and field."""
    top = read_toml(data, name, SiteError, FORMAT)
    enterprise = top.table("enterprise")
    iss = enterprise.text("iss", longest=120)
    offset_text = enterprise.text("offset")
    offset = offset_seconds(offset_text)
    if offset is None:
        raise enterprise.error("offset", f"{offset_text!r} is no fixed offset", 'write "+08:00"')
    site = Site(
        sha256=hashlib.sha256(data).digest(),
        iss=iss,
        name=enterprise.names("name"),
        uscc=enterprise.optional_text("uscc"),
        industry=enterprise.text("industry", longest=10),
        region=enterprise.text("region", longest=20),
        offset=offset,
        offset_text=offset_text,
        subject=_identifier(enterprise, "subject", iss),
        boundary=top.names("boundary"),
        rules=_rules(top.table("rules")),
        marks=_marks(top),
        max_delay=top.integer("max_delay") if "max_delay" in top else None,
        meters=tuple(_meter(table, iss, offset) for table in top.tables("meter")),
        declarations=tuple(_declaration(table, iss) for table in top.tables("declaration")),
        sources=tuple(_source(table) for table in top.tables("source", required=True)),
    )
    enterprise.finish()
    top.finish()
    _no_twins(site)
    return site


def _rules(table: Table) -> dict[str, str]:
    rules = {kind: table.text(kind) for kind in ("method", "factors")}
    rules |= {kind: table.text(kind) for kind in ("scheme", "benchmarks") if kind in table}
    table.finish()
    return rules


def _marks(top: Table) -> frozenset[str]:
    marks = top.texts("marks", default=[])
    for mark in marks:
        if mark not in MARKS:
            raise top.error("marks", f"unknown mark {mark[:40]!r}", "one of: " + ", ".join(MARKS))
    return frozenset(marks)


def _meter(table: Table, iss: str, offset: int) -> Meter:
    due = _day(table, "calibration_due", offset, after=True)
    meter = Meter(
        sub=_identifier(table, "sub", iss),
        name=table.names("name"),
        calibration_due=due,
        points=tuple(_point(point, iss, offset) for point in table.tables("point", required=True)),
    )
    table.finish()
    return meter


def _point(table: Table, iss: str, offset: int) -> Point:
    kind = table.text("kind")
    if kind not in (AMOUNT, REGISTER):
        raise table.error("kind", f"unknown kind {kind[:40]!r}", f"{AMOUNT!r} or {REGISTER!r}")
    ratio = table.number("ratio", default="1")
    rollover = table.integer("rollover") if "rollover" in table else None
    if ratio <= 0:
        raise table.error("ratio", "a ratio is above zero", "state the transformers' ratio")
    if rollover is not None and rollover <= 0:
        raise table.error("rollover", "a rollover is above zero", "state where the register starts again from 0")
    text = table.text("unit")
    try:
        unit = parse_unit(text)
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
    point = Point(
        id=_identifier(table, "id", iss),
        item=table.text("item"),
        unit_text=text,
        unit=unit,
        kind=kind,
        ratio=ratio,
        rollover=rollover,
        since=_day(table, "since", offset),
        until=_day(table, "until", offset, after=True),
        place=table.place("item"),
    )
    table.finish()
    return point


def _declaration(table: Table, iss: str) -> Declaration:
    word = table.text("class")
    if word not in _CLASSES:
        raise table.error("class", f"unknown class {word[:40]!r}", "officer or laboratory")
    declaration = Declaration(
        item=table.text("item", longest=80),
        sub=table.text("sub") if word == "laboratory" else _identifier(table, "sub", iss),
        key_class=_CLASSES[word],
        replaces=table.optional_text("replaces"),
        demo=table.flag("demo", default=False),
        place=table.place("item"),
    )
    if declaration.replaces is not None and word != "laboratory":
        raise table.error("replaces", "only a laboratory's value takes a factor's place", "leave 'replaces' out")
    table.finish()
    return declaration


def _source(table: Table) -> SiteSource:
    absent = table.names("absent") if "absent" in table else None
    source = SiteSource(table.text("id"), absent, table.place("id"))
    table.finish()
    return source


def _identifier(table: Table, field: str, iss: str) -> str:
    identifier = table.text(field, longest=200)
    if not identifier.startswith(f"{iss}/"):
        raise table.error(field, f"{identifier!r} does not lie under {iss!r}", f'write "{iss}/…"')
    return identifier


def _day(table: Table, field: str, offset: int, *, after: bool = False) -> int | None:
    """A day, "2019-06-30": its first second, or with `after` the first one that follows it."""
    if field not in table:
        return None
    try:
        day = date.fromisoformat(table.text(field))
        return start_of(day + timedelta(days=1) if after else day, offset)
    except (ValueError, OverflowError):
        raise table.error(field, "expected a day", f'write {field} = "2019-06-30"') from None


def _no_twins(site: Site) -> None:
    """A point, a terminal or a source that stands twice would be counted twice."""
    seen: set[tuple[str, str]] = set()
    named = [("point", point.id, point.place) for _, point in site.points()]
    named += [("source", source.id, source.place) for source in site.sources]
    named += [("declaration", f"{entry.item} {entry.sub}", entry.place) for entry in site.declarations]
    for kind, identity, place in named:
        if (kind, identity) in seen:
            raise SiteError(f"{kind} {identity!r} stands twice", where=place, mend="name each once")
        seen.add((kind, identity))
