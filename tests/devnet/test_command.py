"""`carbon devnet up | status | down` as a user runs it."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devnet.anvil import Anvil
from devnet.binaries import VARIABLE
from devnet.command import main
from devnet.process import alive, free_port
from tests.devnet.test_anvil import needs_anvil

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / ".carbon"
    Anvil(tmp_path / ".carbon" / "devnet").kill()


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--dir", str(folder)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return command


def _up(run: Run, *flags: str) -> dict[str, Any]:
    code, out, err = run("up", "--json", "--port", str(free_port()), *flags)
    assert code == 0, err
    document: dict[str, Any] = json.loads(out)
    return document


@needs_anvil
def test_up_is_idempotent_and_survives_a_kill(run: Run, folder: Path) -> None:
    first = _up(run)
    assert (first["format"], first["running"], first["demo"]) == ("devnet/1", True, True)
    assert len(first["contracts"]) == 8
    code, out, _ = run("up", "--json")
    again = json.loads(out)
    assert code == 0
    assert {name: again[name] for name in ("rpc", "contracts", "accounts")} == {
        name: first[name] for name in ("rpc", "contracts", "accounts")
    }
    pid = Anvil(folder / "devnet").pid
    assert pid is not None
    time.sleep(2.2)
    os.kill(pid, signal.SIGKILL)
    while alive(pid):
        time.sleep(0.01)
    assert not json.loads(run("status", "--json")[1])["running"]
    code, out, err = run("up", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["contracts"] == first["contracts"]


@needs_anvil
@pytest.mark.parametrize(("language", "words"), [("en", "anchors tree heads"), ("zh", "锚定树头")])
def test_status_for_people_shows_no_key(run: Run, folder: Path, language: str, words: str) -> None:
    _up(run)
    code, out, _ = run("status", "--lang", language)
    assert code == 0
    assert words in out
    assert "AnchorLog" in out
    for path in (folder / "devnet" / "keys").iterdir():
        assert path.read_text().strip() not in out


@needs_anvil
def test_down_keeps_the_state_unless_told_to_erase(run: Run, folder: Path) -> None:
    first = _up(run)
    assert json.loads(run("down", "--json")[1])["was_running"]
    assert "nothing was running" in run("down")[1]
    assert "carbon devnet up" in run("status")[1]
    assert _up(run)["contracts"] == first["contracts"]
    assert run("down", "--erase")[0] == 0
    assert list(folder.iterdir()) == []
    assert json.loads(run("status", "--json")[1]) == {"format": "devnet/1", "running": False, "known": False}


@needs_anvil
def test_options_of_the_first_start_are_kept(run: Run) -> None:
    assert not _up(run, "--strict", "--genesis-time", "1514678400", "--block-time", "0")["demo"]
    run("down")
    again = _up(run)
    assert again["replay"]
    assert again["time"] < 1_600_000_000


@needs_anvil
def test_finality_moves_by_itself(run: Run) -> None:
    first = _up(run, "--block-time", "1")["blocks"]["finalized"]
    end = time.monotonic() + 20
    while json.loads(run("status", "--json")[1])["blocks"]["finalized"] <= first:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_without_anvil(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    code, out, err = run("up")
    assert (code, out) == (1, "")
    assert "make setup" in err


@pytest.mark.parametrize("arguments", [[], ["sideways"], ["up", "--port", "x"]])
def test_wrong_use_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
