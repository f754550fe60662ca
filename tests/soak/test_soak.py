"""INV-02, INV-03, INV-09, INV-10: gateway, anchorer and terminals are killed twenty times while frames arrive."""

import json
import os
import signal
from pathlib import Path

import pytest

from devnet.binaries import AnvilMissing, find_anvil
from devnet.soak import command, kills
from devnet.soak.kills import Survived
from devnet.soak.plan import KILLS, Kind
from ledger.language import LANGUAGES

SEED, KILLED = 20_260, 20


def test_twenty_kills_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-02, INV-03, INV-09, INV-10"""
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    terminate = signal.getsignal(signal.SIGTERM)
    folder = tmp_path / "soak"
    arguments = [f"--kills={KILLED}", "--inputs=540", f"--seed={SEED}", f"--dir={folder}", "--json", "--lang=en"]
    try:
        code = command.main(arguments)
    finally:
        signal.signal(signal.SIGTERM, terminate)
    document = json.loads(capsys.readouterr().out)
    assert (code, document["findings"]) == (0, [])
    assert (document["format"], document["seed"]) == ("soak/1", SEED)
    told = document["kills"]
    assert sum(told["faults"][kind.value] for kind in KILLS) == KILLED
    assert told["frames"] == told["anchored"] > KILLED
    assert told["anchors"] > 5
    assert sum(count["inputs"] for count in document["inputs"].values()) == 540
    assert (folder / "kills" / "deployment.json").is_file()
    assert not _left_behind(folder)


def _left_behind(folder: Path) -> list[str]:
    """Command lines of processes that still work in the folder; nothing where the system does not tell."""
    own, found = str(os.getpid()), []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and place.parent.name != own:
            found.append(line)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_are_printed_and_end_in_1(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lost = Survived(1.0, {Kind.GATEWAY: 3}, 10, 9, 8, 2, ("frame 0xab… was promised, and is not in the tree",))
    monkeypatch.setattr(kills, "run", lambda *_: lost)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    place = tmp_path / "kept"
    assert command.main(["--kills=3", "--inputs=0", "--seed=1", f"--dir={place}", f"--lang={language}"]) == 1
    said = capsys.readouterr()
    assert "frame 0xab… was promised, and is not in the tree" in said.out
    assert str(place) in said.err.replace("\n", "")
    assert command.main(["--kills=3", f"--dir={place}", f"--lang={language}"]) == 2  # it is there already
    assert command.main(["--kills=-1", f"--lang={language}"]) == 2
