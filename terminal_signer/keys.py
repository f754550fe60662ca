"""Keys: P-256 (ES256) and Ed25519 (EdDSA), their thumbprints, and the encrypted file a terminal keeps its key in.

Signatures are 64 bytes, r‖s for ES256 and R‖S for EdDSA. Signing normalises s to the low half; `PublicKey.verify` is
the plain primitive and accepts either half, because refusing a high s is a rule of the frame, not of ECDSA.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from terminal_signer import abi
from terminal_signer.errors import CarbonError

ES256 = -7
EDDSA = -8
SM2 = -65537
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_HALF_ORDER = P256_ORDER // 2

_RAW_LENGTH = {ES256: 64, EDDSA: 32}
_ECDSA = ec.ECDSA(hashes.SHA256())
_Verifier = Callable[[bytes, bytes], bool]


class KeyFault(CarbonError):
    """A key, a key file or a passphrase is missing, malformed or of an algorithm that is not installed."""

    code = "key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`raw` is x‖y (64 bytes) for ES256, the 32 bytes of RFC 8032 for EdDSA. Raises KeyFault for anything else.

    Whether the bytes are a point of the curve is decided at the first `verify`, which answers False if they are not.
    """

    alg: int
    raw: bytes

    def __post_init__(self) -> None:
        if type(self.alg) is not int or self.alg not in _RAW_LENGTH:
            raise KeyFault(
                f"key algorithm {self.alg!r} is not installed", code="algorithm", mend="-7 ES256 or -8 EdDSA"
            )
        if type(self.raw) is not bytes or len(self.raw) != _RAW_LENGTH[self.alg]:
            raise KeyFault(f"a public key of algorithm {self.alg} has {_RAW_LENGTH[self.alg]} bytes")

    def thumbprint(self) -> bytes:
        """SHA-256 over the deterministic COSE_Key of the required members only (RFC 9679 §3–4); this is the kid."""
        return _thumbprint(self.alg, self.raw)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """The plain primitive over 64-byte signatures; releases the GIL while it computes."""
        return len(signature) == 64 and _verifier(self.alg, self.raw)(signature, message)


@lru_cache(maxsize=4096)
def _thumbprint(alg: int, raw: bytes) -> bytes:
    if alg == ES256:  # {1: 2 (EC2), -1: 1 (P-256), -2: x, -3: y}
        return hashlib.sha256(b"\xa4\x01\x02\x20\x01\x21\x58\x20" + raw[:32] + b"\x22\x58\x20" + raw[32:]).digest()
    return hashlib.sha256(b"\xa3\x01\x01\x20\x06\x21\x58\x20" + raw).digest()  # {1: 1 (OKP), -1: 6 (Ed25519), -2: x}


@lru_cache(maxsize=4096)
def _verifier(alg: int, raw: bytes) -> _Verifier:
    """Keys are few and frames many, so the decoded key is kept; nothing about a signature is remembered."""
    try:
        return _p256_verifier(raw) if alg == ES256 else _ed25519_verifier(raw)
    except (ValueError, UnsupportedAlgorithm):
        return lambda signature, message: False


def _p256_verifier(raw: bytes) -> _Verifier:
    check = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw).verify

    def verify(signature: bytes, message: bytes) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            check(encode_dss_signature(r, s), message, _ECDSA)
        except InvalidSignature:
            return False
        return True

    return verify


def _ed25519_verifier(raw: bytes) -> _Verifier:
    check = ed25519.Ed25519PublicKey.from_public_bytes(raw).verify

    def verify(signature: bytes, message: bytes) -> bool:
        try:
            check(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


class SigningKey(Protocol):
    """What signs: a key in memory (PrivateKey) or in a token (terminal_signer.pkcs11.TokenKey)."""

    @property
    def alg(self) -> int: ...

    @property
    def public(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes: r‖s, for ES256 with s in the low half, or R‖S."""
        ...


def low_s(signature: bytes) -> bytes:
    """r‖s of ES256 with s in the low half."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + (P256_ORDER - s).to_bytes(32, "big") if s > P256_HALF_ORDER else signature


class PrivateKey:
    """A signing key in memory; its secret never leaves through repr, str or an error."""

    __slots__ = ("_secret", "alg", "public")

    def __init__(self, secret: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
        self._secret = secret
        if isinstance(secret, ec.EllipticCurvePrivateKey):
            if not isinstance(secret.curve, ec.SECP256R1):
                raise KeyFault(f"curve {secret.curve.name} is not used here", code="algorithm", mend="use P-256")
            numbers = secret.public_key().public_numbers()
            self.alg = ES256
            self.public = PublicKey(ES256, numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))
        else:
            self.alg = EDDSA
            self.public = PublicKey(EDDSA, secret.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"PrivateKey(alg={self.alg}, kid={self.public.thumbprint().hex()})"

    def sign(self, message: bytes) -> bytes:
        """r‖s with s in the low half for ES256, R‖S for EdDSA."""
        if isinstance(self._secret, ed25519.Ed25519PrivateKey):
            return self._secret.sign(message)
        r, s = decode_dss_signature(self._secret.sign(message, _ECDSA))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def to_pem(self, passphrase: bytes) -> bytes:
        if not passphrase:
            raise KeyFault("a key file needs a passphrase", mend="give a non-empty passphrase")
        return self._secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )


def generate(alg: int = ES256) -> PrivateKey:
    if alg == ES256:
        return PrivateKey(ec.generate_private_key(ec.SECP256R1()))
    if alg == EDDSA:
        return PrivateKey(ed25519.Ed25519PrivateKey.generate())
    raise KeyFault(f"key algorithm {alg!r} is not installed", code="algorithm", mend="-7 ES256 or -8 EdDSA")


def save(path: Path | str, key: PrivateKey, passphrase: bytes) -> None:
    """Write encrypted PKCS#8 PEM, mode 0600, durable on return. An existing file is never overwritten."""
    pem = key.to_pem(passphrase)
    target = Path(path)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFault(
            "the key file exists and is not overwritten", where=str(target), mend="choose another path"
        ) from None
    except OSError as error:
        raise KeyFault(f"the key file cannot be written: {error.strerror}", where=str(target)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise KeyFault(f"the key file cannot be written: {error.strerror}", where=str(target)) from error


def load(path: Path | str, passphrase: bytes) -> PrivateKey:
    """Read what `save` wrote. A wrong passphrase and a damaged file are told apart only as far as PKCS#8 allows."""
    where = str(path)
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise KeyFault(f"the key file cannot be read: {error.strerror}", where=where) from error
    try:
        secret = serialization.load_pem_private_key(pem, passphrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFault("the passphrase is wrong or the key file is damaged", where=where) from None
    if not isinstance(secret, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise KeyFault(
            "the key file holds a key of another kind", where=where, code="algorithm", mend="P-256 or Ed25519"
        )
    return PrivateKey(secret)


def possession_message(chain_id: int, registry: bytes, iss: str, sub: str, kid: bytes) -> bytes:
    """abi.encode(uint256 chainId, address registry, string iss, string sub, bytes32 kid): what a new key signs.

    ECDSA hashes it once with SHA-256, so that the contract verifies the signature over sha256(abi.encode(…)).
    """
    if len(registry) != 20 or len(kid) != 32 or not 0 <= chain_id < 1 << 256:
        raise KeyFault("a proof of possession names a chain, a 20-byte registry and a 32-byte kid")
    first, second = abi.string(iss), abi.string(sub)
    head = (chain_id, int.from_bytes(registry, "big"), 5 * 32, 5 * 32 + len(first))
    return b"".join(word.to_bytes(32, "big") for word in head) + kid + first + second
