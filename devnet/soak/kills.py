"""The first half of the soak: kill, let settle, compare."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devnet.anvil import Anvil
from devnet.soak.compare import compare
from devnet.soak.crew import Crew, SoakFault, Worker, crew_of
from devnet.soak.evidence import Evidence, collect
from devnet.soak.plan import Fault, Kind, plan
from devnet.soak.stage import TERMINALS, Stage, build, chain_in
from ledger.anchoring.heads import State
from ledger.errors import CarbonError
from ledger.store.anchors import AnchorStore
from ledger.store.database import open_store
from terminal_signer.spool import Spool

SETTLE_SECONDS = 180.0
MINE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Survived:
    """What was done, what was there at the end, and what was wrong."""

    seconds: float
    faults: Mapping[Kind, int]
    frames: int
    promises: int
    entries: int
    anchors: int
    findings: tuple[str, ...]


def run(folder: Path, seed: int, kills: int, passed: Callable[[Kind], None] = lambda _: None) -> Survived:
    """Carry out the plan of `seed` in `folder`; `passed` is told of each fault. Raises CarbonError unless it begins."""
    began = time.monotonic()
    faults = plan(seed, kills, TERMINALS)
    with chain_in(folder) as anvil:
        stage = build(folder, anvil)
        with crew_of(stage) as crew:
            try:
                for fault in faults:
                    _strike(fault, crew, anvil)
                    passed(fault.kind)
                findings = _settle(stage, crew)
                evidence, anchors = _evidence(stage)
                findings += compare(evidence)
                crew.gateway.end()
                crew.anchorer.end()
            except CarbonError as fault:  # what has happened so far is a finding, and all that can be said
                evidence, anchors, findings = None, 0, [str(fault)]
            findings += [*crew.deaths(), *crew.left_behind(), *_terminal_faults(stage), *_audit(folder)]
    counted = Counter(fault.kind for fault in faults)
    return _survived(time.monotonic() - began, counted, evidence, anchors, findings)


def _survived(
    seconds: float, faults: Mapping[Kind, int], evidence: Evidence | None, anchors: int, findings: list[str]
) -> Survived:
    if evidence is None:
        return Survived(seconds, faults, 0, 0, 0, anchors, tuple(findings))
    return Survived(
        seconds, faults, len(evidence.signed), len(evidence.opened), len(evidence.entries), anchors, tuple(findings)
    )


def _strike(fault: Fault, crew: Crew, anvil: Anvil) -> None:
    time.sleep(fault.wait / 1000)
    match fault.kind:
        case Kind.OUTAGE:
            anvil.stop()
            time.sleep(fault.down / 1000)
            anvil.start()
        case Kind.REORGANISATION:
            anvil.reorganise(fault.depth)
        case _:
            victim = _victim(fault, crew)
            victim.kill()
            time.sleep(fault.down / 1000)
            victim.start()
            if not fault.hasty:
                for worker in crew.everyone:
                    worker.await_answer()


def _victim(fault: Fault, crew: Crew) -> Worker:
    victims = {Kind.GATEWAY: crew.gateway, Kind.ANCHORER: crew.anchorer}
    return victims.get(fault.kind) or crew.terminals[fault.which]


def _settle(stage: Stage, crew: Crew) -> list[str]:
    """No more frames; the terminals end when each frame they hold is final. What does not come to rest is a finding."""
    for worker in crew.everyone:
        worker.await_answer()
    for place in stage.terminals:
        (place.folder / "stop").touch()
    waiting = dict(zip(crew.terminals, stage.terminals, strict=True))
    until = time.monotonic() + SETTLE_SECONDS
    while waiting and time.monotonic() < until:
        stage.anvil.mine(1)
        time.sleep(MINE_SECONDS)
        crew.gateway.look()
        crew.anchorer.look()
        for worker in [worker for worker in waiting if worker.look() is not None]:
            del waiting[worker]
    return [f"{worker.name} does not come to rest: {_held(place.folder)}" for worker, place in waiting.items()]


def _held(folder: Path) -> str:
    spool = Spool(folder / "spool.sqlite")
    try:
        return ", ".join(f"{count} {state}" for state, count in spool.counts().items())
    finally:
        spool.close()


def _evidence(stage: Stage) -> tuple[Evidence, int]:
    """Everything, and the number of heads that are final in the anchorer's outbox."""
    engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
    try:
        anchors = len(AnchorStore(engine, stage.log_id).heads((State.FINAL,)))
        return collect(stage, engine), anchors
    except (OSError, ValueError) as fault:
        raise SoakFault(f"the evidence cannot be collected: {fault}", where=stage.url) from fault
    finally:
        engine.dispose()


def _terminal_faults(stage: Stage) -> list[str]:
    files = [place.folder / "faults" for place in stage.terminals]
    noted = Counter(line for file in files if file.exists() for line in file.read_text(encoding="utf-8").splitlines())
    return [f"a terminal noted {count} × {line[:300]}" for line, count in noted.most_common(10)]


def _audit(folder: Path) -> list[str]:
    """`carbon log audit` must find every chain whole."""
    command = [sys.executable, "-m", "ledger", "log", "audit", "--dir", str(folder), "--json"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if asked.returncode == 0:
        return []
    try:
        keys = [key for log in json.loads(asked.stdout)["logs"] for key in log["keys"] if not key["whole"]]
        return [f"carbon log audit: {json.dumps(key)[:400]}" for key in keys]
    except (ValueError, KeyError, TypeError):
        return [f"carbon log audit ended with code {asked.returncode}: {asked.stderr.strip()[:300]}"]
