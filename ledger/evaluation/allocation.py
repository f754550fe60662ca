"""Parting a whole by a key, exactly: the parts add up to it to the last digit, also where it is negative.

The hierarchy of ISO 14044 and ISO 14067: what can be measured apart is not allocated at all (*avoid*); what cannot is
parted by a *physical* key (mass, energy, pieces, area); only where no such key reflects what causes the emission, by an
*economic* one (quantity × price), with the reason. The key is always shown: whose, which amount, which share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text
from ledger.evaluation.site_units import Allocation, Price
from terminal_signer.errors import CarbonError

Json = object


class AllocationError(CarbonError):
    """A key that parts nothing."""

    code = "allocation"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One target of a key: its amount, where that comes from ("" where the site file states it), and its weight: the
    amount in base units, or what it is worth."""

    to: str
    origin: str
    amount: Quantity
    price: Price | None

    @property
    def weight(self) -> Fraction:
        base = self.amount.value * self.amount.unit.scale
        return base if self.price is None else base * self.price.value * self.price.unit.scale


@dataclass(frozen=True, slots=True)
class Allotment:
    """What one rule parted: its key, everyone's share by the order of the key, and the amount of each source."""

    rule: Allocation
    key: tuple[KeyLine, ...]
    shares: tuple[Fraction, ...]
    amounts: dict[str, Fraction] = field(default_factory=dict)


def shares(weights: Sequence[Fraction], name: str) -> list[Fraction]:
    """The shares of a key; they add up to 1. A target with weight 0 takes nothing; a key of zeros parts nothing."""
    if any(weight < 0 for weight in weights):
        raise AllocationError(
            "a key's amount is below zero", code="key-below-zero", where=name, mend="key by an amount that cannot be"
        )
    whole = sum(weights, Fraction(0))
    if whole == 0:
        raise AllocationError(
            "every amount of the key is zero", code="key-all-zero", where=name, mend="choose a key that has amounts"
        )
    return [weight / whole for weight in weights]


def allotment_document(allotment: Allotment) -> dict[str, Json]:
    """An allocation with its key, as the result shows it."""
    rule = allotment.rule
    whole = sum(allotment.amounts.values(), Fraction(0))
    return {
        "of": rule.of,
        "source": rule.source,
        "rule": rule.rule,
        "reason": None if rule.reason is None else dict(rule.reason),
        "amount": decimal_text(whole),
        "by_source": {source: decimal_text(amount) for source, amount in sorted(allotment.amounts.items())},
        "key": [
            {
                "to": line.to,
                "from": line.origin,
                "amount": decimal_text(line.amount.value),
                "unit": line.amount.unit.text,
                "price": None if line.price is None else decimal_text(line.price.value),
                "price_unit": None if line.price is None else line.price.unit.text,
                "share": share_text(share),
                "part": decimal_text(whole * share),
            }
            for line, share in zip(allotment.key, allotment.shares, strict=True)
        ],
    }


def share_text(share: Fraction) -> str:
    """A share as it was made: "4/5"."""
    return f"{share.numerator}/{share.denominator}"
