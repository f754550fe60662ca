"""Inclusion receipts `receipt/1` and the check a terminal makes before it lets go of a frame.

Hashing is RFC 9162 §2.1.1: leaf hash SHA-256(0x00 ‖ digest), node SHA-256(0x01 ‖ left ‖ right); the path is that of
§2.1.3. A receipt that passes `check` shows that the frame is in the tree of that size and root. That this head is the
chain's is another question, which chain.py asks; a receipt's own anchor is only a hint where to look.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from terminal_signer.errors import CarbonError

FORMAT = "receipt/1"
MAX_SIZE = 1 << 63
MAX_PATH = 63
MAX_BYTES = 16 * 1024


class ReceiptFault(CarbonError):
    """Not a receipt/1, or one whose path does not lead to its root."""

    code = "receipt"


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

    def to_json(self) -> dict[str, Any]:
        anchor = self.anchor
        return {
            "format": FORMAT,
            "log_id": _hex(self.log_id),
            "digest": _hex(self.digest),
            "index": self.index,
            "size": self.size,
            "root": _hex(self.root),
            "path": [_hex(node) for node in self.path],
            "anchor": {
                "chain_id": anchor.chain_id,
                "contract": _hex(anchor.contract),
                "transaction": _hex(anchor.transaction),
                "block": anchor.block,
                "time": anchor.time,
                "previous_size": anchor.previous_size,
            },
        }


def leaf_hash(digest: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + digest).digest()


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from leaf hash `leaf` (RFC 9162 §2.1.3.2).

    Raises ReceiptFault where index, size and path do not fit together.
    """
    if not 0 <= index < size:
        raise ReceiptFault(f"index {index} is not in a tree of {size}")
    if len(leaf) != 32 or any(len(node) != 32 for node in path):
        raise ReceiptFault("a hash is not 32 bytes")
    node, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise ReceiptFault("the path is too long")
        if position & 1 or position == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ReceiptFault("the path is too short")
    return node


def check(receipt: Receipt) -> None:
    """Raises ReceiptFault unless the path leads from the digest to the root."""
    root = root_from_inclusion(receipt.index, receipt.size, leaf_hash(receipt.digest), receipt.path)
    if root != receipt.root:
        raise ReceiptFault("the path does not lead to the root", mend="keep the frame and report the gateway")


def loads(text: bytes | str) -> Receipt:
    """A receipt from its JSON text. Raises ReceiptFault."""
    if len(text) > MAX_BYTES:
        raise ReceiptFault(f"larger than {MAX_BYTES} bytes")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ReceiptFault("not JSON") from None
    return from_json(value)


def from_json(value: Any) -> Receipt:
    """A receipt from parsed JSON. Raises ReceiptFault; an unknown format is named. Unknown members are ignored."""
    if not isinstance(value, dict):
        raise ReceiptFault("not an object")
    if value.get("format") != FORMAT:
        raise ReceiptFault(
            f"format {value.get('format')!r:.40} is unknown", code="unknown-format", mend=f"expected {FORMAT}"
        )
    path = value.get("path")
    if not isinstance(path, list) or len(path) > MAX_PATH:
        raise ReceiptFault(f"not an array of at most {MAX_PATH} hashes", where="path")
    anchor = value.get("anchor")
    if not isinstance(anchor, dict):
        raise ReceiptFault("not an object", where="anchor")
    return Receipt(
        _bytes(value, "log_id", 32),
        _bytes(value, "digest", 32),
        _integer(value, "index"),
        _integer(value, "size"),
        _bytes(value, "root", 32),
        tuple(_bytes({"path": node}, "path", 32) for node in path),
        Anchor(
            _integer(anchor, "chain_id"),
            _bytes(anchor, "contract", 20),
            _bytes(anchor, "transaction", 32),
            _integer(anchor, "block"),
            _integer(anchor, "time"),
            _integer(anchor, "previous_size"),
        ),
    )


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _integer(holder: dict[str, Any], name: str) -> int:
    value = holder.get(name)
    if type(value) is not int or not 0 <= value < MAX_SIZE:
        raise ReceiptFault("not an integer from 0 to 2^63", where=name)
    return value


def _bytes(holder: dict[str, Any], name: str, length: int) -> bytes:
    value = holder.get(name)
    if isinstance(value, str) and len(value) == 2 + 2 * length and value.startswith("0x") and value == value.lower():
        try:
            data = bytes.fromhex(value[2:])
        except ValueError:
            data = b""
        if len(data) == length:
            return data
    raise ReceiptFault(f"not {length} bytes in lower-case hex after 0x", where=name)
