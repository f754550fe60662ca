"""The supply chain's result for people: certificates, deliveries, attempts, and the car's tree."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from devnet.demo.show import attempts_table
from devnet.supply.report import Certified, Delivered, Report
from devnet.supply.texts import TEXTS
from ledger.canonical import exact_number
from ledger.commands.trace_show import share_text
from ledger.commands.trace_show import show as show_trace
from ledger.language import Language

THOUSANDTHS, MILLIONTHS = 1_000, 1_000_000
DEEP = 9


def show(report: Report, language: Language, out: Console, *, commands: Sequence[str]) -> None:
    """Print everything to `out`. `commands`: what a reader can type to look again."""
    text = TEXTS[language]
    out.print()
    out.print(_certificates(report.certified, language, text))
    out.print(_deliveries(report.delivered, language, text))
    out.print(attempts_table(report.attempts, language, heading=text["attempt"], by=text["answer"]))
    out.print(attempts_table(report.readers, language, heading=text["reader"], by=text["read"]))
    out.print(Text(text["tree"], style="bold"))
    show_trace(report.traced, report.parts, language, depth=DEEP, out=out)
    if report.marks:
        out.print(Text(f"\n {text['marks'].format(marks=', '.join(report.marks))} ", style="black on yellow"))
    out.print(Text(f"\n{text['again']}"))
    for command in commands:
        out.print(Text(f"  {command}", style="bold"), soft_wrap=True)


def _certificates(certified: Sequence[Certified], language: Language, text: Mapping[str, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=text["certificates"], title_justify="left", title_style="bold")
    table.add_column(text["product"], overflow="fold", min_width=26)
    for name in ("quantity", "footprint", "parts"):
        table.add_column(text[name], justify="right", overflow="fold")
    for one in certified:
        footprint, unit = one.footprint, one.footprint["unit"].strip("{}")
        parts = {name: exact_number(value) for name, value in footprint["parts"].items()}
        whole = sum(parts.values(), Fraction(0))
        product = Text("✓ " if one.verified else "✗ ", style="green" if one.verified else "bold red")
        product.append(one.identifier, style="bold default").append(f"\n  {one.maker[language]}", style="dim default")
        table.add_row(
            product,
            f"{_plain(Decimal(footprint['quantity']) / THOUSANDTHS)}\n[dim]{unit}[/]",
            f"{_plain(Decimal(footprint['value']) / MILLIONTHS)}\n[dim]kgCO2e/{unit}[/]",
            "\n".join(share_text(parts[name], whole) for name in ("certified", "secondary", "own")),
        )
    return table


def _deliveries(delivered: Sequence[Delivered], language: Language, text: Mapping[str, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=text["deliveries"], title_justify="left", title_style="bold")
    for name in ("from", "to", "goods"):
        table.add_column(text[name], overflow="fold")
    table.add_column(text["quantity"], justify="right", no_wrap=True)
    for one in delivered:
        amount = f"{_plain(Decimal(one.quantity) / THOUSANDTHS)} {one.unit.strip('{}')}"
        table.add_row(one.giver[language], one.taker[language], one.identifier, amount)
    return table


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"
