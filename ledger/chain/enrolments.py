"""The keys of the terminal registry: events tell who was enrolled, the contract's state tells until when.

The contract checks the proof of possession for ES256 only; here it is checked for every algorithm, and an enrolment
whose proof fails does not exist for us.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.chain.answers import unhex
from ledger.chain.contracts import function
from ledger.log.admission import Enrolment
from terminal_signer.enrolment import proves_possession as proof_holds
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.keys import PublicKey

if TYPE_CHECKING:
    from ledger.chain.client import Chain

CONTRACT = "TerminalRegistry"
NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class Registered:
    """An entry of the registry: `values` of the event that made it, `state` as the contract holds it at a block."""

    values: dict[str, Any]
    state: dict[str, Any]


def read_enrolments(chain: "Chain", from_block: int) -> list[Enrolment]:
    """Enrolments made from `from_block` on, oldest first, as they stand at the latest block."""
    latest = chain.block("latest").number
    registry = chain.deployment.address(CONTRACT)
    return [
        _enrolment(entry.values, entry.state)
        for entry in read_registry(chain, from_block, latest)
        if proves_possession(chain.deployment.chain_id, registry, entry.values)
    ]


def read_registry(chain: "Chain", from_block: int, block: int) -> list[Registered]:
    """Every entry, honoured or not, as it stands at `block`, oldest first."""
    found = chain.events(CONTRACT, "TerminalEnrolled", from_block=from_block, to_block=block, skip_unreadable=True)
    questions = [chain.question(CONTRACT, "terminal", values["id"], tag=block) for values, _ in found]
    answers = chain.node.batch([(method, list(parameters)) for method, *parameters in questions])
    return [Registered(values, _fields(unhex(answer))) for (values, _), answer in zip(found, answers, strict=True)]


def proves_possession(chain_id: int, registry: bytes, values: dict[str, Any]) -> bool:
    """Whether the key of an event `TerminalEnrolled` signed for this terminal, chain and registry."""
    try:
        key = PublicKey(values["alg"], values["publicKey"])
    except CarbonError:
        return False
    party = values["iss"], values["sub"]
    return key.thumbprint() == values["kid"] and proof_holds(key, *party, chain_id, registry, values["proof"])


def _enrolment(values: dict[str, Any], state: dict[str, Any]) -> Enrolment:
    return Enrolment(
        id=values["id"],
        iss=values["iss"],
        sub=values["sub"],
        kid=values["kid"],
        public_key=PublicKey(values["alg"], values["publicKey"]),
        key_class=KeyClass(values["class"]),
        log_id=values["logId"],
        enrolled_at=state["from"],
        until=state["until"] or None,
        revoked=state["reason"] != 0,
        calibration_due=values["calibrationDue"] or None,
        predecessor=values["predecessor"] if values["predecessor"] != NOTHING else None,
        last_digest=values["lastDigest"],
        proof=values["proof"],
    )


def _fields(answer: bytes) -> dict[str, Any]:
    asked = function(CONTRACT, "terminal")
    names = [part["name"] for part in asked.outputs[0]["components"]]
    return dict(zip(names, asked.decode(answer), strict=True))
