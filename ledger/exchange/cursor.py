"""Where a page begins, as text for a link: the last footprint before it, in the order in which they were issued.

The order never changes and new footprints come at its end: a link stays good for ever and may be called again. It says
nothing that its reader did not see, and is no permission: each call is judged by the caller's own rights.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from ledger.exchange.errors import CursorFault

_TEXT = re.compile(r"(0|[1-9][0-9]{0,18})\.([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """`issued_at` (Unix seconds) and `id` of the last footprint that was handed out."""

    issued_at: int
    id: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(f"{self.issued_at}.{self.id}".encode()).rstrip(b"=").decode()


def read_cursor(text: str) -> Cursor:
    """Raises CursorFault."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        found = _TEXT.fullmatch(plain)
        if found is None:
            raise ValueError("another form")
    except (ValueError, binascii.Error):
        raise CursorFault("no page begins here", where="cursor", mend="take the address from the Link header") from None
    return Cursor(min(int(found[1]), 2**63 - 1), found[2])
