"""Every forgery of a bundle is caught by exit 1 and by the claim that it names."""

import pytest

from devnet.tampers import TAMPERS, Tamper
from ledger.certificates.bundling import write_bundle
from ledger.evidence.bundle import read_bundle
from ledger.evidence.verify import verify
from tests.evidence.plant import Case, certified, run_plant

NOW = 1_700_000_000


@pytest.fixture(scope="module")
def honest() -> Case:
    return certified(run_plant())


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_a_forgery_is_caught_by_its_claim(tamper: Tamper, honest: Case) -> None:
    """INV-01, INV-02, INV-06, INV-07, INV-08, INV-11, INV-13, INV-15, INV-19: one row of the table each."""
    original = write_bundle(honest.bundle)
    copy = tamper.forge(original)
    assert copy != original
    bundle = read_bundle(copy)
    report = verify(bundle, honest.policy, honest.facts(bundle), NOW)
    assert report.failed == tamper.claim, report
    assert report.exit_code == 1


def test_the_list_covers_what_a_reader_expects() -> None:
    names = [tamper.name for tamper in TAMPERS]
    assert len(names) == len(set(names)) >= 7
    for tamper in TAMPERS:
        assert tamper.title["en"]
        assert tamper.title["zh"]
