"""The measurements as a table for people: a line for each, what is worth knowing about it below."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from devnet.bench.measure import Row


def show(rows: Sequence[Row], text: Mapping[str, str], machine: Mapping[str, Any]) -> None:
    """On standard output."""
    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(text["columns"].split("|")):
        table.add_column(heading, justify="right" if number in (1, 3) else "left", overflow="fold")
    for row in rows:
        table.add_row(*_cells(row, text))
    console.print(table)
    for line in [*_notes(rows), *_details(rows)]:
        console.print(line, soft_wrap=True, markup=False)
    console.print(text["raw"])
    console.print(text["machine"].format(**machine))


def _cells(row: Row, text: Mapping[str, str]) -> list[str]:
    reference = "–" if row.reference is None else _amount(row.reference)
    return [
        row.name,
        f"{_amount(row.ours)} {row.unit}",
        f"{row.against}: {reference}",
        "–" if row.ratio is None else f"{row.ratio:.2f}",
        "–" if row.target is None else f"{'≥' if row.at_least else '≤'} {row.target:g}",
        "–" if row.met is None else text["yes"] if row.met else text["no"],
    ]


def _notes(rows: Sequence[Row]) -> list[str]:
    """Each once, in the order in which they first come."""
    return list(dict.fromkeys(f"{row.against}: {row.note}" for row in rows if row.note))


def _details(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.details or row.by_size:
            yield f"{row.name}: " + _named(row.details)
        yield from ("    " + _named(step) for step in row.by_size)


def _named(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in values.items())


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 1 else f"{value:.2f}"
