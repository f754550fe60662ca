"""Whether a site file fits its rules: every refusal names the site file's line and how to mend it.

Nothing is evaluated from a site file whose meters feed a source outside its boundary, whose sources are fed by nothing,
or whose item would be counted twice.
"""

from collections.abc import Iterable

from ledger.accounting.engine import Engine
from ledger.accounting.units import Unit
from ledger.evaluation.nearest import nearest
from ledger.evaluation.site import Site, SiteError
from ledger.evaluation.source_list import join_sources
from ledger.evaluation.unit_joining import join_organisation
from ledger.evaluation.upstream_amounts import counting
from ledger.rules.head import RuleHead


def join(site: Site, engine: Engine, heads: dict[str, RuleHead], years: range) -> None:
    """Raise `SiteError` unless the site file fits the method, the other rules and the reporting years."""
    for kind, head in heads.items():
        _same_rule(site, kind, head)
        covers(head, years)
    delay = engine.method.data_rules.max_delay
    if site.max_delay is not None and not 0 <= site.max_delay <= delay:
        raise SiteError(f"max_delay may only tighten the method's {delay} s", where="site file", mend="lower it")
    _points(site, engine)
    _declarations(site, engine)
    join_sources(site, engine, years)
    join_organisation(site, engine)


def _same_rule(site: Site, kind: str, head: RuleHead) -> None:
    named = site.rules.get(kind)
    if named != head.id:
        raise SiteError(
            f"the site file names {kind} {named!r}, the evaluation was given {head.id!r}",
            where="site file, field rules",
            mend="use the rule that the site file names",
        )


def covers(head: RuleHead, years: Iterable[int]) -> None:
    """Raise `SiteError` unless the rule applies to the reporting years."""
    first, last = head.years
    outside = [year for year in years if year < first or (last is not None and year > last)]
    if outside:
        raise SiteError(
            f"{head.id!r} ({head.edition}) does not apply to reporting year {outside[0]}",
            mend="use the edition in force for the year",
        )


def _points(site: Site, engine: Engine) -> None:
    for _, point in site.points():
        item = engine.method.items.get(point.item)
        if item is None:
            raise SiteError(
                f"the method has no item {point.item!r}",
                where=point.place,
                mend=nearest(point.item, engine.method.items),
            )
        _fits(point.unit, item.unit, point.item, point.place)


def _declarations(site: Site, engine: Engine) -> None:
    tree, second = site.tree(), {name: check.item for check in site.cross_checks for name in check.names}
    metered = {point.item for _, point in site.points() if tree.feeds(point)}
    replaceable = engine.method.factors_read()
    for entry in site.declarations:
        known = engine.method.items.get(entry.item)
        if entry.replaces is not None:
            if entry.replaces not in replaceable:
                raise SiteError(
                    f"no source reads the factor {entry.replaces!r}", where=entry.place, mend="check its id"
                )
            if engine.prescribed(entry.replaces):
                raise SiteError(
                    f"{entry.replaces!r} is prescribed: no measured value takes its place",
                    where=entry.place,
                    mend="only a default may be measured instead",
                )
        elif entry.item in second:
            if known is not None:
                raise SiteError(
                    f"{entry.item!r} is an item of the method: a second source would be counted as well",
                    where=entry.place,
                    mend=f'give it a name of its own, such as "{entry.item}.bill"',
                )
            known = engine.method.items.get(second[entry.item])
        elif known is None:
            raise SiteError(
                f"the method has no item {entry.item!r}",
                where=entry.place,
                mend=nearest(entry.item, engine.method.items),
            )
        elif entry.item in metered:
            raise SiteError(
                f"{entry.item!r} is metered and declared: it would be counted twice",
                where=entry.place,
                mend=f'keep the meter; a bill is a second source: declare "{entry.item}.bill", add [[cross_check]]',
            )
        elif entry.takes_certified and not counting(engine.method, entry.item):
            raise SiteError(
                f"no source counts {entry.item!r} as a certified input",
                where=entry.place,
                mend="name an item of the method's certified inputs, or leave 'certified' out",
            )
        wanted = None if known is None else known.unit
        if entry.replaces is not None:
            wanted = engine.unit_of_factor(entry.replaces)
        if entry.unit is not None and wanted is not None:
            _fits(entry.unit, wanted, entry.replaces or entry.item, entry.place)


def _fits(unit: Unit, wanted: Unit, item: str, place: str) -> None:
    if not unit.fits(wanted):
        raise SiteError(
            f"{unit.text} does not fit {item!r}, which is in {wanted.text}",
            where=place,
            mend=f"state a unit that converts to {wanted.text}",
        )
