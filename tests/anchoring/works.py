"""A store, a log on a real chain, and anchorers on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from ledger.anchoring.heads import Head, State
from ledger.anchoring.lock import Lease
from ledger.anchoring.rules import Pace
from ledger.anchoring.worker import Anchorer
from ledger.chain.client import Chain
from ledger.log.admission import Times
from ledger.store.anchors import AnchorStore
from ledger.store.database import migrate, open_store, writing
from ledger.store.log import LogStore, grow, log_size, register_log
from terminal_signer.receipt import leaf_hash
from tests.chain.stand import Log, Stand, new_log

SOON = Pace(interval=0, patience=30)


@dataclass(frozen=True, slots=True)
class Works:
    """One log with its store on one chain."""

    stand: Stand
    log: Log
    path: Path
    engine: Engine

    @property
    def anchors(self) -> AnchorStore:
        return AnchorStore(self.engine, self.log.id)

    @property
    def tree(self) -> LogStore:
        return LogStore(self.engine, self.log.id)

    @property
    def chain(self) -> Chain:
        return self.stand.chain

    def grow(self, leaves: int) -> None:
        """Append leaves as ingest does."""
        with writing(self.engine) as connection:
            size = log_size(connection, self.log.id, lock=True)
            grow(connection, self.log.id, size, [leaf_hash(os.urandom(32)) for _ in range(leaves)])

    def anchorer(self, *, pace: Pace = SOON, lease: Lease | None = None, engine: Engine | None = None) -> Anchorer:
        account = self.stand.accounts["anchorer"]
        store = engine or self.engine
        return Anchorer(store, self.chain, self.log.id, account, self.log.note_key, pace=pace, lease=lease)

    @contextmanager
    def opened(self, *, pace: Pace = SOON) -> Iterator[Anchorer]:
        anchorer = self.anchorer(pace=pace)
        anchorer.open()
        yield anchorer
        anchorer.close()

    def now(self) -> int:
        return self.chain.now()

    def states(self) -> dict[int, State]:
        return {head.size: head.state for head in self.anchors.heads()}

    def held_final(self) -> Head:
        """The newest final head, which the contract must hold and which must be the whole tree."""
        head = self.anchors.newest()
        tip = self.chain.latest_head(self.log.id, "finalized")
        assert head is not None
        assert tip is not None
        assert head.place is not None
        assert (head.size, head.root, head.place.time) == (tip.size, tip.root, tip.time)
        assert (head.size, head.root) == (self.tree.size(), self.tree.root())
        return head


def new_works(stand: Stand, folder: Path) -> Works:
    """A log of its own in a store of its own."""
    log = new_log(stand)
    path = folder / "ledger.db"
    engine = open_store(str(path))
    migrate(engine)
    register_log(engine, log.id, Times())
    return Works(stand, log, path, engine)
