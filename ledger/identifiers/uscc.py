"""统一社会信用代码, the number of a Chinese organisation: 18 characters with two check rules (GB 32100-2015).

The last character checks all; the 17th checks the organisation code inside (characters 9 to 17, GB 11714). A code whose
inner check fails is not refused but warned of: some that were issued after 2015 do not obey it [from memory].
"""

from ledger.identifiers.text import refused, shown

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
INNER_CHECK = "organisation-code-check"
LETTER_FIRST = "letter-in-department"


def check_uscc(text: str) -> tuple[str, ...]:
    """Warnings about a valid code, usually none: `organisation-code-check` and `letter-in-department` (a department or
    category that is a letter is rare). Raises IdentifierError; lower case is refused, since `l` is too much like 1."""
    if len(text) != 18:
        raise refused("uscc-length", text=shown(text), count=len(text))
    for place, sign in enumerate(text, 1):
        if sign not in ALPHABET:
            rule = "uscc-lower-case" if sign.upper() in ALPHABET else "uscc-character"
            raise refused(rule, text=shown(text), place=place)
    if not text[2:8].isdigit():
        raise refused("uscc-region", text=shown(text))
    expected = _check(text)
    if text[17] != expected:
        raise refused("uscc-check", text=shown(text))
    warnings = [INNER_CHECK] if text[16] != _inner_check(text[8:16]) else []
    return (*warnings, *([LETTER_FIRST] if not text[:2].isdigit() else []))


def _check(text: str) -> str:
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(text[:17], _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def _inner_check(code: str) -> str:
    total = sum(int(sign, 36) * weight for sign, weight in zip(code, _INNER_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]
