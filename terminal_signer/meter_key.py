"""The public key of a meter that signs for itself, and whether it signed an OCMF record."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from terminal_signer.ocmf import OcmfFault, Record

MAX_KEY = 512
CURVES = {
    "ECDSA-secp256r1-SHA256": "secp256r1",
    "ECDSA-secp256k1-SHA256": "secp256k1",
    "ECDSA-brainpool256r1-SHA256": "brainpoolP256r1",
    "ECDSA-brainpoolP256r1-SHA256": "brainpoolP256r1",
    "ECDSA-secp384r1-SHA256": "secp384r1",
}


@dataclass(frozen=True, slots=True)
class MeterKey:
    """A meter's public key, as SubjectPublicKeyInfo in DER. `of` raises OcmfFault for one that signs no record."""

    der: bytes
    curve: str

    @classmethod
    def of(cls, der: bytes) -> "MeterKey":
        if len(der) > MAX_KEY:
            raise OcmfFault(f"a public key has at most {MAX_KEY} bytes")
        return cls(der, _load(der).curve.name)

    def signed(self, record: Record) -> bool:
        """Whether this key signed the record's payload. The record names the algorithm, the key decides the curve."""
        if CURVES.get(record.algorithm) != self.curve:
            return False
        try:
            _load(self.der).verify(record.signature, record.payload, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


@lru_cache(maxsize=256)
def _load(der: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise OcmfFault("not a public key (SubjectPublicKeyInfo in DER)") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES.values():
        raise OcmfFault("a key of another kind", mend="one of " + ", ".join(sorted(set(CURVES.values()))))
    return key
