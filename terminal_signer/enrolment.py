"""What a terminal hands to the holder of its enterprise's identifier, who enrols its key on the chain.

The document is what `terminal-signer enrol-request --json` prints (docs/formats/terminal.md). It holds nothing secret:
the proof shows that the new key is in the terminal's hands, for one chain, one registry and this terminal only.
"""

import json
from dataclasses import dataclass
from typing import Any

from terminal_signer.errors import CarbonError
from terminal_signer.frame import NO_FRAME
from terminal_signer.keys import PublicKey, SigningKey, possession_message

FORMAT = "terminal-signer-enrol-request/1"
MAX_BYTES = 64 * 1024
_HEX = {"kid": 32, "registry": 20, "proof": 64}


class RequestFault(CarbonError):
    """The bytes are no request to enrol a key, or its proof of possession does not hold."""

    code = "enrol-request"


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """`prev` is what the key's frame 0 names: after a rotation the predecessor's last final digest, else 32 zero bytes;
    None where the terminal could not tell any more."""

    iss: str
    sub: str
    public: PublicKey
    chain_id: int
    registry: bytes
    proof: bytes
    prev: bytes | None = NO_FRAME

    @property
    def kid(self) -> bytes:
        return self.public.thumbprint()

    def proves_possession(self) -> bool:
        """Whether the key signed for this terminal, this chain and this registry."""
        return proves_possession(self.public, self.iss, self.sub, self.chain_id, self.registry, self.proof)


def proves_possession(public: PublicKey, iss: str, sub: str, chain_id: int, registry: bytes, proof: bytes) -> bool:
    try:
        message = possession_message(chain_id, registry, iss, sub, public.thumbprint())
    except (CarbonError, UnicodeEncodeError):
        return False
    return public.verify(proof, message)


def make_request(
    key: SigningKey, iss: str, sub: str, chain_id: int, registry: bytes, prev: bytes | None = NO_FRAME
) -> EnrolmentRequest:
    """Sign the proof of possession."""
    proof = key.sign(possession_message(chain_id, registry, iss, sub, key.public.thumbprint()))
    return EnrolmentRequest(iss, sub, key.public, chain_id, registry, proof, prev)


def as_document(request: EnrolmentRequest) -> dict[str, Any]:
    return {
        "format": FORMAT, "iss": request.iss, "sub": request.sub, "alg": request.public.alg, "kid": _hex(request.kid),
        "public_key": _hex(request.public.raw), "chain_id": request.chain_id, "registry": _hex(request.registry),
        "proof": _hex(request.proof), "prev": None if request.prev is None else _hex(request.prev),
    }  # fmt: skip


def read_request(raw: bytes) -> EnrolmentRequest:
    """Raises RequestFault; KeyFault for a key of an algorithm that is not installed. The proof is not judged here."""
    document = _object(raw)
    for name, kind in (("iss", str), ("sub", str), ("alg", int), ("public_key", str), ("chain_id", int)):
        if type(document.get(name)) is not kind:
            raise RequestFault(f"missing, or not of type {kind.__name__}", where=name)
    public = PublicKey(document["alg"], _bytes(document["public_key"], "public_key", None))
    kid, registry, proof = (_bytes(document.get(name), name, length) for name, length in _HEX.items())
    if kid != public.thumbprint():
        raise RequestFault("not the thumbprint of the public key", where="kid")
    if not 0 < document["chain_id"] < 1 << 256:
        raise RequestFault("not the number of a chain", where="chain_id")
    prev = document.get("prev")
    return EnrolmentRequest(
        document["iss"], document["sub"], public, document["chain_id"], registry, proof,
        None if prev is None else _bytes(prev, "prev", 32),
    )  # fmt: skip


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise RequestFault(f"larger than {MAX_BYTES} bytes")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RequestFault(f"not a document {FORMAT}", mend="terminal-signer enrol-request --json > request.json")
    return document


def _bytes(value: object, name: str, length: int | None) -> bytes:
    try:
        data = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != length if length is not None else not data:
        raise RequestFault("missing, or not hex" if length is None else f"not {length} bytes of hex", where=name)
    return data


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
