"""The named formats of a text: what `format` may say, and the rule behind each.

`date` is JSON Schema's; the others are this vocabulary's own, which other validators pass over.
"""

import re
from collections.abc import Callable
from datetime import date

from ledger.identifiers.gs1 import check_key
from ledger.identifiers.oid import parse_oid
from ledger.identifiers.text import MAX_BYTES, IdentifierError
from ledger.identifiers.uscc import INNER_CHECK, check_uscc
from ledger.identifiers.vaa import PREFIX, split

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,20})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256 = re.compile(r"0x[0-9a-f]{64}")


def is_decimal(text: str) -> bool:
    """A plain decimal; zeros at its end count, they say how exactly the value is known."""
    return _DECIMAL.fullmatch(text) is not None


def is_date(text: str) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def is_uscc(text: str) -> bool:
    """Both checks: what an enterprise writes into its template's record must not be doubtful."""
    return _obeys(text, lambda code: INNER_CHECK not in check_uscc(code))


def is_gln(text: str) -> bool:
    return _obeys(text, lambda code: check_key("414", code) == code)


def is_oid(text: str) -> bool:
    """In dotted decimals, without `urn:oid:`."""
    return _obeys(text, lambda code: parse_oid(code).text == code)


def is_prefix(text: str) -> bool:
    """A prefix of the industrial internet: 88.<node>.<enterprise>."""
    return len(text) <= MAX_BYTES and PREFIX.fullmatch(text) is not None and text.count(".") == 2


def is_identifier(text: str) -> bool:
    return _obeys(text, lambda code: bool(split(code)))


def _obeys(text: str, rule: Callable[[str], bool]) -> bool:
    try:
        return rule(text)
    except IdentifierError:
        return False


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
