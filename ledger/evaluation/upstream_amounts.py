"""What the claims on certified inputs come to, by item and month.

1. An item of certified inputs has no amount but what is claimed, account by account; a month without a claim took none.
2. A month's footprint of an item is the mean of its claims, weighed by quantity: amount × mean is what they carry.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ledger.accounting.engine import Measured
from ledger.accounting.method import Method
from ledger.accounting.sources import Source
from ledger.accounting.units import Quantity, parse_unit
from ledger.evaluation.amounts import ItemActivity
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.upstream_claims import FOOTPRINT, UpstreamClaim

CERTIFIED = "certified"
"""The group of a method's sources that claims may feed."""
_SHOWN = 8


def feed(
    claims: Sequence[UpstreamClaim],
    items: Mapping[str, ItemActivity],
    certified: Sequence[str],
    months: Sequence[Month],
    measured: Sequence[dict[str, Measured]],
    found: Findings,
) -> list[UpstreamClaim]:
    """Enter the claims into the items that take certified inputs, and answer those that count."""
    counted = [claim for claim in claims if _fits(claim, items, found)]
    for item in certified:
        for month, values, entry in zip(months, measured, items[item].months, strict=True):
            own = [claim for claim in counted if claim.item == item and month.start <= claim.start < month.end]
            amount = sum((_amount(claim, items[item]) for claim in own), Fraction(0))
            carried = sum((claim.quantity * claim.footprint for claim in own), Fraction(0))
            unit = parse_unit(f"kgCO2e/{items[item].unit.text}")
            mean = Quantity(carried / amount if amount else Fraction(0), unit)
            entry.declared += amount
            entry.present = True
            accounts = ", ".join(f"0x{claim.account.hex()}" for claim in own[:_SHOWN]) + (
                " …" if len(own) > _SHOWN else ""
            )
            values[item + FOOTPRINT] = Measured(mean, f"upstream certificates: {accounts or 'none'}")
    return counted


def _fits(claim: UpstreamClaim, items: Mapping[str, ItemActivity], found: Findings) -> bool:
    fits = claim.unit.fits(items[claim.item].unit)
    if not fits:
        found.add("unit-differs", f"{claim.item} {claim.unit.text}")
    return fits


def _amount(claim: UpstreamClaim, item: ItemActivity) -> Fraction:
    return Quantity(claim.quantity, claim.unit).to(item.unit).value


def counting(method: Method, item: str) -> list[Source]:
    """The sources of the total that count an item as a certified input, by the footprint that goes with it."""
    return [
        source
        for source in method.sources_of(item)
        if source.in_total and source.manner.group == CERTIFIED and source.factors == (item + FOOTPRINT,)
    ]
