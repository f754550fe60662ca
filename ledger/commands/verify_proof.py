"""State proofs for `carbon verify`: collected from a node with eth_getProof, and read back where no node is asked.

Both ways derive the facts by the same code from the same proven slots; collecting only adds the nodes first.
"""

from collections.abc import Sequence

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import ChainFacts
from ledger.stateproof.document import MAX_NODES, StateProof
from ledger.stateproof.facts import derive_facts
from ledger.stateproof.header import FIELDS, encode_header, read_header
from ledger.stateproof.state import ProvenState
from ledger.stateproof.trie import Nodes
from terminal_signer.chain import ChainFault, Rpc, hex_bytes

__all__ = ["collect", "prove"]

SLOTS_A_CALL = 100  # nodes refuse a question for too many
EMPTY_TRIE = b"\x80"


def prove(proof: StateProof, block_hash: bytes, bundle: Bundle, policy: Policy) -> ChainFacts:
    """The facts as of the block with this hash. Raises Malformed, or NotTheContract."""
    header = read_header(proof.header, block_hash)
    return derive_facts(bundle, policy, header, ProvenState(header.state_root, Nodes(proof.nodes), policy.contracts))


def collect(bundle: Bundle, policy: Policy, rpc: Rpc, number: int) -> tuple[StateProof, bytes, ChainFacts]:
    """The proof of everything that verifying this bundle asks, the block's hash, and what is proven.

    Raises ChainFault where the node does not prove what it says, and what `prove` raises.
    """
    raw, block_hash = _header(rpc, number)
    header = read_header(raw, block_hash)
    nodes = Nodes()
    storage = _Asking(rpc, number, policy, ProvenState(header.state_root, nodes, policy.contracts), nodes)
    facts = derive_facts(bundle, policy, header, storage)
    found = nodes.raw()
    if len(found) > MAX_NODES:
        raise ChainFault(f"the proof takes more than {MAX_NODES} nodes")
    return StateProof(raw, found), block_hash, facts


class _Asking:
    """Storage whose proofs are asked for when a slot is read."""

    def __init__(self, rpc: Rpc, number: int, policy: Policy, proven: ProvenState, nodes: Nodes) -> None:
        self._rpc, self._block, self._contracts = rpc, hex(number), policy.contracts
        self._proven, self._nodes = proven, nodes

    def read(self, contract: str, slots: Sequence[int]) -> list[int]:
        address = f"0x{self._contracts[contract].hex()}"
        for start in range(0, len(slots), SLOTS_A_CALL):
            keys = [f"0x{slot:064x}" for slot in slots[start : start + SLOTS_A_CALL]]
            self._keep(self._rpc.call("eth_getProof", [address, keys, self._block]))
        return self._proven.read(contract, slots)

    def _keep(self, answer: object) -> None:
        try:
            paths = [answer["accountProof"], *(entry["proof"] for entry in answer["storageProof"])]  # type: ignore[index]
            nodes = {hex_bytes(node) for path in paths for node in path}
        except (TypeError, KeyError):
            raise ChainFault("eth_getProof is not answered with proofs") from None
        for node in nodes - {EMPTY_TRIE}:
            self._nodes.add(node)


def _header(rpc: Rpc, number: int) -> tuple[bytes, bytes]:
    block = rpc.call("eth_getBlockByNumber", [hex(number), False])
    if not isinstance(block, dict):
        raise ChainFault(f"the node does not know block {number}")
    fields = {name: _field(block[name], FIELDS[name]) for name in FIELDS if block.get(name) is not None}
    return encode_header(fields), hex_bytes(block.get("hash"))


def _field(value: object, whole: bool) -> bytes:
    """Quantities have no leading zeros, not even to a whole byte."""
    text = value if isinstance(value, str) else ""
    return hex_bytes("0x" + text[2:].rjust(len(text) // 2 * 2, "0") if whole else text)
