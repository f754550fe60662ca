"""The accounts of a local chain, one for each role, with keys drawn at random and kept in files of mode 0600.

A key file here is one that `carbon anchor run --key` reads too. Keys are never printed or logged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.chain.answers import hexadecimal
from ledger.chain.keyfile import load_account, save_key
from ledger.chain.node import Node

ROLES: Mapping[str, str] = {
    "admin": "grants the roles below",
    "registrar": "creates top nodes",
    "accreditor": "accredits evaluators and verifiers",
    "publisher": "publishes rules",
    "suspender": "suspends certificates",
    "revoker": "proposes revocations",
    "confirmer": "confirms revocations",
    "top-node": "holds 88",
    "secondary-node": "holds 88.118",
    "enterprise": "holds its own node, enrols terminals, receives certificates",
    "evaluator": "evaluates",
    "verifier": "verifies",
    "laboratory": "holds its own node, enrols its keys",
    "log-owner": "creates logs",
    "anchorer": "anchors tree heads",
}
BALANCE = 1_000 * 10**18


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts by role."""

    folder: Path
    by_role: Mapping[str, LocalAccount]

    def __getitem__(self, role: str) -> LocalAccount:
        return self.by_role[role]

    def key_file(self, role: str) -> Path:
        """The file that holds the role's key."""
        return self.folder / f"{role}.key"


def open_accounts(folder: Path, roles: Iterable[str] = ROLES) -> Accounts:
    """The accounts of a folder; a role that has no key yet is given one. Raises KeyFileFault."""
    chosen = {}
    for role in roles:
        path = folder / f"{role}.key"
        if not path.exists():
            save_key(path, bytes(Account.create().key))
        chosen[role] = load_account(path)
    return Accounts(folder, chosen)


def fund(node: Node, addresses: Iterable[str], balance: int = BALANCE) -> int:
    """Raise these accounts of a local chain to at least `balance` wei; answers how many were raised."""
    asked = list(addresses)
    held = node.batch([("eth_getBalance", [address, "latest"]) for address in asked])
    poor = [address for address, amount in zip(asked, held, strict=True) if hexadecimal(amount) < balance]
    node.batch([("anvil_setBalance", [address, hex(balance)]) for address in poor])
    return len(poor)
