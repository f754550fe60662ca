"""Cross-checks of a site file: a second source that an item is held against, and that is never added to it.

The second source is a declaration of its own name, which the method need not know (`purchased_electricity.bill`), a
stock balance of such declarations (`coal.balance.purchased`, `coal.balance.opening_stock`, …), or a second meter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.items import PART_SIGNS
from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_tables import Declaration, SiteError, read_percent
from ledger.rules.reader import Table


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """`by`: the item of a declaration, what the items of a stock balance begin with, or a point's id. `tolerance` in
    percent of what the second source says."""

    item: str
    by: str
    tolerance: Fraction
    name: dict[str, str] | None
    place: str

    @property
    def parts(self) -> dict[str, str]:
        """The declared items of a stock balance, by role."""
        return {role: f"{self.by}.{role}" for role in PART_SIGNS}

    @property
    def names(self) -> frozenset[str]:
        """Every declared item that may speak for the second source."""
        return frozenset((self.by, *self.parts.values()))


def read_cross_check(table: Table) -> CrossCheck:
    """A `[[cross_check]]` table."""
    check = CrossCheck(
        item=table.text("item", longest=80),
        by=table.text("by", longest=200),
        tolerance=read_percent(table, "tolerance"),
        name=table.names("name") if "name" in table else None,
        place=table.place("by"),
    )
    table.finish()
    return check


def check_cross_checks(
    checks: Sequence[CrossCheck], points: Iterable[Point], declarations: Iterable[Declaration], fed: Iterable[str]
) -> None:
    """Raise `SiteError` unless every second source is there, is one, and checks an item that something else feeds."""
    by_id = {point.id: point for point in points}
    declared = {entry.item: entry for entry in declarations}
    feeding, seen = frozenset(fed), set()
    for check in checks:
        point, entry = by_id.get(check.by), declared.get(check.by)
        roles = [role for role, part in check.parts.items() if part in declared]
        if roles and point is None and entry is None:
            _balanced(check, roles)
        elif point is None and entry is None:
            raise _refused(
                check, f"no declaration or point {check.by!r}", "name a [[declaration]]'s item or a point's id"
            )
        if point is not None and (point.item != check.item or point.parent is not None):
            raise _refused(
                check, f"{check.by!r} does not measure {check.item!r} as a whole", "name a point of that item"
            )
        if entry is not None and entry.replaces is not None:
            raise _refused(check, f"{check.by!r} takes a factor's place", "name a declaration of an amount")
        if feeding.isdisjoint((check.item, *(f"{check.item}.{role}" for role in PART_SIGNS))):
            raise _refused(check, f"nothing else feeds {check.item!r}", "a second source is never the first one too")
        if check.by in seen:
            raise _refused(check, f"{check.by!r} checks twice", "name each second source once")
        seen.add(check.by)


def _balanced(check: CrossCheck, roles: Sequence[str]) -> None:
    stocks = {"opening_stock", "closing_stock"}
    if "purchased" not in roles or len(stocks.intersection(roles)) == 1:
        lacking = "purchased" if "purchased" not in roles else stocks.difference(roles).pop()
        raise _refused(
            check, f"no {check.parts[lacking]!r}", "a stock balance has purchases, and both stocks or neither"
        )


def _refused(check: CrossCheck, message: str, mend: str) -> SiteError:
    return SiteError(message, where=check.place, mend=mend)
