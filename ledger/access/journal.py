"""Who read what, and when: one chain of entries for each enterprise, every entry holding the hash of the one before.

The hash of the last entry covers all of them. Whoever reads evidence is told number and hash of his own entry, and the
enterprise reads the whole list: an operator who drops or changes an entry contradicts what he told one of them.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import canonical_json
from terminal_signer.errors import CarbonError

FORMAT = "access-entry/1"
BEGINNING = bytes(32)
_TOLD = re.compile(r"([1-9][0-9]{0,15}) 0x([0-9a-f]{64})")


class JournalFault(CarbonError):
    """A text is no entry as its reader was told of it."""

    code = "access-log"


@dataclass(frozen=True, slots=True)
class Reading:
    """An attempt to read: `act` is read or refused; `detail` says which figures, or why not. `grants`: those that gave
    it."""

    enterprise: str
    at: int
    client_id: str
    organisation: str
    role: str
    act: str
    identifier: str
    token: bytes
    part: str
    detail: str = ""
    grants: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading in its place, from number 1 on."""

    number: int
    reading: Reading
    previous: bytes
    hash: bytes


def next_entry(last: Entry | None, reading: Reading) -> Entry:
    number, previous = (1, BEGINNING) if last is None else (last.number + 1, last.hash)
    return Entry(number, reading, previous, entry_hash(number, reading, previous))


def entry_hash(number: int, reading: Reading, previous: bytes) -> bytes:
    """SHA-256 over the canonical JSON of all of it."""
    return hashlib.sha256(canonical_json(to_json(number, reading, previous))).digest()


def to_json(number: int, reading: Reading, previous: bytes) -> dict[str, object]:
    return {
        "format": FORMAT, "number": number, "enterprise": reading.enterprise, "at": reading.at,
        "client_id": reading.client_id, "organisation": reading.organisation, "role": reading.role, "act": reading.act,
        "identifier": reading.identifier, "token_id": f"0x{reading.token.hex()}", "part": reading.part,
        "detail": reading.detail, "grants": [f"0x{grant.hex()}" for grant in reading.grants],
        "previous": f"0x{previous.hex()}",
    }  # fmt: skip


def first_break(entries: Sequence[Entry], after: int | None = None) -> int | None:
    """The number of the first entry that does not follow from the one before; None where all do. The list begins behind
    number `after`; without it anywhere, and what it begins with is taken as it stands."""
    if after is not None and entries and entries[0].number != after + 1:
        return entries[0].number
    for place, entry in enumerate(entries):
        before = entries[place - 1] if place else None
        follows = before is None or (entry.number, entry.previous) == (before.number + 1, before.hash)
        begins = entry.number != 1 or entry.previous == BEGINNING
        if not (follows and begins and entry.hash == entry_hash(entry.number, entry.reading, entry.previous)):
            return entry.number
    return None


def read_told(text: str) -> tuple[int, bytes]:
    """Number and hash of an entry, as the header Access-Log told its reader. Raises JournalFault."""
    found = _TOLD.fullmatch(text.strip())
    if found is None:
        raise JournalFault(f"{text[:80]!a} is no entry", where="--known", mend="'<number> 0x<64 hex digits>'")
    return int(found[1]), bytes.fromhex(found[2])
