"""Whether the organisation of a site file fits the method. Refused, with the line and how to mend it:

1. A key whose amounts are of several kinds, products valued in several currencies, an item that nothing feeds.
2. A transfer of something that a counted source reads as well: its carbon would be counted twice. Not so an
   item on the balance's side "out": the carbon that a product fixes was handed to the unit that makes it.
"""

from collections.abc import Mapping

from ledger.accounting.engine import Engine
from ledger.accounting.sources import counts_as
from ledger.accounting.units import Unit, dimension_text, parse_unit, product
from ledger.evaluation.site import Site, SiteError
from ledger.evaluation.site_units import ALL, AVOID, ECONOMIC, Allocation, KeyPart, Organisation, Product, Transfer
from ledger.evaluation.unit_checks import one_of

OUT = "out"
_CARBON, _CO2 = parse_unit("tC"), parse_unit("tCO2")


def join_organisation(site: Site, engine: Engine) -> None:
    """Raise `SiteError` unless the organisation fits the method and the sources that the site file lists."""
    amounts = _Amounts(site, engine)
    organisation = site.organisation
    products = {product.id: product for product in organisation.products}
    inside = {source.id for source in site.sources if source.absent is None}
    for made in organisation.products:
        unit = amounts.unit(made.output, made.place)
        if made.unit is not None and not made.unit.fits(unit):
            raise SiteError(
                f"{made.unit.text} does not fit its output, which is in {unit.text}",
                where=made.place,
                mend="state a unit of the same kind",
            )
    for allocation in organisation.allocations:
        if allocation.source != ALL and allocation.source not in inside:
            raise SiteError(
                f"no source {allocation.source!r} in the boundary", where=allocation.place, mend=one_of(inside)
            )
        _one_kind(allocation, key_units(allocation, products_of(allocation, organisation), amounts, products))
    for transfer in organisation.transfers:
        _counted_once(transfer, inside, amounts, engine)


def products_of(allocation: Allocation, organisation: Organisation) -> list[Product]:
    """The products that an allocation parts among; empty where it parts among units."""
    made = organisation.products_of(allocation.of)
    targets = set(allocation.targets())
    if not targets:
        return [] if allocation.rule == AVOID else made
    return [product for product in made if product.id in targets]


def key_units(
    allocation: Allocation, made: list[Product], amounts: "_Amounts", products: Mapping[str, Product]
) -> list[Unit]:
    """The unit of each target's weight."""
    if allocation.rule == AVOID:
        return []
    parts = allocation.key or tuple(KeyPart(product.id, None, product.output) for product in made)
    units = []
    for part in parts:
        unit = allocation.unit if part.stated is not None else amounts.unit(part.origin, allocation.place)
        if allocation.rule == ECONOMIC and part.to in products:
            price = products[part.to].price
            if price is None:
                raise SiteError(
                    f"product {part.to!r} has no price",
                    where=allocation.place,
                    mend='state price and price_unit = "CNY/t"',
                )
            unit = product(price.unit, unit)
        units.append(unit)
    return units


class _Amounts:
    """The units of what an item or a point states."""

    def __init__(self, site: Site, engine: Engine) -> None:
        self._engine = engine
        self._points = {point.id: point for _, point in site.points()}
        fed = site.fed().keys()
        wholes = (engine.method.items[item].part_of for item in fed)
        self._fed = fed | {whole for whole in wholes if whole is not None}

    def item(self, output: str, place: str) -> str:
        """The item behind an item or a point that the site file feeds."""
        point = self._points.get(output)
        if point is not None:
            if point.replaces is not None:
                raise SiteError(
                    f"{output!r} took another meter's place", where=place, mend="name the first point of that place"
                )
            return point.item
        if output not in self._fed:
            raise SiteError(
                f"nothing feeds {output!r}", where=place, mend="name a point of this file, or an item that it feeds"
            )
        return output

    def unit(self, output: str, place: str) -> Unit:
        return self._engine.method.items[self.item(output, place)].unit


def _one_kind(allocation: Allocation, units: list[Unit]) -> None:
    if all(unit.fits(units[0]) for unit in units):
        return
    words = ", ".join(dict.fromkeys(dimension_text(unit) for unit in units))
    if allocation.rule == ECONOMIC:
        raise SiteError(
            f"a key in mixed currencies: {words}", where=allocation.place, mend="state all prices in one currency"
        )
    raise SiteError(f"a key of different kinds: {words}", where=allocation.place, mend="key all by one kind of amount")


def _counted_once(transfer: Transfer, inside: set[str], amounts: "_Amounts", engine: Engine) -> None:
    item = engine.method.items[amounts.item(transfer.output, transfer.place)]
    if transfer.source not in inside or not engine.method.sources[transfer.source].in_total:
        raise SiteError(
            f"no counted source {transfer.source!r}",
            where=transfer.place,
            mend="name the source that counted its carbon",
        )
    if not counts_as(_CO2, engine.method.unit):
        raise SiteError(
            f"carbon is handed on, but the method counts {engine.method.unit.text}",
            where=transfer.place,
            mend="transfers belong to methods of emissions",
        )
    _holds_carbon(transfer, item.unit, engine)
    fixed = item.carbon is not None and item.carbon.side == OUT
    for source in engine.method.sources_of(item.id):
        if source.id in inside and source.in_total and not fixed:
            raise SiteError(
                f"{item.id!r} is handed on inside the boundary and counted by source {source.id!r} as well",
                where=transfer.place,
                mend="its carbon was counted where it came in: feed an item that no source counts",
            )


def _holds_carbon(transfer: Transfer, unit: Unit, engine: Engine) -> None:
    for factor_id in transfer.content:
        factor = engine.unit_of_factor(factor_id)
        if factor is None:
            raise SiteError(
                f"neither method nor factor set knows {factor_id!r}", where=transfer.place, mend="check its id"
            )
        unit = product(unit, factor)
    if not unit.fits(_CARBON) and not unit.fits(_CO2):
        raise SiteError(
            f"{transfer.output!r} times its content is in {unit.text}, not in tC or tCO2",
            where=transfer.place,
            mend="name the factors that lead to tonnes of carbon or CO2",
        )
