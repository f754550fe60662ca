"""The program that the kill test kills: takes frames in calls and writes each acknowledged index down.

Arguments: the store, a file of frames (each behind its length), the file of acknowledgements, frames per call.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from ledger.ingest import Duplicate, Ingest, Logged
from ledger.store.database import open_store
from ledger.store.log import LogStore
from terminal_signer.keys import generate
from tests.ingest.terminal import LOG, START


def read_frames(path: Path) -> Iterator[bytes]:
    data, at = path.read_bytes(), 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


def main(store: str, source: str, acknowledged: str, each: str) -> None:
    raws, step = list(read_frames(Path(source))), int(each)
    engine = open_store(store)
    ingest = Ingest(engine, LOG, generate())
    done = max(0, LogStore(engine, LOG).size() - step)  # the last ones once more: duplicates are acknowledged, too
    with Path(acknowledged).open("ab", buffering=0) as file:
        for at in range(done, len(raws), step):
            answers = ingest.submit(raws[at : at + step], START)
            kept = [answer for answer in answers if isinstance(answer, Logged | Duplicate)]
            file.write(b"".join(answer.digest + answer.index.to_bytes(8, "big") for answer in kept))
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
