"""GS1 keys and their check rules (GS1 General Specifications 7.9; formats of the GS1 Barcode Syntax Dictionary)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.identifiers.text import refused, shown

SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""Character set 82, in the order of the values that the check pair of a model number weighs."""
PAIR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_X = "[" + re.escape(SIGNS) + "]"
_Y = "[#\\-/0-9A-Z]"
_PRIMES = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyRule:
    """One application identifier: `pattern`, and where check rules apply, the part of the value that ends in a check
    digit. `qualifiers`: in a Digital Link path, their one order; a tuple for each alternative."""

    title: str
    pattern: re.Pattern[str]
    checked: slice | None = None
    qualifiers: tuple[tuple[str, ...], ...] = ((),)


def _rule(title: str, pattern: str, end: int = 0, start: int = 0, q: tuple[tuple[str, ...], ...] = ((),)) -> KeyRule:
    return KeyRule(title, re.compile(pattern), slice(start, end) if end else None, q)


KEYS: Mapping[str, KeyRule] = {
    "00": _rule("SSCC", "[0-9]{18}", 18),
    "01": _rule("GTIN", "[0-9]{14}", 14, q=(("22", "10", "21"), ("235",))),
    "253": _rule("GDTI", f"[0-9]{{13}}{_X}{{0,17}}", 13),
    "255": _rule("GCN", "[0-9]{13,25}", 13),
    "401": _rule("GINC", f"{_X}{{1,30}}"),
    "402": _rule("GSIN", "[0-9]{17}", 17),
    "414": _rule("GLN of a place", "[0-9]{13}", 13, q=(("254",), ("7040",))),
    "415": _rule("GLN of an invoicing party", "[0-9]{13}", 13, q=(("8020",),)),
    "417": _rule("GLN of a party", "[0-9]{13}", 13, q=(("7040",),)),
    "8003": _rule("GRAI", f"0[0-9]{{13}}{_X}{{0,16}}", 14, 1),
    "8004": _rule("GIAI", f"{_X}{{1,30}}", q=(("7040",),)),
    "8006": _rule("ITIP", "[0-9]{18}", 14, q=(("22", "10", "21"),)),
    "8010": _rule("CPID", f"{_Y}{{1,30}}", q=(("8011",),)),
    "8013": _rule("GMN", f"{_X}{{3,25}}"),
    "8017": _rule("GSRN of a provider", "[0-9]{18}", 18, q=(("8019",),)),
    "8018": _rule("GSRN of a recipient", "[0-9]{18}", 18, q=(("8019",),)),
}
"""The primary keys of a Digital Link."""

QUALIFIERS: Mapping[str, re.Pattern[str]] = {
    "10": re.compile(f"{_X}{{1,20}}"),
    "21": re.compile(f"{_X}{{1,20}}"),
    "22": re.compile(f"{_X}{{1,20}}"),
    "235": re.compile(f"{_X}{{1,28}}"),
    "254": re.compile(f"{_X}{{1,20}}"),
    "7040": re.compile(f"[0-9]{_X}{{3}}"),
    "8011": re.compile("[1-9][0-9]{0,11}"),
    "8019": re.compile("[0-9]{1,10}"),
    "8020": re.compile(f"{_X}{{1,25}}"),
}


def check_digit(digits: str) -> str:
    """The digit that belongs behind `digits`: weights 3, 1, 3, … from the right, modulo 10."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def check_pair(model: str) -> str:
    """The two characters that belong behind a model number: weights are the primes from the right, modulo 1021."""
    total = sum(SIGNS.index(sign) * prime for sign, prime in zip(reversed(model), _PRIMES, strict=False)) % 1021
    return PAIR[total >> 5] + PAIR[total & 31]


def check_key(ai: str, value: str) -> str:
    """The value of a primary key. Raises IdentifierError that names the key and what is wrong with the value."""
    rule = KEYS.get(ai)
    if rule is None:
        raise refused("unknown-key", text=shown(ai), keys=", ".join(KEYS))
    if not rule.pattern.fullmatch(value):
        raise refused("key-shape", text=shown(value), title=rule.title, ai=ai)
    part = value[rule.checked] if rule.checked else ""
    if part and check_digit(part[:-1]) != part[-1]:
        raise refused("check-digit", title=rule.title, text=shown(value))
    if ai == "8013" and check_pair(value[:-2]) != value[-2:]:
        raise refused("check-pair", text=shown(value))
    if ai == "8006" and not "01" <= value[14:16] <= value[16:18]:
        raise refused("itip-piece", text=shown(value), piece=value[14:16], pieces=value[16:18])
    return value


def check_gtin(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14. Raises IdentifierError."""
    if len(text) not in (8, 12, 13, 14) or not re.fullmatch("[0-9]+", text):
        raise refused("no-gtin", text=shown(text))
    return check_key("01", text.zfill(14))
