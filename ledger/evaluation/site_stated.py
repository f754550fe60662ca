"""What an enterprise states of its product in the site file for those who take its footprint: no figure is made of it.

It is signed with the site file, approved by the verifier, and stands in the result as it was written: GTIN with 14
digits; `mass`, `fossil_carbon`, `biogenic_carbon` in kg per unit of the product, packaging apart; classifications as
`list:code`, such as "hs:7601.10" or "cpc:41532".
"""

import re
from fractions import Fraction

from ledger.canonical import decimal_text
from ledger.identifiers.gs1 import check_gtin
from ledger.identifiers.text import IdentifierError
from ledger.rules.reader import Table

Stated = dict[str, str | list[str]]
_CLASSIFICATION = re.compile(r"[a-z][a-z0-9-]{0,31}:[A-Za-z0-9][A-Za-z0-9. /-]{0,62}")
_WEIGHTS = ("mass", "fossil_carbon", "biogenic_carbon")


def read_stated(table: Table) -> Stated:
    """From the fields of a `[[product]]`; only those that are there."""
    stated: Stated = {}
    if "gtin" in table:
        stated["gtin"] = _gtin(table)
    for name in (name for name in _WEIGHTS if name in table):
        stated[name] = decimal_text(_weight(table, name))
    if "classifications" in table:
        stated["classifications"] = _classifications(table)
    return stated


def _gtin(table: Table) -> str:
    try:
        return check_gtin(table.text("gtin", longest=14))
    except IdentifierError as fault:
        raise table.error("gtin", fault.message, fault.mend) from None


def _weight(table: Table, name: str) -> Fraction:
    value = table.number(name)
    if value < 0 or "/" in decimal_text(value):
        raise table.error(name, "a mass in kg is a decimal not below zero", 'for example "12.5"')
    return value


def _classifications(table: Table) -> list[str]:
    found = table.texts("classifications")
    for text in found:
        if not _CLASSIFICATION.fullmatch(text):
            raise table.error("classifications", f"{text[:80]!r} is no list:code", 'for example "hs:7601.10"')
    return found
