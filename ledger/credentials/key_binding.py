"""Key binding of an SD-JWT (RFC 9901, 4.3 and 7.3): the holder signs for whom, at whose request and what it shows.

The issuer names the holder's key in `cnf` (RFC 7800, 3.2). Who only got hold of a presentation cannot show it to
somebody else: the audience is another, and so is the nonce, which the verifier drew for this one time.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.canonical import canonical_json
from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import read_object
from ledger.credentials.jose import read_token_by, sign_token, unverified_payload
from ledger.credentials.key_forms import Jwk, KeyFormError, base64url, from_base64url, jwk_of, key_of, thumbprint
from terminal_signer.keys import ES256, PublicKey, SigningKey
from terminal_signer.primitives import p256_verifier

TYP = "kb+jwt"
MOST_TEXT = 1_000
MOST_AGE = 86_400
"""The nonce tells that a presentation was made for this request; a day is for requests that people answer."""
SKEW = 300
_DID_JWK = "did:jwk:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verifier wants to be signed: its nonce and its name, usually its web address."""

    nonce: str
    audience: str

    def __post_init__(self) -> None:
        for name, text in (("nonce", self.nonce), ("audience", self.audience)):
            if not 0 < len(text) <= MOST_TEXT:
                raise CredentialError(f"a {name} has 1 to {MOST_TEXT} signs", where=name)


@dataclass(frozen=True, slots=True)
class Shown:
    """A presentation that its holder signed at `at`; `key` is the RFC 7638 thumbprint of the holder's key."""

    key: str
    audience: str
    at: int


def bind(presentation: str, key: SigningKey, asked: Asked, now: int) -> str:
    """The presentation with its key-binding token. Raises CredentialError where it is bound to another key."""
    if _holder(unverified_payload(presentation.partition("~")[0])) != key.public:
        raise CredentialError("not bound to this key", code="binding", where="cnf",
                              mend="carbon credential export … --holder-key FILE")  # fmt: skip
    payload = {"iat": now, "aud": asked.audience, "nonce": asked.nonce, "sd_hash": _hash(presentation)}
    return presentation + sign_token(payload, key, typ=TYP)


def check_binding(presentation: str, binding: str, claims: Mapping[str, object], asked: Asked) -> Shown:
    """`presentation`: all before the key-binding token; `claims`: what the issuer signed. Whether the time at which it
    was signed will do is `is_recent`'s to say. Raises CredentialError."""
    holder = _holder(claims)
    if not binding:
        raise CredentialError("the holder did not sign: no key-binding token", code="binding", where=TYP,
                              mend="carbon credential present … --nonce --audience")  # fmt: skip
    told = read_token_by(binding, TYP, holder).payload
    if told.get("sd_hash") != _hash(presentation):
        raise CredentialError("signed for other disclosures", code="binding", where="sd_hash")
    if told.get("nonce") != asked.nonce:
        raise CredentialError("signed at another request", code="binding", where="nonce")
    if told.get("aud") != asked.audience:
        raise CredentialError("signed for somebody else", code="binding", where="aud")
    signed_at = told.get("iat")
    if type(signed_at) is not int:
        raise CredentialError("no time at which it was signed", code="binding", where="iat")
    return Shown(thumbprint(jwk_of(holder)), asked.audience, signed_at)


def is_recent(shown: Shown, now: int) -> bool:
    return -SKEW <= now - shown.at <= MOST_AGE


def did_jwk(key: PublicKey) -> str:
    """The key as a DID (did:jwk), which is how a holder names it in an address."""
    return _DID_JWK + base64url(canonical_json(jwk_of(key)))


def read_did_jwk(text: str) -> Jwk:
    """The P-256 key of a did:jwk, as a JWK with nothing else in it. Raises KeyFormError."""
    if not text.startswith(_DID_JWK) or len(text) > MOST_TEXT:
        raise KeyFormError(f"{text[:40]!r} is no did:jwk", mend="did:jwk: and the JWK in base64url")
    try:
        jwk = read_object(from_base64url(text.removeprefix(_DID_JWK)), "did:jwk")
    except CredentialError as fault:
        raise KeyFormError(fault.message) from fault
    if "d" in jwk:
        raise KeyFormError("a private key", mend="its public half; make a new key, this one was sent around")
    key = key_of(jwk)
    if key.alg != ES256:
        raise KeyFormError("a key of another kind", mend="P-256: wallets sign with ES256")
    try:
        p256_verifier(key.raw)
    except ValueError as fault:
        raise KeyFormError("no point of P-256") from fault
    return jwk_of(key)


def _holder(claims: Mapping[str, object]) -> PublicKey:
    """Raises CredentialError."""
    named = claims.get("cnf")
    if not isinstance(named, Mapping):
        raise CredentialError("bound to no key: anybody can show it", code="binding", where="cnf")
    try:
        return key_of(named.get("jwk"))
    except KeyFormError as fault:
        raise CredentialError(fault.message, where="cnf") from fault


def _hash(presentation: str) -> str:
    return base64url(hashlib.sha256(presentation.encode()).digest())
