"""Activity of a period: per item and month what was metered, declared, estimated, and what is missing.

Every total is exact and keeps apart what came from where. Missing time is first a gap in the list; what it stands for
is an amount at the point's mean rate, which only enlarges the denominator of coverage (rule "report"), or what another
rule of the method fills it with, which counts as estimated (gap_rules.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.composition import EXCEEDS
from ledger.accounting.engine import Engine, Measured
from ledger.accounting.method import Method
from ledger.accounting.method_rules import REPORT
from ledger.accounting.parameters import IMPLAUSIBLE, UNIT_DIFFERS
from ledger.accounting.units import Quantity, UnitError
from ledger.evaluation.amounts import ItemActivity, MonthAmount
from ledger.evaluation.calendar import Month
from ledger.evaluation.closings import Closing
from ledger.evaluation.corrections import Correction
from ledger.evaluation.cross_checks import CheckLine
from ledger.evaluation.declared import Stated
from ledger.evaluation.findings import Findings
from ledger.evaluation.gathering import Gathered, service
from ledger.evaluation.green import PURCHASED_ELECTRICITY, Green, beneficiaries, settle
from ledger.evaluation.green_claims import ITEM as GREEN_CERTIFICATES
from ledger.evaluation.green_claims import MEGAWATT_HOUR
from ledger.evaluation.inputs import Period
from ledger.evaluation.magnitude import check_months
from ledger.evaluation.point_tree import PointTree
from ledger.evaluation.second_sources import cross_check
from ledger.evaluation.self_signed import MeterCounts
from ledger.evaluation.series import PointTotals, totals
from ledger.evaluation.site import Site
from ledger.evaluation.stock import consumed
from ledger.evaluation.submeters import PointLine, Submeters, check_submeters
from ledger.evaluation.upstream_amounts import feed
from ledger.evaluation.upstream_claims import UpstreamClaim


@dataclass(frozen=True, slots=True)
class Activity:
    """`measured`: per month what replaces factors, by factor id. `points`: all of them, sub-meters too; `tree` says
    which feed an item. `checks`: items held against their second sources. `demo`: a made-up declaration entered.
    `green`: what became of the site's green certificates. `upstream`: the claims on certified inputs that count."""

    months: list[Month]
    items: dict[str, ItemActivity]
    measured: list[dict[str, Measured]]
    points: list[PointLine]
    tree: PointTree
    stated: list[Stated]
    corrections: list[Correction]
    self_signed: list[MeterCounts]
    demo: bool
    green: Green | None = None
    checks: list[CheckLine] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    upstream: list[UpstreamClaim] = field(default_factory=list)


def gather(
    site: Site,
    engine: Engine,
    gathered: Gathered,
    months: list[Month],
    found: Findings,
    used: Mapping[str, str] | None = None,
) -> Activity:
    """Everything that the site file's points and declarations state for the months, in the method's items. `used`:
    green certificates used before, by registry and serial, and where."""
    method = engine.method
    period = Period(months[0].start, months[-1].end)
    items = {
        item: ItemActivity(method.items[item].unit, [MonthAmount() for _ in months]) for item in sorted(site.fed())
    }
    rule = method.data_rules.gaps
    tree = site.tree()
    points = []
    for _, point in site.points():
        span = service(point, period)
        scale = point.ratio * point.unit.scale / method.items[point.item].unit.scale
        sums = totals(gathered.points[point.id], rule)
        line = PointLine(point, sums, scale, _measured_seconds(sums, months, span))
        points.append(line)
        if tree.feeds(point):
            _add_point(line, items[point.item], span, filling=rule != REPORT)
        if line.totals.intervals == 0 and span[0] < span[1]:
            found.add("no-data", point.id)
        check_months(_mean_rates(line), months, point.id, found)
    check_submeters(tree, points, months, found)
    measured: list[dict[str, Measured]] = [{} for _ in months]
    for value in gathered.stated:
        if value.entry.replaces is not None:
            _add_measured(value, engine, months, measured, found)
        elif value.entry.item in items:
            _add_stated(value, method, items[value.entry.item], months, found)
    _refuse_overfull(engine, months, measured, found)
    certified = sorted({entry.item for entry in site.declarations if entry.takes_certified})
    upstream = feed(gathered.upstream, items, certified, months, measured, found)
    for item in sorted({method.items[fed].part_of for fed in items} - {None}, key=str):
        items[str(item)] = consumed(method.items[str(item)], items, months, found)
    checks = cross_check(site, items, gathered.stated, Submeters(tree, points), months, found)
    demo = any(value.entry.demo for value in gathered.stated)
    green = _use_certificates(site, engine, gathered, items, months, used)
    for claimed in green.lines if green else ():
        if claimed.reason is not None:
            found.add(f"green-{claimed.reason}", claimed.claim.key)
    return Activity(
        months, items, measured, points, tree, gathered.stated, gathered.corrections, gathered.self_signed, demo, green,
        checks, gathered.closings, upstream,
    )  # fmt: skip


def _use_certificates(
    site: Site,
    engine: Engine,
    gathered: Gathered,
    items: dict[str, ItemActivity],
    months: list[Month],
    used: Mapping[str, str] | None,
) -> Green | None:
    """The green certificates that count are the item's amounts; a month without any has none, which is a statement."""
    item, purchased = items.get(GREEN_CERTIFICATES), items.get(PURCHASED_ELECTRICITY)
    if item is None:
        return None
    metered = [month.metered for month in purchased.months] if purchased else [Fraction(0)] * len(months)
    unit = purchased.unit if purchased else MEGAWATT_HOUR
    in_megawatt_hours = [Quantity(amount, unit).to(MEGAWATT_HOUR).value for amount in metered]
    window = engine.method.data_rules.vintages
    green = settle(gathered.claims, months, in_megawatt_hours, beneficiaries(site), used=used, window=window)
    for entry, counted in zip(item.months, green.by_month(), strict=True):
        entry.declared += Quantity(counted, MEGAWATT_HOUR).to(item.unit).value
        entry.present = True
    return green


def _refuse_overfull(
    engine: Engine, months: Sequence[Month], measured: Sequence[dict[str, Measured]], found: Findings
) -> None:
    """Parts that come to more than their whole do not count: their month falls back to defaults, or has no figure."""
    for month, values in zip(months, measured, strict=True):
        for composition in engine.overfull(values):
            found.add(EXCEEDS, f"{composition.named()} {month.label}")
            for part in composition.parts:
                values.pop(part, None)


def _measured_seconds(sums: PointTotals, months: Sequence[Month], span: tuple[int, int]) -> tuple[int, ...]:
    in_service = (max(0, min(span[1], month.end) - max(span[0], month.start)) for month in months)
    return tuple(seconds - missing for seconds, missing in zip(in_service, sums.missing, strict=True))


def _mean_rates(line: PointLine) -> list[Fraction]:
    """Each month's rate over the time that was measured; 0 where none was."""
    return [
        (metered + declared) / seconds if seconds else Fraction(0)
        for (metered, declared), seconds in zip(line.totals.months, line.measured, strict=True)
    ]


def _add_point(line: PointLine, item: ItemActivity, service: tuple[int, int], *, filling: bool) -> None:
    sums, scale = line.totals, line.scale
    item.metered_by.append(line.point.id)
    present = sum(line.measured)
    counted = sum((metered + declared for metered, declared in sums.months), Fraction(0))
    mean = counted / present if present > 0 else Fraction(0)
    item.blind |= sums.intervals == 0 and service[0] < service[1]
    for at, entry in enumerate(item.months):
        metered, declared = sums.months[at]
        entry.metered += metered * scale
        entry.declared += declared * scale
        entry.present |= line.measured[at] > 0
        if filling:
            entry.estimated += sums.filled[at] * scale
        else:
            entry.missing += mean * sums.missing[at] * scale


def _add_stated(value: Stated, method: Method, item: ItemActivity, months: Sequence[Month], found: Findings) -> None:
    declared = method.items[value.entry.item]
    try:
        amount = value.quantity.to(declared.unit).value
    except UnitError:
        found.add("unit-differs", f"{declared.id} {value.quantity.unit.text}")
        return
    if amount < 0 and not declared.signed:
        found.add("negative-amount", declared.id)
        return
    for month, entry in zip(months, item.months, strict=True):
        if month.start <= value.start < month.end:
            entry.declared += amount
            entry.present = True


def _add_measured(
    value: Stated, engine: Engine, months: Sequence[Month], measured: list[dict[str, Measured]], found: Findings
) -> None:
    """A measured value replaces a factor in the months that it covers as a whole."""
    replaces = value.entry.replaces or ""
    problem = engine.fault(replaces, value.quantity)
    if problem is not None:
        found.add(problem, f"{replaces} {value.quantity.unit.text}" if problem == UNIT_DIFFERS else replaces)
        if problem != IMPLAUSIBLE:
            return
    origin = f"laboratory {value.sub}, document 0x{value.document.hex()}"
    for month, entry in zip(months, measured, strict=True):
        if value.start <= month.start and month.end <= value.end:
            entry[replaces] = Measured(value.quantity, origin)
