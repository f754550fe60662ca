"""Green certificates as a site's office claims them: items of a signed document of kind "green-certificate".

An item is named `registry/serial/vintage/technology/beneficiary`; its value is whole MWh, its start and end the months
that the certificate is used for (docs/formats/site.md). What counts of the claims is `ledger.evaluation.green`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.evaluation.calendar import local_date, start_of
from ledger.evaluation.findings import Findings
from ledger.evaluation.screening import Screened
from ledger.evaluation.site import Site
from terminal_signer.frame import Document, Item

KIND = "green-certificate"
ITEM = "green_certificates"
MEGAWATT_HOUR = parse_unit("MWh")
LATEST = 1 << 33
"""Beyond any period that is evaluated."""

_NAME = re.compile(
    r"(?P<registry>[A-Za-z0-9._:-]{1,64})/(?P<serial>[A-Za-z0-9._:-]{1,64})/(?P<year>[0-9]{4})(-(?P<month>0[1-9]|1[0-2]))?"
    r"/(?P<technology>[a-z-]{1,32})/(?P<beneficiary>[A-Za-z0-9._:-]{1,64})"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """`made`, `used`: first and last month of its vintage and of its use, counted from the year 0; `used` is None where
    `start` and `end` are not whole months."""

    registry: str
    serial: str
    vintage: str
    made: tuple[int, int]
    used: tuple[int, int] | None
    technology: str
    beneficiary: str
    megawatt_hours: int
    start: int
    end: int
    index: int
    document: bytes
    sub: str

    @property
    def key(self) -> str:
        """Under which a register knows the certificate."""
        return f"{self.registry}/{self.serial}"


def read_claims(documents: Sequence[Screened], site: Site, found: Findings) -> list[Claim]:
    """The claims of all documents, in the order of the log; what is no claim is a finding."""
    entitled = {(entry.sub, entry.key_class) for entry in site.declarations if entry.item == ITEM}
    claims = []
    for screened in documents:
        admitted = screened.admitted
        content = admitted.content
        if not isinstance(content, Document) or content.kind != KIND:
            continue
        if (admitted.frame.sub, admitted.enrolment.key_class) not in entitled:
            found.add("not-entitled", f"{ITEM} {admitted.frame.sub}")
            continue
        for item in content.items:
            claim = _claim(item, content, admitted.index, admitted.frame.sub, site.offset)
            if claim is None:
                found.add("green-unreadable", item.name[:80])
            else:
                claims.append(claim)
    return claims


def _claim(item: Item, content: Document, index: int, sub: str, offset: int) -> Claim | None:
    named = _NAME.fullmatch(item.name)
    try:
        amount = Quantity(Fraction(item.value), parse_unit(item.unit)).to(MEGAWATT_HOUR).value
    except UnitError:
        return None
    if named is None or amount.denominator != 1 or not 0 < amount < 10**12:
        return None
    year, month = int(named["year"]), int(named["month"] or 1)
    first = year * 12 + month - 1
    return Claim(
        registry=named["registry"], serial=named["serial"], vintage=item.name.split("/")[2],
        made=(first, first if named["month"] else first + 11), used=_used(item, offset),
        technology=named["technology"], beneficiary=named["beneficiary"],
        megawatt_hours=amount.numerator, start=item.start, end=item.end,
        index=index, document=content.sha256, sub=sub,
    )  # fmt: skip


def _used(item: Item, offset: int) -> tuple[int, int] | None:
    """The months from start to end, if these are whole ones."""
    if item.end > LATEST:
        return None
    first, after = local_date(item.start, offset), local_date(item.end, offset)
    if (first.day, after.day) != (1, 1) or (start_of(first, offset), start_of(after, offset)) != (item.start, item.end):
        return None
    return first.year * 12 + first.month - 1, after.year * 12 + after.month - 2
