"""Factor sets and factors for people: tables that an accountant can read at 100 columns."""

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ledger.accounting.factor_compare import Comparison, Difference
from ledger.accounting.factors import PUNITIVE, Factor, FactorSet, Years, years_text
from ledger.accounting.units import UnitError
from ledger.canonical import decimal_text, round_half_even
from ledger.commands.factors_texts import TEXTS
from ledger.language import Language

Chosen = Sequence[tuple[FactorSet, list[Factor]]]
WIDTH = 100
"""Where nobody says how wide the place is: a pipe, a file."""
DIGITS = 8
_STYLES = {"found": "green", "tried": "green", "memory-medium": "yellow", "memory-low": "red"}


def show_sets(sets: Sequence[FactorSet], language: Language) -> None:
    """Each set on two lines."""
    text, console = TEXTS[language], _console()
    table = _table(text, "set", "#number", "years", "marks", "~edition")
    for factors in sets:
        head = factors.head
        table.add_row(
            f"[bold]{escape(head.id)}[/]", f"{len(factors.factors)}", _span(head.years, escape(factors.region)),
            "[yellow]" + " ".join(sorted(head.marks)) + "[/]", Text(head.title[language]),
        )  # fmt: skip
        table.add_row("", "", "", "", Text(head.edition, "dim"))
    console.print(table)
    console.print(text["sets-more"], style="dim")


def show_factors(chosen: Chosen, language: Language) -> None:
    """A table for each set. Many regions of one figure come as one line; `show` has them all."""
    text, console = TEXTS[language], _console()
    for factors, found in chosen:
        if not found:
            continue
        console.print(f"[bold]{escape(factors.head.id)}[/]  {escape(factors.head.title[language])}", no_wrap=True)
        table = _table(text, "id", "#value", "unit", "years", "mark", "~name")
        for group in _by_span(found):
            first = group[0]
            table.add_row(
                escape(first.id), _values(group), escape(first.quantity.unit.text),
                _span(first.years, first.region if len(group) == 1 else text["regions"].format(count=len(group))),
                _mark(first, text), _line(_name(first, language, text)),
            )  # fmt: skip
        console.print(table)
        console.print()
    total = sum(len(found) for _, found in chosen)
    console.print((text["count"] if total else text["nothing"]).format(count=total), style="dim")
    console.print(text["legend"], style="dim")


def show_one(factor_id: str, chosen: Chosen, language: Language) -> None:
    """One factor in every set that has it, in one unit, with where each value comes from."""
    text, console = TEXTS[language], _console()
    values = [(factors, factor) for factors, found in chosen for factor in found]
    name = next((factor.name[language] for _, factor in values if factor.name), "")
    console.print(f"[bold]{escape(factor_id)}[/]  {escape(name)}", no_wrap=True)
    unit = values[0][1].quantity.unit
    mixed = any(factor.quantity.unit.text != unit.text for _, factor in values)
    one_unit = (f"#{text['in'].format(unit=unit.text)}",) if mixed else ()
    table = _table(text, "set", "#value", "unit", *one_unit, "years", "place", "data", "out", "basis", "mark")
    for factors, factor in values:
        own = (_in_unit(factor, values[0][1]),) if mixed else ()
        table.add_row(
            escape(factors.head.id), _number(factor.quantity.value), escape(factor.quantity.unit.text), *own,
            years_text(factor.years), escape(factor.region), f"{factor.data_year or ''}", factor.published or "",
            text[factor.basis], _mark(factor, text),
        )  # fmt: skip
    console.print(table)
    for line in _sources(values):
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print(text["legend"], style="dim")


def show_comparison(first: FactorSet, second: FactorSet, found: Comparison, language: Language) -> None:
    """Where two sets differ, and what only one has."""
    text, console = TEXTS[language], _console()
    names = first.head.id, second.head.id
    table = _table(text, "id", f"#{names[0]}", f"#{names[1]}", "#ratio", "unit", "years", "place")
    for entry in found.different:
        table.add_row(
            escape(entry.id), _number(entry.first.quantity.value), _second(entry), _ratio(entry.ratio),
            escape(entry.first.quantity.unit.text), years_text(entry.years), escape(entry.first.region),
        )  # fmt: skip
    if found.different:
        console.print(table)
    summary = text["differ"].format(different=len(found.different), equal=found.equal)
    console.print(summary, style="bold" if found.different else "green")
    for title, ids in (
        (text["only"].format(set=names[0]), found.only_first),
        (text["only"].format(set=names[1]), found.only_second),
        (text["apart"], found.apart),
    ):
        if ids:
            console.print(f"{escape(title)} ({len(ids)})")
            console.print(Padding(Text(", ".join(_folded(ids)), style="dim"), (0, 0, 0, 2)))


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, width=WIDTH)
    return console


def _table(text: dict[str, str], *names: str) -> Table:
    """Of `names`, one with "#" is a column of numbers, one with "~" gives way to the others."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        word = name.lstrip("#~")
        title = text.get(f"column-{word}", word)
        table.add_column(title, justify="right" if name[0] == "#" else "left", no_wrap=name[0] != "~")
    return table


def _line(words: str, style: str = "") -> Text:
    """A cell that is cut rather than wrapped."""
    return Text(words, style, no_wrap=True, overflow="ellipsis")


def _by_span(found: Sequence[Factor]) -> list[list[Factor]]:
    """Factors of one id, years and unit together: they differ by region alone."""
    groups: dict[tuple[str, object, str], list[Factor]] = {}
    for factor in found:
        groups.setdefault((factor.id, factor.years, factor.quantity.unit.text), []).append(factor)
    return list(groups.values())


def _span(years: Years, place: str) -> str:
    return years_text(years) + (f" {place}" if place else "")


def _values(group: Sequence[Factor]) -> str:
    numbers = sorted(factor.quantity.value for factor in group)
    low, high = _number(numbers[0]), _number(numbers[-1])
    return low if len(group) == 1 else f"{low}…{high}"


def _number(value: Fraction) -> str:
    """Exact where it is short; `--json` has every digit."""
    exact = decimal_text(value)
    if len(exact) <= DIGITS + 2:
        return exact
    return "≈" + decimal_text(round_half_even(value, DIGITS))


def _ratio(ratio: Fraction | None) -> str:
    if ratio is None:
        return "–"
    whole, part = divmod(round(ratio * 10_000), 10_000)
    return f"{whole}.{part:04}"


def _in_unit(factor: Factor, first: Factor) -> str:
    try:
        return _number(factor.quantity.to(first.quantity.unit).value)
    except UnitError:
        return "–"


def _second(entry: Difference) -> str:
    """In the first one's unit where it fits."""
    in_unit = _in_unit(entry.second, entry.first)
    return in_unit if in_unit != "–" else f"{_number(entry.second.quantity.value)} {entry.second.quantity.unit.text}"


def _name(factor: Factor, language: Language, text: dict[str, str]) -> str:
    """A punitive default is called one."""
    name = factor.name[language] if factor.name else ""
    return f"{text[PUNITIVE]}: {name}" if factor.basis == PUNITIVE else name


def _mark(factor: Factor, text: dict[str, str]) -> str:
    style = _STYLES.get(factor.confidence)
    word = text[factor.confidence]
    return f"[{style}]{word}[/]" if style else word


def _sources(values: Sequence[tuple[FactorSet, Factor]]) -> Iterator[Text]:
    """Each source once for each set, with the notes."""
    said = dict.fromkeys(
        (factors.head.id, factor.source + (f" – {factor.note}" if factor.note else "")) for factors, factor in values
    )
    for set_id, line in said:
        yield Text.assemble((f"{set_id}: ", "bold"), line)


def _folded(ids: Sequence[str]) -> Iterator[str]:
    """`diesel.ncv, diesel.carbon` as `diesel.{ncv, carbon}`."""
    groups: dict[str, list[str]] = {}
    for name in ids:
        stem, _, rest = name.partition(".")
        groups.setdefault(stem, []).append(rest)
    for stem, parts in groups.items():
        yield f"{stem}.{{{', '.join(parts)}}}" if len(parts) > 1 else f"{stem}.{parts[0]}".rstrip(".")
