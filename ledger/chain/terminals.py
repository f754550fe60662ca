"""Enrol, rotate and revoke keys in the terminal registry: what the holder of an enterprise's identifier does.

Refused here before anything is sent, because the contract cannot see it and every reader would pass such a key over:
a request for another chain or registry, a proof of possession that does not hold, a log that does not exist, a first
frame that does not continue the predecessor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eth_account.signers.local import LocalAccount

from ledger.chain.client import Chain
from ledger.chain.enrolments import CONTRACT, NOTHING
from ledger.chain.errors import ChainError
from ledger.chain.transactions import Receipt
from terminal_signer.enrolment import EnrolmentRequest, make_request
from terminal_signer.frame import KeyClass
from terminal_signer.keys import SigningKey

REASONS: Final[Mapping[str, int]] = {"stolen": 1, "lost": 2, "broken": 3, "retired": 4, "other": 255}


class EnrolmentFault(ChainError):
    """An enrolment that no reader would honour. `code`: other-chain, possession, no-log, prev."""

    code = "enrolment"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the holder says of a key; `calibration_due` in Unix seconds, 0 for none."""

    key_class: KeyClass
    log_id: bytes
    calibration_due: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the registry; it takes effect at its block's time."""

    id: bytes
    transaction: bytes
    block: int
    time: int


def request_for(chain: Chain, key: SigningKey, sub: str, prev: bytes = NOTHING) -> EnrolmentRequest:
    """The request of a terminal whose key is at hand."""
    registry = chain.deployment.address(CONTRACT)
    return make_request(key, sub.partition("/")[0], sub, chain.deployment.chain_id, registry, prev)


def enrol(chain: Chain, holder: LocalAccount, request: EnrolmentRequest, terms: Terms) -> Change:
    """Raises EnrolmentFault, ContractRefused, ChainError."""
    _check(chain, request, terms)
    if request.prev not in (None, NOTHING):
        raise EnrolmentFault("the key continues another one", code="prev", where=request.sub, mend="rotate, not enrol")
    receipt = chain.send(holder, CONTRACT, "enrol", _entry(request, terms), request.proof)
    return _enrolled(chain, receipt)


def rotate(
    chain: Chain,
    holder: LocalAccount,
    request: EnrolmentRequest,
    terms: Terms,
    predecessor: bytes,
    last_digest: bytes,
) -> Change:
    """End `predecessor` (an id) and begin the new key. `last_digest`: the predecessor's last final frame, or zeros."""
    _check(chain, request, terms)
    if request.prev not in (None, last_digest):
        raise EnrolmentFault(
            "the key's first frame names another frame than the predecessor's last one", code="prev", where=request.sub,
            mend="terminal-signer init --prev DIGEST, with a new key",
        )  # fmt: skip
    entry = _entry(request, terms)
    receipt = chain.send(holder, CONTRACT, "rotate", entry, request.proof, predecessor, last_digest)
    return _enrolled(chain, receipt)


def revoke(chain: Chain, holder: LocalAccount, identity: bytes, reason: int) -> Change:
    """End the key `identity` (an id) for good, or mark one that was rotated out. `reason`: 1 to 255."""
    receipt = chain.send(holder, CONTRACT, "revoke", identity, reason)
    return _change(chain, identity, receipt)


def _check(chain: Chain, request: EnrolmentRequest, terms: Terms) -> None:
    if (request.chain_id, request.registry) != (chain.deployment.chain_id, chain.deployment.address(CONTRACT)):
        registry = f"0x{chain.deployment.address(CONTRACT).hex()}"
        raise EnrolmentFault(
            "the request is for another chain or registry", code="other-chain", where=request.sub,
            mend=f"terminal-signer enrol-request --chain-id {chain.deployment.chain_id} --registry {registry}",
        )  # fmt: skip
    if not request.proves_possession():
        raise EnrolmentFault(
            "the proof of possession does not hold: every reader would pass this key over", code="possession",
            where=request.sub, mend="let the terminal make a new request",
        )  # fmt: skip
    if chain.log_record(terms.log_id) is None:
        raise EnrolmentFault("the chain has no such log", code="no-log", where=f"0x{terms.log_id.hex()}")


def _entry(request: EnrolmentRequest, terms: Terms) -> tuple[object, ...]:
    """The contract's struct `Enrolment`."""
    key = request.public
    return (request.iss, request.sub, key.alg, key.raw, int(terms.key_class), terms.log_id, terms.calibration_due)


def _enrolled(chain: Chain, receipt: Receipt) -> Change:
    return _change(chain, receipt.event(CONTRACT, "TerminalEnrolled")["id"], receipt)


def _change(chain: Chain, identity: bytes, receipt: Receipt) -> Change:
    return Change(identity, receipt.transaction, receipt.block_number, chain.block(receipt.block_number).time)
