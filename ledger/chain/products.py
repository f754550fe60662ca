"""Certified goods on the product ledger: whose they are, delivering them, retiring them.

An account's id is the token number of the certificate that opened it; a successor takes the account over and the id
stays. Quantities are 10⁻³ of the account's unit. Goods are *used* by minting a product that is made of them
(`CertificateRegistry.mintProduct`, ledger/upstream.py) and *retired* by their end use; both are for good. It is
certificates, not quantities, that are suspended, revoked, superseded or expired.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from ledger.chain.answers import unhex
from ledger.chain.client import Chain, Tag, questions
from ledger.chain.contracts import function
from ledger.chain.transactions import Receipt
from ledger.chain.views import STATUSES, UPSTREAM
from ledger.upstream import Input

CONTRACT = "ProductLedger"
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Account:
    """An account in the state of one block, in the contract's units.

    `certificate` is the newest certificate, which speaks for the account, `status` its status; `footprint` 10⁻⁶ kgCO2e
    per unit. `issued` exceeds `certified` after a correction downwards. `upstream` as in CertificateView.
    """

    id: int
    certificate: int
    status: str
    footprint: int
    certified: int
    issued: int
    used: int
    retired: int
    upstream: str

    @property
    def in_circulation(self) -> int:
        return self.issued - self.used - self.retired

    @property
    def is_blocked(self) -> bool:
        """Whether its goods can be neither delivered nor used nor retired; expiry strands none."""
        return self.status in ("suspended", "revoked")


def account_of(chain: Chain, token: int, tag: Tag = "latest") -> Account | None:
    """The account for which a certificate speaks or spoke; None where it never was on the ledger. Raises ChainError."""
    block = chain.block(tag).number
    number: int = chain.call(CONTRACT, "accountOf", token, tag=block)
    if not number:
        return None
    certificate, status, footprint, certified, issued, used, retired = chain.call(
        CONTRACT, "account", number, tag=block
    )
    upstream = chain.call(CONTRACT, "upstreamOf", certificate, tag=block)
    return Account(
        number, certificate, STATUSES[status], footprint, certified, issued, used, retired, UPSTREAM[upstream]
    )


def read_upstreams(chain: Chain, tokens: Iterable[bytes], tag: Tag) -> dict[bytes, str]:
    """What stands against what the products of these certificates were made of: `upstream` as in CertificateView.
    Raises ChainError."""
    found: dict[bytes, str] = {}
    decode = function(CONTRACT, "upstreamOf").decode
    for part in _parts(sorted(tokens)):
        asked = [chain.question(CONTRACT, "upstreamOf", int.from_bytes(token), tag=tag) for token in part]
        answers = chain.node.batch(questions(asked))
        found |= {token: UPSTREAM[decode(unhex(answer))] for token, answer in zip(part, answers, strict=True)}
    return found


def _parts(tokens: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for at in range(0, len(tokens), _AT_ONCE):
        yield tokens[at : at + _AT_ONCE]


def inputs_of(chain: Chain, token: int, tag: Tag = "latest") -> tuple[Input, ...]:
    """What the product of a certificate was made of, by ascending id. Raises ChainError."""
    return tuple(Input(number, quantity) for number, quantity in chain.call(CONTRACT, "inputsOf", token, tag=tag))


def balance_of(chain: Chain, holder: bytes, number: int, tag: Tag = "latest") -> int:
    """What an address holds of an account. Raises ChainError."""
    quantity: int = chain.call(CONTRACT, "balanceOf", f"0x{holder.hex()}", number, tag=tag)
    return quantity


def balances(chain: Chain, holder: bytes, tag: Tag = "latest") -> Mapping[int, int]:
    """Everything that an address holds, by account, in the order in which it first came. Raises ChainError."""
    block = chain.block(tag).number
    received = chain.events(CONTRACT, "Transfer", None, holder.rjust(32, b"\0"), to_block=block)
    numbers = list(dict.fromkeys(values["id"] for values, _ in received))
    if not numbers:
        return {}
    asked = [chain.question(CONTRACT, "balanceOf", f"0x{holder.hex()}", number, tag=block) for number in numbers]
    answers = chain.node.batch(questions(asked))
    decode = function(CONTRACT, "balanceOf").decode
    held = {number: decode(unhex(answer)) for number, answer in zip(numbers, answers, strict=True)}
    return {number: quantity for number, quantity in held.items() if quantity}


def deliver(chain: Chain, holder: LocalAccount, to: bytes, number: int, quantity: int) -> Receipt:
    """Hand goods of the account `number` to the address `to`. Raises ContractRefused, ChainError."""
    return chain.send(holder, CONTRACT, "transfer", f"0x{to.hex()}", number, quantity)


def retire(chain: Chain, holder: LocalAccount, number: int, quantity: int, *, beneficiary: str, reason: str) -> Receipt:
    """Take goods out of circulation for their end use, for good. Raises ContractRefused, ChainError."""
    return chain.send(holder, CONTRACT, "retire", number, quantity, beneficiary, reason)
