"""Ecode (GB/T 31866): version, numbering scheme (NSI), main code. Version 0 carries a GS1 code as it is, without NSI.

`LAYOUTS` is from memory of the 2015 edition and agrees with codes in use; it was not compared with the tables of
GB/T 31866-2023.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.identifiers.gs1 import check_key
from ledger.identifiers.text import checked, refused, shown

DECIMAL, ALPHANUMERIC, ANY = "[0-9]", "[0-9A-Za-z]", r"\S"
_MAIN_CODE = {DECIMAL: "ecode-digits", ALPHANUMERIC: "ecode-letters", ANY: "ecode-signs"}


@dataclass(frozen=True, slots=True)
class Layout:
    """`scheme` digits of NSI, then up to `most` signs of `signs`."""

    scheme: int
    signs: str
    most: int


LAYOUTS: Mapping[int, Layout] = {
    1: Layout(4, DECIMAL, 20),
    2: Layout(4, DECIMAL, 28),
    3: Layout(5, ALPHANUMERIC, 39),
    4: Layout(5, ANY, 200),
}


@dataclass(frozen=True, slots=True)
class Ecode:
    """`scheme` is empty in version 0, whose `main` is the GS1 code."""

    version: int
    scheme: str
    main: str

    @property
    def text(self) -> str:
        return f"{self.version}{self.scheme}{self.main}" if self.version else self.main


def parse_ecode(text: str) -> Ecode:
    """Raises IdentifierError."""
    checked(text)
    first = text[0]
    if first not in "0123456789":
        raise refused("ecode-start", text=shown(text))
    version = int(first)
    if version == 0:
        return Ecode(0, "", check_key("01", text))
    layout = LAYOUTS.get(version)
    if layout is None:
        raise refused("ecode-version", text=shown(text), version=version)
    scheme, main = text[1 : 1 + layout.scheme], text[1 + layout.scheme :]
    if not re.fullmatch(f"[0-9]{{{layout.scheme}}}", scheme):
        raise refused("ecode-scheme", text=shown(text), count=layout.scheme)
    if not re.fullmatch(f"{layout.signs}{{1,{layout.most}}}", main):
        raise refused(_MAIN_CODE[layout.signs], text=shown(text), most=layout.most)
    return Ecode(version, scheme, main)
