"""Meters and measuring points of a site file.

A point may be a sub-meter of another: then it is never summed with it, and only the roots of the tree feed an item.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.evaluation.site_tables import read_day, read_identifier, read_percent
from ledger.rules.reader import Table
from terminal_signer.meter_key import MAX_KEY, MeterKey
from terminal_signer.ocmf import MAX_TEXT, OcmfFault

AMOUNT = "amount"
REGISTER = "register"
BANDS = ("sharp", "peak", "flat", "valley")
TOLERANCE = "2"  # percent by which sub-meters may exceed their parent: two meters of class 1
MOST_TOLERANCE = 10


@dataclass(frozen=True, slots=True)
class Point:
    """A measuring point and what it feeds. `ratio` multiplies its values (instrument transformers). `rollover`: the
    register's modulus. `since`, `until`: in service from–to, where a meter was changed; `replaces`: the point whose
    place this one took. `obis`: which register of a meter that signs for itself. `parent`: the point that measures this
    one's amount as well; `tolerance`: the share by which its own sub-meters may exceed it. `tou`: the band of the day,
    where its parent is parted by time of use. `serial`: of the physical meter. `at`: the organisational unit.
    `uncertainty` in percent. `places`: where its fields stand in the file."""

    id: str
    item: str
    unit_text: str
    unit: Unit
    kind: str
    ratio: Fraction
    rollover: int | None
    since: int | None
    until: int | None
    obis: str | None
    parent: str | None
    replaces: str | None
    tou: str | None
    serial: str | None
    at: str | None
    uncertainty: Fraction | None
    tolerance: Fraction
    place: str
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SelfSigning:
    """That a meter signs for itself: the serial number in its OCMF records, and its public key."""

    serial: str
    key: MeterKey


@dataclass(frozen=True, slots=True)
class Meter:
    """A terminal and its points. `calibration_due`: the end of that day; the registry's date binds as well. `ocmf`: its
    values come from records that the meter signed itself."""

    sub: str
    name: dict[str, str]
    calibration_due: int | None
    ocmf: SelfSigning | None
    points: tuple[Point, ...]


def read_meter(table: Table, iss: str, offset: int) -> Meter:
    """A `[[meter]]` table."""
    due = read_day(table, "calibration_due", offset, after=True)
    ocmf = _self_signing(table.table("ocmf")) if "ocmf" in table else None
    meter = Meter(
        sub=read_identifier(table, "sub", iss),
        name=table.names("name"),
        calibration_due=due,
        ocmf=ocmf,
        points=tuple(
            _point(point, iss, offset, self_signed=ocmf is not None) for point in table.tables("point", required=True)
        ),
    )
    table.finish()
    registers = [point.obis for point in meter.points if point.obis is not None]
    if len(set(registers)) < len(registers):
        raise table.error("point", "one register feeds two points", "name each OBIS code once")
    return meter


def _self_signing(table: Table) -> SelfSigning:
    """The `ocmf` table of a meter."""
    text = table.text("public_key", longest=2 * MAX_KEY)
    try:
        key = MeterKey.of(bytes.fromhex(text))
    except ValueError:
        raise table.error("public_key", "not hex", "write the SubjectPublicKeyInfo (DER) in hex") from None
    except OcmfFault as fault:
        raise table.error("public_key", fault.message, fault.mend) from None
    ocmf = SelfSigning(table.text("serial", longest=MAX_TEXT), key)
    table.finish()
    return ocmf


def _obis(table: Table, kind: str, *, self_signed: bool) -> str | None:
    if not self_signed:
        if "obis" in table:
            raise table.error("obis", "only a meter that signs for itself has registers here", "add [meter.ocmf]")
        return None
    if kind != REGISTER:
        raise table.error("kind", "a meter that signs for itself states registers", f"write kind = {REGISTER!r}")
    return table.text("obis", longest=MAX_TEXT)


def _point(table: Table, iss: str, offset: int, *, self_signed: bool) -> Point:
    kind = table.text("kind")
    if kind not in (AMOUNT, REGISTER):
        raise table.error("kind", f"unknown kind {kind[:40]!r}", f"{AMOUNT!r} or {REGISTER!r}")
    ratio = table.number("ratio", default="1")
    if ratio <= 0:
        raise table.error("ratio", "a ratio is above zero", "state the transformers' ratio")
    text, unit = _unit(table)
    since, until = read_day(table, "since", offset), read_day(table, "until", offset, after=True)
    if since is not None and until is not None and since >= until:
        raise table.error("until", "out of service before it was in", "'until' is the last day of service")
    point = Point(
        id=read_identifier(table, "id", iss),
        item=table.text("item"),
        unit_text=text,
        unit=unit,
        kind=kind,
        ratio=ratio,
        rollover=_rollover(table),
        since=since,
        until=until,
        obis=_obis(table, kind, self_signed=self_signed),
        parent=table.optional_text("parent"),
        replaces=table.optional_text("replaces"),
        tou=_band(table),
        serial=_serial(table, self_signed=self_signed),
        at=table.optional_text("at"),
        uncertainty=read_percent(table, "uncertainty") if "uncertainty" in table else None,
        tolerance=read_percent(table, "tolerance", default=TOLERANCE, most=MOST_TOLERANCE) / 100,
        place=table.place("item"),
        places={field: table.place(field) for field in table},
    )
    table.finish()
    return point


def _unit(table: Table) -> tuple[str, Unit]:
    text = table.text("unit")
    try:
        return text, parse_unit(text)
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None


def _rollover(table: Table) -> int | None:
    rollover = table.integer("rollover") if "rollover" in table else None
    if rollover is not None and rollover <= 0:
        raise table.error("rollover", "a rollover is above zero", "state where the register starts again from 0")
    return rollover


def _band(table: Table) -> str | None:
    band = table.optional_text("tou")
    if band is not None and band not in BANDS:
        raise table.error("tou", f"unknown band {band[:40]!r}", "one of: " + ", ".join(BANDS))
    if band is not None and "parent" not in table:
        raise table.error("tou", "a band of the day parts a parent's amount", "name the whole meter as 'parent'")
    return band


def _serial(table: Table, *, self_signed: bool) -> str | None:
    if self_signed and "serial" in table:
        raise table.error("serial", "this meter's serial stands in [meter.ocmf]", "leave it out here")
    return table.text("serial", longest=80) if "serial" in table else None
