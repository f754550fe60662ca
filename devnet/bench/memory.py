"""`python -m devnet.bench.memory DATABASE LOG_ID`: make proofs from a log on disk, append batches to it, and print the
most memory that this process ever held, in bytes. Nothing is committed: the log stays as it is.
"""

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from devnet.bench.measure import spread
from ledger.log.tree import leaf_hash
from ledger.store.database import open_store, writing
from ledger.store.log import LogStore, grow, log_size

PROOFS = 2_000
BATCHES = 5
BATCH = 1_000


class _RollBack(Exception):
    pass


def work(database: str, log_id: bytes) -> None:
    engine = open_store(database)
    log = LogStore(engine, log_id)
    size = log.size()
    for index in spread(size - 1, PROOFS):
        log.inclusion(index, size)
        log.consistency(index + 1, size)
    for batch in range(BATCHES):
        leaves = [leaf_hash(batch.to_bytes(8, "big") + number.to_bytes(24, "big")) for number in range(BATCH)]
        try:
            with writing(engine) as connection:
                grow(connection, log_id, log_size(connection, log_id, lock=True), leaves)
                raise _RollBack
        except _RollBack:
            pass
    engine.dispose()


def peak() -> int:
    """The most memory that this process held. Linux keeps it for each program image; elsewhere `getrusage` may count
    what the process was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main(argv: Sequence[str]) -> int:
    database, log_id = argv
    work(database, bytes.fromhex(log_id))
    print(json.dumps({"peak": peak()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
