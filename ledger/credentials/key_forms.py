"""A public key as other formats write it: JWK (RFC 7517, 7518, 8037) with its thumbprint (RFC 7638), and Multikey (W3C
Controlled Identifiers 1.0, 2.2.2)."""

import base64
import hashlib
from collections.abc import Mapping

from ledger.canonical import canonical_json
from ledger.identifiers.did import base58, from_base58
from ledger.identifiers.text import IdentifierError
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, ES256, PublicKey

Jwk = Mapping[str, str]

MULTICODEC: Mapping[int, bytes] = {EDDSA: b"\xed\x01", ES256: b"\x80\x24"}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "OKP": ("crv", "kty", "x"),
    "EC": ("crv", "kty", "x", "y"),
    "RSA": ("e", "kty", "n"),
}
_CURVES: Mapping[tuple[str, str], int] = {("OKP", "Ed25519"): EDDSA, ("EC", "P-256"): ES256}


class KeyFormError(CarbonError):
    """A key is not written as its format says, or is of a kind that is not used here."""

    code = "key-form"


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Exactly what `base64url` writes: no padding, no sign outside the alphabet, no stray bits. Raises KeyFormError."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = None
    if data is None or base64url(data) != text:
        raise KeyFormError(f"{text[:40]!r} is no base64url", mend="letters, digits, - and _, without padding")
    return data


def jwk_of(key: PublicKey) -> dict[str, str]:
    """Raises KeyFormError for a key that is neither Ed25519 nor P-256."""
    if key.alg == EDDSA:
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.raw)}
    if key.alg == ES256:
        return {"kty": "EC", "crv": "P-256", "x": base64url(key.raw[:32]), "y": base64url(key.raw[32:])}
    raise KeyFormError(f"algorithm {key.alg} has no JWK here", mend="Ed25519 or P-256")


def rsa_jwk(modulus: int, exponent: int) -> dict[str, str]:
    return {"kty": "RSA", "n": base64url(_unsigned(modulus)), "e": base64url(_unsigned(exponent))}


def key_of(jwk: object) -> PublicKey:
    """The Ed25519 or P-256 key of a JWK; further members are left alone. Raises KeyFormError."""
    if not isinstance(jwk, Mapping):
        raise KeyFormError("a JWK is an object")
    alg = _CURVES.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if alg is None:
        raise KeyFormError("a JWK of another kind", mend="kty OKP with Ed25519, or EC with P-256")
    parts = [from_base64url(value) if isinstance(value := jwk.get(name), str) else b"" for name in ("x", "y")]
    raw = parts[0] if alg == EDDSA else b"".join(parts)
    if len(raw) != (32 if alg == EDDSA else 64) or (alg == ES256 and len(parts[0]) != 32):
        raise KeyFormError("a JWK whose coordinates are not 32 bytes each")
    return PublicKey(alg, raw)


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638 with SHA-256. Raises KeyFormError."""
    required = _REQUIRED.get(jwk.get("kty", ""))
    if required is None or any(name not in jwk for name in required):
        raise KeyFormError("a JWK without its required members")
    return base64url(hashlib.sha256(canonical_json({name: jwk[name] for name in required})).digest())


def multikey(key: PublicKey) -> str:
    """`publicKeyMultibase`: z, then base58 of the multicodec and the key, of P-256 the compressed point."""
    raw = key.raw if key.alg == EDDSA else bytes([2 + (key.raw[63] & 1)]) + key.raw[:32]
    return "z" + base58(MULTICODEC[key.alg] + raw)


def read_multikey(text: str) -> PublicKey:
    """The Ed25519 key that `multikey` wrote. Raises KeyFormError; a compressed P-256 point is not read here."""
    try:
        data = from_base58(text[1:]) if text.startswith("z") and len(text) < 80 else b""
    except IdentifierError:
        data = b""
    if data[:2] != MULTICODEC[EDDSA] or len(data) != 34:
        raise KeyFormError(f"{text[:60]!r} is no Multikey of Ed25519")
    return PublicKey(EDDSA, data[2:])


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
