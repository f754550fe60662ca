"""The contracts' own tests, written in Solidity, and the gas that they are known to cost."""

import json

from contracts.build import OWN
from contracts.compiler import CONTRACTS
from contracts.forge import run
from tests.contracts.stage import artifact


def test_forge_tests_pass_and_anchors_cost_what_is_written_down() -> None:
    """INV-01, INV-05, INV-06, INV-07, INV-08, INV-12, INV-13, INV-14, INV-15, INV-18, INV-22, INV-23, INV-24: in
    contracts/test/."""
    finished = run("test", FORGE_SNAPSHOT_CHECK="true")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_gas_is_that_of_the_snapshot() -> None:
    """Fuzz and invariant tests are left out: their gas depends on the cases that are drawn."""
    finished = run("snapshot", "--check", "--no-match-test", "testFuzz|invariant", FORGE_SNAPSHOT_CHECK="true")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_forge_tests_the_bytecode_that_is_deployed() -> None:
    """Forge compiles by foundry.toml, the committed artifacts by contracts/build.py: the same code comes out."""
    assert run("build").returncode == 0
    for name in OWN:
        built = json.loads((CONTRACTS / "out" / f"{name}.sol" / f"{name}.json").read_text())
        assert built["deployedBytecode"]["object"] == artifact(name)["deployedBytecode"], name
