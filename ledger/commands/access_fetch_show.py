"""What `carbon access fetch` prints, apart from the evidence itself."""

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.commands.access_show import Text, day, dump
from ledger.commands.cells import padded, printable

_ENTRY = re.compile(r"([0-9]{1,18}) (0x[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Fetched:
    """`document`: what it says, where it is not written to a file. `checked`: held against the statement. `log_entry`
    is the reader's proof that he was logged."""

    identifier: str
    part: str
    data: bytes
    log_entry: str
    path: Path | None
    document: dict[str, Any] | None
    checked: bool

    @property
    def sha256(self) -> str:
        return f"0x{hashlib.sha256(self.data).hexdigest()}"


def overview(told: Mapping[str, Any], text: Text, *, as_json: bool) -> None:
    """`evidence/1`: which parts the caller may read, and until when."""
    if as_json:
        dump(told)
        return
    lines = [f"{padded(text[f'part.{name}'], 16)}{_readable(part, text)}" for name, part in told["parts"].items()]
    if not told["deposited"]:
        lines.append(text["absent"])
    print(printable(str(told["identifier"])), *lines, sep="\n  ")


def _readable(part: Mapping[str, Any], text: Text) -> str:
    if not part["allowed"]:
        return text.get(f"why.{part['reason']}", text["why.other-part"])
    return text["readable"] if part["until"] is None else text["readable-until"].format(until=day(part["until"]))


def fetched(found: Fetched, text: Text, *, as_json: bool, aside: bool = False) -> None:
    """Where it was written to no file it is printed, and what there is to say of it goes to stderr; `aside`: for
    something else is printed."""
    entry = _ENTRY.fullmatch(found.log_entry)
    if as_json:
        told = {
            "identifier": found.identifier, "part": found.part, "sha256": found.sha256, "size": len(found.data),
            "file": None if found.path is None else str(found.path), "checked": found.checked,
            "log_entry": None if entry is None else {"number": int(entry[1]), "hash": entry[2]},
            "document": found.document,
        }  # fmt: skip
        dump({"format": "access-fetched/1", **told})
        return
    if found.document is not None:
        dump(found.document)
    out = sys.stderr if aside or found.document is not None else sys.stdout
    if found.path is not None:
        print(text["fetched"].format(path=found.path, size=len(found.data)), file=out)
    if found.checked:
        print(text["checked"], file=out)
    if entry is not None:
        print(text["logged"].format(number=entry[1], hash=entry[2]), file=out)
