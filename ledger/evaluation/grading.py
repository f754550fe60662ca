"""The grade of an evaluated period: missing data must not earn a better one.

A result of kind 2 (carbon efficiency) is graded by a scheme of carbon efficiency or of ranks. Lines of products stand
in any other result whose rules name them; they are no carbon-efficiency code, and no statement carries them as one.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.accounting.units import Quantity, Unit, parse_unit
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import BASIS_POINTS, Emissions, missing_share
from ledger.evaluation.figures import Totals
from ledger.evaluation.inputs import EvaluationError, Rules
from ledger.evaluation.levels import whole
from ledger.evaluation.organisation import Organised
from ledger.evaluation.site import Site, SiteError
from ledger.grading.assess import Graders, assess
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.case import Case
from ledger.grading.grade import (
    MEAN_DIFFERS,
    NO_DATA,
    NO_SCHEME,
    NO_VALUE_ADDED,
    TOO_MANY_GAPS,
    Grade,
    no_grade,
)
from ledger.grading.scheme import INTENSITY, LINES, Scheme, parse_scheme

VALUE_ADDED = "value_added"
INDUSTRY_MEAN = "industry_mean"


def read_graders(rules: Rules, *, efficiency: bool) -> Graders | None:
    """The rules' scheme and benchmarks. `efficiency`: the result is one of carbon efficiency and must have them; else
    only lines of products apply. Raises the named error of the file that is wrong."""
    if rules.scheme is None or rules.benchmarks is None:
        if efficiency:
            raise EvaluationError("a carbon-efficiency result needs scheme and benchmarks", mend="give both rule files")
        return None
    scheme = parse_scheme(rules.scheme)
    of_lines = scheme.kind in (LINES, INTENSITY)
    if efficiency and of_lines:
        raise EvaluationError(
            f"scheme {scheme.head.id!r} grades products by lines: that is no carbon-efficiency code",
            mend="evaluate an emission statement (kind 1) with it",
        )
    return Graders(scheme, parse_benchmarks(rules.benchmarks)) if efficiency or of_lines else None


def of_lines(scheme: bytes | None) -> bool:
    """Whether a scheme grades products by lines, which is no carbon-efficiency code."""
    return scheme is not None and parse_scheme(scheme).kind in (LINES, INTENSITY)


def grade_period(
    site: Site,
    engine: Engine,
    activity: Activity,
    emissions: Emissions,
    totals: Totals,
    graders: Graders | None,
    organised: Organised | None = None,
) -> Grade:
    """A grade, or why there is none."""
    _known_items(site, engine)
    parts = parts_of(organised)
    _known_parts(site, parts)
    if graders is None:
        return no_grade(NO_SCHEME if VALUE_ADDED in activity.items else NO_VALUE_ADDED)
    if emissions.blind:
        return no_grade(NO_DATA)
    if missing_share(emissions) * BASIS_POINTS > engine.method.data_rules.gaps_limit:
        return no_grade(TOO_MANY_GAPS)
    limit = engine.method.data_rules.gaps_limit
    if graders.scheme.kind in (LINES, INTENSITY) and (reason := _missing(site, activity, limit)) is not None:
        return no_grade(reason)
    case = replace(_case(site, engine.method.unit, activity, totals), parts=parts)
    mean = activity.items.get(INDUSTRY_MEAN)
    declared = None if mean is None else Quantity(mean.total(), mean.unit)
    return checked_mean(assess(graders, case), declared, graders.scheme)


def parts_of(organised: Organised | None) -> dict[str, Fraction]:
    """What units and products have of the emissions, by the names that a benchmark's numerator may have."""
    if organised is None:
        return {}
    levels = organised.levels
    parts = {f"unit:{unit.id}": levels.total(unit.id) for unit in levels.organisation.units if unit.id in levels.nodes}
    return parts | {f"product:{made.product.id}": whole(made.figures) for made in organised.products}


def _missing(site: Site, activity: Activity, limit: int) -> str | None:
    """Whether items that a line rests on, and perhaps no source, lack more than gaps may stand for. A hole in them
    would lower the numerator, or the scrap ratio and with it the line's severity."""
    for use in site.uses:
        for name in {use.numerator, *(use.share or ())[:1]} & activity.items.keys():
            item = activity.items[name]
            gaps = sum((abs(month.missing) + abs(month.estimated) for month in item.months), Fraction(0))
            amount = sum((abs(month.total) + abs(month.missing) for month in item.months), Fraction(0))
            if item.blind:
                return NO_DATA
            if gaps * BASIS_POINTS > amount * limit:
                return TOO_MANY_GAPS
    return None


def checked_mean(graded: Grade, declared: Quantity | None, scheme: Scheme) -> Grade:
    """No grade where the enterprise declared another mean than the published one: somebody is wrong about it."""
    if graded.mean is None or declared is None:
        return graded
    unit = parse_unit(scheme.unit)
    same = unit.fits(declared.unit) and declared.to(unit).value == graded.mean.value
    return graded if same else no_grade(MEAN_DIFFERS)


def _case(site: Site, unit: Unit, activity: Activity, totals: Totals) -> Case:
    months = activity.months
    stated = {
        name: Quantity(item.total(), item.unit)
        for name, item in activity.items.items()
        if any(month.present for month in item.months)
    }
    return Case(
        industry=site.industry,
        year=months[0].year if months[0].year == months[-1].year else None,
        unit=unit,
        energy=totals.energy,
        deductions=totals.deductions,
        total=totals.total,
        items=stated,
        uses=site.uses,
    )


def _known_items(site: Site, engine: Engine) -> None:
    for use in site.uses:
        for item in use.items:
            if item not in engine.method.items:
                raise SiteError(
                    f"the method has no item {item!r}",
                    where=use.place,
                    mend="one of: " + ", ".join(sorted(engine.method.items)),
                )


def _known_parts(site: Site, parts: Mapping[str, Fraction]) -> None:
    for use in site.uses:
        if ":" in use.numerator and use.numerator not in parts:
            known = ", ".join(parts) or "the site file has no [[unit]] and no [[product]]"
            raise SiteError(f"the site has no part {use.numerator[:80]!r}", where=use.place, mend=f"one of: {known}")
