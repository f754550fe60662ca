"""Where a credential says that its status stands: entries of Bitstring Status Lists, or one of a Token Status List."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.credentials.errors import CredentialError

MOST_ENTRIES = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a status stands: `purpose` is revocation or suspension, or `token` for both."""

    url: str
    index: int
    purpose: str


def bitstring_entries(value: object) -> list[Entry]:
    """Raises CredentialError."""
    given = value if isinstance(value, list) else [value]
    if len(given) > MOST_ENTRIES:
        raise CredentialError("too many entries", where="credentialStatus")
    return [_bitstring_entry(entry) for entry in given]


def _bitstring_entry(entry: object) -> Entry:
    if isinstance(entry, Mapping) and entry.get("type") == "BitstringStatusListEntry":
        url, index, purpose = (entry.get(f"status{name}") for name in ("ListCredential", "ListIndex", "Purpose"))
        if isinstance(url, str) and isinstance(purpose, str) and isinstance(index, str) and _is_index(index):
            return Entry(url, int(index), purpose)
    raise CredentialError("an entry that is none of a Bitstring Status List", where="credentialStatus")


def token_entry(status: object) -> Entry:
    """Of an SD-JWT's `status` claim. Raises CredentialError."""
    place = status.get("status_list") if isinstance(status, Mapping) else None
    index, url = (place.get("idx"), place.get("uri")) if isinstance(place, Mapping) else (None, None)
    if type(index) is not int or index < 0 or not isinstance(url, str):
        raise CredentialError("a status that is none of a Token Status List", where="status")
    return Entry(url, index, "token")


def _is_index(text: str) -> bool:
    return len(text) <= 10 and text.isascii() and text.isdigit()
