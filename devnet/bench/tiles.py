"""The log as it is kept: tiles in SQLite on disk. Writing them; what a proof costs there as the log grows by powers of
ten; and the memory that proofs and appended batches take.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine

from devnet.bench.measure import OWN, USUAL, Row, Scale, seconds
from devnet.bench.tree import costs
from ledger.log.admission import Times
from ledger.log.tree import Tree
from ledger.store.database import migrate, open_store, writing
from ledger.store.log import LogStore, grow, log_size, register_log

LOG_ID = b"\xbe" * 32
BULK = 100_000
BATCH = 1_000
BATCHES = 50
FLAT = 1.25
MEBIBYTE = 1 << 20


def rows(scale: Scale = USUAL) -> Iterator[Row]:
    """One store grows through all sizes; a process of its own tells its memory at each."""
    memory = []
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        database = f"sqlite:///{Path(name) / 'tiles.db'}"
        engine = open_store(database)
        migrate(engine)
        register_log(engine, LOG_ID, Times())
        for size in scale.sizes:
            _fill(engine, size)
            memory.append(peak_of(database))
        yield _writing(engine, scale.sizes[-1])
        for kind, prove in (("inclusion", _inclusion), ("consistency", _consistency)):
            yield costs(f"{kind} on disk", scale.sizes, partial(prove, engine), scale.proofs // 5, scale.runs)
        engine.dispose()
    yield _flat(scale.sizes, memory)


def _inclusion(engine: Engine, size: int, at: int) -> None:
    """From a log that was just opened: every tile on the way is read and unfolded for this proof."""
    LogStore(engine, LOG_ID).inclusion(at, size)


def _consistency(engine: Engine, size: int, at: int) -> None:
    LogStore(engine, LOG_ID).consistency(at + 1, size)


def _flat(sizes: Sequence[int], memory: Sequence[int]) -> Row:
    mebibytes = [value / MEBIBYTE for value in memory]
    by_size = [{"leaves": size, "MiB": round(value, 1)} for size, value in zip(sizes, mebibytes, strict=True)]
    return Row(
        f"memory, log of {sizes[-1]:,} leaves", "MiB", mebibytes[-1], f"{sizes[0]:,} leaves", mebibytes[0], FLAT,
        at_least=False, by_size=by_size,
    )  # fmt: skip


def leaves(start: int, end: int) -> list[bytes]:
    return [sha256(number.to_bytes(8, "big")).digest() for number in range(start, end)]


def _append(engine: Engine, batch: Sequence[bytes]) -> None:
    with writing(engine) as connection:
        grow(connection, LOG_ID, log_size(connection, LOG_ID, lock=True), list(batch))


def _fill(engine: Engine, size: int) -> None:
    at = LogStore(engine, LOG_ID).size()
    while at < size:
        end = min(size, at + BULK)
        _append(engine, leaves(at, end))
        at = end


def _writing(engine: Engine, size: int) -> Row:
    """Batches as ingest appends them, each committed to the disk, against hashing the same leaves in memory: what the
    disk costs. Ingest over HTTP has a target; this has none."""
    fresh = leaves(size, size + BATCHES * BATCH)
    batches = [fresh[at : at + BATCH] for at in range(0, len(fresh), BATCH)]
    begin = time.perf_counter()
    for batch in batches:
        _append(engine, batch)
    written = len(fresh) / (time.perf_counter() - begin)
    hashed = len(fresh) / seconds(lambda: Tree(fresh), 3, OWN)
    details = {"leaves": len(fresh), "leaves a commit": BATCH}
    return Row(f"writing tiles, {size:,} leaves", "leaves/s", written, "hashing alone", hashed, None, details=details)


def peak_of(database: str) -> int:
    """Bytes; see `devnet.bench.memory`."""
    command = [sys.executable, "-m", "devnet.bench.memory", database, LOG_ID.hex()]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    peak: int = json.loads(answer.stdout)["peak"]
    return peak
