"""What sub-meters say of their parent: never more than it measured; what they do not explain is its remainder.

Amounts as measured, without what fills gaps: a hole in either shows as what it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.canonical import decimal_text
from ledger.evaluation.calendar import Month
from ledger.evaluation.findings import Findings
from ledger.evaluation.point_tree import PointTree
from ledger.evaluation.series import PointTotals
from ledger.evaluation.site_meters import Point


@dataclass(frozen=True, slots=True)
class PointLine:
    """A point's part in the trace: its own sums per month, and its gaps. `scale` leads to the item's unit. `measured`:
    the seconds of each month for which it has data."""

    point: Point
    totals: PointTotals
    scale: Fraction
    measured: tuple[int, ...]

    def amount(self, at: int) -> Fraction:
        """What the point measured in a month, in the item's unit."""
        metered, declared = self.totals.months[at]
        return (metered + declared) * self.scale


class Submeters:
    """Sums over the places of a tree. `at` is the number of a month."""

    def __init__(self, tree: PointTree, lines: Iterable[PointLine]) -> None:
        self._tree = tree
        self._lines = {line.point.id: line for line in lines}

    def amount(self, head: str, at: int) -> Fraction:
        """What the meters at one place measured, one after the other."""
        return sum((self._lines[point.id].amount(at) for point in self._tree.chain(head)), Fraction(0))

    def measured(self, head: str, at: int) -> bool:
        """Whether any of them measured anything in a month."""
        return any(self._lines[point.id].measured[at] for point in self._tree.chain(head))

    def below(self, head: str, at: int) -> Fraction:
        """What the sub-meters right below a place measured."""
        return sum((self.amount(child, at) for child in self._tree.children(head)), Fraction(0))

    def remainder(self, head: str, at: int) -> Fraction:
        """What a place measured and no sub-meter explains; below zero where they exceed it."""
        return self.amount(head, at) - self.below(head, at)


def check_submeters(tree: PointTree, lines: Sequence[PointLine], months: Sequence[Month], found: Findings) -> None:
    """Findings `children-exceed-parent` and `tou-differs`, with the month and both sums in the point's unit."""
    sums = Submeters(tree, lines)
    to_own_unit = {line.point.id: line.point.ratio / line.scale for line in lines}
    for head in tree.parents():
        parent = tree.chain(head)[0]
        parted = any(tree.chain(child)[0].tou is not None for child in tree.children(head))
        code = "tou-differs" if parted else "children-exceed-parent"
        for at, month in enumerate(months):
            whole, parts = sums.amount(head, at), sums.below(head, at)
            if (whole != parts) if parted else (parts > whole * (1 + parent.tolerance)):
                scale = to_own_unit[head]
                found.add(
                    code,
                    f"{head} {month.label}",
                    parent=decimal_text(whole * scale),
                    children=decimal_text(parts * scale),
                    unit=parent.unit_text,
                )
