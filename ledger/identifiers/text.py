"""What every scheme asks of a text before it looks at it: length, no control characters, no look-alikes.

Look-alikes: a text that compatibility normalisation (Unicode NFKC) would change – full-width letters, ligatures –, an
invisible character, or Latin letters mixed with Cyrillic or Greek ones could be printed on a label and be taken for
another identifier. Such a text is refused rather than mended.
"""

import re
import unicodedata

from terminal_signer.errors import CarbonError

MAX_BYTES = 255
MAX_URI = 2048
FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\ud800-\udfff\ufeff]")
_INVISIBLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs"))
_CONFUSED = ("CYRILLIC", "GREEK")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class IdentifierError(CarbonError):
    """A text is no identifier of this scheme."""

    code = "identifier"


def shown(text: str) -> str:
    """A foreign text for an error message: quoted, escaped, cut."""
    return ascii(text[:80])


def checked(text: str, most: int = MAX_BYTES) -> str:
    """The text itself. Raises IdentifierError when it is empty, too long, or holds what no identifier may hold."""
    if not text:
        raise IdentifierError("an identifier cannot be empty")
    if len(text) > most:
        raise IdentifierError(f"an identifier has at most {most} bytes", mend="use a shorter one")
    if FORBIDDEN.search(text):
        raise IdentifierError(f"{shown(text)} holds white space or a control character", mend="take it out")
    if len(text.encode()) > most:
        raise IdentifierError(f"an identifier has at most {most} bytes", mend="use a shorter one")
    if not text.isascii():
        _check_look_alikes(text)
    return text


def percent_decoded(text: str) -> str:
    """RFC 3986 escapes as UTF-8. Raises IdentifierError for a broken escape, or bytes that are no UTF-8."""
    if "%" not in text:
        return text
    parts, at = bytearray(), 0
    for found in _ESCAPE.finditer(text):
        if found[1] is None:
            raise IdentifierError(f"{shown(text)} has a broken escape", mend="a literal % is written %25")
        parts += text[at : found.start()].encode("utf-8", "surrogatepass") + bytes.fromhex(found[1])
        at = found.end()
    parts += text[at:].encode("utf-8", "surrogatepass")
    try:
        return parts.decode()
    except UnicodeDecodeError as fault:
        raise IdentifierError(f"{shown(text)} is no UTF-8", mend="escape UTF-8 bytes") from fault


def percent_encoded(text: str) -> str:
    """Everything but the unreserved characters of RFC 3986 as escaped UTF-8."""
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def _check_look_alikes(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        raise IdentifierError(f"{shown(text)} holds characters that look like others", mend=f"write {shown(plain)}")
    if any(unicodedata.category(sign) in _INVISIBLE for sign in text):
        raise IdentifierError(f"{shown(text)} holds an invisible character", mend="take it out")
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()}
    if "LATIN" in scripts and scripts.intersection(_CONFUSED):
        raise IdentifierError(f"{shown(text)} mixes letters that look alike", mend="use letters of one script")
