"""The gateway's promise: a signed statement that a frame was accepted and will be anchored by a deadline.

COSE_Sign1 with the gateway's promise key, which the chain publishes per log; protected header {1: alg} alone, payload
the deterministic CBOR map {"digest", "logId", "accepted", "deadline"}. With the log it convicts an operator who
withholds.
"""

from dataclasses import dataclass

from terminal_signer import cbor, cose
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, ES256, PublicKey, SigningKey
from terminal_signer.senml import MAX_TIME

MAX_BYTES = 512
_PROTECTED = {alg: cbor.encode(cbor.encode({cose.ALG: alg})) for alg in (ES256, EDDSA)}  # as a byte string
_FIELDS = ("logId", "digest", "accepted", "deadline")  # bytewise order of their encodings


class PromiseFault(CarbonError):
    """Not a promise, or not one by this key."""

    code = "promise"


@dataclass(frozen=True, slots=True)
class Promise:
    """`accepted` and `deadline` in unix seconds; the deadline is that of the frame's anchoring."""

    digest: bytes
    log_id: bytes
    accepted: int
    deadline: int


def sign(key: SigningKey, promise: Promise) -> bytes:
    """Written out byte by byte, the fields in the order of `_FIELDS`: a gateway signs one for every frame."""
    payload = (
        b"\xa4\x65logId\x58\x20" + promise.log_id + b"\x66digest\x58\x20" + promise.digest
        + b"\x68accepted" + cbor.encode(promise.accepted) + b"\x68deadline" + cbor.encode(promise.deadline)
    )  # fmt: skip
    protected, body = _PROTECTED[key.alg], b"\x58" + bytes((len(payload),)) + payload
    signature = key.sign(b"\x84\x6aSignature1" + protected + b"\x40" + body)
    return b"\xd2\x84" + protected + b"\xa0" + body + b"\x58\x40" + signature


def verify(raw: bytes, key: PublicKey) -> Promise:
    """The promise, if `key` signed it. Raises PromiseFault."""
    try:
        cose.verify(_message(raw), key)
    except CarbonError as error:
        raise PromiseFault(error.message, where=error.where) from None
    return read(raw)


def read(raw: bytes) -> Promise:
    """What a promise says, whoever signed it. Raises PromiseFault."""
    try:
        fields = cbor.decode(_message(raw).payload or b"")
    except CarbonError as error:
        raise PromiseFault(error.message, where=error.where) from None
    if not isinstance(fields, dict) or tuple(fields) != _FIELDS:
        raise PromiseFault("the payload is not {digest, logId, accepted, deadline}")
    digest, log_id = fields["digest"], fields["logId"]
    accepted, deadline = fields["accepted"], fields["deadline"]
    if not all(type(value) is bytes and len(value) == 32 for value in (digest, log_id)):
        raise PromiseFault("digest and logId are not 32 bytes each")
    if type(accepted) is not int or type(deadline) is not int or not 0 <= accepted <= deadline < MAX_TIME:
        raise PromiseFault("the deadline does not follow the acceptance")
    return Promise(digest, log_id, accepted, deadline)


def _message(raw: bytes) -> cose.Sign1:
    if len(raw) > MAX_BYTES:
        raise PromiseFault(f"larger than {MAX_BYTES} bytes")
    return cose.read(raw)
