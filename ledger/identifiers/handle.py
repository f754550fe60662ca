"""Handles (RFC 3651) and, as a part of them, the industrial internet's VAA codes `88.<node>.<enterprise>/<suffix>`.

The first "/" splits: the prefix is made of segments joined by dots, the suffix belongs to the prefix's holder. Prefixes
are ASCII here, so that none can be imitated. Two handles that differ in ASCII case only name one thing, but each is
echoed as it was asked for. A suffix holds no segment `.` or `..` and no backslash: it becomes a path.
"""

import re
from dataclasses import dataclass

from ledger.identifiers.text import MAX_BYTES, checked, refused, shown

MAX_PREFIX = 64
VAA = re.compile(r"88\.[0-9]{3,4}\.[0-9]{1,8}")
_PREFIX = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_SCHEMES = ("hdl:", "doi:", "info:hdl/", "info:doi/")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Handle:
    """`prefix` and `suffix` as they were written."""

    prefix: str
    suffix: str

    @property
    def text(self) -> str:
        return f"{self.prefix}/{self.suffix}"

    @property
    def key(self) -> str:
        """What look-ups compare: ASCII letters lower-cased, in the suffix too."""
        return self.text.translate(_LOWER)

    @property
    def is_vaa(self) -> bool:
        """Whether the prefix is one that an enterprise holds under 88."""
        return VAA.fullmatch(self.prefix) is not None

    @property
    def warnings(self) -> tuple[str, ...]:
        """`colon`: pyhandle and others read `index:handle` into it."""
        return ("colon",) if ":" in self.text else ()


def parse_handle(text: str) -> Handle:
    """A handle, with or without `hdl:`, `doi:`, `info:hdl/` before it. Raises IdentifierError."""
    for scheme in _SCHEMES:
        if text[: len(scheme)].lower() == scheme:
            text = text[len(scheme) :]
            break
    checked(text, MAX_BYTES)
    prefix, slash, suffix = text.partition("/")
    if len(prefix) > MAX_PREFIX or not _PREFIX.fullmatch(prefix):
        raise refused("handle-prefix", text=shown(text))
    if not slash or not suffix:
        raise refused("handle-suffix", text=shown(text))
    if "\\" in suffix or any(part in (".", "..") for part in suffix.split("/")):
        raise refused("path-traversal", text=shown(text))
    return Handle(prefix, suffix)


def parse_vaa(text: str) -> Handle:
    """A handle under the prefix of an enterprise. Raises IdentifierError."""
    handle = parse_handle(text)
    if not handle.is_vaa:
        raise refused("no-vaa", text=shown(text))
    return handle
