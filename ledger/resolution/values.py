"""A value of a handle record, its binary form and its digest (RFC 3651 §3.1, RFC 3652 §2.1.4).

    index 4 · timestamp 4 · TTL type 1 · TTL 4 · permissions 1 · type · data · count of references · (handle, index 4)*

The digest that HS_SIGNATURE carries is SHA-256 over all but the first eight octets: a value keeps its digest when its
index or its time changes, and the signature names the index beside it.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ledger.resolution import octets

RELATIVE, ABSOLUTE = 0, 1
DAY = 86_400
ADMIN_READ, ADMIN_WRITE, PUBLIC_READ, PUBLIC_WRITE = 8, 4, 2, 1
USUAL = ADMIN_READ | ADMIN_WRITE | PUBLIC_READ
HIDDEN = ADMIN_READ | ADMIN_WRITE

URL, ADMIN, SITE, PREFIX_SITE, VLIST = "URL", "HS_ADMIN", "HS_SITE", "HS_SITE.PREFIX", "HS_VLIST"
PUBLIC_KEY, SECRET_KEY, SIGNATURE, ALIAS = "HS_PUBKEY", "HS_SECKEY", "HS_SIGNATURE", "HS_ALIAS"


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of another record: `index:handle`."""

    handle: str
    index: int

    @property
    def text(self) -> str:
        return f"{self.index}:{self.handle}"


@dataclass(frozen=True, slots=True)
class HandleValue:
    """`ttl` is in seconds, or Unix seconds where `ttl_type` is ABSOLUTE; `timestamp` in Unix seconds, 0: unknown."""

    index: int
    type: str
    data: bytes
    ttl: int = DAY
    ttl_type: int = RELATIVE
    permissions: int = USUAL
    timestamp: int = 0
    references: tuple[Reference, ...] = ()

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def is_public(self) -> bool:
        return bool(self.permissions & PUBLIC_READ)

    def encoded(self) -> bytes:
        references = b"".join(octets.text(one.handle) + octets.number(one.index) for one in self.references)
        return b"".join(
            (
                octets.number(self.index), octets.number(self.timestamp), octets.number(self.ttl_type, 1),
                octets.number(self.ttl), octets.number(self.permissions, 1), octets.text(self.type),
                octets.octets(self.data), octets.number(len(self.references)), references,
            )
        )  # fmt: skip

    def digest(self) -> str:
        """SHA-256 in base64, as HS_SIGNATURE states it."""
        return base64.b64encode(hashlib.sha256(self.encoded()[8:]).digest()).decode()


def text_value(index: int, kind: str, text: str, ttl: int = DAY, timestamp: int = 0) -> HandleValue:
    return HandleValue(index, kind, text.encode(), ttl, timestamp=timestamp)


def chosen(
    values: Iterable[HandleValue], indices: Collection[int] = (), types: Collection[str] = ()
) -> list[HandleValue]:
    """The values that have one of the indices or one of the types; all of them where neither is asked for."""
    if not indices and not types:
        return list(values)
    return [one for one in values if one.index in indices or any(_is_of(one.type, kind) for kind in types)]


def _is_of(kind: str, asked: str) -> bool:
    """A type that ends in a dot stands for itself without the dot and for all that begin with it (RFC 3652 §3.2.1)."""
    kind, asked = kind.lower(), asked.lower()
    return kind == asked or (asked.endswith(".") and (kind == asked[:-1] or kind.startswith(asked)))
