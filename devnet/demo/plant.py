"""What is replayed: a plant's site file, a year of packs, the documents that people sign."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from devnet import rolling_mill
from devnet.factories.factory import Filed, Year
from devnet.factories.names import factory_of
from ledger.errors import CarbonError
from ledger.evaluation.calendar import year_of
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import Site, parse_site
from ledger.language import Language
from terminal_signer.csv_meter import UCI_STEEL, Batch, CsvFault, batches, read_rows
from terminal_signer.frame import Item, KeyClass

EMISSION_STATEMENT, CARBON_EFFICIENCY, PRODUCT_FOOTPRINT = 1, 2, 3


HOUR = 3600
OFFICER_AT = 10  # hours after the year's end


class NoReadings(CarbonError):
    """A file of readings holds nothing that could be signed."""

    code = "no-readings"


@dataclass(frozen=True, slots=True)
class Hour:
    """What each terminal signs at `end`, by its identifier."""

    end: int
    batches: Mapping[str, Batch]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the officer states anew: a reading in the pack that `sub` signed at `end`."""

    sub: str
    end: int
    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Plant:
    """`site` is the site file, byte for byte; `kind` the kind of certificate that the plant asks for. `filed`: what
    people sign, each in its time."""

    site: bytes
    facts: Site
    kind: int
    identifier: str
    period: Period
    hours: tuple[Hour, ...]
    filed: tuple[Filed, ...] = ()
    corrections: tuple[Corrected, ...] = ()

    @property
    def officer(self) -> str:
        """The key that signs the site file, the closings and the corrections."""
        declared = [entry.sub for entry in self.facts.declarations if entry.key_class is KeyClass.OFFICER]
        return declared[0] if declared else f"{self.facts.iss}/OF-0001"

    @property
    def title(self) -> Mapping[Language, str]:
        return {"zh": self.facts.name["zh"], "en": self.facts.name["en"]}

    @property
    def readings(self) -> int:
        return sum(len(batch.records) for hour in self.hours for batch in hour.batches.values())


def simulated_mill() -> Plant:
    """The rolling mill of `devnet.rolling_mill`: a grade from declarations that are marked DEMO."""
    site = site_file("rolling_mill.toml")
    facts = parse_site(site, "rolling_mill.toml")
    packs = list(rolling_mill.readings())
    period = year_of(packs[0].start, facts.offset)
    hours = tuple(hour for pack in packs for hour in _signed_apart(pack))
    plant = _plant(site, facts, CARBON_EFFICIENCY, period, hours)
    items = rolling_mill.declarations(period.start, period.end)
    declared = Filed(plant.officer, period.end + OFFICER_AT * HOUR, "declaration", items)
    corrections = tuple(Corrected(one.sub, one.end, one.item, one.reason) for one in rolling_mill.corrections())
    return replace(plant, filed=(declared,), corrections=corrections)


def simulated_factory(name: str) -> Plant:
    """One of `devnet.factories` by its name: sub-meters, products, documents of a year, gaps, a correction."""
    factory = factory_of(name)
    site = site_file(factory.site)
    facts = parse_site(site, factory.site)
    year = Year(factory)
    hours = tuple(Hour(pack.end, pack.batches) for pack in year.signed())
    kind = CARBON_EFFICIENCY if "scheme" in facts.rules else EMISSION_STATEMENT
    plant = _plant(site, facts, kind, year_of(year.hours[0].start, facts.offset), hours)
    corrections = tuple(Corrected(one.sub, one.end, one.item, one.reason) for one in year.corrected)
    return replace(plant, filed=tuple(factory.filed(year.hours)), corrections=corrections)


def steel_plant(path: Path, on_bad: Callable[[CsvFault], None] | None = None) -> Plant:
    """A file in the layout of the UCI steel plant. The whole file is read before anything is signed.

    Raises CsvFault at the first bad row unless `on_bad` takes them, and NoReadings.
    """
    site = site_file("steel_plant.toml")
    facts = parse_site(site, "steel_plant.toml")
    (meter,) = facts.meters
    read = batches(read_rows(path, UCI_STEEL, on_bad), f"{facts.iss}/", UCI_STEEL)
    hours = tuple(Hour(batch.records[-1].time, {meter.sub: batch}) for batch in read)
    if not hours:
        raise NoReadings("no row with readings", where=str(path), mend="expected the rows of a year")
    period = year_of(hours[0].batches[meter.sub].base_time, facts.offset)
    inside = tuple(hour for hour in hours if hour.end <= period.end)
    return _plant(site, facts, EMISSION_STATEMENT, period, inside)


def _signed_apart(pack: rolling_mill.HourlyPacks) -> Iterator[Hour]:
    """Registers as they stood when the hour began are signed then, not with what the hour brought."""
    for end, before in ((pack.start, True), (pack.end, False)):
        chosen = {
            sub: tuple(record for record in records if (record.time <= pack.start) is before)
            for sub, records in pack.records.items()
        }
        if any(chosen.values()):
            yield Hour(end, {sub: Batch(pack.start, records) for sub, records in chosen.items() if records})


def _plant(site: bytes, facts: Site, kind: int, period: Period, hours: tuple[Hour, ...]) -> Plant:
    return Plant(site, facts, kind, facts.subject, period, hours)


def site_file(name: str) -> bytes:
    return resources.files("devnet").joinpath("sites", name).read_bytes()
