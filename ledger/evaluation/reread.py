"""A result document read back, for questions that it answers without any frame: other bounds, other amounts.

Documents come from files: every failure is `Malformed`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ledger.accounting.sources import DEDUCTION, TOTAL
from ledger.accounting.units import Quantity, Unit, UnitError, parse_unit
from ledger.canonical import CanonicalError, exact_number
from ledger.evaluation.calendar import months, offset_seconds
from ledger.evaluation.document import FORMAT
from ledger.grading.case import Case, Use
from terminal_signer.strict import Malformed, Members, read_json

MAX_BYTES = 64 << 20
LONGEST_NUMBER = 4000
LONGEST_PERIOD = 400 * 86_400
MOST = 10_000
ELECTRICITY = "purchased_electricity"
INDUSTRY_MEAN = "industry_mean"
GRID_UNITS = (parse_unit("tCO2/kWh"), parse_unit("tCO2e/kWh"))
KWH = parse_unit("kWh")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceFigure:
    """A source as the document states it; `total` is None without data. `adds`: whether it is part of the total."""

    id: str
    name: Mapping[str, str]
    energy: bool
    counts: str
    total: Fraction | None
    adds: bool


@dataclass(frozen=True, slots=True)
class Reread:
    """`reason`: why there was no grade. `rules`: by role id and SHA-256. `amounts`: how far off each numerator may be.
    `grid`: of purchased electricity, in tCO2 per kWh, where the trace has it."""

    document: Json
    kind: int
    case: Case
    sources: tuple[SourceFigure, ...]
    reason: str | None
    rules: Mapping[str, tuple[str, bytes]]
    marks: frozenset[str]
    amounts: Mapping[str, Fraction]
    declared_mean: Quantity | None
    grid: Fraction | None


def reread(data: bytes, where: str = "result.json") -> Reread:
    """Read a `result/1` document; `Malformed` names the member."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes", where=where)
    top = Members(read_json(data, where), where, FORMAT)
    document = {"format": FORMAT, **top.rest}
    emissions, grade = top.inner("emissions"), top.inner("grade")
    unit = _unit(emissions)
    activity = top.inner("activity")
    amounts = {item: _item(activity.inner(item)) for item in sorted(activity.rest)}
    items = {item: quantity for item, (quantity, stated) in amounts.items() if stated}
    site = top.inner("site")
    case = Case(
        industry=site.text("industry"),
        year=_year(top.inner("period")),
        unit=unit,
        energy=_number(emissions, "energy"),
        deductions=_number(emissions, "deductions"),
        total=_number(emissions, "total"),
        items=items,
        uses=tuple(_use(Members(entry, f"{where}.grade.uses")) for entry in _optional(grade, "uses")),
        parts={**_parts(top, "levels", "unit"), **_parts(top, "products", "product")},
    )
    sources = _sources(emissions, case.total)
    _adds_up(case, sources, emissions.where)
    return Reread(
        document=document,
        kind=top.integer("kind"),
        case=case,
        sources=sources,
        reason=_optional_text(grade, "reason"),
        rules=_rules(top.inner("rules")),
        marks=_marks(top),
        amounts=_amounts(top),
        declared_mean=amounts[INDUSTRY_MEAN][0] if INDUSTRY_MEAN in amounts else None,
        grid=_grid(top.items("trace", 1_000_000)),
    )


def _number(members: Members, name: str) -> Fraction:
    text = members.text(name, LONGEST_NUMBER)
    try:
        return exact_number(text, LONGEST_NUMBER)
    except CanonicalError as fault:
        raise Malformed(fault.message, where=f"{members.where}.{name}") from None


def _optional_text(members: Members, name: str) -> str | None:
    """A text or null, but not nothing."""
    return None if members.rest.get(name, "") is None else members.text(name)


def _unit(members: Members) -> Unit:
    try:
        return parse_unit(members.text("unit"))
    except UnitError as fault:
        raise Malformed(fault.message, where=f"{members.where}.unit") from None


def _year(period: Members) -> int | None:
    start, end, offset = period.integer("start"), period.integer("end"), offset_seconds(period.text("offset"))
    if offset is None or not start < end <= start + LONGEST_PERIOD or end >= 1 << 33:
        raise Malformed("no period", where=period.where)
    span = months(start, end, offset)
    return span[0].year if span[0].year == span[-1].year else None


def _item(entry: Members) -> tuple[Quantity, bool]:
    """An item's amount, and whether anything was stated for it."""
    stated = any(value is not None for value in entry.inner("by_month").rest.values())
    value = _number(entry, "value")
    if value != sum((_number(entry, name) for name in ("metered", "declared", "estimated")), Fraction(0)):
        raise Malformed("its parts do not add up to its value", where=entry.where)
    return Quantity(value, _unit(entry)), stated


def _sources(emissions: Members, total: Fraction) -> tuple[SourceFigure, ...]:
    by_source = emissions.inner("by_source")
    entries = {source_id: by_source.inner(source_id) for source_id in list(by_source.rest)}
    counts = {source_id: entry.text("counts") for source_id, entry in entries.items()}
    totals = {
        source_id: None if entry.rest.get("total") is None else _number(entry, "total")
        for source_id, entry in entries.items()
    }
    bases = {source_id: str(entry.rest.get("basis") or "") for source_id, entry in entries.items()}

    def whole(basis: str) -> Fraction:
        adding = (source_id for source_id in entries if counts[source_id] == TOTAL and bases[source_id] in ("", basis))
        return sum((totals[source_id] or Fraction(0) for source_id in adding), Fraction(0))

    first = next((basis for basis in sorted({"", *bases.values()}) if whole(basis) == total), None)
    if first is None:
        raise Malformed("its sources do not add up to its total", where=emissions.where)
    return tuple(
        SourceFigure(
            source_id, _names(entry.inner("name")), entry.flag("energy"), counts[source_id], totals[source_id],
            counts[source_id] == TOTAL and bases[source_id] in ("", first),
        )
        for source_id, entry in entries.items()
    )  # fmt: skip


def _adds_up(case: Case, sources: Sequence[SourceFigure], where: str) -> None:
    """What a grade rests on follows from the sources, or the document was edited."""
    energy = sum((one.total or Fraction(0) for one in sources if one.adds and one.energy), Fraction(0))
    deducted = sum((one.total or Fraction(0) for one in sources if one.counts == DEDUCTION), Fraction(0))
    if (energy, deducted) != (case.energy, case.deductions):
        raise Malformed("its sources do not add up to its energy and deductions", where=where)


def _names(names: Members) -> Mapping[str, str]:
    return {"zh": names.text("zh", 2000), "en": names.text("en", 2000)}


def _rules(rules: Members) -> Mapping[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for role in ("scheme", "benchmarks"):
        if role in rules.rest:
            entry = rules.inner(role)
            found[role] = (entry.text("id"), entry.hex("sha256", 32))
    return found


def _marks(top: Members) -> frozenset[str]:
    marks = top.items("marks", 100)
    if not all(isinstance(mark, str) for mark in marks):
        raise Malformed("a mark is a word", where=f"{top.where}.marks")
    return frozenset(marks)


def _amounts(top: Members) -> Mapping[str, Fraction]:
    if "uncertainty" not in top.rest:
        return {}
    amounts = top.inner("uncertainty").inner("amounts")
    return {name: _number(amounts, name) for name in list(amounts.rest)}


def _parts(top: Members, name: str, prefix: str) -> Mapping[str, Fraction]:
    """What units or products have of the emissions; a total is null where nothing is known."""
    entries = [Members(entry, f"{top.where}.{name}") for entry in _optional(top, name)]
    return {
        f"{prefix}:{entry.text('id')}": _number(entry, "total")
        for entry in entries
        if entry.rest.get("total") is not None
    }


def _optional(members: Members, name: str) -> list[Any]:
    return members.items(name, MOST) if name in members.rest else []


def _use(entry: Members) -> Use:
    share = None if entry.rest.get("share") is None else entry.items("share", 2)
    if share is not None and (len(share) != 2 or not all(isinstance(item, str) for item in share)):
        raise Malformed("a share names two items", where=entry.where)
    return Use(
        entry.text("line"), entry.text("item"), entry.text("numerator"), None if share is None else (share[0], share[1])
    )


def _grid(trace: list[Any]) -> Fraction | None:
    """The factor that stands beside purchased electricity."""
    for line in trace:
        inputs = line.get("inputs", []) if isinstance(line, dict) else []
        used = [entry for entry in inputs if isinstance(entry, dict)] if isinstance(inputs, list) else []
        if any(entry.get("kind") == "item" and entry.get("id") == ELECTRICITY for entry in used):
            for entry in used:
                members = Members(entry, "result.json.trace")
                unit = _unit(members)
                if entry.get("kind") == "factor" and any(unit.fits(grid) for grid in GRID_UNITS):
                    return _number(members, "value") * unit.scale / GRID_UNITS[0].scale
    return None


def zero_carbon_room(case: Case) -> Fraction | None:
    """How many kWh of purchased electricity no zero-carbon electricity stands for yet."""
    bought, green = case.items.get(ELECTRICITY), case.items.get("zero_carbon_electricity")
    if bought is None or not bought.unit.fits(KWH):
        return None
    return bought.to(KWH).value - (green.to(KWH).value if green is not None and green.unit.fits(KWH) else 0)
