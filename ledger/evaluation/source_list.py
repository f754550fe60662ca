"""Whether the sources that a site file lists are complete, fed, and counted once.

1. A source that the method requires is listed, or an alternative to it: fed, or with a reason for its absence.
2. Of alternatives – two formulas for one emission – a site lists one.
3. Every item of a listed source is fed, by itself or by its parts (purchases, stock, sales), never by both.
4. Nothing that is fed stays outside: if the method counts an item in its total, a listed source does.
5. Every factor of a listed source is there for the years: measured, in the factor set, or the method's own default.
"""

from ledger.accounting.engine import Engine
from ledger.accounting.factors import FactorsError
from ledger.accounting.items import Item
from ledger.accounting.sources import Source
from ledger.evaluation.nearest import nearest
from ledger.evaluation.site import Site, SiteError, SiteSource
from ledger.evaluation.upstream_claims import FOOTPRINT


def join_sources(site: Site, engine: Engine, years: range) -> None:
    """Raise `SiteError`, or `FactorsError` for a missing factor, with the place in the site file."""
    fed = site.fed()
    fed |= _fed_by_parts(engine, fed)
    listed = {entry.id: (entry, _known(entry, engine)) for entry in site.sources}
    present = [source for entry, source in listed.values() if entry.absent is None]
    _required(engine, set(listed))
    _alternatives(listed)
    read = {item for source in present for item in source.items}
    for entry, source in listed.values():
        _fed(entry, source, fed, read)
    _nothing_outside(engine, fed, present)
    for entry, source in listed.values():
        if entry.absent is None and source.in_total:
            _factors(site, engine, entry, source, years)


def _known(entry: SiteSource, engine: Engine) -> Source:
    source = engine.method.sources.get(entry.id)
    if source is None:
        mend = nearest(entry.id, engine.method.sources)
        raise SiteError(f"the method has no source {entry.id!r}", where=entry.place, mend=mend)
    return source


def _fed_by_parts(engine: Engine, fed: dict[str, str]) -> dict[str, str]:
    """The items whose parts are fed, with the place of one of them."""
    wholes: dict[str, str] = {}
    for part, place in fed.items():
        whole = engine.method.items[part].part_of
        if whole is not None and whole in fed:
            raise SiteError(
                f"{whole!r} is fed, and so is its part {part!r}: it would be counted twice",
                where=place,
                mend="keep the amount consumed, or purchases and stock",
            )
        if whole is not None and whole not in wholes:
            wholes[whole] = place
            _balanced(engine.method.items[whole], fed, place)
    return wholes


def _balanced(item: Item, fed: dict[str, str], place: str) -> None:
    """A stock has both an opening and a closing; nothing else need be there: tar of own making is only sold."""
    stock = {item.parts[role] for role in ("opening_stock", "closing_stock")}
    lacking = sorted(stock - fed.keys())
    if len(lacking) == 1:
        raise SiteError(
            f"a stock of {item.id!r} is fed, but not {lacking[0]!r}",
            where=place,
            mend="consumption = purchased + opening stock − closing stock − sold − other use: feed it as well",
        )


def _required(engine: Engine, listed: set[str]) -> None:
    for source in engine.method.sources.values():
        if source.manner.required and not listed & {source.id, *source.manner.excludes}:
            raise SiteError(
                f"the method requires source {source.id!r} ({source.name['en']}), and the site file does not list it",
                where="site file, field source",
                mend=f'add [[source]] id = "{source.id}", fed or with absent = {{ zh = "…", en = "…" }}',
            )


def _alternatives(listed: dict[str, tuple[SiteSource, Source]]) -> None:
    for entry, source in listed.values():
        for other in sorted(source.manner.excludes):
            twin = listed.get(other)
            if entry.absent is None and twin is not None and twin[0].absent is None:
                raise SiteError(
                    f"{source.id!r} and {other!r} are two ways to count one emission",
                    where=entry.place,
                    mend="list one of them",
                )


def _fed(entry: SiteSource, source: Source, fed: dict[str, str], read: set[str]) -> None:
    unfed = [item for item in source.items if item not in fed]
    if entry.absent is None and unfed:
        raise SiteError(
            f"nothing feeds {unfed[0]!r} of source {entry.id!r}",
            where=entry.place,
            mend="map a point or a declaration to it, or say why it is absent",
        )
    if entry.absent is not None and not unfed and not read.issuperset(source.items):
        raise SiteError(
            f"source {entry.id!r} is called absent, but its items are fed",
            where=entry.place,
            mend="drop 'absent', or the points and declarations",
        )


def _nothing_outside(engine: Engine, fed: dict[str, str], present: list[Source]) -> None:
    total = {item for source in present if source.in_total for item in source.items}
    read = {item for source in present for item in source.items}
    for item, place in fed.items():
        sources = engine.method.sources_of(item)
        counted = [source for source in sources if source.in_total]
        if (counted and item not in total) or (sources and item not in read):
            raise SiteError(
                f"{item!r} is fed, but no source in the boundary counts it",
                where=place,
                mend=f"list [[source]] id = {(counted or list(sources))[0].id!r}",
            )


def _factors(site: Site, engine: Engine, entry: SiteSource, source: Source, years: range) -> None:
    """What a laboratory or an upstream certificate is to state is looked for when its values are known."""
    measured = {declared.replaces for declared in site.declarations}
    measured |= {declared.item + FOOTPRINT for declared in site.declarations if declared.takes_certified}
    for factor_id in source.factors:
        for year in years:
            try:
                if factor_id not in measured:
                    engine.factor(factor_id, year)
            except FactorsError as problem:
                raise FactorsError(
                    f"source {entry.id!r}: {problem.message}", where=entry.place, mend=problem.mend, code=problem.code
                ) from None
