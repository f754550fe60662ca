"""Whether the organisation of a site file fits together. Refused, with the line and how to mend it:

1. A name that stands twice or names nothing; units in a circle, or deeper than `MAX_DEPTH`; anything below a team.
2. Two allocations of one thing; a target that does not lie below what is parted, or not all of its products.
3. A meter, a product or a share that stands in a team: a team has hours, not places.
"""

from collections.abc import Iterable, Mapping

from ledger.evaluation.site_meters import Point
from ledger.evaluation.site_tables import SiteError
from ledger.evaluation.site_units import (
    AVOID,
    ECONOMIC,
    ENTERPRISE,
    EQUIPMENT,
    MAX_DEPTH,
    TEAM,
    Allocation,
    Organisation,
    OrgUnit,
    Product,
)


def check_organisation(organisation: Organisation, points: Iterable[Point]) -> None:
    """Raise `SiteError` unless all that the tables name exists and lies where it may."""
    units = {unit.id: unit for unit in organisation.units}
    _no_twins(organisation)
    for unit in organisation.units:
        _parent(unit, units, organisation)
    for point in points:
        if point.at is not None:
            _place(point.at, units, point.places.get("at", point.place), "a measuring point stands")
    products = {product.id: product for product in organisation.products}
    for made in organisation.products:
        _place(made.at, units, made.place, "a product is made")
    for batch in organisation.batches:
        if batch.product not in products:
            raise SiteError(f"no product {batch.product!r}", where=batch.place, mend=one_of(products))
    _shifts(organisation, units)
    taken: set[tuple[str, str, bool]] = set()
    for allocation in organisation.allocations:
        _allocation(allocation, organisation, units, products, taken)
    for transfer in organisation.transfers:
        for unit_id in (transfer.giver, transfer.taker):
            _place(unit_id, units, transfer.place, "carbon is handed over")
        if transfer.giver == transfer.taker:
            raise SiteError("a unit hands nothing to itself", where=transfer.place, mend="name another unit in 'to'")


def _no_twins(organisation: Organisation) -> None:
    seen: set[str] = set()
    named = (organisation.units, organisation.products, organisation.batches, organisation.transfers)
    for entry in (entry for group in named for entry in group):
        if entry.id in seen:
            raise SiteError(f"{entry.id!r} stands twice", where=entry.place, mend="give each an id of its own")
        seen.add(entry.id)


def _parent(unit: OrgUnit, units: Mapping[str, OrgUnit], organisation: Organisation) -> None:
    if unit.parent != ENTERPRISE:
        parent = units.get(unit.parent)
        if parent is None:
            raise SiteError(f"no unit {unit.parent!r} for {unit.id!r} to lie in", where=unit.place, mend=one_of(units))
        if parent.kind == TEAM:
            raise SiteError("nothing lies below a team", where=unit.place, mend="let it lie where the team works")
        if parent.kind == EQUIPMENT and unit.kind not in (EQUIPMENT, TEAM):
            raise SiteError(
                f"a {unit.kind} does not lie below an equipment", where=unit.place, mend="turn the two round"
            )
    chain = organisation.above(unit.id)
    if len(set(chain)) < len(chain):
        raise SiteError(
            f"{unit.id!r} lies below itself", where=unit.place, mend="name the unit that is really above it"
        )
    if chain[-1] != ENTERPRISE:
        raise SiteError(f"units nest deeper than {MAX_DEPTH}", where=unit.place, mend="leave out the ones between")


def _place(unit_id: str, units: Mapping[str, OrgUnit], place: str, what: str) -> None:
    if unit_id == ENTERPRISE:
        return
    if unit_id not in units:
        raise SiteError(f"no unit {unit_id!r}", where=place, mend=one_of(units))
    if units[unit_id].kind == TEAM:
        raise SiteError(f"{what} in no team", where=place, mend="name the unit where the team works; a team has hours")


def _shifts(organisation: Organisation, units: Mapping[str, OrgUnit]) -> None:
    working: set[str] = set()
    for shifts in organisation.shifts:
        _place(shifts.at, units, shifts.place, "shifts are worked")
        for team in shifts.teams():
            unit = units.get(team)
            if unit is None or unit.kind != TEAM or unit.parent != shifts.at:
                raise SiteError(
                    f"{team!r} is no team of {shifts.at!r}", where=shifts.place, mend="declare it as a [[unit]] there"
                )
            if team in working:
                raise SiteError(f"team {team!r} stands in two calendars", where=shifts.place, mend="keep one of them")
            working.add(team)
    for unit in units.values():
        if unit.kind == TEAM and unit.id not in working:
            raise SiteError(f"team {unit.id!r} has no shifts", where=unit.place, mend="add [[shifts]] that name it")


def _allocation(
    allocation: Allocation,
    organisation: Organisation,
    units: Mapping[str, OrgUnit],
    products: Mapping[str, Product],
    taken: set[tuple[str, str, bool]],
) -> None:
    _place(allocation.of, units, allocation.place, "something is allocated")
    targets = allocation.targets()
    made = {product.id for product in organisation.products_of(allocation.of)}
    among_products = any(target in products for target in targets) or (not targets and allocation.rule != AVOID)
    if (allocation.of, allocation.source, among_products) in taken:
        raise SiteError(
            f"{allocation.source!r} of {allocation.of!r} is allocated twice", where=allocation.place, mend="keep one"
        )
    taken.add((allocation.of, allocation.source, among_products))
    for target in targets:
        if target not in (made if among_products else units):
            raise SiteError(
                f"{target!r} is no {'product' if among_products else 'unit'} of {allocation.of!r}",
                where=allocation.place,
                mend="name its products, or units below it, not both",
            )
    if among_products:
        _all_products(allocation, made)
    else:
        _below(allocation, organisation, units)


def _all_products(allocation: Allocation, made: set[str]) -> None:
    left_out = sorted(made - set(allocation.targets()))
    if not made:
        raise SiteError(f"{allocation.of!r} makes no product", where=allocation.place, mend="name targets: key = { … }")
    if allocation.key and left_out:
        raise SiteError(
            f"the key leaves out product {left_out[0]!r}", where=allocation.place, mend='state "0" if it takes nothing'
        )


def _below(allocation: Allocation, organisation: Organisation, units: Mapping[str, OrgUnit]) -> None:
    if allocation.rule == ECONOMIC and any(part.stated is None for part in allocation.key):
        raise SiteError("units have no price", where=allocation.place, mend='state amounts of money, unit = "CNY"')
    for target in allocation.targets():
        if target == allocation.of or allocation.of not in organisation.above(target):
            raise SiteError(
                f"{target!r} does not lie below {allocation.of!r}",
                where=allocation.place,
                mend="part among units below",
            )
        if units[target].kind == TEAM:
            raise SiteError("a team's part follows from its hours", where=allocation.place, mend="leave the team out")
        if any(other != target and other in organisation.above(target) for other in allocation.targets()):
            raise SiteError(
                f"{target!r} lies inside another target",
                where=allocation.place,
                mend="name units apart from each other",
            )


def one_of(names: Iterable[str]) -> str:
    return "one of: " + (", ".join(sorted(names)[:40]) or "none is declared")
