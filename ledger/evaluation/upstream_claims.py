"""Certified inputs as a site's office claims them: signed documents of kind "upstream-certificate".

The document's hash is the number of the account on the product ledger that the goods were taken from. It has two items
over the same time: the input, by the method's name, with its quantity in the account's unit, and `<input>.footprint`,
as the account's certificate states it (docs/formats/site.md). What was claimed is burned when the product's certificate
is minted, and the contract holds the footprint against the account's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Quantity, Unit, UnitError, parse_unit
from ledger.evaluation.findings import Findings
from ledger.evaluation.inputs import Period
from ledger.evaluation.screening import Screened
from ledger.evaluation.site import Site
from ledger.upstream import LIMIT
from terminal_signer.frame import Document, Item

KIND = "upstream-certificate"
FOOTPRINT = ".footprint"
THOUSANDTHS, MILLIONTHS = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class UpstreamClaim:
    """`quantity` of the account's goods went in, from `start` on; `footprint` in kgCO2e per `unit`."""

    item: str
    account: bytes
    quantity: Fraction
    unit: Unit
    footprint: Fraction
    start: int
    end: int
    index: int
    sub: str


def read_upstream(documents: Sequence[Screened], site: Site, period: Period, found: Findings) -> list[UpstreamClaim]:
    """The claims that lie within the period, in the order of the log; what is no claim is a finding."""
    entitled = {(entry.item, entry.sub, entry.key_class) for entry in site.declarations if entry.takes_certified}
    claims = []
    for screened in documents:
        admitted, content = screened.admitted, screened.admitted.content
        if not isinstance(content, Document) or content.kind != KIND:
            continue
        claim = _claim(content, admitted.index, admitted.frame.sub)
        if claim is None:
            found.add("upstream-unreadable", admitted.frame.sub)
        elif (claim.item, claim.sub, admitted.enrolment.key_class) not in entitled:
            found.add("not-entitled", f"{claim.item} {claim.sub}")
        elif period.start <= claim.start and claim.end <= period.end:
            claims.append(claim)
    return claims


def _claim(content: Document, index: int, sub: str) -> UpstreamClaim | None:
    amount, footprint = _pair(content.items)
    if amount is None or footprint is None or not any(content.sha256):
        return None
    try:
        unit = parse_unit(amount.unit)
        carried = Quantity(Fraction(footprint.value), parse_unit(footprint.unit)).to(
            parse_unit(f"kgCO2e/{amount.unit}")
        )
    except UnitError:
        return None
    quantity, each = Fraction(amount.value), carried.value
    whole = (quantity * THOUSANDTHS).denominator == (each * MILLIONTHS).denominator == 1
    if not whole or not 0 < quantity * THOUSANDTHS < LIMIT or not 0 <= each * MILLIONTHS < LIMIT:
        return None
    return UpstreamClaim(amount.name, content.sha256, quantity, unit, each, amount.start, amount.end, index, sub)


def _pair(items: Sequence[Item]) -> tuple[Item | None, Item | None]:
    """The input and its footprint, of the same time."""
    if len(items) != 2:
        return None, None
    amount, footprint = sorted(items, key=lambda item: item.name.endswith(FOOTPRINT))
    same = footprint.name == amount.name + FOOTPRINT and (amount.start, amount.end) == (footprint.start, footprint.end)
    return (amount, footprint) if same else (None, None)
