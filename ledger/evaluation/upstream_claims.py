"""Certified inputs as a site's office claims them: items of a signed document of kind "upstream-certificate".

A claim is two items over the same time: `<input>/0x<account>`, what was taken of an account of the product ledger, in
the account's unit, and `<input>/0x<account>.footprint`, as the account's certificate states it (docs/formats/site.md).
The document is what came with the goods. What was claimed is burned when the product's certificate is minted, and the
contract holds the footprint against the account's own.
"""

import re
from collections.abc import Iterator, Sequence
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

_NAME = re.compile(r"(?P<item>[A-Za-z0-9_.-]{1,80})/0x(?P<account>[0-9a-f]{64})(?P<footprint>\.footprint)?")
_Slot = tuple[str, bytes, int, int]
"""Input, account, start, end: what both items of a claim name."""


@dataclass(frozen=True, slots=True)
class UpstreamClaim:
    """`quantity` of the account's goods went in, from `start` on; `footprint` in kgCO2e per `unit`; `document`: the
    SHA-256 of what came with them."""

    item: str
    account: bytes
    quantity: Fraction
    unit: Unit
    footprint: Fraction
    start: int
    end: int
    index: int
    sub: str
    document: bytes


def read_upstream(documents: Sequence[Screened], site: Site, period: Period, found: Findings) -> list[UpstreamClaim]:
    """The claims that lie within the period, in the order of the log; what is no claim is a finding."""
    entitled = {(entry.item, entry.sub, entry.key_class) for entry in site.declarations if entry.takes_certified}
    claims = []
    for screened in documents:
        admitted, content = screened.admitted, screened.admitted.content
        if not isinstance(content, Document) or content.kind != KIND:
            continue
        sub, key_class = admitted.frame.sub, admitted.enrolment.key_class
        for claim in _claims(content, admitted.index, sub):
            if claim is None:
                found.add("upstream-unreadable", sub)
            elif (claim.item, sub, key_class) not in entitled:
                found.add("not-entitled", f"{claim.item} {sub}")
            elif period.start <= claim.start and claim.end <= period.end:
                claims.append(claim)
    return claims


def _claims(content: Document, index: int, sub: str) -> Iterator[UpstreamClaim | None]:
    """None for each item, or pair of items, that is no claim."""
    pairs: dict[_Slot, dict[bool, Item]] = {}
    for item in content.items:
        named = _NAME.fullmatch(item.name)
        slot = (named["item"], bytes.fromhex(named["account"]), item.start, item.end) if named else None
        of_footprint = bool(named and named["footprint"])
        if slot is None or of_footprint in pairs.setdefault(slot, {}):
            yield None
        else:
            pairs[slot][of_footprint] = item
    if not content.items:
        yield None
    for (name, account, start, end), pair in pairs.items():
        amounts = _amounts(pair) if any(account) else None
        if amounts is None:
            yield None
        else:
            yield UpstreamClaim(name, account, *amounts, start, end, index, sub, content.sha256)


def _amounts(pair: dict[bool, Item]) -> tuple[Fraction, Unit, Fraction] | None:
    """Quantity, unit and footprint, as the product ledger can hold them."""
    if len(pair) != 2:
        return None
    amount, footprint = pair[False], pair[True]
    try:
        unit = parse_unit(amount.unit)
        each = Quantity(Fraction(footprint.value), parse_unit(footprint.unit)).to(parse_unit(f"kgCO2e/{amount.unit}"))
    except UnitError:
        return None
    quantity, carried = Fraction(amount.value), each.value
    whole = (quantity * THOUSANDTHS).denominator == (carried * MILLIONTHS).denominator == 1
    if not whole or not 0 < quantity * THOUSANDTHS < LIMIT or not 0 <= carried * MILLIONTHS < LIMIT:
        return None
    return quantity, unit, carried
