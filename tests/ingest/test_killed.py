"""INV-09: a process that ingests is killed at random moments; what it acknowledged is there, and the tree is whole."""

import random
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine

from ledger.ingest import Ingest
from ledger.log.tree import root_of_leaves
from ledger.projections import rebuild
from ledger.store.frames import FrameStore
from ledger.store.log import LogStore
from terminal_signer.frame import digest_of
from terminal_signer.receipt import leaf_hash
from tests.conftest import ROOT
from tests.ingest.terminal import LOG, START, Terminal

FRAMES = 800
KILLS = 4
RECORD = 40


def _acknowledged(file: Path) -> dict[bytes, int]:
    data = file.read_bytes() if file.exists() else b""
    records = [data[at : at + RECORD] for at in range(0, len(data) - RECORD + 1, RECORD)]
    return {record[:32]: int.from_bytes(record[32:], "big") for record in records}


def _run_until_killed(store: Path, source: Path, acknowledged: Path, each: int, chance: random.Random) -> bool:
    """Whether the child finished by itself. It is killed a moment after its next acknowledgement."""
    size = acknowledged.stat().st_size if acknowledged.exists() else 0
    arguments = [str(store), str(source), str(acknowledged), str(each)]
    child = subprocess.Popen([sys.executable, "-m", "tests.ingest.killed", *arguments], cwd=ROOT)
    while child.poll() is None and (not acknowledged.exists() or acknowledged.stat().st_size <= size):
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.12))
    finished = child.poll() is not None
    child.kill()
    child.wait()
    return finished


def test_what_was_acknowledged_survives(ingest: Ingest, terminal: Terminal, engine: Engine, tmp_path: Path) -> None:
    """INV-09"""
    raws = terminal.frames(FRAMES)
    source, acknowledged = tmp_path / "frames", tmp_path / "acknowledged"
    source.write_bytes(b"".join(len(raw).to_bytes(4, "big") + raw for raw in raws))
    chance = random.Random(20260)  # noqa: S311 - the same moments every time
    log, store = LogStore(engine, LOG), FrameStore(engine, LOG)
    killed = 0
    for _ in range(KILLS):
        each = chance.choice([2, 11, 50])
        killed += not _run_until_killed(tmp_path / "ledger.sqlite", source, acknowledged, each, chance)
        kept = _acknowledged(acknowledged)
        size = log.size()
        stored = list(store.between(0, size + 1))
        assert [frame.index for frame in stored] == list(range(size))
        assert [frame.raw for frame in stored] == raws[:size]
        assert {frame.digest: frame.index for frame in stored if frame.digest in kept} == kept
        assert log.root() == root_of_leaves([leaf_hash(frame.digest) for frame in stored])
        assert rebuild(engine, LOG).changed == 0
    assert killed >= KILLS // 2
    assert log.size() > 0
    ingest.submit(raws, START)
    assert [frame.digest for frame in store.between(0, FRAMES)] == [digest_of(raw) for raw in raws]
