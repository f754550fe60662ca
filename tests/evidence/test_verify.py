"""The verifier on an honest bundle and on lies."""

import pytest

from ledger.certificates.bundling import write_bundle
from ledger.evidence.bundle import read_bundle
from ledger.evidence.report import CLAIMS
from ledger.evidence.verify import verify
from tests.evidence.plant import Case, certified, run_plant

NOW = 1_700_000_000


@pytest.fixture(scope="session")
def honest() -> Case:
    return certified(run_plant())


def test_an_honest_bundle_verifies(honest: Case) -> None:
    bundle = read_bundle(write_bundle(honest.bundle))
    assert bundle == honest.bundle
    report = verify(bundle, honest.policy, honest.facts(), NOW)
    assert [(claim.name, claim.state) for claim in report.claims] == [(name, "verified") for name in CLAIMS], report
    assert report.policy == ()
    assert report.exit_code == 0
