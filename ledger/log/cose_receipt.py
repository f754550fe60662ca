"""A receipt as COSE (RFC 9942): what `receipt/1` says, signed by the log's promise key, for tools of others.

A COSE_Sign1 over the root of the tree, which travels apart: the reader computes it from the frame's digest and the
inclusion proof in the unprotected header. The signed header names the head as the chain holds it, so that whoever reads
the receipt can ask the contract for it. It names no frame: one head's receipts differ in their proofs alone.
"""

import re
from collections.abc import Mapping
from typing import Any

from terminal_signer import cbor, cose
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey, SigningKey
from terminal_signer.receipt import MAX_PATH, MOST_LEAVES, Anchor, Receipt, leaf_hash, root_from_range

MEDIA_TYPE = "application/cose"
MAX_BYTES = 4096
STRUCTURE, PROOFS = 395, 396  # header labels: verifiable data structure, verifiable data proofs
RFC9162_SHA256 = 1
INCLUSION = -1
ISSUER, ISSUED_AT = 1, 6  # CWT claims
_CLAIMS = frozenset((ISSUER, ISSUED_AT, "size", "previous_size", "block", "transaction"))
_ISSUER = re.compile("eip155:([1-9][0-9]{0,17}):0x([0-9a-f]{40})/0x([0-9a-f]{64})", re.ASCII)


class CoseReceiptFault(CarbonError):
    """Not a COSE receipt of ours, not for this digest, or not signed by this key."""

    code = "cose-receipt"


def encode(receipt: Receipt, key: SigningKey) -> bytes:
    """The receipt as `key` signs it."""
    protected = cbor.encode(
        {
            cose.ALG: key.alg,
            cose.KID: key.public.thumbprint(),
            cose.CWT_CLAIMS: _claims(receipt),
            STRUCTURE: RFC9162_SHA256,
        }
    )
    proof = cbor.encode([receipt.size, receipt.index, receipt.path])
    signature = key.sign(cose.signed_bytes(protected, receipt.root))
    return cbor.encode(cbor.Tag(cose.TAG, [protected, {PROOFS: {INCLUSION: [proof]}}, None, signature]))


def read(raw: bytes, digest: bytes, key: PublicKey) -> Receipt:
    """The receipt of the frame `digest`, its path and its signature checked. Raises CoseReceiptFault.

    Whether the chain holds its head is the next question, as for `receipt/1`.
    """
    return _read(raw, digest, key)


def told(raw: bytes, digest: bytes) -> Receipt:
    """What a receipt says of the frame `digest`, whoever signed it. Raises CoseReceiptFault."""
    return _read(raw, digest, None)


def is_one(raw: bytes) -> bool:
    """Whether the bytes have the header of such a receipt, which no other message of a log has."""
    try:
        return STRUCTURE in cose.read(raw).headers
    except CarbonError:
        return False


def _read(raw: bytes, digest: bytes, key: PublicKey | None) -> Receipt:
    if len(raw) > MAX_BYTES:
        raise CoseReceiptFault(f"larger than {MAX_BYTES} bytes")
    try:
        message = cose.read(raw)
        receipt = _receipt(message, digest)
        if key is not None:
            cose.verify(message, key, detached=receipt.root)
    except CoseReceiptFault:
        raise
    except CarbonError as fault:
        raise CoseReceiptFault(fault.message, where=fault.where) from None
    return receipt


def _claims(receipt: Receipt) -> Mapping[Any, Any]:
    anchor = receipt.anchor
    return {
        ISSUER: f"eip155:{anchor.chain_id}:0x{anchor.contract.hex()}/0x{receipt.log_id.hex()}",
        ISSUED_AT: anchor.time,
        "size": receipt.size,
        "previous_size": anchor.previous_size,
        "block": anchor.block,
        "transaction": anchor.transaction,
    }


def _receipt(message: cose.Sign1, digest: bytes) -> Receipt:
    if message.payload is not None:
        raise CoseReceiptFault("the root travels with the receipt instead of being computed")
    if message.headers.get(STRUCTURE) != RFC9162_SHA256:
        raise CoseReceiptFault("not a receipt of an RFC 9162 tree", where=f"header {STRUCTURE}")
    claims = message.headers.get(cose.CWT_CLAIMS)
    if not isinstance(claims, Mapping) or set(claims) != _CLAIMS:
        raise CoseReceiptFault("the signed header does not name the head", where=f"header {cose.CWT_CLAIMS}")
    size, index, path = _proof(message.unprotected.get(PROOFS))
    if size != _integer(claims, "size"):
        raise CoseReceiptFault("the proof is of another tree than the signed one")
    log_id, anchor = _anchor(claims)
    root = root_from_range(size, index, [leaf_hash(digest)], path)
    return Receipt(log_id, digest, index, size, root, path, anchor)


def _proof(proofs: object) -> tuple[int, int, tuple[bytes, ...]]:
    listed = proofs.get(INCLUSION) if isinstance(proofs, Mapping) else None
    if not isinstance(listed, list | tuple) or len(listed) != 1 or type(listed[0]) is not bytes:
        raise CoseReceiptFault("not one inclusion proof", where=f"header {PROOFS}")
    proof = cbor.decode(listed[0])
    if not isinstance(proof, list) or len(proof) != 3 or not isinstance(proof[2], list) or len(proof[2]) > MAX_PATH:
        raise CoseReceiptFault("an inclusion proof is [size, index, path]", where=f"header {PROOFS}")
    size, index, path = proof
    if any(type(number) is not int or not 0 <= number < MOST_LEAVES for number in (size, index)):
        raise CoseReceiptFault("size or index is not a number of leaves", where=f"header {PROOFS}")
    if any(type(node) is not bytes for node in path):
        raise CoseReceiptFault("a hash is not a byte string", where=f"header {PROOFS}")
    return size, index, tuple(path)


def _anchor(claims: Mapping[Any, Any]) -> tuple[bytes, Anchor]:
    issuer, transaction = claims[ISSUER], claims["transaction"]
    match = _ISSUER.fullmatch(issuer) if isinstance(issuer, str) else None
    if match is None:
        raise CoseReceiptFault("the issuer is not eip155:<chain>:<contract>/<log>", where="iss")
    if type(transaction) is not bytes or len(transaction) != 32:
        raise CoseReceiptFault("not 32 bytes", where="transaction")
    chain_id, contract, log_id = match.groups()
    anchor = Anchor(
        chain_id=int(chain_id),
        contract=bytes.fromhex(contract),
        transaction=transaction,
        block=_integer(claims, "block"),
        time=_integer(claims, ISSUED_AT),
        previous_size=_integer(claims, "previous_size"),
    )
    return bytes.fromhex(log_id), anchor


def _integer(claims: Mapping[Any, Any], name: str | int) -> int:
    value = claims[name]
    if type(value) is not int or not 0 <= value < MOST_LEAVES:
        raise CoseReceiptFault("not an integer from 0 to 2^63", where=str(name))
    return value
