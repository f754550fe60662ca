"""A page that shows a command which does not exist is caught."""

import pytest

from tests.setup.cli_reference import faults_of_commands, makefile_targets

HELP = {
    "carbon": "",
    "carbon verify": "--policy FILE\n--rpc URL",
    "terminal-signer": "",
    "terminal-signer sign": "--key",
}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("make demo", None),
        ('make demo ARGS="--readings FILE"', None),
        ("$ carbon verify b.zip --policy p.json --rpc http://127.0.0.1:8545", None),
        ("terminal-signer sign --key k.pem   # a comment --not-an-option", None),
        ("ls -l --all", None),
        ("make dmeo", "no target 'dmeo'"),
        ("carbon prove b.zip", "no command 'prove'"),
        (".venv/bin/carbon verify --polcy p.json", "'carbon verify' has no option --polcy"),
        ("terminal-signer sgin", "no command 'sgin'"),
    ],
)
def test_commands_of_a_page(line: str, fault: str | None) -> None:
    found = list(faults_of_commands(f"text\n\n```sh\n{line}\n```\n", HELP, {"demo", "test"}))
    assert found == ([] if fault is None else [f"{line.strip()}: {fault}"])


def test_blocks_of_other_kinds_are_not_commands() -> None:
    assert not list(faults_of_commands("```json\ncarbon prove\n```\n", HELP, set()))


def test_the_makefile_documents_what_it_offers() -> None:
    assert {"setup", "demo", "test", "check", "clean", "bench", "help"} <= makefile_targets()
