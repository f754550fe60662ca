"""What the organisation of a site file makes of a period's emissions: levels, transfers, products, batches, teams."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.allocating import Allocating, ProductFigures
from ledger.evaluation.allocation import Allotment, allotment_document, share_text
from ledger.evaluation.batches import Batches, BatchFigures, batch_document
from ledger.evaluation.emissions import Emissions
from ledger.evaluation.findings import Findings
from ledger.evaluation.footprints import Footprints
from ledger.evaluation.levels import Levels, levels_document, place, sources_document, whole
from ledger.evaluation.metering import Metering
from ledger.evaluation.site import Site
from ledger.evaluation.site_units import ENTERPRISE
from ledger.evaluation.teams import Worked, part_among_teams, teams_document
from ledger.evaluation.transfers import Handing, Moved, transfer_document
from ledger.evaluation.unit_hours import Points, UnitHours

Json = object


@dataclass(frozen=True, slots=True)
class Organised:
    """`batches` by product. `unassigned`: what belongs to no product, where there are any."""

    levels: Levels
    allotments: list[Allotment]
    transfers: list[Moved]
    products: list[ProductFigures]
    batches: dict[str, list[BatchFigures]]
    teams: list[Worked]

    @property
    def unassigned(self) -> Fraction:
        return self.levels.total(ENTERPRISE) - sum((whole(made.figures) for made in self.products), Fraction(0))


def organise(
    site: Site,
    engine: Engine,
    activity: Activity,
    emissions: Emissions,
    found: Findings,
    points: Points | None = None,
) -> Organised:
    """Part the emissions of a period. `points`: metered amounts by the hour; without them no team has a part, and
    batches are parted by quantity."""
    organisation, method = site.organisation, engine.method
    metering = Metering(activity)
    levels = place(engine, organisation, activity, emissions, metering)
    allocating = Allocating(organisation, metering, found)
    allocating.among_units(levels)
    moved = Handing(engine, activity, metering, found).hand_on(levels)
    products = allocating.among_products(levels)
    hours: dict[str, UnitHours] = {}
    if points is not None:
        hours = {unit: UnitHours(organisation, metering, points, unit) for unit in organisation.places()}
    batching = Batches(method, activity, metering, hours, found)
    return Organised(
        levels,
        allocating.allotments,
        moved,
        products,
        {made.product.id: batching.part(made, organisation.batches_of(made.product.id)) for made in products},
        [
            part_among_teams(shifts, method, activity, levels, metering, hours[shifts.at])
            for shifts in organisation.shifts
            if shifts.at in hours
        ],
    )


def organisation_document(
    organised: Organised, site: Site, activity: Activity, footprints: Footprints | None = None
) -> dict[str, Json]:
    """The members of a result that an organisation adds; none where the site file declares none. `footprints`: of a
    result that product certificates are drawn up from."""
    levels = organised.levels
    names: Mapping[str, Mapping[str, str]] = {
        ENTERPRISE: site.name,
        **{unit.id: unit.name for unit in site.organisation.units},
    }
    members: dict[str, Json] = {
        "levels": levels_document(levels, names, [month.label for month in activity.months]),
        "allocations": [allotment_document(allotment) for allotment in organised.allotments],
        "transfers": [transfer_document(moved) for moved in organised.transfers],
        "teams": [teams_document(worked, levels) for worked in organised.teams],
    }
    if organised.products:
        members["products"] = [
            _product(made, organised.batches[made.product.id], footprints) for made in organised.products
        ]
        members["unassigned"] = decimal_text(organised.unassigned)
    return {name: member for name, member in members.items() if member}


def _product(made: ProductFigures, batches: list[BatchFigures], footprints: Footprints | None) -> Json:
    product, total, quantity = made.product, whole(made.figures), made.quantity
    footprint, of_batches = (None, [None for _ in batches]) if footprints is None else footprints.of(made, batches)
    return {
        "id": product.id,
        "name": dict(product.name),
        "at": product.at,
        "output": product.output,
        "unit": None if quantity is None else quantity.unit.text,
        "quantity": None if quantity is None else decimal_text(quantity.value),
        "total": decimal_text(total),
        "intensity": decimal_text(total / quantity.value) if quantity is not None and quantity.value else None,
        "by_source": sources_document(made.figures),
        "allocation": [
            {"source": source, "of": rule.of, "rule": rule.rule, "share": share_text(share)}
            for source, (rule, share) in made.shares.items()
        ],
        "batches": [batch_document(part, stated) for part, stated in zip(batches, of_batches, strict=True)],
        **({} if footprint is None else {"footprint": footprint}),
        **({"stated": dict(product.stated)} if product.stated else {}),
    }
