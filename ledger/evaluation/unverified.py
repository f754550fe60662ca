"""Activity from a plain file instead of frames: what a method makes of given amounts, without a log or a chain.

Rules:

1. A row names an item of the method (an amount) by its id or its Chinese or English name, or a factor or parameter (a
   measured value that takes its place).
2. Amounts keep the periods that they are stated for. Those of one item must not overlap; a source that reads several
   items needs them for the same periods: what is missing is refused, never taken for zero.
3. Every source counts whose items are all stated; of alternatives the one whose measured values are. With a site file
   only the sources within its boundary do, and each of them must be fed.
4. Everything counts as declared. The result is marked ACTIVITY-FILE and can never be certified.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from ledger.accounting.engine import Engine, Measured
from ledger.accounting.items import PART_SIGNS, Item
from ledger.accounting.parameters import IMPLAUSIBLE
from ledger.accounting.sources import Source
from ledger.accounting.units import UnitError
from ledger.evaluation.activity import Activity
from ledger.evaluation.activity_file import ActivityFile, ActivityFileError, Row
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.calendar import Month, local_date
from ledger.evaluation.declared import Stated
from ledger.evaluation.findings import Findings
from ledger.evaluation.green import PURCHASED_ELECTRICITY
from ledger.evaluation.green_claims import ITEM as GREEN_CERTIFICATES
from ledger.evaluation.inputs import Period
from ledger.evaluation.nearest import nearest
from ledger.evaluation.point_tree import PointTree
from ledger.evaluation.site import Declaration, Site, SiteSource
from ledger.evaluation.spoken import named
from ledger.evaluation.typed_checks import not_prescribed, one_reporting_year, something_counts, tell
from terminal_signer.frame import KeyClass

TYPED = "-"
NOBODY = bytes(32)
STOCK = ("opening_stock", "closing_stock")


@dataclass(frozen=True, slots=True)
class Typed:
    """What an activity file amounts to: a site without meters, its activity, and the time it spans."""

    site: Site
    activity: Activity
    period: Period


def take(file: ActivityFile, data: bytes, engine: Engine, found: Findings, site: Site | None = None) -> Typed:
    """Sort the rows of a file (`data`: its bytes) into activity. Raises `ActivityFileError`."""
    amounts, values = _sort(file.rows, engine)
    one_reporting_year([row for rows in (*amounts.values(), *values.values()) for row in rows], file.offset)
    not_prescribed(engine, [row for rows in values.values() for row in rows])
    spans = _spans(amounts or values, file.offset)
    items = {item: _item(engine, item, rows, spans) for item, rows in sorted(amounts.items())}
    items |= {item.id: _consumed(item, items, spans) for item in _by_stock(engine, items)}
    _covered(items, amounts.get(GREEN_CERTIFICATES, []), spans)
    sources = _listed(engine, items, values, site, spans[0].year)
    something_counts(engine, sources)
    _complete(engine, items, spans, sources)
    tell(engine, sources, values, found)
    measured = _measured(values, engine, spans, found)
    _all_measured(engine, items, measured, spans, sources)
    document = hashlib.sha256(data).digest()
    stated = [_stated(row, document) for rows in amounts.values() for row in rows]
    activity = Activity(spans, items, measured, [], PointTree([]), _in_order(stated), [], [], demo=False)
    period = Period(min(span.start for span in spans), max(span.end for span in spans))
    return Typed(_site(file, site, sources), activity, period)


def _sort(rows: Iterable[Row], engine: Engine) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    replaceable = {
        binding.id
        for source in engine.method.sources.values()
        for binding in source.bindings.values()
        if binding.kind == "factor"
    }
    amounts: dict[str, list[Row]] = {}
    values: dict[str, list[Row]] = {}
    spoken = named(engine.method.items.values())
    for written in rows:
        known = written.item in engine.method.items or written.item in replaceable
        row = written if known else replace(written, item=spoken.get(written.item.casefold(), written.item))
        if row.item not in engine.method.items and row.item not in replaceable:
            raise ActivityFileError(
                f"the method {engine.method.head.id!r} has no item or factor {row.item[:60]!r}",
                where=row.place,
                mend=nearest(row.item, {*engine.method.items, *replaceable}),
            )
        (amounts if row.item in engine.method.items else values).setdefault(row.item, []).append(row)
    for stated in [*amounts.values(), *values.values()]:
        _apart(stated)
    return amounts, values


def _covered(items: dict[str, ItemActivity], certificates: list[Row], spans: list[Month]) -> None:
    """Typed certificates have no serials to look at; they cover what was purchased in their time, and no more."""
    covered, purchased = items.get(GREEN_CERTIFICATES), items.get(PURCHASED_ELECTRICITY)
    for row in certificates:
        at = next(at for at, span in enumerate(spans) if (span.start, span.end) == (row.period.start, row.period.end))
        bought = purchased.months[at].total * purchased.unit.scale if purchased else 0
        if covered is not None and covered.months[at].total * covered.unit.scale > bought:
            raise ActivityFileError(
                f"more green certificates than purchased electricity in {row.label}",
                where=row.place,
                mend="state them for the same times as the electricity, and no more",
            )


def _apart(rows: list[Row]) -> None:
    """One item's rows must not speak of the same time twice."""
    rows.sort(key=lambda row: row.period.start)
    for before, row in pairwise(rows):
        if row.period.start < before.period.end:
            raise ActivityFileError(
                f"{row.item!r} is stated twice for {row.label} ({before.place} says {before.label})",
                where=row.place,
                mend="state each time once",
            )


def _spans(stated: dict[str, list[Row]], offset: int) -> list[Month]:
    spans = {(row.period.start, row.period.end): row.label for rows in stated.values() for row in rows}
    return [Month(label, local_date(start, offset).year, start, end) for (start, end), label in sorted(spans.items())]


def _item(engine: Engine, item: str, rows: list[Row], spans: list[Month]) -> ItemActivity:
    known = engine.method.items[item]
    by_span = {(row.period.start, row.period.end): row for row in rows}
    months = []
    for span in spans:
        row = by_span.get((span.start, span.end))
        months.append(MonthAmount() if row is None else MonthAmount(declared=_amount(engine, row), present=True))
    return ItemActivity(known.unit, months)


def _by_stock(engine: Engine, items: Mapping[str, ItemActivity]) -> list[Item]:
    """The items that are stated by their parts: purchases and stocks."""
    parted = [item for item in engine.method.items.values() if any(part in items for part in item.parts.values())]
    for item in parted:
        stock = [item.parts[role] for role in STOCK if item.parts[role] in items]
        missing = [item.parts[role] for role in STOCK if stock and item.parts[role] not in stock]
        if stock and item.parts["purchased"] not in items:
            missing = [item.parts["purchased"]]
        if item.id in items or missing:
            what = f"{item.id!r} is stated as a whole and by its parts" if item.id in items else f"no {missing[0]!r}"
            raise ActivityFileError(
                what, where="activity file", mend=f"state {item.id!r}, or all of: " + ", ".join(item.parts.values())
            )
    return parted


def _consumed(item: Item, items: Mapping[str, ItemActivity], spans: list[Month]) -> ItemActivity:
    """purchased + opening stock − closing stock − sold − other use; what there was none of may be left out."""
    months = []
    for at, span in enumerate(spans):
        parts = {role: items[part].months[at] for role, part in item.parts.items() if part in items}
        present = {role: amount.present for role, amount in parts.items()}
        amount = sum((PART_SIGNS[role] * part.total for role, part in parts.items()), Fraction(0))
        below = amount < 0 and not item.signed
        if len(set(present.values())) > 1 or below:
            problem = f"is below zero for {span.label}" if below else "has parts for different periods"
            raise ActivityFileError(f"{item.id!r} {problem}", where="activity file", mend="check purchases and stocks")
        months.append(MonthAmount(declared=amount, present=all(present.values())))
    return ItemActivity(item.unit, months)


def _amount(engine: Engine, row: Row) -> Fraction:
    known = engine.method.items[row.item]
    try:
        amount = row.quantity.to(known.unit).value
    except UnitError as fault:
        mend = f"state {row.item} in a unit that converts to {known.unit.text}"
        raise ActivityFileError(fault.message, where=row.place, mend=mend) from None
    if amount < 0 and not known.signed:
        raise ActivityFileError(f"{row.item!r} is below zero", where=row.place, mend="check the sign")
    return amount


def _listed(
    engine: Engine, items: dict[str, ItemActivity], values: Collection[str], site: Site | None, year: int
) -> tuple[SiteSource, ...]:
    """The sources that count, in the order of site file or method."""
    sources = engine.method.sources
    if site is None:
        fed = [source for source in sources.values() if set(source.items) <= set(items)]
        ranks = {source.id: _rank(engine, source, at, values, year) for at, source in enumerate(fed)}
        return tuple(SiteSource(source.id, None, "") for source in fed if _preferred(source, ranks))
    for listed in site.sources:
        missing = [item for item in sources[listed.id].items if item not in items] if listed.id in sources else []
        if listed.absent is None and missing:
            raise ActivityFileError(
                f"source {listed.id!r} needs {missing[0]!r}, which the file does not state",
                where=listed.place,
                mend="add the item (0 where there was none)",
            )
    return site.sources


def _preferred(source: Source, ranks: Mapping[str, tuple[bool, bool, int, int, int]]) -> bool:
    """Whether no alternative to the source that is fed as well ranks above it."""
    return all(ranks[source.id] > ranks[other] for other in source.manner.excludes if other in ranks)


def _rank(
    engine: Engine, source: Source, at: int, values: Collection[str], year: int
) -> tuple[bool, bool, int, int, int]:
    """Of alternatives: one that can be computed; of which some property is stated; with the fewest properties left to
    defaults (measured goes before default); with the most stated; that the method has first."""
    stated = [factor for factor in source.factors if factor in values]
    left = [factor for factor in source.factors if factor not in values and not engine.prescribed(factor)]
    return engine.lacks(source.id, year, values) is None, bool(stated), -len(left), len(stated), -at


def _complete(
    engine: Engine, items: dict[str, ItemActivity], spans: list[Month], listed: tuple[SiteSource, ...]
) -> None:
    """Every item that some source reads counts somewhere, and a source's items speak of the same periods."""
    counted: set[str] = set()
    for entry in listed:
        if entry.absent is None:
            source = engine.method.sources[entry.id]
            counted.update(source.items)
            counted.update(part for item in source.items for part in engine.method.items[item].parts.values())
            _same_periods(source, items, spans)
    for item in items:
        readers = engine.method.sources_of(engine.method.items[item].part_of or item)
        if readers and item not in counted:
            missing = [name for name in readers[0].items if name not in items]
            lacking = f"source {readers[0].id!r} needs {', '.join(missing)} as well" if missing else "it is not listed"
            raise ActivityFileError(
                f"{item!r} is stated, but no source counts it: {lacking}",
                where="activity file",
                mend="state what is missing (0 where there was none), or leave the item out",
            )


def _same_periods(source: Source, items: dict[str, ItemActivity], spans: list[Month]) -> None:
    for at, span in enumerate(spans):
        present = {item: items[item].months[at].present for item in source.items}
        if len(set(present.values())) > 1:
            missing = next(item for item, there in present.items() if not there)
            raise ActivityFileError(
                f"source {source.id!r} has no {missing!r} for {span.label}",
                where="activity file",
                mend="state the items of one source for the same periods (0 where there was none)",
            )


def _measured(
    values: dict[str, list[Row]], engine: Engine, spans: list[Month], found: Findings
) -> list[dict[str, Measured]]:
    """A measured value holds for the spans that its own period covers."""
    measured: list[dict[str, Measured]] = [{} for _ in spans]
    for row in (row for rows in values.values() for row in rows):
        problem = engine.fault(row.item, row.quantity)
        if problem == IMPLAUSIBLE:
            found.add(problem, row.item)
        elif problem is not None:
            unit = engine.unit_of_factor(row.item)
            mend = f"state it in {unit.text}" if unit is not None else "check its unit"
            raise ActivityFileError(
                f"{row.quantity.value} {row.quantity.unit.text} does not fit {row.item!r} ({problem})",
                where=row.place,
                mend=mend,
            )
        covered = [at for at, span in enumerate(spans) if _covers(row.period, span)]
        if not covered:
            raise ActivityFileError(
                f"{row.item!r} for {row.label} covers no period of an amount",
                where=row.place,
                mend="state it for the period of the amount",
            )
        for at in covered:
            measured[at][row.item] = Measured(row.quantity, row.origin if row.origin != TYPED else row.place)
    return measured


def _all_measured(
    engine: Engine,
    items: dict[str, ItemActivity],
    measured: list[dict[str, Measured]],
    spans: list[Month],
    listed: tuple[SiteSource, ...],
) -> None:
    """What has no default must be stated, and parts come to no more than their whole."""
    for span, values in zip(spans, measured, strict=True):
        for composition in engine.overfull(values):
            raise ActivityFileError(
                f"{composition.named()} in {span.label}",
                where="activity file",
                mend="check the parts: unit and decimals",
            )
    for entry in listed:
        source = engine.method.sources.get(entry.id)
        for at, span in enumerate(spans):
            if entry.absent is not None or source is None:
                continue
            lacking = engine.unmeasured(source.id, measured[at])
            if lacking is not None and all(items[item].months[at].present for item in source.items):
                unit = engine.unit_of_factor(lacking)
                raise ActivityFileError(
                    f"source {source.id!r} needs {lacking!r} for {span.label}: it has no default",
                    where="activity file",
                    mend=f"add a row: {lacking},VALUE,{unit.text if unit else 'UNIT'},{span.label}",
                )


def _covers(period: Period, span: Month) -> bool:
    return period.start <= span.start and span.end <= period.end


def _stated(row: Row, document: bytes) -> Stated:
    entry = Declaration(row.item, TYPED, KeyClass.OFFICER, None, demo=False, place=row.place)
    return Stated(entry, row.period.start, row.period.end, row.quantity, 0, document, TYPED, NOBODY)


def _in_order(stated: list[Stated]) -> list[Stated]:
    return sorted(stated, key=lambda value: (value.entry.item, value.start))


def _site(file: ActivityFile, site: Site | None, sources: tuple[SiteSource, ...]) -> Site:
    if site is not None:
        return site
    boundary = {"zh": "仅文件中列出的项目", "en": "what the file lists, and nothing else"}
    return Site(
        sha256=NOBODY, iss=TYPED, name=file.name, uscc=None, industry=file.industry, region=file.region,
        offset=file.offset, offset_text=file.offset_text, subject=TYPED, boundary=boundary, rules={},
        marks=frozenset(), max_delay=None, meters=(), declarations=(), sources=sources, uses=(),
    )  # fmt: skip
