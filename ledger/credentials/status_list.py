"""Lists of certificates that no longer hold, in which a verifier asks for one without telling which.

Bitstring Status List 1.0 (W3C) for the W3C credentials: one list a purpose, a bit each, the first in the most
significant place, gzip. Token Status List (draft-ietf-oauth-status-list) for SD-JWT: two bits each, the first in the
least significant place, zlib; 1 is invalid, 2 suspended.
"""

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.credentials.certificate import local_time
from ledger.credentials.errors import CredentialError
from ledger.credentials.key_forms import KeyFormError, base64url, from_base64url
from ledger.credentials.vc import CONTEXT, Issuing

ENTRIES = 131_072
PURPOSES = ("revocation", "suspension")
TOKEN_TYP = "statuslist+jwt"  # noqa: S105 – a media type
INVALID, SUSPENDED = 1, 2
TOKEN_BITS = 2
MOST_BYTES = 1 << 22

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as read: `bits` for each entry, the first in the most significant place or in the least."""

    data: bytes
    bits: int
    first_is_high: bool

    def entry(self, index: int) -> int:
        """Raises CredentialError beyond the end."""
        per_byte = 8 // self.bits
        if not 0 <= index < len(self.data) * per_byte:
            raise CredentialError(f"the list has no entry {index}", where="status list")
        place = index % per_byte
        shift = (per_byte - 1 - place if self.first_is_high else place) * self.bits
        return self.data[index // per_byte] >> shift & (1 << self.bits) - 1


def encode_bits(indices: Iterable[int], entries: int = ENTRIES) -> str:
    """`encodedList`: these bits are set."""
    data = bytearray(entries // 8)
    for index in indices:
        data[index // 8] |= 0x80 >> index % 8
    return "u" + base64url(gzip.compress(bytes(data), 9, mtime=0))


def decode_bits(text: object) -> StatusList:
    """Raises CredentialError."""
    if not isinstance(text, str) or not text.startswith("u"):
        raise CredentialError("encodedList is no multibase of base64url", where="status list")
    return StatusList(_inflated(text[1:], 16 + zlib.MAX_WBITS), 1, first_is_high=True)


def encode_states(states: Mapping[int, int], entries: int = ENTRIES) -> str:
    """`lst`: index → state, all others valid."""
    data = bytearray(entries // 4)
    for index, state in states.items():
        data[index // 4] |= state << 2 * (index % 4)
    return base64url(zlib.compress(bytes(data), 9))


def decode_states(content: object) -> StatusList:
    """The `status_list` claim. Raises CredentialError."""
    if (
        not isinstance(content, Mapping)
        or content.get("bits") not in (1, 2, 4, 8)
        or not isinstance(content.get("lst"), str)
    ):
        raise CredentialError("status_list has no bits and lst", where="status list")
    return StatusList(_inflated(content["lst"], zlib.MAX_WBITS), content["bits"], first_is_high=False)


def list_credential(issuing: Issuing, purpose: str, indices: Iterable[int], now: int, seconds: int) -> Json:
    """A BitstringStatusListCredential, unsigned; `seconds` is how long it may be kept."""
    url = issuing.list_url(purpose)
    return {
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": issuing.did, "name": issuing.name},
        "validFrom": local_time(now, "+00:00"),
        "validUntil": local_time(now + seconds, "+00:00"),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": seconds * 1000,
            "encodedList": encode_bits(indices),
        },
    }


def list_token(issuing: Issuing, states: Mapping[int, int], now: int, seconds: int) -> Json:
    """Payload of a status list token."""
    return {
        "iss": issuing.url,
        "sub": issuing.list_url("status"),
        "iat": now,
        "exp": now + seconds,
        "ttl": seconds,
        "status_list": {"bits": TOKEN_BITS, "lst": encode_states(states)},
    }


def _inflated(text: str, window: int) -> bytes:
    """Bounded: a few bytes can stand for gigabytes of zeros."""
    try:
        packed = zlib.decompressobj(window)
        data = packed.decompress(from_base64url(text), MOST_BYTES)
    except (zlib.error, KeyFormError) as fault:
        raise CredentialError(f"the list cannot be unpacked: {fault}"[:120], where="status list") from None
    if packed.unconsumed_tail or not packed.eof:
        raise CredentialError("the list is cut off or too long", where="status list")
    return data
