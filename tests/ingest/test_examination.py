"""Examining in processes: the same findings as here, whatever happens to a process, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.examination import Examiners, Finding, Item, examine
from tests.conftest import ROOT
from tests.ingest.terminal import START, Terminal


@pytest.fixture
def items() -> list[Item]:
    """Frames that are sound, falsely signed, without sense, and signed by another key."""
    terminal, key = Terminal(), Terminal().key.public
    own = terminal.key.public
    raws = [*terminal.frames(3), terminal.frame(payload=b"\x00")]
    forged = raws[0][:-1] + bytes([raws[0][-1] ^ 1])
    return [*((raw, own.alg, own.raw) for raw in [*raws, forged]), (raws[0], key.alg, key.raw)]


@pytest.fixture
def examiners() -> Iterator[Examiners]:
    examiners = Examiners(2)
    yield examiners
    examiners.close()


def _pids(examiners: Examiners) -> list[int]:
    return [examiner._process.pid for examiner in examiners._all if examiner._process is not None]


def test_findings(items: list[Item]) -> None:
    """INV-18: a refusal has a name, a fault of content has another, and neither is an exception."""
    refusals = [finding.refusal and finding.refusal[0] for finding in examine(items)]
    assert refusals == [None, None, None, None, "signature", "unknown-key"]
    assert [finding.fault for finding in examine(items)][:4] == [None, None, None, "payload"]
    assert examine(items)[0] == Finding(None, None, START + 3600)


def test_a_process_finds_the_same(items: list[Item], examiners: Examiners) -> None:
    examiners.start()
    assert len(_pids(examiners)) == 2
    assert examiners.examine(items) == examine(items)
    assert examiners.examine(items * 500) == examine(items) * 500


def test_a_killed_process_costs_no_frame(items: list[Item], examiners: Examiners) -> None:
    """INV-09: what it was asked is examined here, and the next question starts another."""
    examiners.start()
    before = _pids(examiners)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert [examiners.examine(items) for _ in range(4)] == [examine(items)] * 4
    assert set(_pids(examiners)) - set(before)


def test_closing_ends_the_processes(items: list[Item], examiners: Examiners) -> None:
    examiners.start()
    pids = _pids(examiners)
    examiners.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert examiners.examine(items) == examine(items)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_nothing_stays_behind_a_killed_parent() -> None:
    code = (
        "import time; from ledger.examination import Examiners; examiners = Examiners(2); examiners.start();"
        "print(*(examiner._process.pid for examiner in examiners._all), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    assert len(pids) == 2
    until = time.monotonic() + 20
    while any(_is_running(pid) for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    """A process that has ended may wait as a zombie for whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
