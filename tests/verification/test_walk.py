"""docs/verification.md, command by command, against real servers: the page cannot lie.

Shell variables are filled in from the stage; a comment that says how much later it is moves the chain's clock.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger.chain.keyfile import PASSPHRASE as ACCOUNT_PASSPHRASE
from ledger.commands.goods import main as carbon_goods
from ledger.commands.terminal import main as carbon_terminal
from ledger.commands.trace import main as carbon_trace
from ledger.commands.verification import main as carbon_verification
from ledger.store.certificates import certificate_of
from ledger.store.database import open_store
from ledger.store.engagements import record_of
from ledger.verification.stages import State
from terminal_signer import commands as signing_commands
from terminal_signer.cli import main as terminal_signer
from terminal_signer.place import PASSPHRASE
from tests.conftest import ROOT
from tests.verification.stage import HOUR, IDENTIFIER, ISS, METER, PHRASE, START, Office, office

DOCS = ROOT / "docs"
PROGRAMS = {
    ("carbon", "verification"): (carbon_verification, 2),
    ("carbon", "terminal"): (carbon_terminal, 2),
    ("carbon", "goods"): (carbon_goods, 2),
    ("carbon", "trace"): (carbon_trace, 2),
    ("terminal-signer",): (terminal_signer, 1),
}
LATER = re.compile(r"# (a|two) days? later")
FILES = ("bills.pdf", "delivery-note.pdf", "photo.jpg", "record.pdf", "report.pdf")


def commands(page: str) -> list[str]:
    """The lines of a page's shell blocks, with continued ones joined."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("walk") / "demo", without=("lead",)) as running:
        furnish(running)
        yield running


def furnish(walk: Office) -> None:
    """The folder as the commands of a page name it, with the files that they hand in."""
    (walk.folder / ".carbon").symlink_to(walk.folder)
    for name in FILES:
        (walk.folder / name).write_text(name)


@pytest.fixture
def at_home(walk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder of `walk`, with everybody's passphrase; `terminal-signer` goes by the chain's clock."""
    monkeypatch.chdir(walk.folder)
    monkeypatch.setenv(PASSPHRASE, PHRASE)
    monkeypatch.delenv(ACCOUNT_PASSPHRASE, raising=False)
    monkeypatch.setattr(signing_commands, "time", SimpleNamespace(time=walk.stage.chain.now))


def variables(walk: Office) -> dict[str, str]:
    stage = walk.stage
    addresses = {name: "0x" + stage.deployment.address(name).hex() for name in ("TerminalRegistry", "AnchorLog")}
    return {
        "CHAIN": str(stage.deployment.chain_id), "REGISTRY": addresses["TerminalRegistry"],
        "ANCHOR_LOG": addresses["AnchorLog"], "GATEWAY": walk.server.url, "RPC": stage.anvil.url,
        "LOG_ID": "0x" + stage.log_id.hex(), "PROMISE_KEY": "0x" + stage.promise_key.public.raw.hex(),
        **{f"{role.upper()}_ACCOUNT": walk.account(role) for role in ("enterprise", "evaluator", "verifier")},
    }  # fmt: skip


@pytest.mark.usefixtures("at_home")
def test_every_command_of_the_page_does_what_it_says(walk: Office, capsys: pytest.CaptureFixture[str]) -> None:
    known = variables(walk) | {"FRAME": "0x" + walk.frames[METER, START + 3 * HOUR].hex()}
    go_through("verification.md", walk, known, capsys)
    engine = open_store(str(walk.folder / "ledger.db"))
    first, second = (record_of(engine, walk.stage.log_id, f"{ISS}/V-2022-000{n}").case for n in (1, 2))
    row = certificate_of(engine, IDENTIFIER)
    engine.dispose()
    assert row is not None
    assert first is not None
    assert second is not None
    assert (first.state, first.token) == (State.MINTED, row.token_id)
    assert (second.state, second.applied.supersedes) == (State.APPLIED, row.token_id)


def go_through(page: str, walk: Office, known: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of a page, one after the other."""
    for line in commands(page):
        if later := LATER.match(line):
            walk.pass_days({"a": 1, "two": 2}[later[1]])
            continue
        code, said = typed(line, known, capsys)
        assert code == (1 if "# exit 1" in line else 0), f"{line}\n{said}"
        if found := re.search(r"--signed (0x[0-9a-f]{64})", said):
            known["CORRECTION"] = found[1]


def typed(line: str, known: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """A command as a shell would run it, with what it printed."""
    words = shlex.split(re.sub(r"\$([A-Z_]+)", lambda name: known[name[1]], line), comments=True)
    target = None
    if ">" in words:
        words, target = words[: words.index(">")], Path(words[-1])
    program, skipped = next((found for start, found in PROGRAMS.items() if tuple(words[: len(start)]) == start))
    capsys.readouterr()
    out = StringIO()
    with redirect_stdout(out):
        code = program(words[skipped:])
    if target is not None:
        target.write_text(out.getvalue())
    return code, out.getvalue() + capsys.readouterr().err
