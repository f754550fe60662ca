"""The compact statement of a certificate: what a QR code carries so that it can be checked without a network.

A deterministic CBOR map under small integer keys (`FIELDS`; docs/formats/labels.md). Rules:

1. One encoding for one value: a field that has its default is absent, and the bytes that were read must be those that
   `payload` would write.
2. Only what is public: grade and K of an enterprise, level and L where the enterprise published them, a product's
   footprint. No total, no quantity.
3. What belongs to one kind of certificate stands in no other: no grade on a product, no footprint on an enterprise.
4. Texts hold no control and no invisible characters: they are shown on terminals and pages.
"""

import re
import unicodedata
from dataclasses import MISSING, dataclass, fields
from typing import Any

from ledger.identifiers.digital_link import parse_path
from ledger.identifiers.text import IdentifierError
from ledger.identifiers.uscc import check_uscc
from ledger.identifiers.vaa import split
from terminal_signer import cbor
from terminal_signer.errors import CarbonError

ENTERPRISE_EFFICIENCY, PRODUCT_FOOTPRINT = 2, 3
MARKS = ("DEMO", "REPLAYED", "ILLUSTRATIVE", "UNVERIFIED")
ISSUER_BYTES, TOKEN_BYTES = 8, 16
MOST_NAME, MOST_UNIT, MOST_HOST, MOST_LINK = 96, 24, 96, 120
MOST_TIME, MOST_INTEGER, MOST_OFFSET = 1 << 40, 1 << 63, 14 * 60
LEVELS = 3

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_INVISIBLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


class CompactError(CarbonError):
    """A text or its bytes are no compact statement. `code` is one of FAULTS."""

    code = "field"


FAULTS = ("too-long", "no-statement", "unknown-version", "base64url", "cbor", "field", "kind", "canonical", "key")


@dataclass(frozen=True, slots=True)
class Compact:
    """`host` is the web authority that the code was made for; times are Unix seconds, the period's end and
    `valid_until` exclusive (0: no end), `offset` minutes east of UTC, in which the period is meant; `issuer` the first
    8 bytes of the signing key's thumbprint, `token` the first 16 of the certificate's number. `grade` 1–5 and `k` in
    10⁻⁶; `level` 1 low, 2 medium, 3 high and `intensity` L in 10⁻⁶ tCO2 per 10⁴ CNY, where published; `footprint` in
    10⁻⁶ kgCO2e per `unit`; `marks` bits in the order of MARKS; `link` the path of the GS1 Digital Link that the code
    leads by, such as /01/<GTIN>/10/<batch>. Raises CompactError where the rules above do not hold.
    """

    identifier: str
    kind: int
    host: str
    period_start: int
    period_end: int
    valid_until: int
    issued_at: int
    issuer: bytes
    token: bytes
    tree_size: int
    offset: int = 0
    marks: int = 0
    uscc: str = ""
    enterprise: str = ""
    product: str = ""
    grade: int = 0
    k: int = 0
    level: int = 0
    intensity: int | None = None
    footprint: int = 0
    unit: str = ""
    status_index: int | None = None
    link: str = ""

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_numbers(self)
        _check_kind(self)

    @property
    def mark_names(self) -> tuple[str, ...]:
        return tuple(name for bit, name in enumerate(MARKS) if self.marks >> bit & 1)


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Compact))
"""A field's key in the map is its place here."""
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Compact)}


def mark_bits(names: tuple[str, ...]) -> int:
    return sum(1 << bit for bit, name in enumerate(MARKS) if name in names)


def payload(compact: Compact) -> bytes:
    """The one encoding (rule 1)."""
    said = {key: getattr(compact, name) for key, name in enumerate(FIELDS)}
    return cbor.encode({key: value for key, value in said.items() if value != _DEFAULTS[FIELDS[key]]})


def read_payload(data: bytes) -> Compact:
    """Inverse of `payload`. Raises CompactError for every other bytes."""
    try:
        said = cbor.decode(data)
    except CarbonError as fault:
        raise CompactError(fault.message, code="cbor", where=fault.where) from fault
    if not isinstance(said, dict) or not all(type(key) is int and 0 <= key < len(FIELDS) for key in said):
        raise CompactError("not a map of the fields of version 1", code="cbor", where="payload")
    values = {FIELDS[key]: value for key, value in said.items()}
    for name, default in _DEFAULTS.items():
        if default is MISSING and name not in values:
            raise CompactError("the field is missing", where=name)
    compact = Compact(**values)
    if payload(compact) != data:
        raise CompactError("not the one encoding of these fields", code="canonical", where="payload")
    return compact


_LENGTHS = {
    "host": MOST_HOST, "enterprise": MOST_NAME, "product": MOST_NAME, "unit": MOST_UNIT, "link": MOST_LINK,
}  # fmt: skip


def _check_texts(said: Compact) -> None:
    for name, most in _LENGTHS.items():
        _check_text(name, getattr(said, name), most)
    if not _HOST.fullmatch(said.host):
        raise CompactError("not a host name in lower case, with its port", where="host")
    for name, size in (("issuer", ISSUER_BYTES), ("token", TOKEN_BYTES)):
        value = getattr(said, name)
        if type(value) is not bytes or len(value) != size:
            raise CompactError(f"not {size} bytes", where=name)
    _check_text("identifier", said.identifier, 255)
    _check_text("uscc", said.uscc, 18)
    try:
        split(said.identifier)
        if said.uscc:
            check_uscc(said.uscc)
        link = parse_path(said.link) if said.link else None
    except IdentifierError as fault:
        raise CompactError(fault.message, where="identifier, uscc or link", mend=fault.mend) from fault
    if link is not None and (link.path != said.link or link.key[0] != "01"):
        raise CompactError("not the one spelling of a trade item's Digital Link", where="link")


def _check_text(name: str, value: object, most: int) -> None:
    if type(value) is not str or any(unicodedata.category(sign) in _INVISIBLE for sign in value):
        raise CompactError("not a text without invisible characters", where=name)
    if len(value.encode()) > most:
        raise CompactError(f"more than {most} bytes", where=name)


_RANGES: dict[str, tuple[int, int]] = {
    "kind": (ENTERPRISE_EFFICIENCY, PRODUCT_FOOTPRINT),
    "period_start": (0, MOST_TIME),
    "period_end": (1, MOST_TIME),
    "valid_until": (0, MOST_TIME),
    "issued_at": (0, MOST_TIME),
    "tree_size": (0, MOST_INTEGER),
    "offset": (-MOST_OFFSET, MOST_OFFSET),
    "marks": (0, (1 << len(MARKS)) - 1),
    "grade": (0, 5),
    "k": (0, MOST_INTEGER),
    "level": (0, LEVELS),
    "footprint": (0, MOST_INTEGER),
}


def _check_numbers(said: Compact) -> None:
    for name, (least, most) in _RANGES.items():
        _check_number(name, getattr(said, name), least, most)
    if said.intensity is not None:
        _check_number("intensity", said.intensity, -MOST_INTEGER, MOST_INTEGER)
    if said.status_index is not None:
        _check_number("status_index", said.status_index, 0, MOST_INTEGER)
    if said.period_end <= said.period_start:
        raise CompactError("the period ends before it begins", where="period_end")


def _check_number(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise CompactError(f"not an integer from {least} to {most}", where=name)


def _check_kind(said: Compact) -> None:
    """Rule 3."""
    if said.kind == PRODUCT_FOOTPRINT:
        if said.grade or said.k or said.level or said.intensity is not None:
            raise CompactError("a product has no grade, K, level or L", code="kind", where="kind")
        if not said.unit:
            raise CompactError("a footprint without its declared unit", code="kind", where="unit")
    elif said.footprint or said.unit or said.product or said.link:
        raise CompactError("an enterprise has no footprint per unit, and is no trade item", code="kind", where="kind")
    elif said.k and not said.grade:
        raise CompactError("a ratio K without its grade", code="kind", where="k")
    elif bool(said.level) != (said.intensity is not None):
        raise CompactError("level and L stand together", code="kind", where="level")
