"""What the attempts are made with: the market as it stands before the car's certificate is minted, or after."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from devnet.accounts import fund
from devnet.demo.stage import FOR_EVER
from devnet.supply.ground import Enterprise, Ground
from ledger.certificates.certify import domain_of, sign
from ledger.certificates.statement import Statement
from ledger.chain.answers import unhex
from ledger.chain.errors import ContractRefused
from ledger.upstream import Input, ordered, upstream_root

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Scene:
    """`statement` is what the car maker lets sign, `inputs` what it burns; `ingots`: the smelter's account."""

    ground: Ground
    smelter: Enterprise
    filters: Enterprise
    car: Enterprise
    statement: Statement
    inputs: tuple[Input, ...]
    ingots: int

    def mint(
        self,
        statement: Statement | None = None,
        inputs: Sequence[Input] | None = None,
        *,
        by: LocalAccount | None = None,
        evaluator: LocalAccount | None = None,
        verifier: LocalAccount | None = None,
    ) -> str:
        """All three sign this statement, the enterprise sends it. The contract's reason, or `ACCEPTED`."""
        told = statement or self.statement
        by = by or self.car.stage.accounts["enterprise"]
        signers = (by, evaluator or self.ground.accounts["evaluator"], verifier or self.ground.accounts["verifier"])
        signatures = [sign(told, domain_of(self.ground.chain), signer) for signer in signers]
        listed = [astuple(part) for part in ordered(self.inputs if inputs is None else inputs)]
        return self.send(by, "CertificateRegistry", "mintProduct", astuple(told), *signatures, listed)

    def deliver(self, giver: Enterprise, taker: Enterprise, number: int, quantity: int) -> str:
        holder = giver.stage.accounts["enterprise"]
        return self.send(holder, "ProductLedger", "transfer", f"0x{taker.address.hex()}", number, quantity)

    def send(self, account: LocalAccount, contract: str, name: str, *arguments: object) -> str:
        try:
            self.ground.chain.send(account, contract, name, *arguments)
        except ContractRefused as refused:
            return refused.reason
        return ACCEPTED

    def held(self, enterprise: Enterprise, number: int) -> int:
        quantity: int = self.ground.chain.call("ProductLedger", "balanceOf", f"0x{enterprise.address.hex()}", number)
        return quantity

    def signer(self, role: int, organisation: bytes | None = None) -> LocalAccount:
        """A new address, accredited for an organisation if one is given."""
        account: LocalAccount = Account.create()
        fund(self.ground.anvil.node, [account.address])
        if organisation is not None:
            term = (unhex(account.address.lower()), organisation, role, bytes(32), 0, FOR_EVER)
            self.send(self.ground.accounts["accreditor"], "CertificateRegistry", "accredit", *term)
        return account

    def with_inputs(self, inputs: Sequence[Input], **changes: Any) -> Statement:
        return replace(self.statement, upstream_root=upstream_root(inputs), **changes)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens within is forgotten by the chain afterwards: each attempt meets the same market."""
        node = self.ground.anvil.node
        number = node.call("evm_snapshot")
        try:
            yield
        finally:
            node.call("evm_revert", number)
