"""Inclusion receipts `receipt/1` and the check a terminal makes before it lets go of a frame.

Hashing is RFC 9162 §2.1.1: leaf hash SHA-256(0x00 ‖ digest), node SHA-256(0x01 ‖ left ‖ right); the path is that of
§2.1.3. A receipt that passes `check` shows that the frame is in the tree of that size and root. That this head is the
chain's is another question, which chain.py asks; a receipt's own anchor is only a hint where to look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed, Members, read_hex, read_json

FORMAT = "receipt/1"
HASH_SIZE = 32
MOST_LEAVES = 1 << 63
MAX_PATH = 63
MAX_BYTES = 16 * 1024


class ProofError(CarbonError):
    """The proof does not show what it claims, or its parts cannot belong together."""

    code = "proof"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the head stands on chain. `time` is the block's; `previous_size` the size of the head before it."""

    chain_id: int
    contract: bytes
    transaction: bytes
    block: int
    time: int
    previous_size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    log_id: bytes
    digest: bytes
    index: int
    size: int
    root: bytes
    path: tuple[bytes, ...]
    anchor: Anchor


def leaf_hash(digest: bytes) -> bytes:
    return sha256(b"\x00" + digest).digest()


def root_from_range(size: int, start: int, leaf_hashes: Sequence[bytes], hashes: Sequence[bytes]) -> bytes:
    """The root of the tree of `size` leaves that neighbouring leaves from `start` on lead to; the caller compares it
    with one that it trusts. Raises ProofError.

    `hashes` level by level from the leaves up, on each level first the left neighbour of the run (where it starts at an
    odd index), then the right one (where it ends at an even index and a node follows); a last node without a neighbour
    moves up as it is. For a single leaf this is the inclusion path of RFC 9162 §2.1.3.
    """
    end = start + len(leaf_hashes)
    if not 0 <= start < end <= size < MOST_LEAVES:
        raise ProofError(f"leaves {start}…{end - 1} are not in a tree of {size}")
    run, proof = list(checked(leaf_hashes)), checked(hashes)
    while size > 1:
        if start & 1:
            run.insert(0, following(proof))
        if end & 1 and end < size:
            run.append(following(proof))
        start, end, size = start >> 1, (end + 1) >> 1, (size + 1) >> 1
        pairs = iter(run)
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        run = above + run[-1:] if len(run) & 1 else above
    finished(proof)
    return run[0]


def checked(proof: Sequence[bytes]) -> Iterator[bytes]:
    if any(len(item) != HASH_SIZE for item in proof):
        raise ProofError("a hash is not 32 bytes")
    return iter(proof)


def following(hashes: Iterator[bytes]) -> bytes:
    found = next(hashes, None)
    if found is None:
        raise ProofError("the proof has fewer hashes than the sizes demand")
    return found


def finished(hashes: Iterator[bytes]) -> None:
    if next(hashes, None) is not None:
        raise ProofError("the proof has more hashes than the sizes allow")


def check(receipt: Receipt) -> None:
    """Raises ProofError unless the path leads from the digest to the root."""
    if root_from_range(receipt.size, receipt.index, [leaf_hash(receipt.digest)], receipt.path) != receipt.root:
        raise ProofError("the path does not lead to the root", mend="keep the frame and report the gateway")


def loads(text: bytes) -> Receipt:
    """A receipt from its JSON text. Raises Malformed, or UnknownFormat."""
    if len(text) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes", where="receipt")
    return from_json(read_json(text, "receipt"))


def from_json(value: object) -> Receipt:
    """A receipt from parsed JSON; unknown members are ignored. Raises Malformed, or UnknownFormat."""
    told = Members(value, "receipt", FORMAT)
    anchor = told.inner("anchor")
    return Receipt(
        told.hex("log_id", 32), told.hex("digest", 32), told.integer("index"), told.integer("size"),
        told.hex("root", 32), tuple(read_hex(node, "receipt.path", 32) for node in told.items("path", MAX_PATH)),
        Anchor(
            anchor.integer("chain_id"), anchor.hex("contract", 20), anchor.hex("transaction", 32),
            anchor.integer("block"), anchor.integer("time"), anchor.integer("previous_size"),
        ),
    )  # fmt: skip
