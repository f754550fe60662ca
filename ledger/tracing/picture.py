"""What the chain said of certified goods up to one block: certificates, their accounts, what each was made of.

A picture is folded from the events of `CertificateRegistry` and `ProductLedger` in the chain's order, and from nothing
else, so that whoever has the events has the picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.certificates.statement import Domain, Statement
from ledger.upstream import Input
from terminal_signer.errors import CarbonError

ACTIVE, SUSPENDED, REVOKED, SUPERSEDED, EXPIRED = "active", "suspended", "revoked", "superseded", "expired"
NOBODY = bytes(20)


class TracingError(CarbonError):
    """What is to be traced cannot be: no such certificate, or events that do not fit together."""

    code = "tracing"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: its name in the contract, the certificate or account it is about, and its arguments."""

    name: str
    number: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class Certificate:
    """`status` as the chain keeps it, without expiry; `reason` of its last change. `inputs`: what its product was made
    of, by ascending account."""

    token: int
    statement: Statement
    status: str = ACTIVE
    reason: str = ""
    successor: int | None = None
    inputs: tuple[Input, ...] = ()

    def status_at(self, time: int) -> str:
        """With expiry, as the contract judges it."""
        return EXPIRED if self.status == ACTIVE and time >= self.statement.valid_until else self.status


@dataclass(slots=True)
class Account:
    """`certificate`: the newest one, which speaks for it. Quantities in 10⁻³ of the unit, `footprint` in 10⁻⁶ kgCO2e
    per unit. `held`: by holder."""

    number: int
    certificate: int
    unit: str
    footprint: int
    certified: int
    issued: int
    used: int = 0
    retired: int = 0
    held: dict[bytes, int] = field(default_factory=dict)

    @property
    def in_circulation(self) -> int:
        return self.issued - self.used - self.retired


@dataclass(frozen=True, slots=True)
class Picture:
    """`domain` is the registry's; `newest`: by subject the token that was minted last."""

    domain: Domain
    block: int
    time: int
    certificates: Mapping[int, Certificate]
    accounts: Mapping[int, Account]
    newest: Mapping[bytes, int]

    def account_of(self, token: int) -> Account | None:
        """The account for which a certificate speaks or spoke."""
        seen = token
        while (certificate := self.certificates.get(seen)) is not None:
            if seen in self.accounts:
                return self.accounts[seen]
            seen = certificate.statement.supersedes
        return None


_STATUS = {
    "CertificateSuspended": SUSPENDED, "CertificateReinstated": ACTIVE, "CertificateRevoked": REVOKED,
    "CertificateSuperseded": SUPERSEDED,
}  # fmt: skip


def draw(domain: Domain, block: int, time: int, events: Iterable[Happening]) -> Picture:
    """The picture of all events up to a block, in the chain's order."""
    certificates: dict[int, Certificate] = {}
    accounts: dict[int, Account] = {}
    newest: dict[bytes, int] = {}
    used: dict[int, dict[int, int]] = {}
    for event in events:
        if event.name == "CertificateMinted":
            statement = event.values["statement"]
            certificates[event.number] = Certificate(event.number, statement)
            newest[statement.subject] = event.number
        elif event.name in _STATUS:
            _change(certificates, event)
        elif event.name == "Used":
            of = used.setdefault(event.values["tokenId"], {})
            of[event.number] = of.get(event.number, 0) + event.values["quantity"]
            _known(accounts, event.number).used += event.values["quantity"]
        else:
            _book(accounts, certificates, event)
    for certificate in certificates.values():
        certificate.inputs = _inputs(certificate, certificates, used)
    return Picture(domain, block, time, certificates, accounts, newest)


def _change(certificates: Mapping[int, Certificate], event: Happening) -> None:
    certificate = certificates.get(event.number)
    if certificate is not None:  # of a mint that cannot be read nothing is shown
        certificate.status, certificate.reason = _STATUS[event.name], event.values.get("reason", "")
        certificate.successor = event.values.get("successor")


def _book(accounts: dict[int, Account], certificates: Mapping[int, Certificate], event: Happening) -> None:
    values = event.values
    if event.name == "AccountOpened":
        amount = values["quantity"]
        number = event.number
        accounts[number] = Account(number, number, values["unit"], values["footprint"], amount, amount)
        return
    account = _known(accounts, event.number)
    if event.name == "AccountTakenOver":
        successor = certificates.get(values["successor"])
        account.certificate, account.footprint = values["successor"], values["footprint"]
        account.certified = successor.statement.quantity if successor else account.certified
        account.issued += values["minted"]
    elif event.name == "Retired":
        account.retired += values["quantity"]
    elif event.name == "Transfer":
        for holder, amount in ((values["sender"], -values["amount"]), (values["receiver"], values["amount"])):
            if holder != NOBODY:
                account.held[holder] = account.held.get(holder, 0) + amount


def _known(accounts: Mapping[int, Account], number: int) -> Account:
    account = accounts.get(number)
    if account is None:
        raise TracingError("goods of an account that no event opened", where=f"0x{number:064x}")
    return account


def _inputs(
    certificate: Certificate, certificates: Mapping[int, Certificate], used: Mapping[int, Mapping[int, int]]
) -> tuple[Input, ...]:
    """What its mint burned, and what its predecessors had burned already."""
    total: dict[int, int] = {}
    here: Certificate | None = certificate
    while here is not None:
        for number, quantity in used.get(here.token, {}).items():
            total[number] = total.get(number, 0) + quantity
        here = certificates.get(here.statement.supersedes)
    return tuple(Input(number, quantity) for number, quantity in sorted(total.items()))
