"""Names of companies and products as URNs (RFC 8141), in the forms that PACT 3.0 recommends.

    urn:pact:<domain>:vaa:88.118.20260            a prefix, or an identifier below it
    urn:pact:<domain>:uscc:<18 characters>        统一社会信用代码
    urn:gtin:<14 digits>                          a GTIN, with leading zeros
    urn:pact:productclassification:<list>:<code>  gb-t-4754, hs, cpc, …

<domain> is that of the gateway that answers for the name. Everything but letters, digits and `-._~:@/` is
percent-encoded, also what an NSS might hold: many a client puts a name into a query as it stands.
"""

import re

_PATH = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_UNESCAPED = _PATH | frozenset(":@")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_GTIN = "urn:gtin:"


def pact_urn(domain: str, name: str, value: str) -> str:
    return f"urn:pact:{domain.lower()}:{name}:{_encoded(value)}"


def gtin_urn(gtin: str) -> str:
    """GTIN-8, -12, -13 and -14 are one number with zeros before it (GS1 General Specifications 3.3.2)."""
    return _GTIN + gtin.rjust(14, "0")


def classification_urn(listed: str, code: str) -> str:
    return f"urn:pact:productclassification:{listed}:{_encoded(code)}"


def key_of(urn: str) -> str:
    """What two spellings of one name have in common: PACT compares without regard to case; escapes count as what they
    stand for, since a query may have been decoded once; a GTIN counts by its number."""
    folded = _ESCAPES.sub(_unescaped, urn).strip().casefold()
    if folded.startswith(_GTIN):
        digits = folded.removeprefix(_GTIN)
        if digits.isascii() and digits.isdecimal() and len(digits) <= 14:
            return gtin_urn(digits)
    return folded


def _encoded(value: str) -> str:
    return "".join(sign if sign in _UNESCAPED else _escaped(sign) for sign in value)


def path_of(identifier: str) -> str:
    """An identifier as the path of an address: everything but letters, digits, `-._~` and `/` percent-encoded."""
    return "".join(sign if sign in _PATH else _escaped(sign) for sign in identifier)


def _unescaped(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace")


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))
