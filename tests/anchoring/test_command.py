"""`carbon anchor`: configuration, one step, the real process, status."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.anchoring.configuration import PASSPHRASE, read_configuration
from ledger.anchoring.heads import State
from ledger.chain.deployment import save
from ledger.chain.keyfile import save_key
from ledger.chain.views import GWEI
from ledger.commands.anchor import main
from ledger.errors import ConfigError
from ledger.log.checkpoint import read_note_key
from terminal_signer import keys
from tests.anchoring.works import Works


@pytest.fixture
def folder(works: Works, tmp_path: Path) -> Path:
    """A working folder as `carbon serve` and a deployment leave it; the store is the works' own."""
    save(works.stand.deployment, tmp_path / "deployment.json")
    save_key(tmp_path / "keys" / "anchorer.key", bytes(works.stand.accounts["anchorer"].key))
    keys.save(tmp_path / "keys" / "note.pem", works.log.note_key, b"secret")
    (tmp_path / "keys" / "passphrase").write_text("secret\n")
    shared = f'log_id = "0x{works.log.id.hex()}"\nrpc = "{works.stand.anvil.url}"\nclock = "chain"\nport = 8000\n'
    (tmp_path / "gateway.toml").write_text(shared)
    own = 'note_passphrase_file = "keys/passphrase"\ninterval = 0\npoll = 0.05\n'
    (tmp_path / "anchorer.toml").write_text(own)
    return tmp_path


def test_flags_over_own_file_over_the_gateways_over_defaults(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(f'log_id = "0x{"11" * 32}"\nrpc = "http://a"\nclock = "chain"\nport = 1\n')
    (tmp_path / "anchorer.toml").write_text('rpc = "http://b"\ninterval = 60\nmost_fee = 7\n')
    found = read_configuration(tmp_path, {"interval": 5, "poll": None})
    assert (found.log_id, found.rpc, found.clock, found.poll) == (b"\x11" * 32, "http://b", "chain", 2)
    assert (found.pace.interval, found.pace.patience, found.pace.most_fee) == (5, 120, 7 * GWEI)
    assert found.database == f"sqlite:///{tmp_path / 'ledger.db'}"
    assert found.key_file == tmp_path / "keys" / "anchorer.key"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "log_id"),
        ('log_id = "0x12"', "is no log"),
        ("log_id = 1", "not of type str"),
        ("interval = -1", "negative"),
        ('interval = "1"', "not of type int"),
        ("interval = true", "not of type int"),
        ("colour = 1", "unknown key"),
        ('clock = "sun"', "no clock"),
        ("interval = ", "TOML"),
    ],
)
def test_bad_configuration_is_named_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    (tmp_path / "anchorer.toml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_configuration(tmp_path, {})
    assert main(["status", "--dir", str(tmp_path)]) == 2
    assert words in capsys.readouterr().err


def test_once_and_status(works: Works, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    works.grow(3)
    assert main(["run", "--once", "--json", "--dir", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "format": "anchor-step/1",
        "actions": ["fix", "send", "confirm", "wait"],
    }
    works.grow(2)
    assert main(["status", "--json", "--dir", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == "anchor-status/1"
    assert (found["leaves"], found["anchored"], found["final"], found["waiting"]) == (5, 3, 0, 2)
    assert (found["heads"], found["newest"]["size"], found["anchorer"]) == ({"mined": 1}, 3, None)
    assert (found["chain"]["reachable"], found["chain"]["size"]) == (True, 3)
    assert read_note_key(found["note_key"]) == works.log.note_key.public


@pytest.mark.parametrize("case", ["another key", "no passphrase", "no file", "P-256", "no chain"])
def test_a_note_key_that_the_chain_does_not_list_is_not_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """INV-08: with such a key, witnesses would take the log's checkpoints for forgeries."""
    pem = folder / "keys" / "note.pem"
    if case in ("another key", "P-256"):
        keys.save(pem.with_name("new"), keys.generate(keys.EDDSA if case == "another key" else keys.ES256), b"secret")
        pem.with_name("new").replace(pem)
    elif case == "no passphrase":
        (folder / "keys" / "passphrase").unlink()
    elif case == "no file":
        pem.unlink()
    rpc = ["--rpc", "http://127.0.0.1:9"] if case == "no chain" else []
    assert main(["status", "--json", "--dir", str(folder), *rpc]) == 0
    assert json.loads(capsys.readouterr().out)["note_key"] is None


@pytest.mark.parametrize(("language", "words"), [("en", "not anchored yet"), ("zh", "尚未锚定")])
def test_status_for_people(
    works: Works, folder: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    works.grow(3)
    assert main(["status", "--dir", str(folder), "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert words in shown
    assert works.log.id.hex()[:16] in shown


def test_status_without_a_chain(works: Works, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--dir", str(folder), "--rpc", "http://127.0.0.1:9"]) == 0
    assert "no chain answers" in capsys.readouterr().out.replace("\n", " ")


def test_what_is_missing_is_named(works: Works, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "keys" / "anchorer.key").unlink()
    assert main(["run", "--once", "--dir", str(folder)]) == 1
    assert "anchorer.key" in capsys.readouterr().err
    assert main(["status", "--dir", str(folder), "--database", "none.db"]) == 2
    assert "no store here" in capsys.readouterr().err
    assert main(["status", "--dir", str(folder), "--deployment", "none.json"]) == 1
    assert "carbon devnet up" in capsys.readouterr().err


def test_the_passphrase_comes_from_a_file_or_the_environment(
    works: Works, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "anchorer.toml").write_text("interval = 0\n")
    monkeypatch.setenv(PASSPHRASE, "wrong")
    assert main(["run", "--once", "--dir", str(folder)]) == 1
    monkeypatch.setenv(PASSPHRASE, "secret")
    assert main(["run", "--once", "--dir", str(folder)]) == 0
    assert "secret" not in capsys.readouterr().err


def test_the_real_process_anchors_is_killed_and_goes_on(works: Works, folder: Path) -> None:
    """INV-09: `carbon anchor run` as operators run it: SIGKILL, start again, SIGTERM."""
    works.grow(2)
    first = _start(folder)
    try:
        _until(lambda: works.states() == {2: State.MINED})
    finally:
        first.kill()
        first.wait()
    works.grow(2)
    second = _start(folder)
    try:
        _until(lambda: works.states().get(4) is State.MINED)
        works.stand.anvil.finalize()
        _until(lambda: set(works.states().values()) == {State.FINAL})
        rival = subprocess.run(_command(folder), capture_output=True, text=True, check=False, timeout=30)
        assert rival.returncode == 1
        assert f"process {second.pid}" in rival.stderr
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    works.held_final()
    log = (folder / "anchorer.log").read_text()
    assert bytes(works.stand.accounts["anchorer"].key).hex() not in log


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "ledger", "anchor", "run", "--dir", str(folder)]


def _start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "anchorer.log").open("ab") as log:
        return subprocess.Popen(_command(folder), stdout=log, stderr=log, env=os.environ | {"CARBON_LANG": "en"})


def _until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
