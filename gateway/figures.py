"""Published figures: openings of the salted commitments whose root the statement carries as `figures`.

Openings are kept by figure: name → {"value", "unit", "salt", "index", "size", "path"}. commitment = SHA-256(salt ‖
canonical JSON of {name, value, unit}); the commitments are the entries of an RFC 9162 tree of `size` leaves in the
order of docs/formats/result.md, and `path` leads from entry `index` to the root. An opening that does not lead there is
kept as one that failed, so that a page can say so; its value is not to be shown.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.canonical import canonical_json
from terminal_signer.errors import CarbonError
from terminal_signer.receipt import leaf_hash, root_from_inclusion


@dataclass(frozen=True, slots=True)
class Figure:
    """`opened` is True where the opening leads to the statement's root; else `value` must not be shown."""

    name: str
    value: Any
    unit: str
    opened: bool


def read_figures(openings: Mapping[str, Any], root: bytes) -> tuple[Figure, ...]:
    return tuple(_figure(name, opening, root) for name, opening in openings.items() if name != "format")


def _figure(name: str, opening: Any, root: bytes) -> Figure:
    try:
        value = opening["value"]
        figure = {"name": name, "value": value, "unit": opening["unit"]}
        commitment = hashlib.sha256(_hash(opening["salt"]) + canonical_json(figure)).digest()
        path = [_hash(step) for step in opening["path"]]
        found = root_from_inclusion(int(opening["index"]), int(opening["size"]), leaf_hash(commitment), path)
        return Figure(name, value, str(opening["unit"]), found == root)
    except (CarbonError, KeyError, TypeError, ValueError, AttributeError):
        return Figure(name, None, "", False)


def _hash(text: str) -> bytes:
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != 32:
        raise ValueError("not 32 bytes")
    return value
