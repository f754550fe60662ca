"""A deployment on a local chain, driven by ape: the contracts as they are committed, a role for each account."""

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import ape
from ape.contracts import ContractContainer, ContractInstance
from ape_test.accounts import TestAccount
from eth_account import Account
from ethpm_types import ContractType

from ledger.certificates.statement import Domain, Statement
from ledger.identifiers.vaa import leaf, node
from ledger.keccak import keccak256
from terminal_signer.keys import ES256, PrivateKey, generate, possession_message

ABI = Path(__file__).resolve().parents[2] / "ledger" / "chain" / "abi"
GENESIS = 1_514_736_000
"""2018-01-01T00:00+08:00, where the chain's clock starts."""
YEAR = 365 * 86_400
PEOPLE = (
    "admin",
    "registrar",
    "accreditor",
    "publisher",
    "suspender",
    "revoker",
    "other-revoker",
    "enterprise",
    "operator",
    "stranger",
)
ROLES = {"registrar": 1, "accreditor": 2, "publisher": 3, "suspender": 4, "revoker": 5}
DUTIES = {
    "registrar": ("IdentifierRegistry", ("createNode", "proposeReassignment", "withdrawReassignment")),
    "accreditor": ("CertificateRegistry", ("accredit", "endAccreditation")),
    "publisher": ("RuleRegistry", ("publish",)),
    "suspender": ("CertificateRegistry", ("suspend", "reinstate")),
    "revoker": ("CertificateRegistry", ("proposeRevocation", "withdrawRevocation", "confirmRevocation")),
}


def artifact(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ABI / f"{name}.json").read_text(encoding="utf-8"))
    return content


def container(name: str) -> ContractContainer:
    """The committed ABI and bytecode as ape knows contracts: nothing is compiled here, and no compiler is fetched."""
    content = artifact(name)
    kind = {
        "contractName": name,
        "abi": content["abi"],
        "deploymentBytecode": {"bytecode": content["bytecode"]},
        "runtimeBytecode": {"bytecode": content["deployedBytecode"]},
    }
    return ContractContainer(ContractType.model_validate(kind))


@dataclass
class Stage:
    """Who plays, and what stands. `parties` sign statements off the chain."""

    people: dict[str, TestAccount]
    contracts: dict[str, ContractInstance] = field(default_factory=dict)
    parties: dict[str, Any] = field(default_factory=dict)
    log_id: bytes = bytes(32)

    def __getattr__(self, name: str) -> ContractInstance:
        try:
            return self.contracts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def now(self) -> int:
        return int(ape.chain.pending_timestamp)

    def deploy(self, *, demo: bool = False) -> None:
        admin = self.people["admin"]

        def put(name: str, *arguments: Any) -> ContractInstance:
            self.contracts[name] = admin.deploy(container(name), *arguments)
            return self.contracts[name]

        manager = put("AccessManager", admin)
        identifiers = put("IdentifierRegistry", manager)
        terminals = put("TerminalRegistry", identifiers)
        anchors = put("AnchorLog")
        rules = put("RuleRegistry", manager)
        registry = put("CertificateRegistry", manager, identifiers, anchors, rules, demo)
        self.contracts["ProductLedger"] = container("ProductLedger").at(registry.PRODUCTS())
        put("ReadingVerifier", terminals, anchors)
        for role, (contract, names) in DUTIES.items():
            target = self.contracts[contract]
            signatures = [target.contract_type.mutable_methods[name].selector for name in names]
            hashed = [keccak256(signature.encode())[:4] for signature in signatures]
            manager.setTargetFunctionRole(target, hashed, ROLES[role], sender=admin)
            manager.grantRole(ROLES[role], self.people[role], 0, sender=admin)
        manager.grantRole(ROLES["revoker"], self.people["other-revoker"], 0, sender=admin)

    def settle(self) -> None:
        """An enterprise 88.118.20260, a log with one head, published rules, two accredited parties."""
        registrar, enterprise, operator = (self.people[who] for who in ("registrar", "enterprise", "operator"))
        identifiers = self.IdentifierRegistry
        identifiers.createNode(bytes(32), "88", registrar, sender=registrar)
        identifiers.createNode(node("88"), "118", registrar, sender=registrar)
        identifiers.createNode(node("88.118"), "20260", enterprise, sender=registrar)
        created = self.AnchorLog.createLog("example.org/log", b"\x07" * 32, bytes(64), operator, sender=registrar)
        self.log_id = bytes(created.events[0].logId)
        self.AnchorLog.anchor(self.log_id, 8, b"\x01" * 32, [], sender=operator)
        for kind in range(1, 6):
            publisher = self.people["publisher"]
            self.RuleRegistry.publish(kind, f"rule/{kind}", rule(kind), "", GENESIS, GENESIS + YEAR, sender=publisher)
        self.parties = {name: Account.create() for name in ("evaluator", "verifier")}
        for role, name in enumerate(self.parties, start=1):
            self.CertificateRegistry.accredit(
                self.parties[name].address,
                name.encode().ljust(32, b"\0"),
                role,
                bytes(32),
                GENESIS,
                GENESIS + 9 * YEAR,
                sender=self.people["accreditor"],
            )

    def statement(self, **changes: Any) -> Statement:
        """One that can be minted once the year is over."""
        identifier = "88.118.20260/CE-2018-0001"
        address = {name: bytes.fromhex(party.address[2:]) for name, party in self.parties.items()}
        whole = Statement(
            kind=2,
            subject=leaf(identifier),
            identifier=identifier,
            enterprise=node("88.118.20260"),
            recipient=bytes.fromhex(self.people["enterprise"].address[2:]),
            evaluator=address["evaluator"],
            verifier=address["verifier"],
            period_start=GENESIS,
            period_end=GENESIS + YEAR,
            site=b"\x11" * 32,
            template=rule(5),
            method=rule(1),
            factors=rule(2),
            scheme=rule(3),
            benchmarks=rule(4),
            log_id=self.log_id,
            tree_size=8,
            evidence_root=b"\x12" * 32,
            result_hash=b"\x13" * 32,
            grade=3,
            grade_value=1_250_000,
            footprint=0,
            figures=b"\x14" * 32,
            unit="tCO2",
            quantity=0,
            upstream_root=bytes(32),
            coverage=9_900,
            metered=9_000,
            declared=500,
            defaulted=400,
            estimated=100,
            assurance=1,
            opinion=b"\x15" * 32,
            supersedes=0,
            valid_until=GENESIS + 3 * YEAR,
            submit_before=GENESIS + 2 * YEAR,
        )
        return replace(whole, **changes)

    def domain(self) -> Domain:
        return Domain(ape.chain.chain_id, bytes.fromhex(self.CertificateRegistry.address[2:]))

    def mint(self, statement: Statement) -> Any:
        """Sign by all three and submit by the recipient."""
        digest = statement.digest(self.domain())
        keys = [self.people["enterprise"].private_key, *(party.key for party in self.parties.values())]
        signatures = [bytes(Account.unsafe_sign_hash(digest, key).signature) for key in keys]
        return self.CertificateRegistry.mint(fields(statement), *signatures, sender=self.people["enterprise"])

    def enrolment(self, key: PrivateKey, suffix: str = "EQ-0001") -> tuple[tuple[Any, ...], bytes]:
        """What TerminalRegistry.enrol takes."""
        iss, sub = "88.118.20260", f"88.118.20260/{suffix}"
        registry = bytes.fromhex(self.TerminalRegistry.address[2:])
        message = possession_message(ape.chain.chain_id, registry, iss, sub, key.public.thumbprint())
        return (iss, sub, key.alg, key.public.raw, 1, self.log_id, 0), key.sign(message)

    def enrol(self, alg: int = ES256) -> Any:
        enrolment, proof = self.enrolment(generate(alg))
        return self.TerminalRegistry.enrol(enrolment, proof, sender=self.people["enterprise"])


def rule(kind: int) -> bytes:
    return bytes([kind]) * 32


def fields(statement: Statement) -> tuple[Any, ...]:
    """A statement as the ABI's struct; addresses as hex."""
    return tuple(f"0x{v.hex()}" if isinstance(v, bytes) and len(v) == 20 else v for v in astuple(statement))


def refusal(call: Callable[[], Any]) -> str:
    """The name of the custom error that the call reverts with; empty if it does not revert."""
    try:
        call()
    except ape.exceptions.CustomError as error:
        return type(error).__name__
    except ape.exceptions.ContractLogicError as error:  # of a contract further down: only its selector is known
        return _error_names().get(error.message[:10], error.message)
    return ""


@cache
def _error_names() -> dict[str, str]:
    names = {}
    for item in artifact("AccessManager")["abi"]:
        if item["type"] == "error":
            signature = f"{item['name']}({','.join(part['type'] for part in item['inputs'])})"
            names[f"0x{keccak256(signature.encode())[:4].hex()}"] = item["name"]
    return names
