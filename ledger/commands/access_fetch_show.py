"""What `carbon access fetch` prints, apart from the evidence itself."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ledger.commands.access_show import Text, day, dump
from ledger.commands.cells import padded, printable


@dataclass(frozen=True, slots=True)
class Fetched:
    """`checked`: held against the statement. `log_entry` is the reader's proof that he was logged."""

    identifier: str
    part: str
    data: bytes
    log_entry: str
    path: Path | None
    checked: bool

    @property
    def sha256(self) -> str:
        return f"0x{hashlib.sha256(self.data).hexdigest()}"


def overview(told: Mapping[str, Any], text: Text, *, as_json: bool) -> None:
    """`evidence/1`: which parts the caller may read, and until when."""
    if as_json:
        dump(told)
        return
    print(printable(str(told["identifier"])))
    for name, part in told["parts"].items():
        print(f"  {padded(text[f'part.{name}'], 16)}{_readable(part, text)}")
    if not told["deposited"]:
        print("  " + text["absent"])


def _readable(part: Mapping[str, Any], text: Text) -> str:
    if not part["allowed"]:
        return text.get(f"why.{part['reason']}", text["why.other-part"])
    return text["readable"] if part["until"] is None else text["readable-until"].format(until=day(part["until"]))


def fetched(found: Fetched, text: Text, *, as_json: bool, out: TextIO = sys.stdout) -> None:
    number, _, digest = found.log_entry.partition(" ")
    if as_json:
        told = {
            "identifier": found.identifier, "part": found.part, "sha256": found.sha256, "size": len(found.data),
            "file": None if found.path is None else str(found.path), "checked": found.checked,
            "log_entry": None if not number else {"number": int(number), "hash": digest},
        }  # fmt: skip
        dump({"format": "access-fetched/1", **told})
        return
    if found.path is None:
        print(found.data.decode("utf-8", "replace"))
        out = sys.stderr
    else:
        print(text["fetched"].format(path=found.path, size=len(found.data)), file=out)
    if found.checked:
        print(text["checked"], file=out)
    if number:
        print(text["logged"].format(number=number, hash=digest), file=out)
