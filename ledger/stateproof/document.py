"""The file `state-proof/1` (docs/formats/state-proof.md): a header and trie nodes, and no claim about either."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.stateproof.header import MAX_HEADER
from ledger.stateproof.trie import MAX_NODE
from terminal_signer.strict import Malformed, read_document, read_hex

__all__ = ["MAX_BYTES", "MAX_NODES", "StateProof", "parse_state_proof"]

FORMAT = "state-proof/1"
MAX_NODES = 32_768
MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class StateProof:
    """`header` as hashed, `nodes` in strictly ascending order."""

    header: bytes
    nodes: Sequence[bytes]

    def to_json(self) -> bytes:
        members = {
            "format": FORMAT,
            "header": f"0x{self.header.hex()}",
            "nodes": [f"0x{it.hex()}" for it in self.nodes],
        }
        return json.dumps(members, indent=0).encode() + b"\n"


def parse_state_proof(data: bytes) -> StateProof:
    """Raises Malformed, or UnknownFormat for another version of the format."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"more than {MAX_BYTES} bytes", where="state-proof")
    with read_document(data, "state-proof", FORMAT) as members:
        header = members.hex("header", None, MAX_HEADER)
        items = members.items("nodes", MAX_NODES)
    nodes = [read_hex(item, "state-proof.nodes", None, MAX_NODE) for item in items]
    if any(one >= other for one, other in pairwise(nodes)):
        raise Malformed("not in strictly ascending order", where="state-proof.nodes")
    return StateProof(header, tuple(nodes))
