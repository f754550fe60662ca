"""A product's certificate from frames to verdict: the verifier recomputes what only such a statement says."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import NotCertifiable, sign
from ledger.certificates.statement import Signatures
from ledger.evidence.bundle import Bundle, read_bundle
from ledger.evidence.report import CLAIMS, Report
from ledger.evidence.verify import verify
from ledger.rules import load_rule
from tests.evidence.plant import ISS, SITE, Case, certified, run_plant

PRODUCT = f"{ISS}/bracket"
FACTORS = load_rule("footprint-secondary-cn").replace(b"years = [2022]", b"years = [2021]")
"""Antedated to the plant's year."""
RULES = {
    "method": load_rule("product-footprint"),
    "factors": FACTORS.replace(b"years = [2023, 2023]", b"years = [2021, 2023]", 1),
}
OF_PRODUCT = (
    SITE.decode()
    .replace('"general"', '"product-footprint"')
    .replace('"cn-a-2013"', '"footprint-secondary-cn"')
    .replace("purchased_electricity", "electricity")
    .replace('item = "reactive_lagging"\nunit = "kvarh"', 'item = "heat"\nunit = "GJ"')
    .replace('item = "purchased_heat"', 'item = "product_mass"')
    .replace('[[source]]\nid = "purchased_heat"\n', "")
    + '[[product]]\nid = "bracket"\nname = { zh = "支架", en = "Bracket" }\n'
    + 'at = "enterprise"\noutput = "product_mass"\n'
).replace(f'[[meter.point]]\nid = "{ISS}/P1Q"\nitem = "heat"\nunit = "GJ"\nkind = "amount"\n\n', "")
NOW = 1_700_000_000


@pytest.fixture(scope="module")
def honest() -> Case:
    site = OF_PRODUCT.encode()
    world = run_plant(site_file=site, declares=("product_mass", "12.5", "t"))
    return certified(world, site=site, kind=3, identifier=PRODUCT, rules=RULES)


def resigned(case: Case, **changes: Any) -> Bundle:
    """The bundle with another statement, signed by all three and minted: what they may try together."""
    statement = replace(case.bundle.statement, **changes)
    domain = case.policy.domain()
    parties = case.parties
    signatures = Signatures(
        *(sign(statement, domain, who) for who in (parties.enterprise, parties.evaluator, parties.verifier))
    )
    case.world.minted[statement.digest(domain)] = 1
    return replace(case.bundle, statement=statement, signatures=signatures)


def judged(case: Case, bundle: Bundle) -> Report:
    return verify(bundle, case.policy, case.facts(bundle), NOW)


def test_an_honest_product_bundle_verifies(honest: Case) -> None:
    bundle = read_bundle(write_bundle(honest.bundle))
    report = judged(honest, bundle)
    assert [(claim.name, claim.state) for claim in report.claims] == [(name, "verified") for name in CLAIMS], report
    assert (bundle.statement.unit, bundle.statement.quantity) == ("t", 12_500)
    assert bundle.statement.footprint > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"footprint": 1}, {"quantity": 12_501}, {"unit": "kg"}, {"upstream_root": b"\1" * 32}, {"coverage": 9_999},
        {"metered": 0}, {"identifier": f"{ISS}/bolt"}, {"kind": 1},
    ],
    ids=lambda changes: str(*changes),
)  # fmt: skip
def test_a_statement_that_says_other_than_the_evidence_is_caught(honest: Case, changes: dict[str, Any]) -> None:
    """INV-11, INV-13, INV-14: also where all three signed it and the chain holds it."""
    report = judged(honest, resigned(honest, **changes))
    assert report.exit_code == 1
    assert report.failed in ("statement", "result")


def test_an_unknown_product_with_empty_figures_is_no_certificate(honest: Case) -> None:
    """INV-11: a footprint of zero for something that was never made."""
    nothing = {"identifier": f"{ISS}/bolt", "footprint": 0, "quantity": 0, "unit": "", "upstream_root": bytes(32)}
    report = judged(honest, resigned(honest, **nothing))
    assert (report.exit_code, report.failed) == (1, "statement")


def test_no_statement_is_drawn_up_for_an_unknown_product() -> None:
    site = OF_PRODUCT.encode()
    world = run_plant(1, site_file=site, declares=("product_mass", "12.5", "t"))
    with pytest.raises(NotCertifiable, match="no footprint of"):
        certified(world, 1, site=site, kind=3, identifier=f"{ISS}/bolt", rules=RULES)
