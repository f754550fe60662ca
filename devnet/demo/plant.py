"""What is replayed: a plant's site file, a year of hourly packs, the officer's declarations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from devnet import rolling_mill
from devnet.rolling_mill import Correction
from ledger.errors import CarbonError
from ledger.evaluation.calendar import year_of
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import Site, parse_site
from ledger.language import Language
from terminal_signer.csv_meter import UCI_STEEL, Batch, CsvFault, batches, read_rows
from terminal_signer.frame import Item

EMISSION_STATEMENT, CARBON_EFFICIENCY = 1, 2


class NoReadings(CarbonError):
    """A file of readings holds nothing that could be signed."""

    code = "no-readings"


@dataclass(frozen=True, slots=True)
class Hour:
    """What each terminal signs at `end`, by its identifier."""

    end: int
    batches: Mapping[str, Batch]


@dataclass(frozen=True, slots=True)
class Plant:
    """`site` is the site file, byte for byte; `kind` the kind of certificate that the plant asks for."""

    site: bytes
    facts: Site
    kind: int
    identifier: str
    period: Period
    hours: tuple[Hour, ...]
    declared: tuple[Item, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def title(self) -> Mapping[Language, str]:
        return {"zh": self.facts.name["zh"], "en": self.facts.name["en"]}

    @property
    def readings(self) -> int:
        return sum(len(batch.records) for hour in self.hours for batch in hour.batches.values())


def simulated_mill() -> Plant:
    """The rolling mill of `devnet.rolling_mill`: a grade from declarations that are marked DEMO."""
    site = _site_file("rolling_mill.toml")
    facts = parse_site(site, "rolling_mill.toml")
    packs = list(rolling_mill.readings())
    period = year_of(packs[0].start, facts.offset)
    hours = tuple(hour for pack in packs for hour in _signed_apart(pack))
    declared = rolling_mill.declarations(period.start, period.end)
    plant = _plant(site, facts, CARBON_EFFICIENCY, period, hours, declared)
    return replace(plant, corrections=rolling_mill.corrections())


def steel_plant(path: Path, on_bad: Callable[[CsvFault], None] | None = None) -> Plant:
    """A file in the layout of the UCI steel plant. The whole file is read before anything is signed.

    Raises CsvFault at the first bad row unless `on_bad` takes them, and NoReadings.
    """
    site = _site_file("steel_plant.toml")
    facts = parse_site(site, "steel_plant.toml")
    (meter,) = facts.meters
    read = batches(read_rows(path, UCI_STEEL, on_bad), f"{facts.iss}/", UCI_STEEL)
    hours = tuple(Hour(batch.records[-1].time, {meter.sub: batch}) for batch in read)
    if not hours:
        raise NoReadings("no row with readings", where=str(path), mend="expected the rows of a year")
    period = year_of(hours[0].batches[meter.sub].base_time, facts.offset)
    inside = tuple(hour for hour in hours if hour.end <= period.end)
    return _plant(site, facts, EMISSION_STATEMENT, period, inside, ())


def _signed_apart(pack: rolling_mill.HourlyPacks) -> Iterator[Hour]:
    """Registers as they stood when the hour began are signed then, not with what the hour brought."""
    for end, before in ((pack.start, True), (pack.end, False)):
        chosen = {
            sub: tuple(record for record in records if (record.time <= pack.start) is before)
            for sub, records in pack.records.items()
        }
        if any(chosen.values()):
            yield Hour(end, {sub: Batch(pack.start, records) for sub, records in chosen.items() if records})


def _plant(
    site: bytes, facts: Site, kind: int, period: Period, hours: tuple[Hour, ...], declared: tuple[Item, ...]
) -> Plant:
    return Plant(site, facts, kind, facts.subject, period, hours, declared)


def _site_file(name: str) -> bytes:
    return resources.files("devnet").joinpath("sites", name).read_bytes()
