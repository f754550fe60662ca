"""Data of HS_ADMIN (who may change a record), HS_VLIST (a group of such) and HS_PUBKEY, in octets and in JSON.

Permissions of an administrator are twelve bits; JSON writes them as `0` and `1`, the highest bit first:
list, read value, add/remove/modify admin, add/remove/modify value, delete/add derived prefix, delete/add handle.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from ledger.resolution import octets
from ledger.resolution.faults import bad_value
from ledger.resolution.octets import Octets
from ledger.resolution.values import Reference

ALL_PERMISSIONS = 0xFFF
OWN_PREFIX = 0b011111110011
"""All but what concerns derived prefixes, and listing."""
MAX_REFERENCES = 100
MAX_INDEX = 2**31 - 1
RSA = b"RSA_PUB_KEY"
_MAX_MODULUS = 1024


@dataclass(frozen=True, slots=True)
class Administrator:
    who: Reference
    permissions: int = OWN_PREFIX

    def encoded(self) -> bytes:
        return octets.number(self.permissions, 2) + octets.text(self.who.handle) + octets.number(self.who.index)

    def to_json(self) -> dict[str, Any]:
        return {"handle": self.who.handle, "index": self.who.index, "permissions": f"{self.permissions:012b}"}


@dataclass(frozen=True, slots=True)
class RsaKey:
    modulus: int
    exponent: int

    def encoded(self) -> bytes:
        """Its last four octets say nothing; the protocol's own implementations write them."""
        numbers = (octets.octets(_signed(self.exponent)), octets.octets(_signed(self.modulus)))
        return octets.octets(RSA) + bytes(2) + b"".join(numbers) + bytes(4)

    def to_json(self) -> dict[str, Any]:
        """A JWK (RFC 7518 §6.3.1)."""
        return {"kty": "RSA", "n": _base64url(self.modulus), "e": _base64url(self.exponent)}


def decode_admin(data: bytes) -> Administrator:
    """Raises HandleFault."""
    told = Octets(data)
    permissions, handle, index = told.number(2), told.text(), told.number()
    told.end()
    return Administrator(Reference(handle, index), permissions)


def read_admin(value: Any) -> Administrator:
    """From JSON, where clients write the index as a number or as a text. Raises HandleFault."""
    if not isinstance(value, dict):
        raise bad_value("an HS_ADMIN is {handle, index, permissions}")
    return Administrator(read_reference(value), _permissions(value.get("permissions", "")))


def encode_list(references: tuple[Reference, ...]) -> bytes:
    parts = (octets.text(one.handle) + octets.number(one.index) for one in references)
    return octets.number(len(references)) + b"".join(parts)


def decode_list(data: bytes) -> tuple[Reference, ...]:
    """Raises HandleFault."""
    told = Octets(data)
    found = [Reference(told.text(), told.number()) for _ in range(told.count(MAX_REFERENCES))]
    told.end()
    return tuple(found)


def read_list(value: Any) -> tuple[Reference, ...]:
    """Raises HandleFault."""
    if not isinstance(value, list) or len(value) > MAX_REFERENCES:
        raise bad_value(f"expected a list of at most {MAX_REFERENCES} references {{handle, index}}")
    return tuple(map(read_reference, value))


def read_reference(value: Any) -> Reference:
    """Raises HandleFault."""
    handle, index = (value.get("handle"), value.get("index")) if isinstance(value, dict) else (None, None)
    if isinstance(index, str) and index.isascii() and index.isdigit() and len(index) < 11:
        index = int(index)
    if not isinstance(handle, str) or not 0 < len(handle) <= 255 or type(index) is not int:
        raise bad_value("a reference is {handle, index}")
    if not 0 <= index <= MAX_INDEX:
        raise bad_value(f"an index lies between 0 and {MAX_INDEX}")
    return Reference(handle, index)


def decode_key(data: bytes) -> RsaKey:
    """Raises HandleFault for a key of another kind: it is shown as base64."""
    told = Octets(data)
    if told.octets() != RSA:
        raise bad_value("a public key of another kind than RSA")
    told.number(2)
    exponent, modulus = (int.from_bytes(told.octets(), "big") for _ in range(2))
    return RsaKey(modulus, exponent)


def read_key(value: Any) -> RsaKey:
    """Raises HandleFault."""
    if not isinstance(value, dict) or value.get("kty") != "RSA":
        raise bad_value("expected a JWK of the kind RSA")
    modulus, exponent = (_from_base64url(value.get(name)) for name in ("n", "e"))
    return RsaKey(modulus, exponent)


def _permissions(value: object) -> int:
    if value == "*" or value is True:
        return ALL_PERMISSIONS
    if not isinstance(value, str) or len(value) > 12 or set(value) - {"0", "1"}:
        raise bad_value("permissions are up to twelve of 0 and 1")
    return int(value or "0", 2)


def _signed(value: int) -> bytes:
    """Two's complement, so that a leading zero octet keeps a number positive."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _base64url(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_base64url(value: object) -> int:
    if not isinstance(value, str) or not 0 < len(value) <= 2 * _MAX_MODULUS:
        raise bad_value("a JWK states n and e in base64url")
    try:
        return int.from_bytes(base64.b64decode(value + "=" * (-len(value) % 4), b"-_", validate=True), "big")
    except (binascii.Error, ValueError):
        raise bad_value("a JWK states n and e in base64url") from None
