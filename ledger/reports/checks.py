"""What stands out and what was not as it should be: hot spots, cross-checks, corrections, findings in plain words."""

from fractions import Fraction

from ledger.reports import charts, numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Paragraph, Picture, Section, Table
from ledger.reports.course import colour
from ledger.reports.matter import Matter
from ledger.reports.reading import Node, ReportError, by_month, optional_number
from ledger.reports.svg import NARROW, WIDE

MOST_SPOTS = 10
MOST_CORRECTIONS = 200
GRAVE = {
    "conflicting-values", "correction-of-nothing", "foreign-enterprise", "foreign-point", "no-data", "not-entitled",
    "not-self-signed", "ocmf-unverified", "ocmf-conflicting", "negative-register", "unmapped-terminal",
    "upstream-unreadable",
    "balance-open", "cross-check-differs", "green-claimed-twice", "green-used-elsewhere", "impossible", "no-original",
    "over-100-percent", "report-number-reused", "stock-differs",
}  # fmt: skip


def hot_spots(matter: Matter) -> Section:
    """The sources worth looking at first: who makes up four fifths, which month, and where the data are weakest."""
    text, lines = matter.text, [line for line in matter.counted if line.value > 0]
    if not lines:
        return Section("hot-spots", text("title.hot_spots"), (Paragraph(text("hot.nothing")),))
    places = numbers.places_for([line.value for line in lines])
    rows = [
        charts.Bar(
            line.name, line.value,
            f"{numbers.fixed(line.value, places)} ({numbers.percent(line.value, matter.gross)})", colour(line, at),
        )
        for at, line in enumerate(lines[:MOST_SPOTS])
    ]  # fmt: skip
    alt = text("hot.alt", unit=matter.unit)
    wide, narrow = (charts.bars(rows, alt, width) for width in (WIDE, NARROW))
    sentences = [*_most(matter), *_extreme_months(matter), *_weakest(matter)]
    blocks: tuple[Block, ...] = (Picture(wide, narrow, alt, alt), Bullets(tuple(sentences)))
    return Section("hot-spots", text("title.hot_spots"), blocks)


def _most(matter: Matter) -> list[Bullet]:
    """How few sources make up four fifths."""
    lines, reached, names = [line for line in matter.counted if line.value > 0], Fraction(0), []
    for line in lines:
        reached += line.value
        names.append(line.name)
        if reached * 5 >= matter.gross * 4:
            break
    shown = matter.text.listing(names[:6])
    key = "hot.one" if len(names) == 1 else "hot.few"
    told = {"count": len(names), "of": len(lines), "names": shown, "share": numbers.percent(reached, matter.gross)}
    return [Bullet(matter.text(key, **told))] if len(lines) > 1 else []


def _extreme_months(matter: Matter) -> list[Bullet]:
    known = {label: value for label, value in by_month(matter.emissions).items() if value is not None}
    if len(known) < 3:
        return []
    high, low = max(known, key=lambda label: known[label]), min(known, key=lambda label: known[label])
    told = {
        "high": matter.text.month(high), "high_value": f"{numbers.alone(known[high])} {matter.unit}",
        "low": matter.text.month(low), "low_value": f"{numbers.alone(known[low])} {matter.unit}",
    }  # fmt: skip
    return [Bullet(matter.text("hot.months", **told))]


def _weakest(matter: Matter) -> list[Bullet]:
    """Items that no meter backs, by the emission of the source of the same name or of those that lack data."""
    text, bullets = matter.text, []
    silent = [line.name for line in matter.sources if line.total is None]
    if silent:
        bullets.append(Bullet(text("hot.silent", names=text.listing(silent[:8])), "bad"))
    holed = [line for line in matter.counted if line.total is not None and line.holes]
    if holed:
        bullets.append(Bullet(text("hot.holed", names=text.listing([line.name for line in holed[:8]])), "warn"))
    declared = []
    for name, entry in matter.document.need("activity").members(2000):
        if name in matter.names and entry.need("metered").number() == 0 and entry.need("value").number() != 0:
            declared.append(matter.item(name))
    if declared:
        bullets.append(Bullet(text("hot.declared", names=text.listing(declared[:8]))))
    return bullets


def cross_checks(matter: Matter) -> Section | None:
    """A second source for the same quantity, held against the first."""
    node, text = matter.document.get("cross_checks"), matter.text
    if node is None or not node.value:
        return None
    rows = [_cross_check(matter, entry) for entry in node.items(5000)]
    columns = (
        Column(text("col.item"), share=4), Column(text("col.month"), share=3), Column(text("check.first"), True, 3),
        Column(text("check.second"), True, 3), Column(text("check.difference"), True, 2),
        Column(text("check.tolerance"), True, 2), Column(text("check.verdict"), share=3),
    )  # fmt: skip
    return Section(
        "cross-checks", text("title.cross_checks"), (Table(columns, tuple(rows), note=text("check.note"), dense=True),)
    )


def _cross_check(matter: Matter, entry: Node) -> tuple[Cell, ...]:
    """`difference` is first − second; held against the tolerance as a share of the second."""
    text = matter.text
    month, within, unit = (entry.get(name) for name in ("month", "within", "unit"))
    first, second, difference = (optional_number(entry.get(name)) for name in ("first", "second", "difference"))
    shown = numbers.column([first, second])
    named = matter.units(unit.text(60)) if unit is not None else ""
    off = numbers.percent(difference, second, 2) if difference is not None and second else numbers.NOTHING
    verdict = Cell(text("check.unknown"), tone="warn")
    if within is not None:
        verdict = Cell(text("check.within"), tone="good") if within.flag() else Cell(text("check.outside"), tone="bad")
    return (
        Cell(matter.item(entry.need("item").text(120)), matter.in_words(entry.get("name") or entry.get("by"), 160)),
        Cell(text.month(month.text(20)) if month else text("check.period")),
        Cell(shown[0], named), Cell(shown[1], named),
        Cell(off), Cell(f"{numbers.faithful(entry.need('tolerance').number())}{numbers.THIN}%"), verdict,
    )  # fmt: skip


def corrections(matter: Matter) -> Section:
    """Every correction with both values: nothing that was once signed vanishes."""
    text, listed = matter.text, matter.document.need("corrections").items(100_000)
    if not listed:
        return Section(
            "corrections", text("title.corrections"), (Bullets((Bullet(text("corrections.none"), "good"),)),)
        )
    rows = [row for entry in listed for row in _correction(matter, entry)]
    columns = (
        Column(text("col.point"), share=5),
        Column(text("col.time"), share=4),
        Column(text("corrections.first"), True, 3),
        Column(text("corrections.now"), True, 3),
        Column(text("corrections.by"), share=5),
    )
    left = len(rows) - MOST_CORRECTIONS
    note = text("corrections.note") + (text("corrections.more", count=f"{left:,}") if left > 0 else "")
    table = Table(columns, tuple(rows[:MOST_CORRECTIONS]), note=note, dense=True)
    reasons = Bullets(tuple(Bullet(_reason(matter, entry)) for entry in listed[:50]))
    told = text("corrections.one") if len(listed) == 1 else text("corrections.count", count=f"{len(listed):,}")
    return Section("corrections", text("title.corrections"), (Paragraph(told), table, reasons))


def _correction(matter: Matter, entry: Node) -> list[tuple[Cell, ...]]:
    text, by = matter.text, entry.need("by")
    rows: list[tuple[Cell, ...]] = []
    name = by.need("class").text(40)
    who = Cell(by.need("sub").text(120), text.get(f"class.{name}") or name)
    for value in entry.need("values").items(100_000):
        start, end = value.get("start"), value.need("end").integer()
        unit = matter.units(value.need("unit").text(60))
        spans = [text.moment(at, matter.offset) for at in ([start.integer(), end] if start else [end])]
        first, now = value.need("first").number(), value.need("value").number()
        superseded = value.need("superseded").flag()
        current = Cell(
            f"{numbers.faithful(now)} {unit}",
            text("corrections.superseded") if superseded else "",
            "soft" if superseded else "",
        )
        rows.append(
            (
                Cell(matter.item(value.need("name").text(120))),
                Cell(spans[0], text("form.until", time=spans[1]) if len(spans) > 1 else ""),
                Cell(f"{numbers.faithful(first)} {unit}", tone="soft"),
                current,
                who,
            )
        )
    return rows


def _reason(matter: Matter, entry: Node) -> str:
    reason, index = entry.get("reason"), entry.need("by").need("index").integer()
    told = reason.text(600) if reason is not None else matter.text("corrections.no_reason")
    return matter.text("corrections.reason", index=f"{index:,}", reason=told)


def findings(matter: Matter) -> Section:
    """Each finding as a sentence; a code that this program does not know is shown as it is."""
    text, listed = matter.text, matter.document.need("findings").items(20_000)
    if not listed:
        return Section("findings", text("title.findings"), (Bullets((Bullet(text("findings.none"), "good"),)),))
    rows = []
    for entry in listed:
        code, count = entry.need("code").text(60), entry.need("count").integer()
        told = text.get(f"finding.{code}")
        tone = "bad" if code in GRAVE else "warn"
        place = Cell(_place(matter, entry), _figures(matter, entry))
        rows.append((Cell(told or text("findings.unknown"), code, tone), place, Cell(f"{count:,}")))
    columns = (
        Column(text("findings.what"), share=7),
        Column(text("findings.where"), share=4),
        Column(text("col.count"), True, 1),
    )
    return Section("findings", text("title.findings"), (Table(columns, tuple(rows)),))


def _place(matter: Matter, entry: Node) -> str:
    place = entry.get("place")
    if place is None or place.value == "":
        return numbers.NOTHING
    return matter.item(place.text(200))


def _figures(matter: Matter, entry: Node) -> str:
    """The figures that show a finding: name and value; a start or an end as a moment."""
    figures = entry.get("figures")
    if figures is None:
        return ""
    pairs = list(figures.members(30))
    return ", ".join(
        f"{matter.text.get(f'shown.{name}') or name} {_figure(matter, name, node)}" for name, node in pairs
    )


def _figure(matter: Matter, name: str, node: Node) -> str:
    try:
        value = node.number()
    except ReportError:
        return node.text(80)
    at_time = name in ("start", "end", "since") and value.denominator == 1
    return matter.text.moment(int(value), matter.offset) if at_time else numbers.faithful(value)
