"""The named formats of a text: what `format` may say, and the rule behind each.

`date` is JSON Schema's; the others are this vocabulary's own, which other validators pass over.
"""

import re
from collections.abc import Callable
from datetime import date

from ledger.identifiers.text import MAX_BYTES, IdentifierError
from ledger.identifiers.vaa import PREFIX, split

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_SHAPE = re.compile("[0-9Y][0-9]{7}[0-9A-Z]{10}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,20})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256 = re.compile(r"0x[0-9a-f]{64}")
_ARC = re.compile(r"0|[1-9][0-9]{0,38}")


def is_decimal(text: str) -> bool:
    """A plain decimal; zeros at its end count, they say how exactly the value is known."""
    return _DECIMAL.fullmatch(text) is not None


def is_date(text: str) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def is_uscc(text: str) -> bool:
    """GB 32100: department, category, region, organisation code (GB 11714, with its own check modulo 11), and a check
    modulo 31 with weights of powers of 3."""
    if not _USCC_SHAPE.fullmatch(text) or any(character not in _USCC for character in text):
        return False
    inner = sum(int(digit, 36) * weight for digit, weight in zip(text[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    total = sum(_USCC.index(character) * pow(3, place, 31) for place, character in enumerate(text[:17]))
    return "0123456789X"[-inner % 11] == text[16] and _USCC[-total % 31] == text[17]


def is_gln(text: str) -> bool:
    """GS1: 13 digits, the last a check modulo 10 with weights 1 and 3."""
    if not re.fullmatch("[0-9]{13}", text):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0


def is_oid(text: str) -> bool:
    """X.660: at least two arcs, without leading zeros; below 0 and 1 the second is at most 39."""
    arcs = text.split(".")
    if not 2 <= len(arcs) <= 64 or not all(_ARC.fullmatch(arc) for arc in arcs):
        return False
    return arcs[0] == "2" or (arcs[0] in ("0", "1") and int(arcs[1]) <= 39)


def is_prefix(text: str) -> bool:
    """A prefix of the industrial internet: 88.<node>.<enterprise>."""
    return len(text) <= MAX_BYTES and PREFIX.fullmatch(text) is not None and text.count(".") == 2


def is_identifier(text: str) -> bool:
    try:
        split(text)
    except IdentifierError:
        return False
    return True


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "decimal": is_decimal,
    "uscc": is_uscc,
    "gln": is_gln,
    "oid": is_oid,
    "vaa-prefix": is_prefix,
    "vaa-identifier": is_identifier,
    "sha256": lambda text: _SHA256.fullmatch(text) is not None,
}
