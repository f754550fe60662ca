"""Keys: P-256 (ES256), Ed25519 (EdDSA) and, as an extra, SM2; their thumbprints; the encrypted file that keeps one.

Signatures are 64 bytes, r‖s for ES256 and SM2, R‖S for EdDSA. Signing with ES256 normalises s to the low half;
`PublicKey.verify` is the plain primitive and accepts either half, because refusing a high s is a rule of the frame, not
of ECDSA.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from terminal_signer import abi, sm2
from terminal_signer.errors import CarbonError
from terminal_signer.primitives import ECDSA, Verifier, ed25519_verifier, p256_verifier

ES256 = -7
EDDSA = -8
SM2 = -65537
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_HALF_ORDER = P256_ORDER // 2

NAMES = {ES256: "ES256", EDDSA: "EdDSA", SM2: "SM2"}
_RAW_LENGTH = {ES256: 64, EDDSA: 32, SM2: 64}


class KeyFault(CarbonError):
    """A key, a key file or a passphrase is missing, malformed or of an algorithm that is not installed."""

    code = "key"


def is_installed(alg: object) -> bool:
    """Whether this program, as it is installed, verifies and signs with the algorithm of this COSE number."""
    return type(alg) is int and alg in NAMES and (alg != SM2 or sm2.installed())


def install(alg: object) -> str:
    """What to do about an algorithm that is not installed."""
    return "pip install 'carbon-ledger[sm]'" if alg == SM2 else "-7 ES256, -8 EdDSA or -65537 SM2"


def _not_installed(alg: object, where: str = "") -> KeyFault:
    name = NAMES.get(alg, alg) if isinstance(alg, int) else alg
    return KeyFault(f"key algorithm {name!s:.40} is not installed", code="algorithm", where=where, mend=install(alg))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`raw` is x‖y (64 bytes) for ES256 and SM2, the 32 bytes of RFC 8032 for EdDSA. Raises KeyFault for anything else.

    Whether the bytes are a point of the curve is decided at the first `verify`, which answers False if they are not.
    """

    alg: int
    raw: bytes

    def __post_init__(self) -> None:
        if not is_installed(self.alg):
            raise _not_installed(self.alg)
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
    if alg == SM2:  # {1: 2 (EC2), -1: -65537 (SM2), -2: x, -3: y}
        start = b"\xa4\x01\x02\x20\x3a\x00\x01\x00\x00\x21\x58\x20"
        return hashlib.sha256(start + raw[:32] + b"\x22\x58\x20" + raw[32:]).digest()
    return hashlib.sha256(b"\xa3\x01\x01\x20\x06\x21\x58\x20" + raw).digest()  # {1: 1 (OKP), -1: 6 (Ed25519), -2: x}


@lru_cache(maxsize=4096)
def _verifier(alg: int, raw: bytes) -> Verifier:
    """Keys are few and frames many, so the decoded key is kept; nothing about a signature is remembered."""
    make = {ES256: p256_verifier, EDDSA: ed25519_verifier, SM2: sm2.verifier}[alg]
    try:
        return make(raw)
    except (ValueError, UnsupportedAlgorithm):
        return lambda signature, message: False


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

    def __init__(self, secret: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | sm2.Secret) -> None:
        self._secret = secret
        if isinstance(secret, sm2.Secret):
            self.alg = SM2
            self.public = PublicKey(SM2, secret.public)
        elif isinstance(secret, ec.EllipticCurvePrivateKey):
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
        """r‖s, for ES256 with s in the low half, or R‖S for EdDSA."""
        if isinstance(self._secret, ed25519.Ed25519PrivateKey | sm2.Secret):
            return self._secret.sign(message)
        r, s = decode_dss_signature(self._secret.sign(message, ECDSA))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def to_pem(self, passphrase: bytes) -> bytes:
        if not passphrase:
            raise KeyFault("a key file needs a passphrase", mend="give a non-empty passphrase")
        if isinstance(self._secret, sm2.Secret):
            return self._secret.to_pem(passphrase)
        return self._secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )


def generate(alg: int = ES256) -> PrivateKey:
    if not is_installed(alg):
        raise _not_installed(alg)
    if alg == SM2:
        return PrivateKey(sm2.generate())
    return PrivateKey(ec.generate_private_key(ec.SECP256R1()) if alg == ES256 else ed25519.Ed25519PrivateKey.generate())


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
        return PrivateKey(_load_sm2(pem, passphrase, where))
    if not isinstance(secret, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise KeyFault(
            "the key file holds a key of another kind", where=where, code="algorithm", mend="P-256, Ed25519 or SM2"
        )
    return PrivateKey(secret)


def _load_sm2(pem: bytes, passphrase: bytes, where: str) -> sm2.Secret:
    """The key of a file that is not of P-256 or Ed25519, or not under this passphrase."""
    if sm2.installed():
        try:
            return sm2.load_pem(pem, passphrase)
        except ValueError:
            pass
    elif sm2.wrote(pem):
        raise _not_installed(SM2, where)
    raise KeyFault("the passphrase is wrong or the key file is damaged", where=where)


def possession_message(chain_id: int, registry: bytes, iss: str, sub: str, kid: bytes) -> bytes:
    """abi.encode(uint256 chainId, address registry, string iss, string sub, bytes32 kid): what a new key signs.

    ECDSA hashes it once with SHA-256, so that the contract verifies the signature over sha256(abi.encode(…)).
    """
    if len(registry) != 20 or len(kid) != 32 or not 0 <= chain_id < 1 << 256:
        raise KeyFault("a proof of possession names a chain, a 20-byte registry and a 32-byte kid")
    first, second = abi.string(iss), abi.string(sub)
    head = (chain_id, int.from_bytes(registry, "big"), 5 * 32, 5 * 32 + len(first))
    return b"".join(word.to_bytes(32, "big") for word in head) + kid + first + second
