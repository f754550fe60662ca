"""Decentralised identifiers (W3C DID Core 1.0) of the methods `web`, `key` and `ethr`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.identifiers.text import MAX_BYTES, checked, percent_decoded, refused, shown

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
KEY_LENGTHS: Mapping[bytes, int] = {b"\xed\x01": 32, b"\x80\x24": 33, b"\xe7\x01": 33}
"""Length of a public key by its multicodec: Ed25519, P-256 and secp256k1 compressed."""

_WEB = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(%3A[0-9]{1,5})?((?::(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+)*)"
)
_ETHR = re.compile(r"(?:(0x[0-9a-fA-F]+|[a-z][a-z0-9]*):)?(0x(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{66}))")


@dataclass(frozen=True, slots=True)
class Did:
    """`specific` is normalised: a domain and an Ethereum address are in lower case."""

    method: str
    specific: str

    @property
    def text(self) -> str:
        return f"did:{self.method}:{self.specific}"

    @property
    def document_url(self) -> str:
        """Where the document of a `did:web` lies (W3C CCG, did:web method, 3.2); empty for the other methods."""
        if self.method != "web":
            return ""
        host, *path = self.specific.split(":")
        place = "/".join(path) if path else ".well-known"
        return f"https://{percent_decoded(host)}/{place}/did.json"


def parse_did(text: str) -> Did:
    """Raises IdentifierError."""
    parts = checked(text, MAX_BYTES).split(":", 2)
    if len(parts) < 3 or parts[0] != "did":
        raise refused("no-did", text=shown(text))
    method, specific = parts[1], parts[2]
    reader = _METHODS.get(method)
    if reader is None:
        raise refused("did-method", text=shown(text), known=", ".join(_METHODS))
    return Did(method, reader(specific))


def did_key(codec: bytes, public_key: bytes) -> Did:
    """The `did:key` of a public key, by its multicodec (one of `KEY_LENGTHS`)."""
    if KEY_LENGTHS.get(codec) != len(public_key):
        raise refused("key-length")
    return Did("key", f"z{base58(codec + public_key)}")


def base58(data: bytes) -> str:
    """The alphabet of Bitcoin; a leading zero byte is a leading `1`."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def from_base58(text: str) -> bytes:
    """Raises IdentifierError for a sign outside the alphabet."""
    number = 0
    for sign in text:
        digit = BASE58.find(sign)
        if digit < 0:
            raise refused("no-base58", text=shown(text))
        number = number * 58 + digit
    return bytes(len(text) - len(text.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _web(specific: str) -> str:
    found = _WEB.fullmatch(specific)
    if found is None or ".." in found[1]:
        raise refused("did-web", text=shown(specific))
    if any(percent_decoded(part) in (".", "..") for part in found[3].split(":")):
        raise refused("path-traversal", text=shown(specific))
    return f"{found[1].lower()}{found[2] or ''}{found[3]}"


def _key(specific: str) -> str:
    if not specific.startswith("z"):
        raise refused("did-key", text=shown(specific))
    data = from_base58(specific[1:])
    if KEY_LENGTHS.get(data[:2]) != len(data) - 2:
        raise refused("did-public-key", text=shown(specific))
    return specific


def _ethr(specific: str) -> str:
    if _ETHR.fullmatch(specific) is None:
        raise refused("did-ethr", text=shown(specific))
    return specific.lower()


_METHODS: Mapping[str, Callable[[str], str]] = {"web": _web, "key": _key, "ethr": _ethr}
