"""What clients prove themselves with: forms of client identifiers, secrets and tokens, and how each is kept.

A secret is kept as a salted scrypt hash. A token is 32 random bytes that live for minutes: its SHA-256 is kept, for
there is nothing to guess. Neither is stored or logged in clear.
"""

import base64
import hashlib
import hmac
import re

from terminal_signer.errors import CarbonError

LOG2_N, BLOCK, LANES = 14, 8, 1
MEMORY = 1 << 26
HASH = 32
SALT = 16
TOKEN = re.compile(r"cat_[A-Za-z0-9_-]{43}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{2,127}")
_NOBODY = f"scrypt${LOG2_N}${BLOCK}${LANES}${'00' * SALT}${'00' * HASH}"


class CredentialError(CarbonError):
    """Not a client identifier, or a stored hash that cannot be read."""

    code = "credential"


def checked_client_id(text: str) -> str:
    """3 to 128 characters. `%` and `+` are none of them: an identifier reads the same whether or not a client encodes
    it for a form (RFC 6749 §2.3.1). Raises CredentialError."""
    if not _CLIENT_ID.fullmatch(text):
        mend = "3 to 128 of A-Z a-z 0-9 . _ : / @ -, the first a letter or digit"
        raise CredentialError(f"{text[:80]!a} is no client identifier", mend=mend)
    return text


def as_text(random: bytes) -> str:
    """Random bytes as a secret: base64url, which no encoding of a form or header changes."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def as_token(random: bytes) -> str:
    """Random bytes as an access token; its beginning lets scanners of leaked secrets find it."""
    return f"cat_{as_text(random)}"


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def hash_secret(secret: str, salt: bytes) -> str:
    """`scrypt$log2(N)$r$p$salt$hash`."""
    digest = _scrypt(secret, salt, LOG2_N, BLOCK, LANES)
    return f"scrypt${LOG2_N}${BLOCK}${LANES}${salt.hex()}${digest.hex()}"


def matches(secret: str, stored: str | None) -> bool:
    """Whether a secret is the one behind a stored hash. None, a client that does not exist, costs the same time."""
    name, *parameters = (_NOBODY if stored is None else stored).split("$")
    try:
        log2_n, block, lanes = map(int, parameters[:3])
        salt, expected = map(bytes.fromhex, parameters[3:])
        if name != "scrypt" or not 10 <= log2_n <= 16:
            raise ValueError(name)
    except ValueError:
        raise CredentialError("a stored hash of a secret cannot be read") from None
    return hmac.compare_digest(_scrypt(secret, salt, log2_n, block, lanes), expected) and stored is not None


def _scrypt(secret: str, salt: bytes, log2_n: int, block: int, lanes: int) -> bytes:
    raw = secret.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=1 << log2_n, r=block, p=lanes, maxmem=MEMORY, dklen=HASH)
