"""A log that can tell any history: trees over digests, checkpoints signed by its key, tiles, receipts, promises."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from ledger.log import checkpoint
from ledger.log.checkpoint import Checkpoint, note_key_hash
from ledger.log.exhibits import AnchoredHead, Facts, LogFacts
from ledger.log.tiles import HEIGHT, WIDTH, Tile, TileAddress, encode_entries
from ledger.log.tree import Tree
from terminal_signer import promise
from terminal_signer.keys import EDDSA, PrivateKey, generate
from terminal_signer.promise import Promise
from terminal_signer.receipt import Anchor, Receipt, leaf_hash

LOG_ID = b"\x0a" * 32
PLACE = (31337, b"\xc0" * 20)
ORIGIN = "log.example/mill"
NOTE_KEY = generate(EDDSA)
PROMISE_KEY = generate()


def digests(count: int, seed: str = "true") -> list[bytes]:
    return [sha256(f"{seed} {number}".encode()).digest() for number in range(count)]


@dataclass(frozen=True)
class History:
    """One history of a log, in full."""

    entries: Sequence[bytes]
    note_key: PrivateKey = field(default=NOTE_KEY)
    origin: str = ORIGIN

    @cached_property
    def tree(self) -> Tree:
        return Tree(leaf_hash(entry) for entry in self.entries)

    def root(self, size: int) -> bytes:
        return self.tree.root(size)

    def note(self, size: int) -> bytes:
        return checkpoint.sign(Checkpoint(self.origin, size, self.root(size)), self.note_key)

    def head(self, size: int, time: int = 0) -> AnchoredHead:
        return AnchoredHead(size, self.root(size), time or size)

    def tile(self, address: TileAddress) -> Tile:
        start = address.index * WIDTH
        if address.level is None:
            return encode_entries(self.entries[start : start + address.width])
        nodes = range(start, start + address.width)
        return b"".join(self.tree.node(HEIGHT * address.level, index) for index in nodes)

    def receipt(self, index: int, size: int, log_id: bytes = LOG_ID) -> Receipt:
        anchor = Anchor(*PLACE, bytes(32), 1, 1, 0)
        path = tuple(self.tree.inclusion(index, size))
        return Receipt(log_id, self.entries[index], index, size, self.root(size), path, anchor)


TRUE = History(digests(1_000))
FALSE = History([*digests(300), *digests(700, "false")])
"""The same log, told otherwise from leaf 300 on."""


def facts(*heads: AnchoredHead, time: int = 10_000, shared: bool = False) -> Facts:
    """What the chain says of the log."""
    note_keys = frozenset([note_key_hash(NOTE_KEY.public)])
    log = LogFacts(b"\x01" * 20, ORIGIN, note_keys, (PROMISE_KEY.public,), heads, PLACE, shared)
    return Facts(block=99, time=time, log=log)


def promised(digest: bytes, deadline: int, key: PrivateKey = PROMISE_KEY, log_id: bytes = LOG_ID) -> bytes:
    return promise.sign(key, Promise(digest, log_id, 0, deadline))
