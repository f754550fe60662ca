"""What each product takes of the certified inputs that a site claims.

A product takes of each claim the share that it has of the item's emission in that month, whatever parted that; where
the goods carry nothing, the share that it has of everything. Of all claims on an account together, thousandths of a
unit rounded down: products never take more than was claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from ledger.accounting.method import Method
from ledger.canonical import decimal_text
from ledger.evaluation.calendar import Month
from ledger.evaluation.emissions import Emissions
from ledger.evaluation.levels import Figures
from ledger.evaluation.upstream_amounts import counting
from ledger.evaluation.upstream_claims import MILLIONTHS, THOUSANDTHS, UpstreamClaim

Json = Any


@dataclass(frozen=True, slots=True)
class Part:
    """What a product takes of an account: `quantity` in 10⁻³ of its unit, `footprint` in 10⁻⁶ kgCO2e per unit."""

    account: bytes
    quantity: int
    unit: str
    footprint: int


class Upstream:
    """Parts the claims of a period among products. `sources`: those that count what was claimed."""

    def __init__(
        self, method: Method, months: Sequence[Month], emissions: Emissions, claims: Sequence[UpstreamClaim]
    ) -> None:
        numbers = {month.label: at for at, month in enumerate(months)}
        self._values = {
            (source, numbers[month.label]): month.value for source, of in emissions.sources.items() for month in of
        }
        self._whole = sum((month.value for month in emissions.counted()), Fraction(0))
        source_of = {item: source.id for item in method.items for source in counting(method, item)}
        self._claims = [(claim, source_of[claim.item], _month_of(claim, months)) for claim in claims]
        self.sources = frozenset(source for _, source, _ in self._claims)

    def parts(self, figures: Figures) -> list[Part]:
        """What a product with these emissions takes of each account, by account."""
        of_all = sum(figures.values(), Fraction(0)) / self._whole if self._whole else Fraction(0)
        taken: dict[bytes, tuple[Fraction, UpstreamClaim]] = {}
        for claim, source, at in self._claims:
            value = self._values.get((source, at), Fraction(0))
            share = figures.get((source, at), Fraction(0)) / value if value else of_all
            before = taken.get(claim.account, (Fraction(0), claim))[0]
            taken[claim.account] = before + claim.quantity * share, claim
        parts = [
            Part(account, floor(quantity * THOUSANDTHS), claim.unit.text, int(claim.footprint * MILLIONTHS))
            for account, (quantity, claim) in sorted(taken.items())
        ]
        return [part for part in parts if part.quantity > 0]


def _month_of(claim: UpstreamClaim, months: Sequence[Month]) -> int:
    return next(at for at, month in enumerate(months) if month.start <= claim.start < month.end)


def upstream_document(claims: Sequence[UpstreamClaim]) -> dict[str, Json]:
    """The result's member of what was claimed; none where nothing was."""
    lines = [
        {
            "account": "0x" + claim.account.hex(),
            "item": claim.item,
            "quantity": decimal_text(claim.quantity),
            "unit": claim.unit.text,
            "footprint": decimal_text(claim.footprint),
            "start": claim.start,
            "end": claim.end,
            "sub": claim.sub,
            "index": claim.index,
            "document": "0x" + claim.document.hex(),
        }
        for claim in claims
    ]
    return {"upstream": lines} if lines else {}
