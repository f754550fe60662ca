"""A certificate's look-up and an identifier's resolution against an empty FastAPI route of the same server, in turns,
each under 50 connections. Every answer comes from one read of the store; there are more certificates than the gateway
keeps of anything but signatures, and they are asked in turn. Signatures of handle records hold for an hour and are made
before anything is measured: the first reader of a record waits some milliseconds longer.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from devnet.bench.load import Load, LoadFailed, load, request
from devnet.bench.lookup_store import fill
from devnet.bench.measure import Row
from devnet.process import answers, free_port

CERTIFICATES = 6_000
SECONDS = 4.0
RUNS = 3
TARGET = 0.4
START_SECONDS = 30.0
PATHS = {"certificate look-up": "/certificates/", "handle resolution": "/api/handles/"}


def rows(count: int = CERTIFICATES, seconds: float = SECONDS, runs: int = RUNS) -> Iterator[Row]:
    """Answers a second; the best of several runs of each, taken in turns."""
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        store = Path(name) / "ledger.sqlite"
        identifiers = fill(store, count)
        with serving(store) as port:
            empty = [request("/empty")]
            asked = {name: [request(path + quote(one)) for one in identifiers] for name, path in PATHS.items()}
            _sign_all(port, asked["handle resolution"])
            found = _in_turns(port, {"": empty, **asked}, seconds, runs)
    for name in PATHS:
        ours, bare = found[name], found[""]
        details = {
            "connections": 50, "certificates": count, "median ms": round(ours.median, 1), "p99 ms": round(ours.p99, 1),
            "p99 ms, empty": round(bare.p99, 1),
        }  # fmt: skip
        yield Row(name, "answers/s", ours.rate, "empty FastAPI route", bare.rate, TARGET, details=details)


def _sign_all(port: int, requests: Sequence[bytes]) -> None:
    """Each record once, however long it takes."""
    load(port, requests, 0.0, connections=1, least=len(requests))


def _in_turns(port: int, works: dict[str, Sequence[bytes]], seconds: float, runs: int) -> dict[str, Load]:
    best: dict[str, Load] = {}
    for _ in range(runs):
        for name, requests in works.items():
            measured = load(port, requests, seconds)
            if name not in best or measured.rate > best[name].rate:
                best[name] = measured
    return best


@contextmanager
def serving(store: Path) -> Iterator[int]:
    """A server over a store, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "devnet.bench.lookup_server", str(store), str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        if not answers(process, port, "/empty", START_SECONDS):
            raise LoadFailed("the server does not answer")
        yield port
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
