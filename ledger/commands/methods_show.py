"""Methods for people and for machines: tables of sources, items and parameters; the same as one JSON object."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.accounting.factor import years_text
from ledger.accounting.method import Method
from ledger.accounting.sources import Source
from ledger.canonical import decimal_text
from ledger.commands.methods_texts import TEXTS
from ledger.language import Language

_Text = Mapping[str, str]


def show_list(methods: Sequence[Method], language: Language) -> None:
    text, table = TEXTS[language], _table()
    for name in ("method", "years", "unit", "sources", "marks"):
        table.add_column(
            text[name], justify="right" if name == "sources" else "left", no_wrap=name != "method", overflow="fold"
        )
    for method in methods:
        head = method.head
        title = f"{head.id}\n[dim]{escape(head.title[language])}\n{escape(head.edition)}[/dim]"
        marks = " ".join(sorted(head.marks))
        table.add_row(title, years_text(head.years), method.unit.text, str(len(method.sources)), marks)
    Console(highlight=False).print(table)


def show_method(method: Method, sources: Sequence[Source], language: Language, *, steps: bool) -> None:
    """`steps`: every formula in full, and nothing but the sources asked for."""
    text, console = TEXTS[language], Console(highlight=False)
    head, rules = method.head, method.data_rules
    console.print(f"[bold]{head.id}[/bold]  {escape(head.title[language])}  [dim]{escape(head.source)}[/dim]")
    if steps:
        for source in sources:
            _formula(console, method, source, text, language)
        return
    limit = f"{rules.gaps_limit / 100:g}"
    console.print(text["examples"].format(count=len(method.examples), gaps=rules.gaps, limit=limit))
    console.print(_sources(sources, text, language))
    console.print(_items(method, text, language))
    if method.parameters:
        console.print(_parameters(method, text, language))


def as_json(method: Method, sources: Sequence[Source]) -> dict[str, Any]:
    return {
        "format": "method-view/1",
        **method.head.document(),
        "unit": method.unit.text,
        "bases": list(method.bases),
        "gases": list(method.gases),
        "gwp_set": method.gwp_set,
        "items": {
            item.id: {"unit": item.unit.text, "name": item.name, "parts": list(item.parts.values())}
            for item in method.items.values()
            if item.part_of is None
        },
        "parameters": {
            parameter.id: {
                "unit": parameter.unit.text,
                "name": parameter.name,
                "default": None if parameter.default is None else decimal_text(parameter.default.quantity.value),
                "basis": None if parameter.default is None else parameter.default.basis,
                "source": None if parameter.default is None else parameter.default.source,
                "confidence": None if parameter.default is None else parameter.default.confidence,
            }
            for parameter in method.parameters.values()
        },
        "sources": {source.id: _source_json(source) for source in sources},
    }


def _source_json(source: Source) -> dict[str, Any]:
    manner = source.manner
    return {
        "name": source.name,
        "scope": manner.scope,
        "gas": manner.gas,
        "group": manner.group,
        "basis": manner.basis,
        "counts": manner.counts,
        "required": manner.required,
        "excludes": sorted(manner.excludes),
        "clause": source.formula.clause,
        "steps": [step.text for step in source.formula.steps],
        "with": {name: f"{binding.kind}:{binding.id}" for name, binding in source.bindings.items()},
    }


def _table() -> Table:
    return Table(box=None, pad_edge=False, header_style="bold", title_justify="left", title_style="bold")


def _sources(sources: Sequence[Source], text: _Text, language: Language) -> Table:
    table = _table()
    table.title = "\n" + text["sources-title"]
    for name in ("sources", "scope", "group", "reads", "formula"):
        table.add_column(text[name], justify="right" if name == "scope" else "left", overflow="fold")
    for family in _families(sources):
        source = family[0]
        names = ", ".join(one.id for one in family)
        name = source.name[language] if len(family) == 1 else text["each"].format(count=len(family), id=source.id)
        reads = "\n".join((*source.items, *(f"[dim]{factor}[/dim]" for factor in source.factors)))
        formula = "\n".join(escape(step.text) for step in source.formula.steps)
        group = text.get(source.manner.group, source.manner.group)
        notes = _notes(source, text) if len(family) == 1 else ""
        row = f"{names}\n[dim]{escape(name)}{notes}[/dim]"
        table.add_row(row, str(source.scope), group, reads, formula)
    return table


def _families(sources: Sequence[Source]) -> list[list[Source]]:
    """Sources that share formula, scope, group and way of counting stand together, in the order of the first."""
    found: dict[tuple[object, ...], list[Source]] = {}
    for source in sources:
        manner = source.manner
        shared = (source.formula.id, manner.scope, manner.group, manner.basis, manner.counts, len(source.items))
        found.setdefault(shared, []).append(source)
    return list(found.values())


def _notes(source: Source, text: _Text) -> str:
    manner = source.manner
    notes = [text["required"]] if manner.required else []
    notes += [text["basis"].format(basis=manner.basis)] if manner.basis else []
    notes += [text[manner.counts]] if manner.counts != "total" else []
    notes += [text["excludes"].format(ids=", ".join(sorted(manner.excludes)))] if manner.excludes else []
    return " · " + " · ".join(notes) if notes else ""


def _items(method: Method, text: _Text, language: Language) -> Table:
    table = _table()
    table.title = "\n" + text["items-title"]
    for name in ("item", "unit", ""):
        table.add_column(text.get(name, ""), overflow="fold")
    for item in method.items.values():
        if item.part_of is None:
            note = f"  [dim]{text['stock']}[/dim]" if item.parts else ""
            table.add_row(item.id, item.unit.text, escape(item.name[language]) + note)
    return table


def _parameters(method: Method, text: _Text, language: Language) -> Table:
    table = _table()
    table.title = "\n" + text["parameters-title"]
    for name in ("parameter", "value", "unit", "mark"):
        table.add_column(text[name], justify="right" if name == "value" else "left", overflow="fold")
    for parameter in method.parameters.values():
        default = parameter.default
        value = text["none"] if default is None else decimal_text(default.quantity.value)
        mark = "" if default is None else f"{escape(default.source)} [{default.basis}, {default.confidence}]"
        name = f"{parameter.id}\n[dim]{escape(parameter.name[language])}[/dim]"
        table.add_row(name, value, parameter.unit.text, mark.replace("[", "\\["))
    return table


def _formula(console: Console, method: Method, source: Source, text: _Text, language: Language) -> None:
    console.print(f"\n[bold]{source.id}[/bold]  {escape(source.name[language])}{_notes(source, text)}")
    console.print(f"  [dim]{escape(source.formula.clause)}[/dim]", soft_wrap=True)
    for step in source.formula.steps:
        console.print(f"  {escape(step.text)}", soft_wrap=True)
    for name, binding in source.bindings.items():
        constant = method.constants.get(binding.id) if binding.kind == "constant" else None
        value = f" = {decimal_text(constant.value)} {constant.unit.text}" if constant else ""
        console.print(f"    {text['with']} {name}: {binding.kind} {binding.id}{escape(value)}", soft_wrap=True)
