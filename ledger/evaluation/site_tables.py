"""The tables of a site file: meters with their points, declarations, sources."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.accounting.units import Unit, UnitError, parse_unit
from ledger.evaluation.calendar import start_of
from ledger.rules.reader import Table
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.meter_key import MAX_KEY, MeterKey
from terminal_signer.ocmf import MAX_TEXT, OcmfFault

AMOUNT = "amount"
REGISTER = "register"
_CLASSES = {"officer": KeyClass.OFFICER, "laboratory": KeyClass.LABORATORY}


class SiteError(CarbonError):
    """A site file is not what this program can use, or does not fit its method."""

    code = "site"


@dataclass(frozen=True, slots=True)
class Point:
    """A measuring point and what it feeds. `ratio` multiplies its values (instrument transformers). `rollover`: the
    register's modulus. `since`, `until`: in service from–to, where a meter was changed. `obis`: which register of a
    meter that signs for itself."""

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
    place: str


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


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which key may declare an item. `replaces`: the factor whose place a laboratory's value takes. `demo`: made up."""

    item: str
    sub: str
    key_class: KeyClass
    replaces: str | None
    demo: bool
    place: str


@dataclass(frozen=True, slots=True)
class SiteSource:
    """An emission source of the method that lies in the boundary, or why it does not exist here."""

    id: str
    absent: dict[str, str] | None
    place: str


def read_meter(table: Table, iss: str, offset: int) -> Meter:
    """A `[[meter]]` table."""
    due = _day(table, "calibration_due", offset, after=True)
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
    rollover = table.integer("rollover") if "rollover" in table else None
    if ratio <= 0:
        raise table.error("ratio", "a ratio is above zero", "state the transformers' ratio")
    if rollover is not None and rollover <= 0:
        raise table.error("rollover", "a rollover is above zero", "state where the register starts again from 0")
    text = table.text("unit")
    try:
        unit = parse_unit(text)
    except UnitError as fault:
        raise table.error("unit", fault.message, fault.mend) from None
    point = Point(
        id=read_identifier(table, "id", iss),
        item=table.text("item"),
        unit_text=text,
        unit=unit,
        kind=kind,
        ratio=ratio,
        rollover=rollover,
        since=_day(table, "since", offset),
        until=_day(table, "until", offset, after=True),
        obis=_obis(table, kind, self_signed=self_signed),
        place=table.place("item"),
    )
    table.finish()
    return point


def read_declaration(table: Table, iss: str) -> Declaration:
    """A `[[declaration]]` table."""
    word = table.text("class")
    if word not in _CLASSES:
        raise table.error("class", f"unknown class {word[:40]!r}", "officer or laboratory")
    declaration = Declaration(
        item=table.text("item", longest=80),
        sub=table.text("sub") if word == "laboratory" else read_identifier(table, "sub", iss),
        key_class=_CLASSES[word],
        replaces=table.optional_text("replaces"),
        demo=table.flag("demo", default=False),
        place=table.place("item"),
    )
    if declaration.replaces is not None and word != "laboratory":
        raise table.error("replaces", "only a laboratory's value takes a factor's place", "leave 'replaces' out")
    table.finish()
    return declaration


def read_source(table: Table) -> SiteSource:
    """A `[[source]]` table."""
    absent = table.names("absent") if "absent" in table else None
    source = SiteSource(table.text("id"), absent, table.place("id"))
    table.finish()
    return source


def read_identifier(table: Table, field: str, iss: str) -> str:
    """An identifier under the enterprise's own."""
    identifier = table.text(field, longest=200)
    if not identifier.startswith(f"{iss}/"):
        raise table.error(field, f"{identifier!r} does not lie under {iss!r}", f'write "{iss}/…"')
    return identifier


def _day(table: Table, field: str, offset: int, *, after: bool = False) -> int | None:
    """A day, "2019-06-30": its first second, or with `after` the first one that follows it."""
    if field not in table:
        return None
    try:
        day = date.fromisoformat(table.text(field))
        return start_of(day + timedelta(days=1) if after else day, offset)
    except (ValueError, OverflowError):
        raise table.error(field, "expected a day", f'write {field} = "2019-06-30"') from None
