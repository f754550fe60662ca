"""An evaluation for people: sources with activity, emission and share; totals, grade, quality, findings."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.canonical import decimal_text, exact_number, round_half_even
from ledger.commands.evaluate_inputs import Evaluated
from ledger.commands.evaluate_texts import TEXTS
from ledger.evaluation.calendar import local_date, offset_seconds
from ledger.evaluation.trace import trace_text
from ledger.language import Language
from ledger.reports.wording import Wording, wording

MOST_FINDINGS = 12
_Json = Mapping[str, Any]


def show(evaluated: Evaluated, language: Language, *, trace: bool) -> None:
    """On standard output, rounded half to even; `--json` has the exact figures."""
    document, text, console = evaluated.result.document, TEXTS[language], Console(highlight=False)
    rules = document["rules"]
    named = " · ".join(f"{text[role]} {rules[role]['id']} ({rules[role]['edition']})" for role in ("method", "factors"))
    console.print(f"[bold]{escape(document['site']['name'][language])}[/bold]  {escape(named)}")
    console.print(f"{_period(document)}  [dim]{text['from-' + evaluated.evidence]}[/dim]")
    console.print(_table(document, text, language))
    for line in _below(document, text, language):
        console.print(line, soft_wrap=True)
    if evaluated.certified is not None:
        console.print(text["same" if evaluated.certified else "other"])
    console.print(f"{text['hash']} 0x{hashlib.sha256(evaluated.result.canonical()).hexdigest()}", soft_wrap=True)
    if trace:
        for line in trace_text(document, language):
            console.print(escape(line), soft_wrap=True)


def _period(document: _Json) -> str:
    """First and last day, in the site's offset."""
    period = document["period"]
    offset = offset_seconds(period["offset"]) or 0
    first, last = local_date(period["start"], offset), local_date(period["end"] - 1, offset)
    return f"{first.isoformat()} – {last.isoformat()}"


def number(text: str | Fraction | None, places: int = 2) -> str:
    """An exact number as people read it: grouped, rounded half to even; a small one keeps three digits that count."""
    if text is None:
        return "–"
    exact = exact_number(text) if isinstance(text, str) else text
    while exact and places < 8 and abs(exact) * 10**places < 100:
        places += 1
    rounded = round_half_even(exact, places)
    whole, part = divmod(abs(rounded.numerator) * 10**places // rounded.denominator, 10**places)
    decimals = f".{part:0{places}d}".rstrip("0").rstrip(".") if places else ""
    return f"{'-' if rounded < 0 else ''}{whole:,}{decimals}"


def _k(millionths: int) -> str:
    """K as a certificate states it: rounded up, so that it never looks better than it is."""
    return f"{millionths // 10**6}.{millionths % 10**6:06d}".rstrip("0").rstrip(".")


def _table(document: _Json, text: Mapping[str, str], language: Language) -> Table:
    emissions = document["emissions"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(text["source"])
    table.add_column(text["scope"], justify="right")
    table.add_column(text["activity-column"], justify="right")
    table.add_column(text["emission"].format(unit=emissions["unit"]), justify="right")
    table.add_column(text["share"], justify="right")
    whole = sum(
        (abs(exact_number(entry["total"])) for entry in emissions["by_source"].values() if _counts(entry)), Fraction(0)
    )
    for source_id, entry in emissions["by_source"].items():
        share = f"{float(exact_number(entry['total']) / whole):.1%}" if whole and _counts(entry) else ""
        note = {"memo": text["memo"], "grade-deduction": text["deducted"]}.get(entry["counts"], share)
        note = note if entry["in_total"] or entry["counts"] != "total" else text["other-basis"]
        table.add_row(
            escape(entry["name"][language]), str(entry["scope"]), escape(_activity(document, source_id)),
            number(entry["total"]) if entry["total"] is not None else text["none"], note,
        )  # fmt: skip
    table.add_section()
    table.add_row(f"[bold]{text['total']}[/bold]", "", "", f"[bold]{number(emissions['total'])}[/bold]", "")
    return table


def _counts(entry: _Json) -> bool:
    return entry["in_total"] and entry["total"] is not None


def _activity(document: _Json, source_id: str) -> str:
    """The one item of a source, from the trace; several are left to it."""
    items = {
        used["id"]
        for line in document["trace"]
        if line["line"] == "emission" and line["source"] == source_id
        for used in line["inputs"]
        if used["kind"] == "item"
    }
    if len(items) != 1:
        return ""
    amount = document["activity"][items.pop()]
    return f"{number(amount['value'])} {amount['unit']}"


def _below(document: _Json, text: Mapping[str, str], language: Language) -> list[str]:
    emissions, grade, quality = document["emissions"], document["grade"], document["quality"]
    one, two, three = (number(emissions[f"scope{scope}"]) for scope in (1, 2, 3))
    lines = [text["scopes"].format(one=one, two=two, three=three), *_footprints(document, text)]
    if len(emissions.get("bases", {})) > 1:
        bases = [f"{text.get(name, name)} {number(value)}" for name, value in emissions["bases"].items()]
        lines.append(" · ".join(bases))
    if len(emissions["by_gas"]) > 1:
        lines.append(" · ".join(f"{gas} {number(value)}" for gas, value in emissions["by_gas"].items()))
    if grade["grade"] is not None:
        lines.append(_graded(grade, text, language))
    elif document["kind"] == 2 or "scheme" in grade:
        lines.append(text["no-grade"].format(reason=escape(grade["reason_text"][language])))
    lines.append(text["uncertain"].format(percent=number(document["uncertainty"]["percent"], 1)))
    if grade.get("warning"):
        lines.append(f"[yellow]![/yellow] {escape(grade['warning']['text'][language])}")
    shares = {name: f"{value / 100:.2f} %" for name, value in quality.items()}
    lines.append(text["coverage"].format(**shares))
    if document["marks"]:
        lines.append(f"{text['marks']} [yellow]{' '.join(document['marks'])}[/yellow]")
    words = wording(language)
    found = [_finding(entry, words) for entry in document["findings"]]
    lines += [f"[yellow]![/yellow] {escape(line)}" for line in found[:MOST_FINDINGS]]
    if len(found) > MOST_FINDINGS:
        lines.append(text["more"].format(count=len(found) - MOST_FINDINGS))
    return lines


def _footprints(document: _Json, text: Mapping[str, str]) -> list[str]:
    """Of each product or batch that can be certified: what its certificate would say."""
    entries = [entry for product in document.get("products", []) for entry in (product, *product["batches"])]
    lines = []
    for footprint in (entry["footprint"] for entry in entries if "footprint" in entry):
        parts = {name: exact_number(value) for name, value in footprint["parts"].items()}
        whole, unit = sum(parts.values(), Fraction(0)), escape(footprint["unit"].strip("{}"))
        shares = {name: f"{number(str(part * 100 / whole), 1) if whole else 0} %" for name, part in parts.items()}
        each, made = (
            decimal_text(Fraction(int(footprint[name]), scale))
            for name, scale in (("value", 10**6), ("quantity", 1000))
        )
        told = text["footprint"].format(each=each, unit=unit, made=made, **shares)
        lines.append(f"[bold]{escape(footprint['identifier'])}[/bold]  {told}")
    return lines


def _finding(entry: _Json, words: Wording) -> str:
    """In plain words, as a report says it; the place, and how often where more than once."""
    times = f" × {entry['count']}" if entry["count"] > 1 else ""
    said = words.get(f"finding.{entry['code']}")
    return f"{entry['code']}: {entry['place']}{times}" + (f"  [{said}]" if said else "")


def _graded(grade: _Json, text: Mapping[str, str], language: Language) -> str:
    """Grade, band, K and level, as far as the scheme has them."""
    parts = [f"{text['grade']} [bold]{grade['grade']}[/bold] {escape(grade['band'][language])}"]
    if grade["ratio"] is not None:
        parts[0] += f", K {_k(grade['value'])}"
    if grade["level_band"] is not None:
        parts.append(f"{text['level']} {escape(grade['level_band'][language])}")
    return " · ".join(parts)
