"""From frames to a result: one pure function, which issuer, verifier and anyone else call with the same bytes.

gathering (what the frames say) → activity (per item and month) → emissions (per source and month) → grade → document.
The same site file, rules, frames and period give the same document, byte for byte, on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.accounting.engine import Engine
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import PRODUCT, parse_method
from ledger.evaluation import document
from ledger.evaluation.activity import Activity, gather
from ledger.evaluation.activity_file import ActivityFile
from ledger.evaluation.balance import draw_balance
from ledger.evaluation.calendar import Month, months
from ledger.evaluation.emissions import emit
from ledger.evaluation.figures import add_up
from ledger.evaluation.findings import Findings
from ledger.evaluation.gathering import Counts, Source, whole
from ledger.evaluation.grading import grade_period, read_graders
from ledger.evaluation.inputs import AdmittedFrame, EvaluationError, Period, Rules
from ledger.evaluation.joining import covers, join
from ledger.evaluation.organisation import organise
from ledger.evaluation.result import Result
from ledger.evaluation.site import ACTIVITY_FILE, WHAT_IF, Site, parse_site
from ledger.evaluation.template_check import read_template
from ledger.evaluation.typed_checks import one_period
from ledger.evaluation.unit_hours import Points
from ledger.evaluation.unverified import take
from ledger.grading.assess import Graders
from ledger.grading.grade import Grade
from ledger.rules.head import RuleHead
from ledger.templates import Template

__all__ = ["AdmittedFrame", "EvaluationError", "Period", "Rules", "evaluate", "evaluate_file"]

EMISSION_STATEMENT = 1
CARBON_EFFICIENCY = 2
PRODUCT_FOOTPRINT = document.PRODUCT_FOOTPRINT
LONGEST = 400 * 86_400
KINDS = {
    EMISSION_STATEMENT: "emission statement",
    CARBON_EFFICIENCY: "carbon efficiency",
    PRODUCT_FOOTPRINT: "product footprint",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """What is evaluated and by which rules, before any frame is looked at."""

    kind: int
    period: Period
    span: list[Month]
    site: Site
    engine: Engine
    graders: Graders | None
    heads: dict[str, RuleHead]
    trial: bool
    template: Template | None


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
    """The result of a period. `kind`: 1 emission statement, 2 enterprise carbon efficiency, 3 product footprints;
    `seed`: 32 bytes. With `trial` the rules may be others than those that the site file names: marked WHAT-IF, never to
    be certified.

    Raises the named error of the file that is wrong, or `EvaluationError`; faulty data never raise, they show.
    """
    return evaluate_source(site, rules, whole(frames), period, seed=seed, kind=kind, trial=trial)


def evaluate_source(
    site: bytes, rules: Rules, source: Source, period: Period, *, seed: bytes, kind: int, trial: bool = False
) -> Result:
    """The same from frames that come group by group and are never all at hand, or from a projection of them."""
    case = _case(site, rules, period, seed, kind, trial=trial)
    gathered = source.gathered(case.site, case.engine.method.data_rules, case.span)
    found = gathered.found.copy()
    activity = gather(case.site, case.engine, gathered, case.span, found)
    return _conclude(case, gathered.counts, activity, found, seed, gathered.points)


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
    graders = read_graders(rules, efficiency=kind == CARBON_EFFICIENCY)
    heads = _heads(engine, graders)
    found = Findings()
    typed = take(file, data, engine, found, plan)
    _check(typed.period, seed, kind)
    _check_product(kind, typed.site, engine)
    if kind == CARBON_EFFICIENCY:
        one_period(typed.activity.items, typed.activity.months)
    template = None if rules.template is None else read_template(rules.template, plan)
    for head in heads.values():
        covers(head, [month.year for month in typed.activity.months])
    plan = replace(typed.site, marks=typed.site.marks | {ACTIVITY_FILE})
    span = typed.activity.months
    case = _Case(kind, typed.period, span, plan, engine, graders, heads, False, template)
    return _conclude(case, Counts(), typed.activity, found, seed)


def _case(site: bytes, rules: Rules, period: Period, seed: bytes, kind: int, *, trial: bool) -> _Case:
    _check(period, seed, kind)
    plan = parse_site(site)
    engine = Engine(parse_method(rules.method), parse_factors(rules.factors), plan.region)
    graders = read_graders(rules, efficiency=kind == CARBON_EFFICIENCY)
    span = months(period.start, period.end, plan.offset)
    heads = _heads(engine, graders)
    if trial:
        plan = replace(plan, rules={role: head.id for role, head in heads.items()})
    join(plan, engine, heads, range(span[0].year, span[-1].year + 1))
    _check_product(kind, plan, engine)
    template = read_template(rules.template, plan)
    return _Case(kind, period, span, plan, engine, graders, heads, trial, template)


def _conclude(
    case: _Case, counts: Counts, activity: Activity, found: Findings, seed: bytes, points: Points | None = None
) -> Result:
    """From activity to emissions, totals, grade and the document."""
    plan, engine = case.site, case.engine
    emissions = emit(plan, engine, activity, found)
    totals = add_up(emissions, engine.method)
    organised = organise(plan, engine, activity, emissions, found, points) if plan.organisation else None
    graded = grade_period(plan, engine, activity, emissions, totals, case.graders, organised)
    marks = _marks(plan, case.heads, activity, graded) | ({WHAT_IF} if case.trial else set())
    facts = document.Facts(
        case.kind, case.period, plan, engine, case.heads, counts, activity, emissions, totals, graded,
        case.graders, marks, found, case.template, organised,
        draw_balance(engine, activity, emissions, found),
    )  # fmt: skip
    return Result(document.write(facts), seed)


def _check(period: Period, seed: bytes, kind: int) -> None:
    if kind not in KINDS:
        raise EvaluationError(
            f"kind {kind} is not evaluated here", mend=", ".join(f"{n} {w}" for n, w in KINDS.items())
        )
    if not 0 <= period.start < period.end < 1 << 33 or period.end - period.start > LONGEST:
        raise EvaluationError("a period ends after it starts, and lasts at most 400 days", mend="take a calendar year")
    if len(seed) != 32:
        raise EvaluationError("the seed has 32 bytes", mend="take 32 random bytes and keep them with the bundle")


def _check_product(kind: int, plan: Site, engine: Engine) -> None:
    """An organisation's total has deductions that no footprint may have, and lacks what was bought."""
    if kind != PRODUCT_FOOTPRINT:
        return
    if engine.method.quantifies != PRODUCT:
        raise EvaluationError(
            f"method {engine.method.head.id!r} quantifies an organisation: no product's footprint follows from it",
            where="site file, field rules",
            mend='name a method that quantifies products, such as "product-footprint"',
        )
    if not plan.organisation.products:
        raise EvaluationError("the site file names no product", where="site file", mend="add a [[product]] table")


def _heads(engine: Engine, graders: Graders | None) -> dict[str, RuleHead]:
    heads = {"method": engine.method.head, "factors": engine.factors.head}
    if graders is not None:
        heads |= {"scheme": graders.scheme.head, "benchmarks": graders.benchmarks.head}
    return heads


def _marks(site: Site, heads: dict[str, RuleHead], activity: Activity, graded: Grade) -> frozenset[str]:
    """Marks travel: from site file, rules, declarations and the mean into the result."""
    marks = set(site.marks)
    for head in heads.values():
        marks |= head.marks
    if activity.demo or graded.demo:
        marks.add("DEMO")
    return frozenset(marks)
