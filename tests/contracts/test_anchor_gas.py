"""What an anchor costs on a real chain, with real trees and proofs: whole transactions, from their receipts."""

import hashlib
import json
from pathlib import Path

import pytest

from devnet.anvil import Anvil
from ledger.chain.contracts import function
from ledger.keccak import keccak256
from ledger.log.tree import Tree
from tests.contracts.stage import Stage

LIMIT = 90_000
TOP = 2**20
SNAPSHOT = Path(__file__).resolve().parents[2] / "contracts" / "snapshots" / "AnchorLog.json"
EXTENSIONS = {
    "second head: 24 to 48 leaves": (24, 48),
    "a day at the end of a year: 8736 to 8760 leaves": (8_736, 8_760),
    "longest proof: 2^20 - 1 to 2^20 leaves": (TOP - 1, TOP),
    "2^19 + 1 to 2^20 leaves": (TOP // 2 + 1, TOP),
    "2^20 - 2 to 2^20 - 1 leaves": (TOP - 2, TOP - 1),
}
NOISE = 400
"""A zero byte of calldata is 12 gas cheaper than another, and hashes hold some by chance."""


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(TOP))


@pytest.mark.parametrize(("name", "sizes"), EXTENSIONS.items(), ids=list(EXTENSIONS))
def test_later_anchors_cost_less_than_90_000_gas(stage: Stage, tree: Tree, name: str, sizes: tuple[int, int]) -> None:
    old, new = sizes
    operator = stage.people["operator"]
    created = stage.AnchorLog.createLog("example.org/gas", b"\x07" * 32, bytes(64), operator, sender=operator)
    log_id = created.events[0].logId
    stage.AnchorLog.anchor(log_id, old, tree.root(old), [], sender=operator)
    receipt = stage.AnchorLog.anchor(log_id, new, tree.root(new), tree.consistency(old, new), sender=operator)
    assert receipt.gas_used < LIMIT
    snapshot = json.loads(SNAPSHOT.read_text())
    if name in snapshot:
        assert abs(receipt.gas_used - int(snapshot[name])) <= NOISE
    size, root, _ = stage.AnchorLog.latest(log_id)
    assert (size, bytes(root)) == (new, tree.root(new))


def test_no_proof_up_to_2_20_leaves_is_longer_than_the_one_measured(tree: Tree) -> None:
    longest = len(tree.consistency(TOP - 1, TOP))
    assert longest == 21
    assert all(len(tree.consistency(old, TOP)) <= longest for old in range(1, TOP, 997))


def test_a_year_of_heads_is_one_affordable_question(stage: Stage, chain: Anvil) -> None:
    """365 heads, put into their slots: `verifyHeads` stays far below the 50 million gas that nodes allow a call."""
    heads = [(24 * day, hashlib.sha256(day.to_bytes(2, "big")).digest(), 86_400 * day) for day in range(1, 366)]
    contract, slots = stage.AnchorLog.address, {}
    inner = keccak256(stage.log_id + (1).to_bytes(32, "big"))
    for size, root, time in heads:
        slot = keccak256(size.to_bytes(32, "big") + inner)
        head = keccak256(root + time.to_bytes(8, "big") + (size - 24).to_bytes(8, "big"))
        slots[f"0x{slot.hex()}"] = f"0x{head.hex()}"
    question = function("AnchorLog", "verifyHeads")
    call = {"to": contract, "data": f"0x{question.encode(stage.log_id, 0, heads).hex()}"}
    override = {contract: {"stateDiff": slots}}
    assert question.decode(bytes.fromhex(chain.node.call("eth_call", call, "latest", override)[2:])) is True
    assert int(chain.node.call("eth_estimateGas", call, "latest", override), 16) < 2_500_000
