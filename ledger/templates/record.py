"""Does a record, `template-record/1`, keep to its template? Every fault names the item's index.

A quantity is a list of *data items*, each a value with where it comes from:

    measured          a device, its calibration still due at the period's end, the digest of the frame it signed
    ledger, invoice   the hash of the document
    lab               the hash of the report
    default           nothing behind it, and it says so

Two data items of one device (or of none) cover no instant twice; a correction stands beside what it corrects. Whether a
hash is that of a frame in the log, and whether its key was enrolled, the evaluation judges, not this page.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ledger.templates.errors import RecordError
from ledger.templates.items import Item, is_unit
from ledger.templates.schema import decimal_faults, faults
from ledger.templates.template import Template
from ledger.templates.vocabulary import ANY_UNIT, REFERENCES
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Members, read_json

FORMAT = "template-record/1"
MAX_BYTES = 4 << 20
_NEEDS = {
    "measured": ("deviceId", "calibrationDue", "evidenceHash"),
    "ledger": ("evidenceHash",),
    "invoice": ("evidenceHash",),
    "lab": ("evidenceHash",),
    "default": (),
}
Entry = Mapping[str, Any]


def check_record(template: Template, data: bytes, where: str = "record") -> list[RecordError]:
    """All faults, by index; empty for a record that fits. Never raises."""
    try:
        values = _read(template, data, where)
    except RecordError as fault:
        return [fault]
    except CarbonError as fault:
        return [RecordError(fault.message, where=fault.where, mend=fault.mend or f"write a {FORMAT}")]
    known = {item.code: item for item in template.items}
    found = [
        RecordError(f"the template has no item {code[:64]!r}", where=where, mend="carbon template show lists its items")
        for code in values
        if code not in known
    ]
    for item in template.items:
        found += _item_faults(item, values, where)
    return found


def _read(template: Template, data: bytes, where: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise RecordError(f"larger than {MAX_BYTES} bytes", where=where, mend="one record a period")
    with Members(read_json(data, where), where) as told:
        if (form := told.text("format")) != FORMAT:
            raise RecordError(f"format is {form[:60]!r}", where=f"{where}.format", mend=f"write {FORMAT!r}")
        named = told.hex("template", 32)
        values: dict[str, Any] = told.inner("values").rest
    if named != template.sha256:
        raise RecordError(
            f"the record is of template 0x{named.hex()}, this is 0x{template.sha256.hex()}", where=f"{where}.template",
            mend="check it against the template that it names",
        )  # fmt: skip
    return values


def _item_faults(item: Item, values: Mapping[str, Any], where: str) -> Iterator[RecordError]:
    place = f"{where}, item {item.index} {item.code}"
    if item.code not in values:
        if item.required and not item.disabled:
            yield RecordError("it is required and missing", index=item.index, where=place, mend="state it")
        return
    if item.disabled:
        yield RecordError("the item is disabled", index=item.index, where=place, mend="leave it out")
        return
    value = values[item.code]
    wrong = list(faults(item.rule, value, REFERENCES))
    for path, fault in wrong:
        yield RecordError(fault, index=item.index, where=place + path)
    if item.is_quantity and not wrong:
        for position, entry in enumerate(value):
            for fault, mend in _entry_faults(item, entry):
                yield RecordError(fault, index=item.index, where=f"{place}[{position}]", mend=mend)
        yield from (RecordError(fault, index=item.index, where=place) for fault in _overlaps(value))


def _entry_faults(item: Item, entry: Entry) -> Iterator[tuple[str, str]]:
    for fault in decimal_faults(item.schema, entry["qty"]):
        yield f"qty {fault}", "check unit and decimal point"
    if item.unit == ANY_UNIT:
        if not is_unit(entry["unit"]):
            yield f"{entry['unit']!r} is no unit", "write one of UCUM, such as 't'"
    elif entry["unit"] != item.unit:
        yield f"unit {entry['unit']!r} is not {item.unit!r}", f"convert the value to {item.unit}"
    kind = entry["sourceKind"]
    if kind not in item.source_kinds:
        yield f"sourceKind {kind!r} is none of: " + ", ".join(item.source_kinds), "take the value from such a source"
    for field in _NEEDS[kind]:
        if field not in entry:
            yield f"a value that is {kind!r} states {field}", "state it, or say truly where the value comes from"
    yield from _date_faults(entry)


def _date_faults(entry: Entry) -> Iterator[tuple[str, str]]:
    start, end = entry["periodStart"], entry["periodEnd"]
    if start >= end:
        yield f"the period ends on {end} and starts on {start}", "periodEnd is the first day after it"
    elif entry["sourceKind"] == "measured" and "calibrationDue" in entry:
        last = date.fromisoformat(end) - timedelta(days=1)
        if date.fromisoformat(entry["calibrationDue"]) < last:
            yield (
                f"calibration was due on {entry['calibrationDue']}, before the period's last day {last}",
                "state it as ledger with a document, or calibrate the device",
            )


def _overlaps(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Periods are dates as text, which sort as dates do."""
    rows = sorted(
        (entry.get("deviceId", ""), "correctionOf" in entry, entry["periodStart"], entry["periodEnd"])
        for entry in entries
    )
    for first, second in pairwise(rows):
        if first[:2] == second[:2] and second[2] < first[3]:
            device = f" of {first[0]}" if first[0] else ""
            yield f"the periods {first[2]} to {first[3]} and {second[2]} to {second[3]}{device} overlap"
