"""What typed figures must not do: replace what is prescribed, straddle reporting years, leave out what is required
without a word, or hold one month's emissions against a year's value added.
"""

from collections.abc import Collection, Mapping, Sequence

from ledger.accounting.engine import Engine
from ledger.evaluation.activity_file import ActivityFileError, Row
from ledger.evaluation.amounts import ItemActivity
from ledger.evaluation.calendar import Month, local_date
from ledger.evaluation.findings import Findings
from ledger.evaluation.site import SiteSource

VALUE_ADDED = "value_added"
WHOLE_FILE = "activity file"


def one_reporting_year(rows: Sequence[Row], offset: int) -> None:
    """A factor holds for a reporting year: a row of two years would take the wrong one for a part of it."""
    for row in rows:
        if local_date(row.period.start, offset).year != local_date(row.period.end - 1, offset).year:
            raise ActivityFileError(
                f"{row.item!r} is stated for {row.label}: two reporting years", where=row.place, mend="part it by year"
            )


def not_prescribed(engine: Engine, rows: Sequence[Row]) -> None:
    for row in rows:
        if engine.prescribed(row.item):
            raise ActivityFileError(
                f"{row.item!r} is prescribed: no measured value takes its place",
                where=row.place,
                mend="leave it out; only a default may be measured instead",
            )


def something_counts(engine: Engine, listed: Sequence[SiteSource]) -> None:
    """A file of which no source reads anything has no total, not one of zero."""
    if not any(entry.absent is None for entry in listed):
        raise ActivityFileError(
            "nothing in the file is read by a source of the method",
            where=WHOLE_FILE,
            mend=f"carbon methods show {engine.method.head.id} lists what its sources read",
        )


def tell(engine: Engine, listed: Sequence[SiteSource], values: Collection[str], found: Findings) -> None:
    """Findings: a source that the method requires is not stated; a measured value that nothing reads."""
    counted = [engine.method.sources[entry.id] for entry in listed if entry.absent is None]
    excluded = {other for source in counted for other in source.manner.excludes}
    named = {entry.id for entry in listed} | excluded
    for source in engine.method.sources.values():
        if source.manner.required and source.id not in named:
            found.add("required-source-missing", source.id)
    read = {factor for source in counted for factor in source.factors}
    for value in sorted(set(values) - read):
        found.add("value-not-read", value)


def one_period(items: Mapping[str, ItemActivity], spans: Sequence[Month]) -> None:
    """A grade holds emissions against the value added of the same time."""
    added = items.get(VALUE_ADDED)
    if added is None:
        return
    whole = _reach(added, spans)
    for name, item in items.items():
        if _reach(item, spans) != whole:
            raise ActivityFileError(
                f"{name!r} and {VALUE_ADDED!r} are stated for different times",
                where=WHOLE_FILE,
                mend="state both for the same period (0 where there was none); a grade compares nothing else",
            )


def _reach(item: ItemActivity, spans: Sequence[Month]) -> list[tuple[int, int]]:
    """The time that an item's amounts speak of, as stretches without a seam."""
    reach: list[tuple[int, int]] = []
    for span in sorted((spans[at].start, spans[at].end) for at, month in enumerate(item.months) if month.present):
        if reach and reach[-1][1] == span[0]:
            reach[-1] = (reach[-1][0], span[1])
        else:
            reach.append(span)
    return reach
