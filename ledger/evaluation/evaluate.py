"""From frames to a result: one pure function, which issuer, verifier and anyone else call with the same bytes.

gathering (what the frames say) → activity (per item and month) → emissions (per source and month) → grade → document.
The same site file, rules, frames and period give the same document, byte for byte, on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.accounting.units import UnitError, parse_unit
from ledger.evaluation import document
from ledger.evaluation.activity import Activity, gather
from ledger.evaluation.activity_file import ActivityFile
from ledger.evaluation.calendar import Month, months
from ledger.evaluation.emissions import BASIS_POINTS, Emissions, emit, missing_share
from ledger.evaluation.figures import Totals, add_up
from ledger.evaluation.gathering import Counts, Evidence, gather_frames, whole
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.joining import covers, join
from ledger.evaluation.result import Result
from ledger.evaluation.series import Findings
from ledger.evaluation.site import ACTIVITY_FILE, WHAT_IF, Site, parse_site
from ledger.evaluation.unverified import take
from ledger.grading.benchmarks import BenchmarkSet, parse_benchmarks
from ledger.grading.scheme import (
    MEAN_DIFFERS,
    NO_DATA,
    NO_SCHEME,
    NO_VALUE_ADDED,
    TOO_MANY_GAPS,
    Grade,
    Scheme,
    grade,
    no_grade,
    parse_scheme,
)
from ledger.rules.head import RuleHead
from terminal_signer.errors import CarbonError

__all__ = ["AdmittedFrame", "EvaluationError", "Period", "Rules", "evaluate", "evaluate_file"]

EMISSION_STATEMENT = 1
CARBON_EFFICIENCY = 2
LONGEST = 400 * 86_400
VALUE_ADDED = "value_added"
INDUSTRY_MEAN = "industry_mean"


class EvaluationError(CarbonError):
    """The evaluation was asked for something that its inputs do not allow."""

    code = "evaluation"


@dataclass(frozen=True, slots=True)
class _Graders:
    scheme: Scheme
    benchmarks: BenchmarkSet


@dataclass(frozen=True, slots=True)
class _Case:
    """What is evaluated and by which rules, before any frame is looked at."""

    kind: int
    period: Period
    span: list[Month]
    site: Site
    engine: Engine
    graders: _Graders | None
    heads: dict[str, RuleHead]
    trial: bool
    template: bytes | None


@dataclass(frozen=True, slots=True)
class _Found:
    site: Site
    activity: Activity
    emissions: Emissions


def evaluate(
    site: bytes,
    rules: Rules,
    frames: Sequence[AdmittedFrame],
    period: Period,
    *,
    seed: bytes,
    kind: int,
    trial: bool = False,
) -> Result:
    """The result of a period. `kind`: 1 emission statement, 2 enterprise carbon efficiency; `seed`: 32 bytes. With
    `trial` the rules may be others than those that the site file names: marked WHAT-IF, never to be certified.

    Raises the named error of the file that is wrong, or `EvaluationError`; faulty data never raise, they show.
    """
    return evaluate_evidence(site, rules, whole(frames), period, seed=seed, kind=kind, trial=trial)


def evaluate_evidence(
    site: bytes, rules: Rules, evidence: Evidence, period: Period, *, seed: bytes, kind: int, trial: bool = False
) -> Result:
    """The same from frames that come group by group, and are never all at hand."""
    case = _case(site, rules, period, seed, kind, trial=trial)
    gathered = gather_frames(evidence, case.site, case.engine.method.data_rules, case.span)
    found = Findings(dict(gathered.found.counts))
    activity = gather(case.site, case.engine, gathered, case.span, found)
    return _conclude(case, gathered.counts, activity, found, seed)


def evaluate_file(
    file: ActivityFile, data: bytes, rules: Rules, *, seed: bytes, kind: int, site: bytes | None = None
) -> Result:
    """The result of a plain file of activity data: marked ACTIVITY-FILE, and never to be certified.

    `data`: the file's bytes. `site`: only its boundary and sources are used. Raises the named error of the file that is
    wrong.
    """
    plan = None if site is None else parse_site(site)
    region = file.region if plan is None else plan.region
    engine = Engine(parse_method(rules.method), parse_factors(rules.factors), region)
    graders = _graders(rules) if kind == CARBON_EFFICIENCY else None
    heads = _heads(engine, graders)
    found = Findings()
    typed = take(file, data, engine, found, plan)
    _check(typed.period, seed, kind)
    for head in heads.values():
        covers(head, [month.year for month in typed.activity.months])
    plan = replace(typed.site, marks=typed.site.marks | {ACTIVITY_FILE})
    span = typed.activity.months
    case = _Case(kind, typed.period, span, plan, engine, graders, heads, False, rules.template)
    return _conclude(case, Counts(), typed.activity, found, seed)


def _case(site: bytes, rules: Rules, period: Period, seed: bytes, kind: int, *, trial: bool) -> _Case:
    _check(period, seed, kind)
    plan = parse_site(site)
    engine = Engine(parse_method(rules.method), parse_factors(rules.factors), plan.region)
    graders = _graders(rules) if kind == CARBON_EFFICIENCY else None
    span = months(period.start, period.end, plan.offset)
    heads = _heads(engine, graders)
    if trial:
        plan = replace(plan, rules={role: head.id for role, head in heads.items()})
    join(plan, engine, heads, range(span[0].year, span[-1].year + 1))
    return _Case(kind, period, span, plan, engine, graders, heads, trial, rules.template)


def _conclude(case: _Case, counts: Counts, activity: Activity, found: Findings, seed: bytes) -> Result:
    """From activity to emissions, totals, grade and the document."""
    plan, engine = case.site, case.engine
    emissions = emit(plan, engine, activity, found)
    totals = add_up(emissions)
    graded = _grade(_Found(plan, activity, emissions), totals, case.graders, engine.method.data_rules.gaps_limit)
    marks = _marks(plan, case.heads, activity, graded) | ({WHAT_IF} if case.trial else set())
    facts = document.Facts(
        case.kind, case.period, plan, engine, case.heads, counts, activity, emissions, totals, graded, marks, found,
        case.template,
    )  # fmt: skip
    return Result(document.write(facts), seed)


def _check(period: Period, seed: bytes, kind: int) -> None:
    if kind not in (EMISSION_STATEMENT, CARBON_EFFICIENCY):
        raise EvaluationError(f"kind {kind} is not evaluated here", mend="1 emission statement, 2 carbon efficiency")
    if not 0 <= period.start < period.end < 1 << 33 or period.end - period.start > LONGEST:
        raise EvaluationError("a period ends after it starts, and lasts at most 400 days", mend="take a calendar year")
    if len(seed) != 32:
        raise EvaluationError("the seed has 32 bytes", mend="take 32 random bytes and keep them with the bundle")


def _graders(rules: Rules) -> _Graders:
    if rules.scheme is None or rules.benchmarks is None:
        raise EvaluationError("a carbon-efficiency result needs scheme and benchmarks", mend="give both rule files")
    return _Graders(parse_scheme(rules.scheme), parse_benchmarks(rules.benchmarks))


def _heads(engine: Engine, graders: _Graders | None) -> dict[str, RuleHead]:
    heads = {"method": engine.method.head, "factors": engine.factors.head}
    if graders is not None:
        heads |= {"scheme": graders.scheme.head, "benchmarks": graders.benchmarks.head}
    return heads


def _grade(facts: _Found, totals: Totals, graders: _Graders | None, limit: int) -> Grade:
    """A grade, or why there is none: missing data must not earn a better one."""
    site, activity = facts.site, facts.activity
    if graders is None:
        return no_grade(NO_SCHEME if VALUE_ADDED in activity.items else NO_VALUE_ADDED)
    if facts.emissions.blind:
        return no_grade(NO_DATA)
    if missing_share(facts.emissions) * BASIS_POINTS > limit:
        return no_grade(TOO_MANY_GAPS)
    scheme = graders.scheme
    graded = grade(
        scheme,
        graders.benchmarks,
        energy=totals.energy,
        deductions=totals.deductions,
        denominator=_denominator(activity, scheme),
        industry=site.industry,
        year=activity.months[0].year,
    )
    if graded.mean is not None and _declared_mean(activity, graded.mean.value, scheme.unit) is False:
        return no_grade(MEAN_DIFFERS)
    return graded


def _denominator(activity: Activity, scheme: Scheme) -> Fraction | None:
    item = activity.items.get(scheme.denominator)
    if item is None or not any(month.present for month in item.months):
        return None
    try:
        unit = parse_unit(scheme.denominator_unit)
        return item.total() * item.unit.scale / unit.scale if unit.fits(item.unit) else None
    except UnitError:
        return None


def _declared_mean(activity: Activity, mean: Fraction, unit_text: str) -> bool | None:
    """Whether the mean that the enterprise declared is the published one; None where the site declares none."""
    item = activity.items.get(INDUSTRY_MEAN)
    if item is None:
        return None
    unit = parse_unit(unit_text)
    return unit.fits(item.unit) and item.total() * item.unit.scale / unit.scale == mean


def _marks(site: Site, heads: dict[str, RuleHead], activity: Activity, graded: Grade) -> frozenset[str]:
    """Marks travel: from site file, rules, declarations and the mean into the result."""
    marks = set(site.marks)
    for head in heads.values():
        marks |= head.marks
    if activity.demo or (graded.mean is not None and graded.mean.demo):
        marks.add("DEMO")
    return frozenset(marks)
