"""The grade of an evaluated period: missing data must not earn a better one.

A result of kind 2 (carbon efficiency) is graded by a scheme of carbon efficiency or of ranks. Lines of products stand
in any other result whose rules name them; they are no carbon-efficiency code, and no statement carries them as one.
"""

from ledger.accounting.engine import Engine
from ledger.accounting.units import Quantity, Unit, parse_unit
from ledger.evaluation.activity import Activity
from ledger.evaluation.emissions import BASIS_POINTS, Emissions, missing_share
from ledger.evaluation.figures import Totals
from ledger.evaluation.inputs import EvaluationError, Rules
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
    site: Site, engine: Engine, activity: Activity, emissions: Emissions, totals: Totals, graders: Graders | None
) -> Grade:
    """A grade, or why there is none."""
    _known_items(site, engine)
    if graders is None:
        return no_grade(NO_SCHEME if VALUE_ADDED in activity.items else NO_VALUE_ADDED)
    if emissions.blind:
        return no_grade(NO_DATA)
    if missing_share(emissions) * BASIS_POINTS > engine.method.data_rules.gaps_limit:
        return no_grade(TOO_MANY_GAPS)
    case = _case(site, engine.method.unit, activity, totals)
    mean = activity.items.get(INDUSTRY_MEAN)
    declared = None if mean is None else Quantity(mean.total(), mean.unit)
    return checked_mean(assess(graders, case), declared, graders.scheme)


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
