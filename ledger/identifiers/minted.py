"""Suffixes that this project mints: `CE-<year>-<number>-<check>`, `PCF-…`, `EQ-…`.

The number has six signs of Crockford's Base32 (no I, L, O, U); the check has two, by the pure system MOD 1271-36 of
ISO 7064 over the letters and digits before it. It finds every single wrong sign and every transposition of two
neighbours, so that a suffix typed from a printed label is caught when it is mistyped.
"""

import re
from dataclasses import dataclass

from ledger.identifiers.handle import VAA, Handle, parse_vaa
from ledger.identifiers.text import refused, shown

__all__ = ["KINDS", "MOST", "Minted", "check_characters", "mint", "mint_from", "read_minted"]

KINDS = ("CE", "PCF", "EQ")
"""A certificate of enterprise efficiency, one of a product's footprint, a piece of equipment."""
MODULUS, RADIX = 1271, 36
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = 6
MOST = 32**DIGITS - 1

_WANTED = re.compile(r"([A-Z]{2,3})-([0-9]{4})-([0-9]{1,10})")
_SHAPE = re.compile(r"(CE|PCF|EQ)-([0-9]{4})-([0-9A-Z]{6})-([0-9A-Z]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Minted:
    """`right`: whether the check characters fit what stands before them."""

    kind: str
    year: int
    number: str
    check: str
    right: bool


def check_characters(text: str) -> str:
    """ISO 7064 MOD 1271-36 of the ASCII letters and digits of a text; whatever else it holds is passed over."""
    rest = 0
    for sign in text.upper():
        if sign.isascii() and sign.isalnum():
            rest = (rest * RADIX + int(sign, RADIX)) % MODULUS
    value = (1 - rest * RADIX * RADIX) % MODULUS
    return _sign(value // RADIX) + _sign(value % RADIX)


def mint(owner: str, kind: str, year: int, number: int) -> Handle:
    """`owner`: the enterprise's prefix; `number`: 0 to 32⁶ - 1, used once a year and kind. Raises IdentifierError."""
    if not VAA.fullmatch(owner):
        raise refused("owner-prefix", text=shown(owner))
    if kind not in KINDS:
        raise refused("mint-kind", text=shown(kind), kinds=", ".join(KINDS))
    if not (1000 <= year <= 9999 and 0 <= number <= MOST):
        raise refused("mint-range", year=year, number=number, most=MOST)
    body = f"{kind}-{year}-{_base32(number)}"
    return parse_vaa(f"{owner}/{body}-{check_characters(body)}")


def mint_from(owner: str, wanted: str) -> Handle:
    """`wanted`: kind, year and decimal number, as `CE-2026-17`. Raises IdentifierError."""
    found = _WANTED.fullmatch(wanted)
    if found is None:
        raise refused("mint-wanted", text=shown(wanted))
    return mint(owner, found[1], int(found[2]), int(found[3]))


def read_minted(suffix: str) -> Minted | None:
    """None where a suffix has another shape: its owner is free to choose one."""
    found = _SHAPE.fullmatch(suffix)
    if found is None:
        return None
    kind, year, number, check = found.groups()
    right = check_characters(f"{kind}-{year}-{number}") == check.upper()
    return Minted(kind.upper(), int(year), number.upper(), check.upper(), right)


def _base32(number: int) -> str:
    return "".join(BASE32[number >> 5 * place & 31] for place in reversed(range(DIGITS)))


def _sign(value: int) -> str:
    return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value]
