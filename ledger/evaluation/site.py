"""Site files `site/1`: whose emissions are evaluated, within which boundary, from which meters and declarations.

The file is the data-quality control plan (数据质量控制计划). Boundary, ratios and the list of sources decide the
result, so the file travels as a signed frame, the verifier approves it, and its hash stands in the statement.
"""

import hashlib
from dataclasses import dataclass, field

from ledger.evaluation.calendar import offset_seconds
from ledger.evaluation.point_tree import PointTree, check_points
from ledger.evaluation.site_checks import CrossCheck, check_cross_checks, read_cross_check
from ledger.evaluation.site_meters import AMOUNT, REGISTER, Meter, Point, SelfSigning, read_meter
from ledger.evaluation.site_tables import (
    Declaration,
    SiteError,
    SiteSource,
    read_declaration,
    read_identifier,
    read_source,
    read_use,
)
from ledger.evaluation.site_units import Organisation, read_organisation
from ledger.evaluation.unit_checks import check_organisation
from ledger.grading.case import Use
from ledger.rules.reader import Table, read_toml

__all__ = [
    "ACTIVITY_FILE",
    "AMOUNT",
    "MARKS",
    "REGISTER",
    "WHAT_IF",
    "Declaration",
    "Meter",
    "Point",
    "SelfSigning",
    "Site",
    "SiteError",
    "SiteSource",
    "parse_site",
]

FORMAT = "site/1"
MARKS = ("DEMO", "UNVERIFIED", "REPLAYED", "ILLUSTRATIVE")
ACTIVITY_FILE, WHAT_IF = "ACTIVITY-FILE", "WHAT-IF"
"""Marks that no site file gives: a result from typed figures, or by other rules than the site file's."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site file. `offset` in seconds; `rules`: ids of method, factors; of scheme, benchmarks, template if named."""

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
    uses: tuple[Use, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)
    cross_checks: tuple[CrossCheck, ...] = ()

    def points(self) -> list[tuple[Meter, Point]]:
        """All measuring points with their meters."""
        return [(meter, point) for meter in self.meters for point in meter.points]

    def tree(self) -> PointTree:
        """Which points feed their item, and which only part or check what another measures."""
        points = [point for _, point in self.points()]
        known = {point.id for point in points}
        return PointTree(points, [check.by for check in self.cross_checks if check.by in known])

    def fed(self) -> dict[str, str]:
        """Every item that a point or a declaration feeds, with a place where the file says so."""
        tree, second = self.tree(), {name for check in self.cross_checks for name in check.names}
        fed = {point.item: point.place for _, point in self.points() if tree.feeds(point)}
        return fed | {
            entry.item: entry.place
            for entry in self.declarations
            if entry.replaces is None and entry.item not in second
        }

    def terminals(self) -> frozenset[str]:
        """The terminals whose keys' frames must be complete: meters, whoever declares an item, or takes samples."""
        declaring = [entry.sub for entry in self.declarations]
        declaring += [entry.sampler for entry in self.declarations if entry.sampler is not None]
        return frozenset([meter.sub for meter in self.meters] + declaring)


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
        subject=read_identifier(enterprise, "subject", iss),
        boundary=top.names("boundary"),
        rules=_rules(top.table("rules")),
        marks=_marks(top),
        max_delay=top.integer("max_delay") if "max_delay" in top else None,
        meters=tuple(read_meter(table, iss, offset) for table in top.tables("meter")),
        declarations=tuple(read_declaration(table, iss) for table in top.tables("declaration")),
        sources=tuple(read_source(table) for table in top.tables("source", required=True)),
        uses=tuple(read_use(table) for table in top.tables("benchmark")),
        organisation=read_organisation(top, offset),
        cross_checks=tuple(read_cross_check(table) for table in top.tables("cross_check")),
    )
    enterprise.finish()
    top.finish()
    _no_twins(site)
    points = [point for _, point in site.points()]
    check_points(points)
    check_organisation(site.organisation, points)
    check_cross_checks(site.cross_checks, points, site.declarations, site.fed())
    return site


def _rules(table: Table) -> dict[str, str]:
    rules = {kind: table.text(kind) for kind in ("method", "factors")}
    rules |= {kind: table.text(kind) for kind in ("scheme", "benchmarks", "template") if kind in table}
    table.finish()
    return rules


def _marks(top: Table) -> frozenset[str]:
    marks = top.texts("marks", default=[])
    for mark in marks:
        if mark not in MARKS:
            raise top.error("marks", f"unknown mark {mark[:40]!r}", "one of: " + ", ".join(MARKS))
    return frozenset(marks)


def _no_twins(site: Site) -> None:
    """A point, a terminal or a source that stands twice would be counted twice."""
    seen: set[tuple[str, str]] = set()
    named = [("point", point.id, point.place) for _, point in site.points()]
    named += [("meter serial", meter.ocmf.serial, "site file") for meter in site.meters if meter.ocmf is not None]
    named += [("source", source.id, source.place) for source in site.sources]
    named += [("benchmark line of", use.item, use.place) for use in site.uses]
    named += [("declaration", f"{entry.item} {entry.sub}", entry.place) for entry in site.declarations]
    for kind, identity, place in named:
        if (kind, identity) in seen:
            raise SiteError(f"{kind} {identity!r} stands twice", where=place, mend="name each once")
        seen.add((kind, identity))
