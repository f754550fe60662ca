"""The keys of the terminal registry: events tell who was enrolled, the contract's state tells until when.

The contract checks the proof of possession for ES256 only; here it is checked for every algorithm, and an enrolment
whose proof fails does not exist for us.
"""

from typing import TYPE_CHECKING, Any

from ledger.chain.answers import unhex
from ledger.chain.contracts import function
from ledger.log.admission import Enrolment
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.keys import PublicKey, possession_message

if TYPE_CHECKING:
    from ledger.chain.client import Chain

CONTRACT = "TerminalRegistry"
NOTHING = bytes(32)


def read_enrolments(chain: "Chain", from_block: int) -> list[Enrolment]:
    """Enrolments made from `from_block` on, oldest first, as they stand at the latest block."""
    latest = chain.block("latest").number
    found = chain.events(CONTRACT, "TerminalEnrolled", from_block=from_block, to_block=latest, skip_unreadable=True)
    registry = chain.deployment.address(CONTRACT)
    events = [values for values, _ in found if proves_possession(chain.deployment.chain_id, registry, values)]
    questions = [chain.question(CONTRACT, "terminal", values["id"], tag=latest) for values in events]
    answers = chain.node.batch([(method, list(parameters)) for method, *parameters in questions])
    return [_enrolment(values, unhex(answer)) for values, answer in zip(events, answers, strict=True)]


def proves_possession(chain_id: int, registry: bytes, values: dict[str, Any]) -> bool:
    """Whether the key of an event `TerminalEnrolled` signed for this terminal, chain and registry."""
    try:
        key = PublicKey(values["alg"], values["publicKey"])
        message = possession_message(chain_id, registry, values["iss"], values["sub"], values["kid"])
        return key.thumbprint() == values["kid"] and key.verify(values["proof"], message)
    except (CarbonError, UnicodeEncodeError):
        return False


def _enrolment(values: dict[str, Any], answer: bytes) -> Enrolment:
    state = _fields(answer)
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
