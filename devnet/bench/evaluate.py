"""Evaluating a year of many meters from a store: the first time from frames, against bare checks of their signatures in
one thread; then again – another scheme, other factors, gaps filled – from hourly amounts, against the time allowed.

Each evaluation runs in a process of its own, in turns with the bare checks here, and both are measured by the time that
they used of a processor. The checks are of the frames of the smallest plant; a larger one has as many times more.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from devnet.bench.evaluation import PERIOD, RULES, SEED, question
from devnet.bench.measure import LARGE, OWN, QUICK, USUAL, Row, Scale, raw_verification, seconds
from devnet.bench.meters import DAYS, LOG_ID, fill, key_of, sub_of
from ledger.assemble import assemble
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.site import parse_site
from ledger.evidence.case import times_of
from ledger.projecting import final_heads, rebuild_projections
from ledger.store.database import migrate, open_store
from ledger.store.enrolments import all_enrolments
from ledger.store.frames import FrameStore
from terminal_signer.errors import CarbonError

METERS = {QUICK: (10,), USUAL: (10, 50), LARGE: (10, 50, 500)}
ALLOWED = {50: 1.0, 500: 6.0}
TARGET = 1.5
FLAT = 1.25
SAMPLE = 2
MEBIBYTE = 1 << 20
A_YEAR = DAYS * 24


class NotTheSame(CarbonError):
    """Frames and hourly amounts gave different results, or a rebuilt projection differs: a time would mean nothing."""

    code = "not-the-same"


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of a processor and on the clock, bytes of memory; `raw`: of the bare checks of all its signatures."""

    meters: int
    own: float
    wall: float
    raw: float
    peak: int
    again: dict[str, dict[str, float]]

    @property
    def frames(self) -> int:
        return self.meters * A_YEAR


def rows(scale: Scale = USUAL) -> Iterator[Row]:
    taken = [_measured(meters, scale.runs) for meters in METERS.get(scale, (1,))]
    for entry in taken:
        details: dict[str, Any] = {
            "frames": entry.frames, "readings": 4 * entry.frames, "seconds on the clock": round(entry.wall, 2),
            "µs a frame": round(entry.own / entry.frames * 1e6, 1),
        }  # fmt: skip
        yield Row(
            f"first evaluation, {entry.meters} meters", "s", entry.own, "raw, one thread", entry.raw, TARGET,
            at_least=False, details=details,
        )  # fmt: skip
    for entry in taken:
        slowest = max(part["wall"] for part in entry.again.values())
        kinds = {name: f"{part['wall']:.2f} s ({part['own']:.2f} s)" for name, part in entry.again.items()}
        yield Row(
            f"evaluation again, {entry.meters} meters", "s", slowest, "allowed", ALLOWED.get(entry.meters, 1.0), 1.0,
            at_least=False, details=kinds,
        )  # fmt: skip
    yield from _growth(taken)


def _growth(taken: Sequence[Taken]) -> Iterator[Row]:
    first, last = taken[0], taken[-1]
    if first is last:
        return
    each = [
        {"meters": entry.meters, "µs a frame": round(entry.own / entry.frames * 1e6, 1),
         "MiB": round(entry.peak / MEBIBYTE, 1)}
        for entry in taken
    ]  # fmt: skip
    yield Row(
        f"first evaluation, a frame of {last.meters} meters", "µs", last.own / last.frames * 1e6,
        f"{first.meters} meters", first.own / first.frames * 1e6, FLAT, at_least=False, by_size=each,
    )  # fmt: skip
    yield Row(
        f"memory of the first evaluation, {last.meters} meters", "MiB", last.peak / MEBIBYTE,
        f"{first.meters} meters", first.peak / MEBIBYTE, FLAT, at_least=False,
    )  # fmt: skip


def _measured(meters: int, runs: int) -> Taken:
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        database = f"sqlite:///{Path(name) / 'meters.db'}"
        engine = open_store(database)
        migrate(engine)
        fill(engine, meters)
        sample = min(meters, SAMPLE)
        checks = _checks(engine, sample)
        first, raw = [], []
        for _ in range(max(1, runs if meters <= 10 else runs * 20 // meters)):
            raw.append(seconds(checks, 1, OWN))
            first.append(_child(database, meters, "first"))
        again = _child(database, meters, "again")
        _check(engine, meters, first, again)
        engine.dispose()
    best = min(first, key=lambda entry: float(entry["taken"]["statement"]["own"]))
    took = best["taken"]["statement"]
    return Taken(meters, took["own"], took["wall"], min(raw) * meters / sample, best["peak"], again["taken"])


def _checks(engine: Engine, meters: int) -> Callable[[], None]:
    """The bare checks of the frames of so many meters."""
    keys = {key.thumbprint(): key for key in (key_of(sub_of(meter)).public for meter in range(meters))}
    store = FrameStore(engine, LOG_ID)
    raws = [frame.raw for kid in keys for frame in store.of_key(kid)]
    return raw_verification(raws, keys)


def _child(database: str, meters: int, what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "devnet.bench.evaluation", database, str(meters), what]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def _check(engine: Engine, meters: int, first: Sequence[dict[str, Any]], again: dict[str, Any]) -> None:
    """Whatever way, the same bytes; of the smallest plant also by way of all frames at once, and rebuilt."""
    digests = {entry["digests"]["statement"] for entry in (*first, again)}
    if meters <= 10:
        if rebuild_projections(engine, LOG_ID):
            raise NotTheSame("rebuilding changed something")
        asked = question(meters)
        found = assemble(
            engine, LOG_ID, all_enrolments(engine), final_heads(engine, LOG_ID), asked.subs, PERIOD,
            times_of(parse_site(asked.site), RULES.method),
        )  # fmt: skip
        result = evaluate(asked.site, RULES, found.admitted, PERIOD, seed=SEED, kind=1)
        digests.add(sha256(result.canonical()).hexdigest())
    if len(digests) != 1:
        raise NotTheSame("frames and hourly amounts gave different results", where=f"{meters} meters")
