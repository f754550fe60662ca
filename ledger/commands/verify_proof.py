"""Where `carbon verify` has the chain's facts from: a node's word, or a state proof under a given block hash.

Proofs are collected with eth_getProof. Collecting and proving derive the facts by the same code from the same
slots; collecting only adds the nodes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import ChainFacts, fetch_facts
from ledger.stateproof.document import MAX_NODES, StateProof
from ledger.stateproof.facts import derive_facts
from ledger.stateproof.header import FIELDS, encode_header, read_header
from ledger.stateproof.state import ProvenState
from ledger.stateproof.trie import Nodes
from terminal_signer.chain import ChainFault, Rpc, hex_bytes
from terminal_signer.strict import Malformed

__all__ = ["View", "collect", "from_node", "prove"]

SLOTS_A_CALL = 100  # nodes refuse a question for too many
EMPTY_TRIE = b"\x80"


@dataclass(frozen=True, slots=True)
class View:
    """What the chain holds, and how that is known: under `block_hash` where it is proven, by a node's word where that
    is None. `saved`: the file that the proof went to."""

    facts: ChainFacts
    block_hash: bytes | None = None
    saved: str | None = None


def from_node(bundle: Bundle, policy: Policy, url: str, save: str | None) -> View:
    """By a node's word. With `save`, also write the proof, which must show the same facts."""
    rpc = Rpc(url)
    facts = fetch_facts(bundle, policy, rpc)
    if save is None or facts.terminals is None:
        return View(facts)
    proof, block_hash, proven = collect(bundle, policy, rpc, facts.block)
    if replace(proven, heads_latest=facts.heads_latest, status_latest=facts.status_latest) != facts:
        raise ChainFault("the node's answers are not those that its proofs show", where=url)
    try:
        Path(save).write_bytes(proof.to_json())
    except OSError as error:
        raise Malformed(f"cannot be written: {error.strerror}", where=save) from None
    return View(facts, block_hash, save)


def prove(proof: StateProof, block_hash: bytes, bundle: Bundle, policy: Policy) -> ChainFacts:
    """The facts as of the block with this hash. Raises Malformed, or NotTheContract."""
    header = read_header(proof.header, block_hash)
    return derive_facts(bundle, policy, header, ProvenState(header.state_root, Nodes(proof.nodes), policy.contracts))


def collect(bundle: Bundle, policy: Policy, rpc: Rpc, number: int) -> tuple[StateProof, bytes, ChainFacts]:
    """The proof of everything that verifying this bundle asks, the block's hash, and what is proven.

    Raises ChainFault where the node does not prove what it says, NotTheContract, ChainUnavailable.
    """
    raw, block_hash = _header(rpc, number)
    nodes = Nodes()
    try:
        header = read_header(raw, block_hash)
        storage = _Asking(rpc, number, policy, ProvenState(header.state_root, nodes, policy.contracts), nodes)
        facts = derive_facts(bundle, policy, header, storage)
    except Malformed as error:
        raise ChainFault(f"the node does not prove what it says: {error.message}", where=rpc.url) from None
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
