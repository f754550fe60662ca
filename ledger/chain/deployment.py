"""`deployment.json` (format deployment/1): which chain, and which contracts on it. See docs/formats/deployment.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.chain.errors import DeploymentFault
from ledger.errors import UnknownFormat
from terminal_signer.strict import Malformed, read_json

FORMAT = "deployment/1"
REQUIRED = ("IdentifierRegistry", "TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")
LATER = ("ProductLedger", "ReadingVerifier")
"""Contracts that deployments of earlier editions do not have."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Generation:
    """The contracts that are in force from `block` on; addresses are 20 bytes."""

    block: int
    contracts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Deployment:
    """`genesis` is the hash of block 0. `demo`: made-up means and unchecked editions may be certified here."""

    chain_id: int
    genesis: bytes
    demo: bool
    generations: tuple[Generation, ...]

    def address(self, contract: str) -> bytes:
        """The contract's address in the newest generation. Raises DeploymentFault when it has none."""
        try:
            return self.generations[-1].contracts[contract]
        except KeyError:
            raise DeploymentFault(f"this deployment has no contract {contract}", mend=_mend(contract)) from None

    @property
    def start(self) -> int:
        """The first block in which the newest generation can have events."""
        return self.generations[-1].block

    def to_json(self) -> dict[str, Any]:
        """The document; addresses are lower-case hex."""
        return {
            "format": FORMAT,
            "chain_id": self.chain_id,
            "genesis": f"0x{self.genesis.hex()}",
            "demo": self.demo,
            "generations": [
                {
                    "block": generation.block,
                    "contracts": {name: f"0x{address.hex()}" for name, address in generation.contracts.items()},
                }
                for generation in self.generations
            ],
        }


def load(path: Path) -> Deployment:
    """Read a deployment file. Raises DeploymentFault, UnknownFormat."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DeploymentFault(f"larger than {MOST_BYTES} bytes", where=str(path))
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DeploymentFault("no deployment here", where=str(path), mend="carbon devnet up") from None
    except OSError as fault:
        raise DeploymentFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    return parse(raw, where=str(path))


def save(deployment: Deployment, path: Path) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(deployment.to_json(), indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def parse(raw: bytes, where: str = "deployment") -> Deployment:
    """Read a deployment document. Raises DeploymentFault, UnknownFormat."""
    try:
        document = read_json(raw, where)
    except Malformed as fault:
        raise DeploymentFault(f"not JSON: {fault.message}", where=where) from None
    if not isinstance(document, dict):
        raise DeploymentFault("not a JSON object", where=where)
    if document.get("format") != FORMAT:
        raise UnknownFormat(f"format {document.get('format')!r}, expected {FORMAT!r}", where=where)
    generations = _field(document, "generations", list, where)
    if not generations:
        raise DeploymentFault("'generations' is empty", where=where)
    return Deployment(
        chain_id=_count(document, "chain_id", where),
        genesis=_hex(document, "genesis", 32, where),
        demo=_field(document, "demo", bool, where),
        generations=tuple(_generation(item, f"{where}, generation {i}") for i, item in enumerate(generations)),
    )


def _mend(contract: str) -> str:
    """A deployment of an earlier edition is still read; what it lacks it can get only by being made anew."""
    return "carbon devnet down --erase, then carbon devnet up: its contracts are older" if contract in LATER else ""


def _generation(item: object, where: str) -> Generation:
    if not isinstance(item, dict):
        raise DeploymentFault("not an object", where=where)
    contracts = _field(item, "contracts", dict, where)
    missing = [name for name in REQUIRED if name not in contracts]
    if missing:
        raise DeploymentFault(f"no address for {', '.join(missing)}", where=where)
    return Generation(_count(item, "block", where), {name: _hex(contracts, name, 20, where) for name in contracts})


def _field(document: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    value = document.get(name)
    if not isinstance(value, kind):
        raise DeploymentFault(f"'{name}' is missing or not of type {kind.__name__}", where=where)
    return value


def _count(document: Mapping[str, Any], name: str, where: str) -> int:
    value: int = _field(document, name, int, where)
    if isinstance(value, bool) or value < 0:
        raise DeploymentFault(f"'{name}' is not a non-negative integer", where=where)
    return value


def _hex(document: Mapping[str, Any], name: str, length: int, where: str) -> bytes:
    text: str = _field(document, name, str, where)
    try:
        value = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        value = b""
    if not text.startswith("0x") or len(value) != length:
        raise DeploymentFault(f"'{name}' is not {length} bytes of hex with 0x", where=where)
    return value
