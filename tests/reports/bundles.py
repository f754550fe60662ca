"""Bundles around a result, whose statement commits to it: formats only, nothing in them would verify."""

from dataclasses import replace

from ledger.canonical import canonical_json
from ledger.certificates.bundling import write_bundle
from ledger.evaluation.result import commitment
from ledger.evidence.bundle import Bundle, Range
from ledger.log.replay import Head
from ledger.rules import load_rule
from tests.evidence.test_bundle import SAMPLE
from tests.reports import samples


def bundle_of(document: samples.Json) -> Bundle:
    """The bundle of a certificate for this result."""
    statement = replace(SAMPLE.statement, result_hash=commitment(SAMPLE.seed, "result", document))
    return replace(
        SAMPLE, result=canonical_json(document), statement=statement, heads=(Head(9, b"\x01" * 32, 10),),
        ranges=(Range(2, 5, ()),), rules={"method": load_rule("general"), "factors": load_rule("cn-a-2013")},
    )  # fmt: skip


def file_of(bundle: Bundle) -> bytes:
    return write_bundle(bundle)
