"""The demo's result for people: a summary, the months, the forgeries, the page's address as a code to scan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rich import box
from rich.columns import Columns
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from devnet.demo.report import Report, Tampering
from devnet.demo.texts import TEXTS
from gateway.qr import terminal_qr
from ledger.canonical import exact_number
from ledger.commands.evaluate_show import number
from ledger.language import Language

_BAR = 26


def show(report: Report, language: Language, out: Console, *, url: str, start: Sequence[str], verify: str) -> None:
    """Print everything to `out`. `start`: what brings chain and gateway back, nothing while they run; `verify`: what a
    reader can type to verify it again."""
    text = TEXTS[language]
    out.print()
    out.print(_summary(report, language, text))
    out.print(_months(report, text))
    out.print(_attempts(report.tampers, language, text, "forgery", "claim", "claim_by"))
    out.print(_attempts(report.attacks, language, text, "attack_title", "answered", "answered_by"))
    lines = [Text(url, style="bold" if start else "bold cyan")]
    if start:
        lines += [Text(""), Text(text["stopped"]), *(Text(f"  {command}", style="bold") for command in start)]
    lines += [Text(""), Text(text["again"]), Text(f"  {verify}", style="bold")]
    code = Text.from_ansi(terminal_qr(url, colour=out.is_terminal))
    out.print(Panel(Columns([code, Group(*lines)], padding=(0, 3)), title=text["page"], border_style="dim"))


def _summary(report: Report, language: Language, text: Mapping[str, str]) -> Panel:
    result = report.result
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column()
    rows.add_row(text["plant"], Text(report.title[language], style="bold"))
    rows.add_row(text["period"], report.period)
    signed = {"readings": f"{report.readings:,}", "frames": f"{report.frames:,}"}
    rows.add_row(text["signed"], text["signed_value"].format(**signed))
    each = report.anchor_gas // report.anchor_count
    anchored = {"count": report.anchor_count, "gas": f"{report.anchor_gas:,}", "each": f"{each:,}"}
    rows.add_row(text["anchored"], text["anchored_value"].format(**anchored))
    for item, amount in result["activity"].items():
        rows.add_row(text["activity"], f"{item}  [bold]{number(amount['value'], 3)}[/] {amount['unit']}")
    for correction in result["corrections"]:
        for value in correction["values"]:
            rows.add_row(text["corrected"], text["corrected_value"].format(**value, sub=correction["by"]["sub"]))
        rows.add_row("", Text(correction["reason"] or text["no_reason"], style="dim"))
    emissions = result["emissions"]
    rows.add_row(text["emissions"], f"[bold]{number(emissions['total'], 3)}[/] {emissions['unit']}")
    rows.add_row(text["grade"], _grade(result["grade"], language, text))
    rows.add_row(text["coverage"], f"{Decimal(result['quality']['coverage']) / 100} %")
    rows.add_row(text["certificate"], f"[bold]{report.identifier}[/]\n[dim]0x{report.token.hex()}[/]")
    on_chain = {"bytes": report.proven.size, "gas": f"{report.proven.gas:,}"}
    rows.add_row(text["on_chain"], text["on_chain_value"].format(**on_chain))
    verdict = Text(text["yes"], style="bold green") if report.verified else Text(text["no"], style="bold red")
    rows.add_row(text["verified"], verdict)
    parts: list[Table | Text] = [rows]
    if report.marks:
        marks = text["marks"].format(marks=", ".join(report.marks))
        parts.append(Text(f"\n {marks} ", style="black on yellow"))
    return Panel(Group(*parts), title=text["summary"], border_style="green" if report.sound else "red")


def _grade(grade: Mapping[str, Any], language: Language, text: Mapping[str, str]) -> Text:
    if grade["grade"] is None:
        return Text(text["no_grade"].format(reason=grade["reason_text"][language]))
    k = Decimal(grade["value"]).scaleb(-6).normalize()
    return Text(f"{grade['grade']}  (K = {k:f}, {grade['band'][language]})", style="bold")


def _months(report: Report, text: Mapping[str, str]) -> Table:
    """A bar a month, in proportion to the largest."""
    table = Table(title=text["by_month"], box=box.SIMPLE, show_header=False, title_justify="left", title_style="bold")
    by_month = report.result["emissions"]["by_month"]
    months = {month: exact_number(value) for month, value in by_month.items() if value is not None}
    largest = max(months.values(), default=Fraction(0))
    for month, value in months.items():
        length = int(value * _BAR / largest) if largest > 0 else 0
        table.add_row(month, Text("█" * length, style="cyan"), Text(number(value, 3), justify="right"))
    return table


def attempts_table(tried: Sequence[Tampering], language: Language, *, heading: str, by: str) -> Table:
    """Attempts whose answer is a contract's reason, which stands beside what it means."""
    return _table(tried, language, TEXTS[language], heading, by, lambda one: f"{one.says[language]}  ({one.by})")


def _attempts(
    tried: Sequence[Tampering], language: Language, text: Mapping[str, str], heading: str, answered: str, by: str
) -> Table:  # fmt: skip
    said = text[answered]
    return _table(tried, language, text, text[heading], text[by], lambda one: said.format(says=one.says[language]))


def _table(
    tried: Sequence[Tampering],
    language: Language,
    text: Mapping[str, str],
    heading: str,
    by: str,
    say: Callable[[Tampering], str],
) -> Table:
    """What was tried, which invariant it attacks, and what stopped it."""
    columns = ("", Column(heading, overflow="fold"), Column(by, overflow="fold"))
    table = Table(*columns, box=box.SIMPLE_HEAD, title_justify="left")
    for one in tried:
        if one.caught:
            answer = Text("✓ " + say(one), style="green")
        else:
            missed = text["missed"].format(expected=one.expected, claim=one.by or text["nothing"])
            answer = Text("✗ " + missed, style="bold red")
        table.add_row(Text(one.invariant, style="dim"), one.title[language], answer)
    return table


def period_text(start: int, end: int, offset: int) -> str:
    """First and last day of [start, end) in the site's offset."""
    first, last = (datetime.fromtimestamp(at + offset, UTC) for at in (start, end))
    return f"{first:%Y-%m-%d} – {last - timedelta(seconds=1):%Y-%m-%d}"
