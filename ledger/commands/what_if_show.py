"""What would lift a grade, for people and for machines (`what-if/1`). What must not be shown in public is left out by
`public`: amounts of emissions, electricity and outputs, and exact percentages, whose fractions would give them away.
Value added never stands in it but as a percentage.

Amounts and percentages for people are rounded up: following them is enough.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.accounting.sources import DEDUCTION
from ledger.canonical import canonical_json, decimal_text, round_half_even
from ledger.commands.what_if_texts import TEXTS
from ledger.evaluation.reread import Reread
from ledger.evaluation.what_if import Change, Outlook, Way
from ledger.grading.assess import Graders
from ledger.grading.grade import MILLIONTHS, REASONS, Grade
from ledger.grading.lines import intensity
from ledger.grading.warning import Flip, flip_document
from ledger.language import Language

MOST_SOURCES = 8
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """All that an answer needs. `tried`: the grade after the changes."""

    result: Reread
    graders: Graders
    outlook: Outlook
    changes: Sequence[Change]
    tried: Grade | None


def as_json(told: Told, *, public: bool) -> dict[str, Any]:
    seen = told.outlook
    members: dict[str, Any] = {
        "format": "what-if/1",
        "result": "0x" + hashlib.sha256(canonical_json(told.result.document)).hexdigest(),
        "scheme": told.graders.scheme.head.document(),
        "benchmarks": told.graders.benchmarks.head.document(),
        "now": _grade(seen.graded),
        "warning": None if seen.flip is None else _warning(seen.flip, public=public),
        "ways": [_way(way, public=public) for way in seen.ways],
    }
    if not public:
        members["sources"] = [
            {"source": weight.source.id, "counts": weight.source.counts, "percent": decimal_text(weight.percent)}
            for weight in seen.weights
        ]
    if told.tried is not None:
        members["tried"] = {"changes": [change.text for change in told.changes], **_grade(told.tried)}
    return members


def _grade(graded: Grade) -> dict[str, Any]:
    return {
        "grade": graded.grade,
        "reason": graded.reason,
        "band": None if graded.grade_band is None else dict(graded.grade_band.name),
        "level_band": None if graded.level_band is None else dict(graded.level_band.name),
        "value": graded.value,
    }


def _warning(found: Flip, *, public: bool) -> dict[str, Any]:
    exact = flip_document(found)
    percents = {"percent": found.percent, "to_better": found.to_better, "to_worse": found.to_worse}
    return exact | {name: _rounded(value) for name, value in percents.items()} if public else exact


def _way(way: Way, *, public: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"grade": way.grade, "of": way.of}
    if public:
        return shown | {"percent": _rounded(way.percent), "more": _rounded(way.more)}
    shown |= {"percent": _exact(way.percent), "more": _exact(way.more)}
    amounts = {"bound": way.bound, "less": way.less, "share": way.share, "electricity": way.electricity}
    return shown | {"unit": way.unit} | {name: _exact(value) for name, value in amounts.items()}


def _rounded(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(Fraction(ceil(value * 100), 100))


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def show(told: Told, language: Language, *, public: bool) -> None:
    """On standard output."""
    text, console, seen = TEXTS[language], Console(highlight=False), told.outlook
    for line in _head(told, language):
        console.print(line, soft_wrap=True)
    if seen.ways:
        console.print(f"\n[italic]{text['ways']}[/italic]")
        console.print(_ways(told, text, public=public))
    if seen.weights and not public:
        console.print(f"\n[italic]{text['weights']}[/italic]")
        console.print(_weights(told, text, language))
    if told.tried is not None:
        changes = ", ".join(change.text for change in told.changes)
        same = told.tried.grade == seen.graded.grade and told.tried.reason == seen.graded.reason
        outcome = graded_text(told.tried, text, language)
        outcome = text["as-now"].format(outcome=outcome) if same else outcome
        console.print()
        console.print(text["tried"].format(changes=escape(changes), outcome=outcome), soft_wrap=True)


def graded_text(graded: Grade, text: Text, language: Language) -> str:
    """The grade with its band and K, or why there is none."""
    if graded.grade is None:
        return text["no-grade"].format(reason=REASONS[graded.reason or ""][language])
    parts = [f"{text['grade']} [bold]{graded.grade}[/bold]"]
    if graded.grade_band is not None:
        parts.append(escape(graded.grade_band.name[language]))
    if graded.ratio is not None:
        parts.append(f"K {up(Fraction(graded.value, MILLIONTHS), 6)}")
    if graded.level_band is not None:
        parts.append(f"{text['level']} {escape(graded.level_band.name[language])}")
    return " · ".join(parts)


def up(value: Fraction, places: int) -> str:
    """Rounded up, grouped, without trailing zeros."""
    whole = ceil(value * 10**places)
    before, after = divmod(abs(whole), 10**places)
    decimals = f".{after:0{places}d}".rstrip("0").rstrip(".") if places else ""
    return f"{'-' if whole < 0 else ''}{before:,}{decimals}"


def _head(told: Told, language: Language) -> Iterator[str]:
    text, seen, graders = TEXTS[language], told.outlook, told.graders
    yield f"[bold]{escape(str(told.result.document['site']['name'][language]))}[/bold]"
    for head in (graders.scheme.head, graders.benchmarks.head):
        yield f"[dim]{escape(head.title[language])} · {escape(head.id)}[/dim]"
    mean = seen.graded.mean
    if mean is not None:
        facts = {"value": decimal_text(mean.value), "unit": graders.benchmarks.unit, "industry": mean.industry}
        yield f"[dim]{escape(text['mean'].format(year=mean.year, population=mean.population, **facts))}[/dim]"
    yield from _lines(seen.graded, text, language)
    yield graded_text(seen.graded, text, language)
    if seen.graded.grade == 1:
        yield text["best"]
    measure = seen.graded.deciding
    if measure is not None and measure.worse is not None and measure.numerator > 0:
        yield text["worse"].format(percent=_down((measure.worse - measure.numerator) * 100 / measure.numerator))
    if seen.flip is not None:
        facts = {"lower": str(seen.flip.lower), "higher": str(seen.flip.higher), "percent": up(seen.flip.percent, 1)}
        yield f"[yellow]{text['flip'].format(**facts)}[/yellow]"
    marks = told.result.marks.union(graders.scheme.head.marks, graders.benchmarks.head.marks)
    if marks:
        yield f"{text['marks']} [yellow]{escape(' '.join(sorted(marks)))}[/yellow]"


def _lines(graded: Grade, text: Text, language: Language) -> Iterator[str]:
    """Each product's lines, and the enterprise's own figure where one product has the numerator to itself."""
    for measure in graded.measures:
        own = intensity(measure)
        for share in measure.lines:
            facts = {"name": share.line.name[language], "own": "" if own is None else f"{up(own, 4)} "}
            values = ", ".join(up(value, 4) for value in share.values)
            yield escape(text["line"].format(unit=share.line.unit.text, values=values, **facts))


def _down(value: Fraction) -> str:
    return decimal_text(Fraction(value * 100 // 1, 100))


def _ways(told: Told, text: Text, *, public: bool) -> Table:
    seen = told.outlook
    several, efficiency = len(seen.graded.measures) > 1, any(way.more is not None for way in seen.ways)
    columns = ["to", *(["of"] if several else []), *([] if public else ["less"]), "percent"]
    deducted = any(way.share != way.percent for way in seen.ways)
    columns += ["share"] if efficiency and deducted and not public else []
    columns += ["more", *([] if public else ["electricity"])] if efficiency else []
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(text[column], justify="left" if column == "of" else "right", no_wrap=True)
    for way in seen.ways:
        cells = _cells(way, text)
        table.add_row(*(cells[column] for column in columns))
    return table


def _cells(way: Way, text: Text) -> dict[str, str]:
    electricity = text["not-enough"] if way.electricity is None else up(way.electricity, 0)
    return {
        "to": str(way.grade),
        "of": escape(text.get(way.of, way.of)),
        "less": f"{up(way.less, 3)} {escape(way.unit)}",
        "percent": _percent(way.percent),
        "share": _percent(way.share),
        "more": "–" if way.more is None else f"+{_percent(way.more)}",
        "electricity": electricity,
    }


def _percent(value: Fraction | None) -> str:
    return "–" if value is None else f"{up(value, 2)} %"


def _weights(told: Told, text: Text, language: Language) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(text["source"])
    table.add_column(text["emission"].format(unit=escape(told.result.case.unit.text)), justify="right")
    table.add_column(text["weight"], justify="right")
    for weight in told.outlook.weights[:MOST_SOURCES]:
        source = weight.source
        name = source.name[language]
        name = text["deducted"].format(name=name) if source.counts == DEDUCTION else name
        table.add_row(
            escape(name), up(source.total or Fraction(0), 3), f"{decimal_text(round_half_even(weight.percent, 1))} %"
        )
    return table
