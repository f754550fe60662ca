"""From a result document to a report in one language: which sections there are, and in which order."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from ledger.evaluation.result import commit, salt
from ledger.evidence.bundle import Bundle
from ledger.language import Language
from ledger.reports import (
    amounts,
    appendix,
    balance,
    benchmark,
    checks,
    course,
    levels,
    points,
    products,
    quality,
    sources,
    summary,
)
from ledger.reports.blocks import Mark, Report, Section
from ledger.reports.matter import ENERGY_UNITS, Certificate, Matter, read_months, read_sources
from ledger.reports.reading import MOST_ITEMS, Node, ReportError, clean_text, read_result
from ledger.reports.rule_files import bands_of, item_names, rule_files
from ledger.reports.wording import wording
from terminal_signer.strict import read_json

KINDS = (1, 2, 3)
MOST_MARKS = 12


class ResultDiffers(ReportError):
    """A bundle's result is not the one that its statement commits to."""

    code = "result-differs"


def report_of(data: bytes, language: Language, where: str = "result.json") -> Report:
    """The report of a bare result: nobody has certified it, and it says so."""
    return _report(read_result(data, where), hashlib.sha256(data).hexdigest(), {}, None, language)


def report_of_bundle(bundle: Bundle, language: Language) -> Report:
    """The report of a bundle's result. Raises `ResultDiffers` where the statement is about another result; whether the
    statement is true, `carbon verify` tells."""
    document = read_result(bundle.result)
    committed = commit(salt(bundle.seed, "result"), read_json(bundle.result, "result.json"))
    if committed != bundle.statement.result_hash:
        raise ResultDiffers("the result is not the one that the statement commits to", where="result.json")
    told = bundle.statement
    recipient, evaluator, verifier = ("0x" + party.hex() for party in (told.recipient, told.evaluator, told.verifier))
    certificate = Certificate(
        clean_text(told.identifier), recipient, evaluator, verifier,
        "0x" + told.result_hash.hex(), "0x" + told.log_id.hex(), told.tree_size, told.valid_until,
    )  # fmt: skip
    digest = hashlib.sha256(bundle.result).hexdigest()
    return _report(document, digest, bundle.rules, certificate, language)


def _report(
    document: Node, digest: str, rules: Mapping[str, bytes], certificate: Certificate | None, language: Language
) -> Report:
    matter = _matter(document, digest, rules, certificate, language)
    text, period = matter.text, document.need("period")
    start, end = period.need("start").integer(), period.need("end").integer()
    kind = document.need("kind").integer()
    site = document.need("site")
    return Report(
        language,
        text(f"kind.{kind}") if kind in KINDS else text("kind.other"),
        site.need("name").name(language, 200),
        text.period(start, end, matter.offset),
        text("status.certified" if certificate else "status.bare"),
        _status(matter),
        certificate is not None,
        _marks(matter),
        tuple(_sections(matter)),
        digest,
        end,
        text.group("page"),
    )


def _matter(
    document: Node, digest: str, rules: Mapping[str, bytes], certificate: Certificate | None, language: Language
) -> Matter:
    files = rule_files(document.need("rules"), rules)
    lines = read_sources(document, language)
    energy = document.need("emissions").need("unit").text(60) in ENERGY_UNITS
    matter = Matter(
        document,
        wording(language, energy=energy),
        files,
        item_names(files.get("method")),
        bands_of(files.get("scheme")),
        certificate,
        digest,
    )
    names = {line.id: line.name for line in lines}
    counted = sorted((line for line in lines if line.counted), key=lambda line: -abs(line.value))
    gross = sum((line.value for line in counted if line.value > 0), Fraction(0))
    months = read_months(document)
    return replace(matter, sources=lines, counted=tuple(counted), gross=gross, months=months, names=names)


def _status(matter: Matter) -> str:
    told = matter.certificate
    if told is None:
        refused = matter.text("status.refused") if summary.obstacles(matter) else ""
        return matter.text("status.bare_text") + refused
    until = matter.text("status.no_end")
    if told.valid_until:
        until = matter.text.date(told.valid_until - 1, matter.offset)
    return matter.text("status.certified_text", identifier=told.identifier, until=until, size=f"{told.tree_size:,}")


def _marks(matter: Matter) -> tuple[Mark, ...]:
    text = matter.text
    codes = [mark.text(40) for mark in matter.document.need("marks").items(MOST_MARKS)]
    return tuple(
        Mark(code, text.get(f"mark.{code}") or "", text.get(f"mark_text.{code}") or text("mark_text.other"))
        for code in codes
    )


def _sections(matter: Matter) -> list[Section]:
    lines = matter.document.need("trace").items(MOST_ITEMS)
    found = [
        summary.summary(matter), summary.boundary(matter), sources.sources(matter), points.points(matter, lines),
        amounts.figures(matter), course.months(matter), course.flow(matter), benchmark.benchmark(matter),
        levels.levels(matter), products.products(matter), balance.balance(matter), balance.green(matter),
        quality.quality(matter), checks.hot_spots(matter), checks.cross_checks(matter), checks.corrections(matter),
        checks.findings(matter), *_certificate(matter), appendix.factors(matter), appendix.trace(matter, lines),
    ]  # fmt: skip
    return [section for section in found if section is not None]


def _certificate(matter: Matter) -> list[Section]:
    return [summary.certificate(matter, matter.certificate)] if matter.certificate is not None else []
