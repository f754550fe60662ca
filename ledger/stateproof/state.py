"""The storage of the policy's contracts as of one block, every answer proven from the block's state root."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ledger.keccak import keccak256
from ledger.stateproof import rlp
from ledger.stateproof.trie import Nodes
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed

__all__ = ["NotTheContract", "ProvenState", "Storage"]

NO_CODE = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")


class NotTheContract(CarbonError):
    """It is proven that the policy's address holds no contract at that block, or another one than its name says."""

    code = "not-the-contract"


class Storage(Protocol):
    def read(self, contract: str, slots: Sequence[int]) -> list[int]:
        """The values of these storage slots of the contract that the policy knows by this name."""


class ProvenState:
    """Contracts are named as in the policy; their addresses come from there and nowhere else (INV-19)."""

    def __init__(self, state_root: bytes, nodes: Nodes, contracts: Mapping[str, bytes]) -> None:
        self._state_root, self._nodes, self._contracts = state_root, nodes, contracts
        self._storage_roots: dict[str, bytes] = {}

    def read(self, contract: str, slots: Sequence[int]) -> list[int]:
        """Raises Malformed where the nodes prove neither a value nor that there is none."""
        if contract not in self._storage_roots:
            self._storage_roots[contract] = self._storage_root(contract)
        root = self._storage_roots[contract]
        return [self._value(root, slot) for slot in slots]

    def _value(self, root: bytes, slot: int) -> int:
        """Zero where the trie ends before the slot; anvil keeps written zeros as leaves, which proves them no less."""
        value = self._nodes.lookup(root, keccak256(slot.to_bytes(32, "big")))
        if value is None:
            return 0
        return rlp.number(rlp.decode(value, "state-proof.slot"), 32, "state-proof.slot")

    def _storage_root(self, contract: str) -> bytes:
        where = "state-proof.account"
        address = self._contracts[contract]
        value = self._nodes.lookup(self._state_root, keccak256(address))
        account = [b"", b"", b"", NO_CODE] if value is None else rlp.decode(value, where)
        if not isinstance(account, list) or len(account) != 4:
            raise Malformed("not nonce, balance, storage root and code hash", where=where)
        root, code = account[2:]
        if code == NO_CODE:
            mend = "are the policy's addresses right, and is the block late enough?"
            raise NotTheContract(f"no contract {contract} at 0x{address.hex()} as of this block", mend=mend)
        if not isinstance(root, bytes) or len(root) != 32:
            raise Malformed("the storage root is not 32 bytes", where=where)
        return root
