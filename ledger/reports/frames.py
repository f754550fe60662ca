"""The signed frames behind the figures: counts and flags, each key's numbers, self-signing meters, closed months."""

from ledger.reports import numbers
from ledger.reports.blocks import Block, Bullet, Bullets, Cell, Column, Heading, Paragraph, Table
from ledger.reports.matter import Matter
from ledger.reports.reading import Node

HASH = 12


def frames(matter: Matter) -> list[Block]:
    node, text = matter.document.need("frames"), matter.text
    counts = {name: node.need(name).integer() for name in ("held", "readings", "documents", "excluded", "degraded")}
    blocks: list[Block] = [Paragraph(text("quality.frames_are", **{name: f"{n:,}" for name, n in counts.items()}))]
    flags = [(name, count.integer()) for name, count in node.need("flags").members(100)]
    if flags:
        told = text.listing([f"{text.get(f'flag.{name}') or name} × {count:,}" for name, count in flags])
        blocks.append(Bullets((Bullet(text("quality.flags", flags=told), "warn"),)))
    keys = node.need("keys").items(10_000)
    if keys:
        columns = (
            Column(text("col.key"), share=5),
            Column(text("col.class"), share=2),
            Column(text("col.frames"), True, 2),
            Column(text("col.numbers"), share=3),
            Column(text("col.missing"), True, 2),
            Column(text("col.fork"), share=2),
        )
        blocks.append(
            Table(columns, tuple(_key(matter, key) for key in keys), note=text("quality.keys_note"), dense=True)
        )
    return blocks


def _key(matter: Matter, key: Node) -> tuple[Cell, ...]:
    text, fork, missing = matter.text, key.get("forked_at"), key.need("missing").integer()
    first, last = (key.get(name) for name in ("first", "last"))
    span = f"{first.integer():,}–{last.integer():,}" if first and last else numbers.NOTHING
    name = key.need("class").text(40)
    forked = (
        Cell(text("quality.forked", seq=f"{fork.integer():,}"), tone="bad")
        if fork
        else Cell(numbers.NOTHING, tone="soft")
    )
    return (
        Cell(key.need("sub").text(120)),
        Cell(text.get(f"class.{name}") or name),
        Cell(f"{key.need('frames').integer():,}"),
        Cell(span),
        Cell(f"{missing:,}", tone="warn" if missing else ""),
        forked,
    )


def self_signed(matter: Matter) -> list[Block]:
    """Meters that sign their own records."""
    text, rows = matter.text, []
    for line in matter.document.need("self_signed").items(10_000):
        records, verified = line.need("records").integer(), line.need("verified").integer()
        faults = _counters(matter, line.need("counters"))
        rows.append(
            (
                Cell(line.need("serial").text(80), line.need("sub").text(120)),
                Cell(f"{records:,}"),
                Cell(f"{verified:,}", tone="" if verified == records else "bad"),
                Cell(faults or text("quality.none"), tone="warn" if faults else "soft"),
            )
        )
    columns = (
        Column(text("col.meter"), share=4), Column(text("col.records"), True, 2), Column(text("col.verified"), True, 2),
        Column(text("col.counters"), share=4),
    )  # fmt: skip
    return [Heading(text("quality.self_signed")), Table(columns, tuple(rows))] if rows else []


def _counters(matter: Matter, counters: Node) -> str:
    counts = dict.fromkeys(("missing", "repeated", "reordered", "conflicting"), 0)
    for _, counter in counters.members(100):
        for name in counts:
            counts[name] += len(counter.need(name).items())
    return matter.text.listing(
        [f"{matter.text(f'counter.{name}')} {count:,}" for name, count in counts.items() if count]
    )


def closings(matter: Matter) -> list[Block]:
    """Months closed by signature, and those that values reached after it."""
    node, text = matter.document.get("closings"), matter.text
    rows = []
    for entry in node.items(200) if node is not None else []:
        late, by, digest = entry.get("late"), entry.get("by"), entry.get("digest")
        rows.append((
            Cell(text.month(entry.need("month").text(20))), Cell(by.text(120) if by else numbers.NOTHING),
            Cell(digest.text(80)[2 : 2 + HASH] + "…" if digest else numbers.NOTHING), _late(matter, late),
        ))  # fmt: skip
    columns = (
        Column(text("col.month"), share=2), Column(text("col.by"), share=4), Column(text("col.document"), share=3),
        Column(text("col.late"), share=3),
    )  # fmt: skip
    return [Heading(text("quality.closings")), Table(columns, tuple(rows))] if rows else []


def _late(matter: Matter, late: Node | None) -> Cell:
    """`late` is a count, a flag or a list of what came after the closing."""
    value = late.value if late is not None else 0
    count = len(value) if isinstance(value, list) else int(value) if isinstance(value, int) else 1
    return (
        Cell(matter.text("quality.late", count=f"{count:,}"), tone="warn")
        if count
        else Cell(matter.text("quality.none"), tone="soft")
    )
