"""The trust policy: everything that a verifier believes before it looks at a bundle.

Chain, contract addresses and accredited signers come from this file and never from the bundle (INV-19).
"""

import re
from dataclasses import dataclass
from typing import Literal

from ledger.certificates.statement import Domain
from ledger.identifiers.vaa import IdentifierError, node
from terminal_signer.strict import Malformed, Members, read_document, read_hex

FORMAT = "policy/1"
MAX_BYTES = 1 << 20
NEEDED = ("TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")


@dataclass(frozen=True, slots=True)
class Accredited:
    """An address that may sign as `role` ("evaluator" or "verifier") for an organisation, named by its prefix."""

    address: bytes
    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Policy:
    """`finality` is the chain's own "finalized", or a number of confirmations where a chain has no such tag; `max_age`
    bounds the age in seconds of the block that answers are taken from, None does not; `allow_demo` lets DEMO and
    UNVERIFIED data pass."""

    chain_id: int
    genesis: bytes
    contracts: dict[str, bytes]
    accredited: tuple[Accredited, ...]
    finality: Literal["finalized"] | int
    max_age: int | None
    allow_demo: bool

    def organisation_of(self, address: bytes, role: str) -> str | None:
        return next((one.organisation for one in self.accredited if (one.address, one.role) == (address, role)), None)

    def domain(self) -> Domain:
        """The EIP-712 domain of the certificates that this policy believes."""
        return Domain(self.chain_id, self.contracts["CertificateRegistry"])


def parse_policy(data: bytes) -> Policy:
    """Raises `Malformed`, or `UnknownFormat` for another version of the format."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"more than {MAX_BYTES} bytes", where="policy")
    with read_document(data, "policy", FORMAT) as told:
        return Policy(
            chain_id=told.integer("chain_id"),
            genesis=told.hex("genesis", 32),
            contracts=_contracts(told.inner("contracts")),
            accredited=tuple(_accredited(item) for item in told.items("accredited", 10_000)),
            finality=_finality(told.rest.pop("finality", None)),
            max_age=told.rest.pop("max_age") if told.rest.get("max_age", 0) is None else told.integer("max_age"),
            allow_demo=told.flag("allow_demo"),
        )


def _contracts(members: Members) -> dict[str, bytes]:
    if lacking := [name for name in NEEDED if name not in members.rest]:
        raise Malformed(f"the address of {lacking[0]} is missing", where="policy.contracts")
    return {name: read_hex(_lower(value), f"policy.contracts.{name}", 20) for name, value in members.rest.items()}


def _lower(value: object) -> object:
    """Addresses may carry EIP-55's capitals."""
    return value.lower() if isinstance(value, str) and re.fullmatch("0x[0-9A-Fa-f]{40}", value) else value


def _accredited(item: object) -> Accredited:
    with Members(item, "policy.accredited") as told:
        role, organisation = told.text("role"), told.text("organisation")
        address = read_hex(_lower(told.rest.pop("address", None)), "policy.accredited.address", 20)
    if role not in ("evaluator", "verifier"):
        raise Malformed("neither evaluator nor verifier", where="policy.accredited.role")
    try:
        node(organisation)
    except IdentifierError as error:
        raise Malformed(error.message, where="policy.accredited.organisation") from None
    return Accredited(address, organisation, role)


def _finality(value: object) -> Literal["finalized"] | int:
    if value == "finalized":
        return "finalized"
    if type(value) is int and 1 <= value <= 1_000_000:
        return value
    raise Malformed('neither "finalized" nor a number of confirmations from 1', where="policy.finality")
