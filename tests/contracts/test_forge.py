"""The contracts' own tests, written in Solidity, and the gas that they are known to cost."""

from contracts.forge import run


def test_forge_tests_pass_and_anchors_cost_what_is_written_down() -> None:
    """INV-06, INV-07, INV-08, INV-12, INV-13, INV-15, INV-24: see contracts/test/."""
    finished = run("test", FORGE_SNAPSHOT_CHECK="true")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_gas_is_that_of_the_snapshot() -> None:
    """Fuzz tests are left out: their gas depends on the cases that are drawn."""
    finished = run("snapshot", "--check", "--no-match-test", "testFuzz", FORGE_SNAPSHOT_CHECK="true")
    assert finished.returncode == 0, finished.stdout + finished.stderr
