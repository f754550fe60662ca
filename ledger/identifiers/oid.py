"""Object identifiers (ITU-T X.660, GB/T 17969.1) in dotted decimals; China's lie under 1.2.156 and 2.16.156."""

import re
from dataclasses import dataclass

from ledger.identifiers.text import MAX_BYTES, checked, refused, shown

_PREFIXES = ("urn:oid:", "oid:/", "oid:")
_ARC = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Oid:
    """At least two arcs; arcs have no upper bound (2.25 carries a UUID in one)."""

    arcs: tuple[int, ...]

    @property
    def text(self) -> str:
        return ".".join(map(str, self.arcs))

    @property
    def urn(self) -> str:
        """RFC 3061."""
        return f"urn:oid:{self.text}"

    def der(self) -> bytes:
        """The ASN.1 encoding (X.690, 8.19), tag and length included."""
        first, second, *others = self.arcs
        body = b"".join(_base128(arc) for arc in (40 * first + second, *others))
        length = bytes([len(body)]) if len(body) < 0x80 else bytes([0x81, len(body)])
        return b"\x06" + length + body


def parse_oid(text: str) -> Oid:
    """Dotted decimals, with or without `urn:oid:` or `oid:/`. Raises IdentifierError."""
    for prefix in _PREFIXES:
        if text[: len(prefix)].lower() == prefix:
            text = text[len(prefix) :]
            break
    parts = checked(text, MAX_BYTES).split(".")
    if not all(_ARC.fullmatch(part) for part in parts):
        raise refused("no-oid", text=shown(text))
    if len(parts) < 2:
        raise refused("one-arc", text=shown(text))
    arcs = tuple(map(int, parts))
    if arcs[0] > 2:
        raise refused("first-arc", text=shown(text))
    if arcs[0] < 2 and arcs[1] > 39:
        raise refused("second-arc", text=shown(text), first=arcs[0])
    return Oid(arcs)


def _base128(arc: int) -> bytes:
    groups = [arc & 0x7F]
    while arc := arc >> 7:
        groups.append(arc & 0x7F | 0x80)
    return bytes(reversed(groups))
