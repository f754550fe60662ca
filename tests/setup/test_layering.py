"""What the base installation may import. The directions of imports are held by import-linter (`make layers`)."""

import subprocess
import sys

import grimp
import pytest

BASE = {"cryptography", "cbor2"}
EXTRAS = {"tongsuopy": "terminal_signer.sm2", "pkcs11": "terminal_signer.pkcs11"}
OWN = ("terminal_signer", "ledger", "gateway", "devnet")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OWN, include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("start", ["ledger.cli", "ledger.commands.verify"])
def test_the_verifier_needs_two_packages(graph: grimp.ImportGraph, start: str) -> None:
    """The wheel's base installation is the verifier: whatever it imports, at any depth, is listed in pyproject.toml."""
    reached = {start} | graph.find_upstream_modules(start)
    foreign = {name for name in reached if name.split(".")[0] not in OWN and name not in sys.stdlib_module_names}
    assert foreign <= BASE | {"tongsuopy"}
    assert not any(name.startswith(("gateway", "devnet", "ledger.store", "ledger.chain")) for name in reached)


def test_the_terminal_needs_no_ledger(graph: grimp.ImportGraph) -> None:
    reached = graph.find_upstream_modules("terminal_signer", as_package=True)
    foreign = {
        name for name in reached if name not in sys.stdlib_module_names and not name.startswith("terminal_signer")
    }
    assert foreign <= BASE | EXTRAS.keys() | {"rich"}


def test_an_extra_is_imported_by_one_module_and_on_use_only(graph: grimp.ImportGraph) -> None:
    """Who has no such key needs neither: without it the words of verifier and terminal load as ever."""
    for extra, module in EXTRAS.items():
        assert graph.find_modules_that_directly_import(extra) == {module}
    words = "ledger.commands.verify, terminal_signer.cli, terminal_signer.sm2, terminal_signer.pkcs11"
    program = f"import sys, {words}; print(sorted({set(EXTRAS)} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
