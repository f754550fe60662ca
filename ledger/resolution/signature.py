"""HS_SIGNATURE: one JWS over the digests of a record's values, each for itself.

    header  {"alg": "RS256"}
    claims  {"digests": {"alg": "SHA-256", "digests": [{"index", "digest"}]}, "iss": "301:<handle>", "sub": "<handle>",
             "iat", "nbf", "exp"}

Whoever holds some of the values and the signature checks those: a record can be shown in part. The signature covers
what its reader may see and nothing else, for the digest of a hidden value could be guessed.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ledger.canonical import canonical_json
from ledger.resolution.admin import MAX_INDEX, RsaKey
from ledger.resolution.values import SIGNATURE, HandleValue, Reference, text_value
from terminal_signer.errors import CarbonError
from terminal_signer.strict import read_json

INDEX = 400
KEY_INDEX = 301
VALID_SECONDS = 3600
SKEW_SECONDS = 300
MAX_JWS = 32 * 1024
MIN_BITS = 2048
_HEADER = {"alg": "RS256"}


class SignatureFault(CarbonError):
    """A text is no HS_SIGNATURE."""

    code = "handle-signature"


@dataclass(frozen=True, slots=True)
class Claims:
    """`digests` by index. Times are Unix seconds."""

    handle: str
    issuer: Reference
    digests: dict[int, str]
    not_before: int
    expires: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a signature says of the values at hand; indices. `missing` are signed and were not shown."""

    sound: bool
    same_handle: bool
    in_time: bool
    verified: tuple[int, ...]
    altered: tuple[int, ...]
    unsigned: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def good(self) -> bool:
        """The key signed every value at hand, for this handle, and the signature is in force."""
        return self.sound and self.same_handle and self.in_time and not (self.altered or self.unsigned)


def key_value(key: rsa.RSAPublicKey) -> HandleValue:
    """The HS_PUBKEY value under which a signer's key is found."""
    numbers = key.public_numbers()
    return HandleValue(KEY_INDEX, "HS_PUBKEY", RsaKey(numbers.n, numbers.e).encoded())


def public_key(key: RsaKey) -> rsa.RSAPublicKey:
    """Raises SignatureFault for numbers that are no key, or one too short to trust."""
    try:
        found = rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()
    except ValueError as fault:
        raise SignatureFault(f"no RSA key: {fault}"[:120]) from fault
    if found.key_size < MIN_BITS:
        raise SignatureFault(f"an RSA key of {found.key_size} bits is too short", mend=f"{MIN_BITS} at least")
    return found


def signable(values: Iterable[HandleValue]) -> list[HandleValue]:
    return [value for value in values if value.type.upper() != SIGNATURE]


def sign(
    handle: str, values: Sequence[HandleValue], issuer: Reference, key: rsa.RSAPrivateKey, now: int
) -> HandleValue:
    """The value that belongs into the record beside `values`."""
    digests = [{"index": value.index, "digest": value.digest()} for value in signable(values)]
    claims = {
        "digests": {"alg": "SHA-256", "digests": digests},
        "iss": issuer.text,
        "sub": handle,
        "iat": now,
        "nbf": now - SKEW_SECONDS,
        "exp": now + VALID_SECONDS,
    }
    head = f"{_encoded(canonical_json(_HEADER))}.{_encoded(json.dumps(claims, separators=(',', ':')).encode())}"
    mac = key.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
    return text_value(INDEX, SIGNATURE, f"{head}.{_encoded(mac)}", ttl=VALID_SECONDS, timestamp=now)


def read_claims(jws: str) -> Claims:
    """What a signature claims; nothing is verified yet. Raises SignatureFault."""
    _, claims, _ = _parts(jws)
    try:
        return _claims(claims)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise SignatureFault(f"not the claims of an HS_SIGNATURE: {fault!a}"[:120]) from fault


def verify(handle: str, values: Iterable[HandleValue], jws: str, key: rsa.RSAPublicKey, now: int) -> Checked:
    """Judges the values against a signature by this key. Raises SignatureFault for what is no HS_SIGNATURE."""
    head, _, mac = _parts(jws)
    claims = read_claims(jws)
    shown = {value.index: value.digest() for value in signable(values)}
    verified = [index for index, digest in shown.items() if claims.digests.get(index) == digest]
    return Checked(
        sound=_is_by(key, head, mac),
        same_handle=_same(handle, claims.handle),
        in_time=claims.not_before <= now < claims.expires,
        verified=tuple(verified),
        altered=tuple(index for index in shown if index in claims.digests and index not in verified),
        unsigned=tuple(index for index in shown if index not in claims.digests),
        missing=tuple(index for index in claims.digests if index not in shown),
    )


def _is_by(key: rsa.RSAPublicKey, head: bytes, mac: bytes) -> bool:
    try:
        key.verify(mac, head, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _same(one: str, other: str) -> bool:
    """Handles whose ASCII letters differ in case only are the same."""
    return one.encode().lower() == other.encode().lower()


def _parts(jws: str) -> tuple[bytes, dict[str, Any], bytes]:
    """The signed octets, the claims and the signature of a compact JWS of this one algorithm."""
    parts = jws.split(".")
    if len(jws) > MAX_JWS or len(parts) != 3:
        raise SignatureFault("not three parts joined by dots")
    try:
        header, claims = (read_json(_decoded(part), "JWS") for part in parts[:2])
        mac = _decoded(parts[2])
    except (binascii.Error, ValueError, CarbonError) as fault:
        raise SignatureFault(f"not base64url of JSON: {fault}"[:120]) from fault
    if header != _HEADER or not isinstance(claims, dict):
        raise SignatureFault("not a JWS whose header is {alg: RS256}", mend="no other algorithm is accepted")
    return f"{parts[0]}.{parts[1]}".encode(), claims, mac


def _claims(claims: dict[str, Any]) -> Claims:
    index, _, issuer = claims["iss"].partition(":")
    stated = claims["digests"]
    if stated["alg"] != "SHA-256" or not index.isdigit() or not issuer or len(stated["digests"]) > 1000:
        raise ValueError("digests or issuer")
    digests = {one["index"]: one["digest"] for one in stated["digests"]}
    if not all(type(key) is int and 0 < key <= MAX_INDEX and isinstance(text, str) for key, text in digests.items()):
        raise ValueError("digests")
    if len(digests) != len(stated["digests"]) or not isinstance(claims["sub"], str):
        raise ValueError("an index stands twice, or no handle")
    times = claims["nbf"], claims["exp"]
    if not all(type(time) is int for time in times):
        raise TypeError("nbf, exp")
    return Claims(claims["sub"], Reference(issuer, int(index)), digests, *times)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
