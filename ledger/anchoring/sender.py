"""The transaction that anchors a head: the same head, nonce and fee give the same bytes, however often it is signed."""

import logging
import time

from eth_account.signers.local import LocalAccount

from ledger.anchoring.heads import Head
from ledger.chain import transactions
from ledger.chain.client import Chain
from ledger.chain.contracts import function
from ledger.chain.errors import NodeRefused
from ledger.chain.transactions import Call, Signed
from ledger.store.log import LogStore

CONTRACT = "AnchorLog"
GAS, GAS_PER_HASH = 160_000, 4_000  # limits; the real cost is measured by the contract's gas snapshot
GLANCE = 0.1  # seconds; a local chain mines at once

log = logging.getLogger(__name__)


class Sender:
    """Signs and broadcasts for one log and one account; remembers nothing."""

    def __init__(self, chain: Chain, tree: LogStore, log_id: bytes, account: LocalAccount) -> None:
        self._chain = chain
        self._tree = tree
        self._log_id = log_id
        self._account = account

    def sign(self, head: Head) -> Signed:
        """For the head's nonce and fee."""
        if head.nonce is None or head.fee is None:
            raise AssertionError("a head in flight has a nonce and a fee")
        gas = GAS + GAS_PER_HASH * 2 * head.size.bit_length()
        chain_id = self._chain.deployment.chain_id
        return transactions.sign(
            self._account, self._call(head), chain_id=chain_id, nonce=head.nonce, gas=gas, fee=head.fee
        )

    def rehearse(self, head: Head) -> None:
        """Raises ContractRefused if the contract would not take the head now."""
        transactions.simulate(self._chain.node, self._account.address, self._call(head), f"{CONTRACT}.anchor")

    def broadcast(self, signed: Signed) -> None:
        """A node that refuses is no reason to stop: the next look tells what became of it. Raises ChainUnreachable."""
        try:
            transactions.broadcast(self._chain.node, signed)
        except NodeRefused as fault:
            log.warning("the node did not take transaction 0x%s: %s", signed.hash.hex(), fault.message)
            return
        until = time.monotonic() + GLANCE
        while self.gas_used(signed.hash) is None and time.monotonic() < until:
            time.sleep(GLANCE / 20)

    def gas_used(self, transaction: bytes) -> int | None:
        """None while it is not mined."""
        answer = self._chain.node.call("eth_getTransactionReceipt", f"0x{transaction.hex()}")
        return transactions.read_receipt(answer).gas_used if answer else None

    def _call(self, head: Head) -> Call:
        proof = self._tree.consistency(head.previous_size, head.size) if head.previous_size else []
        data = function(CONTRACT, "anchor").encode(self._log_id, head.size, head.root, proof)
        return Call(self._chain.deployment.address(CONTRACT), data)
