"""Where an evaluation's evidence comes from: the store, a bundle, or a plain file; and its rules: shipped, or files."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from ledger.accounting.method import PRODUCT, parse_method
from ledger.assemble import assemble, signers_of
from ledger.commands.input_files import WrongUse, read, rule_file
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.calendar import read_period
from ledger.evaluation.evaluate import (
    CARBON_EFFICIENCY,
    EMISSION_STATEMENT,
    PRODUCT_FOOTPRINT,
    evaluate,
    evaluate_file,
    evaluate_source,
)
from ledger.evaluation.gathering import Source, whole
from ledger.evaluation.grading import of_lines
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.result import Result
from ledger.evaluation.site import Site, parse_site
from ledger.evidence.bundle import MAX_ARCHIVE, Bundle, Key, read_bundle
from ledger.evidence.case import times_of
from ledger.log.admission import Enrolment
from ledger.log.replay import key_name, open_frame, replay
from ledger.projecting import Question, final_heads, projected
from ledger.store.database import migrate, open_store
from ledger.store.enrolments import all_enrolments
from ledger.store.log import all_logs
from ledger.templates.library import shipped_template
from ledger.templates.template import MAX_BYTES as MAX_TEMPLATE
from terminal_signer.frame import KeyClass, parse
from terminal_signer.keys import PublicKey

ROLES = ("method", "factors", "scheme", "benchmarks")
STORE, BUNDLE, FILE = "store", "bundle", "activity-file"


@dataclass(frozen=True, slots=True)
class Wish:
    """The command's options. `rules`: by role an id or a file's path; `folder`: where rule files of one's own lie."""

    site: Path | None
    period: str | None
    rules: Mapping[str, str]
    folder: Path | None = None
    statement: bool = False


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`evidence`: store, bundle or activity-file. `certified`: whether a bundle's own result has the same bytes."""

    result: Result
    evidence: str
    certified: bool | None = None


def from_file(wish: Wish, path: Path) -> Evaluated:
    """An activity file, with or without a site file. Raises the named error of whatever is wrong."""
    data = read(path)
    file = parse_activity(data, path.name, wish.period)
    site = None if wish.site is None else read(wish.site)
    plan = None if wish.site is None or site is None else parse_site(site, wish.site.name)
    named = dict(file.rules) if plan is None else dict(plan.rules)
    rules = wished_rules(wish, named)
    result = evaluate_file(
        file, data, rules, seed=secrets.token_bytes(32), kind=wished_kind(wish, rules, None), site=site
    )
    return Evaluated(result, FILE)


def from_bundle(wish: Wish, path: Path) -> Evaluated:
    """A bundle's frames again, with its own site file and rules where the wish names none. Signatures, log and chain
    are not looked at: that is `carbon verify`'s work."""
    bundle = read_bundle(read(path, MAX_ARCHIVE))
    site = bundle.site if wish.site is None else read(wish.site)
    plan = parse_site(site, "site.toml" if wish.site is None else wish.site.name)
    rules = replace(Rules(**bundle.rules), **_given(wish))
    period = wished_period(wish, plan) if wish.period else _stated_period(bundle)
    frames = _judged(bundle, plan, rules.method)
    kind = wished_kind(wish, rules, plan)
    trial = any(wish.rules.values()) or wish.site is not None
    result = evaluate(site, rules, frames, period, seed=bundle.seed, kind=kind, trial=trial)
    return Evaluated(result, BUNDLE, result.canonical() == bundle.result)


def from_store(wish: Wish, database: str, log_id: bytes | None, *, from_frames: bool = False) -> Evaluated:
    """What the log holds under final anchors, from the hourly amounts that the store keeps of it (made where there are
    none of now); `from_frames`: from the frames themselves, keeping nothing. The same bytes either way."""
    if wish.site is None:
        raise WrongUse("no site file", mend="carbon evaluate SITE --period 2022")
    site = read(wish.site)
    plan = parse_site(site, wish.site.name)
    period, rules = wished_period(wish, plan), wished_rules(wish, plan.rules)
    engine = open_store(database)
    try:
        migrate(engine)
        log = chosen_log(engine, log_id)
        source = (_frames if from_frames else _hours)(engine, log, site, plan, period, rules.method)
    finally:
        engine.dispose()
    seed, kind, trial = secrets.token_bytes(32), wished_kind(wish, rules, plan), bool(wish.rules)
    return Evaluated(evaluate_source(site, rules, source, period, seed=seed, kind=kind, trial=trial), STORE)


def _frames(engine: Engine, log_id: bytes, site: bytes, plan: Site, period: Period, method: bytes) -> Source:
    heads, enrolments = final_heads(engine, log_id), _enrolled(engine, log_id)
    subs = signers_of(engine, log_id, plan, enrolments)
    return whole(assemble(engine, log_id, enrolments, heads, subs, period, times_of(plan, method)).admitted)


def _hours(engine: Engine, log_id: bytes, site: bytes, plan: Site, period: Period, method: bytes) -> Source:
    heads, enrolments = final_heads(engine, log_id), _enrolled(engine, log_id)
    subs = tuple(sorted(signers_of(engine, log_id, plan, enrolments)))
    question = Question(site, parse_method(method).data_rules, period.start, period.end, subs)
    return projected(engine, log_id, question, heads, enrolments)


def _enrolled(engine: Engine, log_id: bytes) -> list[Enrolment]:
    return [key for key in all_enrolments(engine) if key.log_id == log_id]


def chosen_log(engine: Engine, wanted: bytes | None) -> bytes:
    logs = all_logs(engine)
    if wanted is not None and wanted not in logs:
        raise WrongUse(f"the store holds no log 0x{wanted.hex()}")
    if wanted is None and len(logs) != 1:
        found = "no log" if not logs else f"{len(logs)} logs"
        raise WrongUse(f"the store holds {found}", mend="name one: --log 0x…")
    return wanted if wanted is not None else next(iter(logs))


def _judged(bundle: Bundle, plan: Site, method: bytes) -> list[AdmittedFrame]:
    """Keys as the site file classes them: the registry, which knows better, is not asked here."""
    classes = {meter.sub: KeyClass.METER for meter in plan.meters}
    classes |= {entry.sub: entry.key_class for entry in plan.declarations}
    keys = [_key(key, classes, plan.iss, bundle.statement.log_id) for key in bundle.keys]
    names = {(key.iss, key.sub, key.kid): key for key in keys}
    opened = [open_frame(parse(raw)) for raw in bundle.frames]
    strange = next((entry.frame.sub for entry in opened if key_name(entry.frame) not in names), None)
    if strange is not None:
        raise WrongUse(f"the bundle holds frames of {strange}, but not its key", where="proofs.json")
    rows = replay(opened, bundle.indices(), bundle.heads, names, bundle.statement.log_id, times_of(plan, method))
    return [AdmittedFrame(*row) for row in rows]


def _key(key: Key, classes: Mapping[str, KeyClass], iss: str, log_id: bytes) -> Enrolment:
    public = PublicKey(key.alg, key.public_key)
    kid = public.thumbprint()
    other = KeyClass.OFFICER if key.iss == iss else KeyClass.VERIFIER
    return Enrolment(
        kid, key.iss, key.sub, kid, public, classes.get(key.sub, other), log_id, 0, None, False, None, None,
        bytes(32), key.proof,
    )  # fmt: skip


def _stated_period(bundle: Bundle) -> Period:
    return Period(bundle.statement.period_start, bundle.statement.period_end)


def wished_period(wish: Wish, plan: Site) -> Period:
    if wish.period is None:
        raise WrongUse("no period", mend="--period 2022, or 2022-03, or 2022-01/2022-06")
    return read_period(wish.period, plan.offset)


def wished_kind(wish: Wish, rules: Rules, plan: Site | None) -> int:
    """A plan with products under a method that quantifies products: their footprints; graded, where it can be."""
    makes = plan is not None and plan.organisation.products and not wish.statement
    if makes and parse_method(rules.method).quantifies == PRODUCT:
        return PRODUCT_FOOTPRINT
    graded = rules.scheme is not None and rules.benchmarks is not None and not wish.statement
    return CARBON_EFFICIENCY if graded and not of_lines(rules.scheme) else EMISSION_STATEMENT


def wished_rules(wish: Wish, named: Mapping[str, str]) -> Rules:
    """The rules that the site file (or the activity file) names, unless the wish names others."""
    wanted = dict(named) | dict(wish.rules)
    missing = next((role for role in ("method", "factors") if role not in wanted), None)
    if missing is not None:
        raise WrongUse(
            f"no {missing} is named",
            mend=f"--{missing} ID: carbon {'methods' if missing == 'method' else missing} list",
        )
    read = {role: rule_file(wanted[role], wish.folder) for role in ROLES if role in wanted}
    return Rules(**read, template=_template(wanted["template"], wish.folder) if "template" in wanted else None)


def _given(wish: Wish) -> dict[str, bytes]:
    return {role: rule_file(name, wish.folder) for role, name in wish.rules.items()}


def _template(handle: str, folder: Path | None) -> bytes:
    """A merged template by its handle: a file of the folder, DIR/META_….json, or the shipped one of an industry."""
    suffix = handle.rpartition("/")[2]
    if folder is not None and suffix and (folder / f"{suffix}.json").is_file():
        return read(folder / f"{suffix}.json", MAX_TEMPLATE)
    return shipped_template(handle).canonical
