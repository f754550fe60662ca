"""What every scheme asks of a text before it looks at it: length, no control characters, no look-alikes.

Look-alikes: a text that compatibility normalisation (Unicode NFKC) would change – full-width letters, ligatures –, an
invisible character, or Latin letters mixed with Cyrillic or Greek ones could be printed on a label and be taken for
another identifier. Such a text is refused rather than mended.
"""

import re
import unicodedata
from collections.abc import Mapping

from ledger.identifiers.refusal_texts import REFUSALS
from ledger.language import Language
from terminal_signer.errors import CarbonError

MAX_BYTES = 255
MAX_URI = 2048
FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\ud800-\udfff\ufeff]")
_INVISIBLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs"))
_CONFUSED = ("CYRILLIC", "GREEK")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class IdentifierError(CarbonError):
    """A text is no identifier of this scheme. `code` is the rule that it breaks, `values` what the rule found."""

    code = "identifier"
    values: Mapping[str, object] = {}


def refused(rule: str, **values: object) -> IdentifierError:
    """`rule`: one of `REFUSALS`."""
    message, mend = (text.format(**values) for text in REFUSALS[rule]["en"])
    fault = IdentifierError(message, code=rule, mend=mend)
    fault.values = values
    return fault


def told(fault: CarbonError, language: Language) -> str:
    """What is wrong, and how to mend it; an error of another kind speaks for itself."""
    if not isinstance(fault, IdentifierError) or fault.code not in REFUSALS:
        return str(fault)
    message, mend = (text.format(**fault.values) for text in REFUSALS[fault.code][language])
    if not mend:
        return message
    return f"{message}（{mend}）" if language == "zh" else f"{message} ({mend})"


def shown(text: str) -> str:
    """A foreign text for an error message: quoted, escaped, cut."""
    return ascii(text[:80])


def checked(text: str, most: int = MAX_BYTES) -> str:
    """The text itself. Raises IdentifierError when it is empty, too long, or holds what no identifier may hold."""
    if not text:
        raise refused("empty")
    if len(text) > most:
        raise refused("too-long", most=most)
    if FORBIDDEN.search(text):
        raise refused("control-character", text=shown(text))
    if len(text.encode()) > most:
        raise refused("too-long", most=most)
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
            raise refused("broken-escape", text=shown(text))
        parts += text[at : found.start()].encode("utf-8", "surrogatepass") + bytes.fromhex(found[1])
        at = found.end()
    parts += text[at:].encode("utf-8", "surrogatepass")
    try:
        return parts.decode()
    except UnicodeDecodeError as fault:
        raise refused("not-utf8", text=shown(text)) from fault


def percent_encoded(text: str) -> str:
    """Everything but the unreserved characters of RFC 3986 as escaped UTF-8."""
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def _check_look_alikes(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        raise refused("look-alike", text=shown(text), plain=shown(plain))
    if any(unicodedata.category(sign) in _INVISIBLE for sign in text):
        raise refused("invisible", text=shown(text))
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()}
    if "LATIN" in scripts and scripts.intersection(_CONFUSED):
        raise refused("mixed-scripts", text=shown(text))
