"""What verifies 64-byte signatures of P-256 and Ed25519, by way of cryptography; sm2.py does the same for SM2.

Each function takes a public key's bytes and answers a test of (signature, message). Raises ValueError, or
UnsupportedAlgorithm, for bytes that are no key.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

Verifier = Callable[[bytes, bytes], bool]
ECDSA = ec.ECDSA(hashes.SHA256())


def p256_verifier(raw: bytes) -> Verifier:
    check = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw).verify

    def verify(signature: bytes, message: bytes) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            check(encode_dss_signature(r, s), message, ECDSA)
        except InvalidSignature:
            return False
        return True

    return verify


def ed25519_verifier(raw: bytes) -> Verifier:
    check = ed25519.Ed25519PublicKey.from_public_bytes(raw).verify

    def verify(signature: bytes, message: bytes) -> bool:
        try:
            check(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify
