"""Transactions: signed here with plain keys (EIP-1559), broadcast, waited for.

A transaction is a function of account, nonce, fee and call: signing the same again gives the same bytes, so that
whoever knows nonce and fee can broadcast once more without sending twice.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount

from ledger.chain.answers import hexadecimal, member, members, unhex
from ledger.chain.contracts import constructor_data, event, refusal
from ledger.chain.errors import ContractRefused, NodeRefused, TransactionFailed
from ledger.chain.node import Node
from ledger.chain.reading import read_block

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction does: `to` is None for the deployment of a contract."""

    to: bytes | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A transaction ready to be broadcast."""

    hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction."""

    transaction: bytes
    block_number: int
    block_hash: bytes
    gas_used: int
    contract: bytes | None
    logs: Sequence[dict[str, Any]]

    def event(self, contract: str, name: str) -> dict[str, Any]:
        """The arguments of the first event of this name. Raises TransactionFailed when there is none."""
        wanted = event(contract, name)
        for entry in self.logs:
            topics = [unhex(topic) for topic in members(member(entry, "topics"))]
            if topics and topics[0] == wanted.topic:
                return wanted.decode(topics, unhex(member(entry, "data")))
        raise TransactionFailed(f"the transaction left no event {name}", where=f"0x{self.transaction.hex()}")


def sign(account: LocalAccount, call: Call, *, chain_id: int, nonce: int, gas: int, fee: int) -> Signed:
    """`fee` is the most that is paid per unit of gas, in wei; a tenth of it is offered to the block's producer."""
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "gas": gas,
        "maxFeePerGas": fee,
        "maxPriorityFeePerGas": fee // 10,
        "value": 0,
        "data": call.data,
    }
    if call.to is not None:
        fields["to"] = call.to
    signed = account.sign_transaction(fields)
    return Signed(bytes(signed.hash), bytes(signed.raw_transaction))


def broadcast(node: Node, signed: Signed) -> None:
    """Hand a transaction to the node. One that it has already is no error. Raises NodeRefused, ChainUnreachable."""
    try:
        node.call("eth_sendRawTransaction", f"0x{signed.raw.hex()}")
    except NodeRefused as fault:
        words = fault.message.lower()
        if "already known" not in words and "already imported" not in words:
            raise


def estimate(node: Node, sender: str, call: Call, where: str = "") -> int:
    """Gas with a fifth to spare. Raises ContractRefused by the contract's own error's name."""
    return int(hexadecimal(_simulated(node, "eth_estimateGas", sender, call, where))) * 6 // 5


def simulate(node: Node, sender: str, call: Call, where: str = "") -> None:
    """Raises ContractRefused if the call would revert now."""
    _simulated(node, "eth_call", sender, call, where)


def wait(node: Node, transaction: bytes, patience: float = PATIENCE) -> Receipt:
    """The receipt, once it is mined. Raises TransactionFailed for a revert, or when `patience` seconds are over."""
    shown = f"0x{transaction.hex()}"
    until, pause = time.monotonic() + patience, 0.002
    while (answer := node.call("eth_getTransactionReceipt", shown)) is None:
        if time.monotonic() > until:
            raise TransactionFailed(f"not mined within {patience:g} s", where=shown)
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)
    if hexadecimal(member(answer, "status")) != 1:
        raise TransactionFailed("the transaction reverted", where=shown)
    return read_receipt(answer)


def read_receipt(answer: object) -> Receipt:
    """A receipt as the node tells it."""
    contract = answer.get("contractAddress") if isinstance(answer, dict) else None
    return Receipt(
        transaction=unhex(member(answer, "transactionHash")),
        block_number=hexadecimal(member(answer, "blockNumber")),
        block_hash=unhex(member(answer, "blockHash")),
        gas_used=hexadecimal(member(answer, "gasUsed")),
        contract=unhex(contract) if contract else None,
        logs=members(member(answer, "logs")),
    )


def revert(fault: NodeRefused, where: str = "") -> ContractRefused | None:
    """The contract's refusal inside a node's error, None if the node speaks of something else."""
    if fault.data:
        return refusal(unhex(fault.data), where)
    return ContractRefused("no reason given", where=where) if "revert" in fault.message.lower() else None


def _simulated(node: Node, method: str, sender: str, call: Call, where: str) -> str:
    fields = {"from": sender, "data": f"0x{call.data.hex()}"} | ({"to": f"0x{call.to.hex()}"} if call.to else {})
    try:
        return str(node.call(method, fields, "latest"))
    except NodeRefused as fault:
        raise revert(fault, where) or fault from fault


def transact(node: Node, account: LocalAccount, call: Call, chain_id: int, where: str) -> Receipt:
    """Estimate, sign, broadcast, wait. Raises ContractRefused, NodeRefused, TransactionFailed, ChainUnreachable."""
    gas = estimate(node, account.address, call, where)
    nonce, block = node.batch(
        [("eth_getTransactionCount", [account.address, "pending"]), ("eth_getBlockByNumber", ["latest", False])]
    )
    signed = sign(
        account,
        call,
        chain_id=chain_id,
        nonce=hexadecimal(nonce),
        gas=gas,
        fee=read_block(block, "latest").offer,
    )
    broadcast(node, signed)
    return wait(node, signed.hash)


def deploy_contract(node: Node, account: LocalAccount, chain_id: int, contract: str, *arguments: object) -> Receipt:
    """Deploy one contract; the receipt names its address."""
    return transact(node, account, Call(None, constructor_data(contract, *arguments)), chain_id, contract)
