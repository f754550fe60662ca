"""A block's header, believed because its hash is the one that was given (yellow paper, section 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.keccak import keccak256
from ledger.stateproof import rlp
from ledger.stateproof.rlp import Item
from terminal_signer.strict import Malformed

__all__ = ["MAX_HEADER", "Header", "encode_header", "read_header"]

MAX_HEADER = 16_384
STATE_ROOT, NUMBER, TIME = 3, 8, 11
WHERE = "state-proof.header"

# The names that JSON-RPC gives the fields, in the header's order, and whether each is a number. Those from
# `baseFeePerGas` on came with later forks: a header ends after the last that its chain knew.
FIELDS = {
    "parentHash": False, "sha3Uncles": False, "miner": False, "stateRoot": False, "transactionsRoot": False,
    "receiptsRoot": False, "logsBloom": False, "difficulty": True, "number": True, "gasLimit": True, "gasUsed": True,
    "timestamp": True, "extraData": False, "mixHash": False, "nonce": False, "baseFeePerGas": True,
    "withdrawalsRoot": False, "blobGasUsed": True, "excessBlobGas": True, "parentBeaconBlockRoot": False,
    "requestsHash": False, "blockAccessListHash": False, "slotNumber": True,
}  # fmt: skip
LEAST, MOST = 15, 32


@dataclass(frozen=True, slots=True)
class Header:
    number: int
    time: int
    state_root: bytes


def read_header(raw: bytes, block_hash: bytes) -> Header:
    """Raises Malformed unless it is the header of exactly this block."""
    if len(raw) > MAX_HEADER:
        raise Malformed(f"more than {MAX_HEADER} bytes", where=WHERE)
    found = keccak256(raw)
    if found != block_hash:
        raise Malformed(f"is that of block 0x{found.hex()}, not of 0x{block_hash.hex()} as given", where=WHERE)
    fields = rlp.decode(raw, WHERE)
    if not isinstance(fields, list) or not LEAST <= len(fields) <= MOST:
        raise Malformed(f"not a list of {LEAST} to {MOST} fields", where=WHERE)
    return Header(rlp.number(fields[NUMBER], 8, WHERE), rlp.number(fields[TIME], 8, WHERE), _root(fields[STATE_ROOT]))


def _root(field: Item) -> bytes:
    if not isinstance(field, bytes) or len(field) != 32:
        raise Malformed("the state root is not 32 bytes", where=WHERE)
    return field


def encode_header(block: Mapping[str, bytes]) -> bytes:
    """The header of a block from the fields that JSON-RPC gives it, as bytes."""
    return rlp.encode([block[name].lstrip(b"\0") if FIELDS[name] else block[name] for name in FIELDS if name in block])
