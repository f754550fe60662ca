"""Layers, templates, checks and applications as lines for people (100 columns) and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ledger.commands.cells import padded, rows, width
from ledger.commands.template_texts import TEXTS
from ledger.language import Language
from ledger.templates import Layer, RecordError, Template, TemplateError
from ledger.templates.approval import Case, State, Step, at
from ledger.templates.items import Item
from ledger.templates.likeness import Warned
from ledger.templates.schema import Schema
from ledger.templates.standing import RESOLVED, standing, template_answer, use
from ledger.templates.vocabulary import ANY_UNIT

WIDTHS = (5, 38, 26, 13, 10)
Text = Mapping[str, str]


def time_text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")


def list_lines(layers: Sequence[tuple[str, Layer, Template]], language: Language) -> Iterator[str]:
    text = TEXTS[language]
    for name, layer, merged in layers:
        count = text["items"].format(count=len(layer.items), first=layer.items[0].index, last=layer.items[-1].index)
        yield f"{padded(name, 12)}{layer.names['zh']} · {layer.names['en']}"
        codes = "".join(f" · {code}" for code in layer.industries)
        yield f"{'':12}{layer.handle}{codes} · {count}"
        since = text["since"].format(time=time_text(layer.effective))
        yield f"{'':12}{since} · {text['confidence']} {layer.confidence}"
        yield f"{'':12}{padded(text['hash-layer'], 8)}0x{layer.sha256.hex()}"
        if layer.base is not None:
            yield f"{'':12}{padded(text['hash-merged'], 8)}0x{merged.sha256.hex()}"
        yield ""


def list_document(layers: Sequence[tuple[str, Layer, Template]]) -> dict[str, Any]:
    return {
        "format": "templates/1",
        "layers": [
            {
                "name": name, "layer": layer.kind, "handle": layer.handle, "version": layer.version,
                "names": layer.names, "industries": list(layer.industries), "items": len(layer.items),
                "effective": layer.effective, "confidence": layer.confidence, "sha256": f"0x{layer.sha256.hex()}",
                "merged": f"0x{merged.sha256.hex()}",
            }
            for name, layer, merged in layers
        ],
    }  # fmt: skip


def item_lines(items: Sequence[Item], language: Language) -> Iterator[str]:
    text = TEXTS[language]
    heads = [[text[f"head-{name}"]] for name in ("index", "item", "rule", "unit", "layer")]
    yield from rows(heads, WIDTHS)
    for item in items:
        yield from rows(_cells(item, text), WIDTHS)


def total_lines(items: Sequence[Item], shown: Layer | Template, language: Language) -> Iterator[str]:
    text = TEXTS[language]
    yield text["total"].format(
        count=len(items), required=sum(item.required for item in items), handle=shown.handle, version=shown.version
    )
    if isinstance(shown, Template):
        for part in shown.layers:
            yield f"  {padded(_layer(part.kind, text), 10)}0x{part.sha256.hex()}  {part.handle}"
        yield f"  {padded(text['template-hash'], 10)}0x{shown.sha256.hex()}"
    else:
        yield f"  {padded(text['hash-layer'], 10)}0x{shown.sha256.hex()}"


def check_lines(
    refused: Sequence[TemplateError], warned: Sequence[Warned], template: Template | None, language: Language
) -> Iterator[str]:
    text = TEXTS[language]
    for refusal in refused:
        yield from _told("✗", text["refused"], refusal.message, refusal.mend)
    for warning in warned:
        yield from _told("!", text["warned"], str(warning), "")
    if template is not None:
        yield text["accepted"].format(hash=template.sha256.hex())
    else:
        yield text["one-not-accepted" if len(refused) == 1 else "not-accepted"].format(count=len(refused))


def check_document(
    handle: str,
    refused: Sequence[TemplateError],
    warned: Sequence[Warned],
    template: Template | None,
    faults: Sequence[RecordError] | None,
) -> dict[str, Any]:
    return {
        "format": "template-check/1",
        "layer": handle,
        "accepted": template is not None,
        "template": None if template is None else f"0x{template.sha256.hex()}",
        "refusals": [_fault_document(refusal) for refusal in refused],
        "warnings": [_warning_document(warning) for warning in warned],
        "record": None if faults is None else [_fault_document(fault) for fault in faults],
    }


def record_lines(faults: Sequence[RecordError], language: Language) -> Iterator[str]:
    text = TEXTS[language]
    for fault in faults:
        yield from _told("✗", text["fault"], f"{fault.where}: {fault.message}", fault.mend)
    yield text["record-not"].format(count=len(faults)) if faults else text["record-fits"]


def _fault_document(fault: TemplateError | RecordError) -> dict[str, Any]:
    index = {"index": fault.index} if isinstance(fault, RecordError) else {}
    return {**index, "where": fault.where, "what": fault.message, "mend": fault.mend}


def _warning_document(warned: Warned) -> dict[str, Any]:
    def named(item: Item) -> dict[str, Any]:
        return {"layer": item.layer, "index": item.index, "code": item.code, "names": dict(item.names)}

    return {"item": named(warned.item), "like": named(warned.like)}


def case_lines(case: Case, request: str, now: int, language: Language) -> Iterator[str]:
    text = TEXTS[language]
    yield _fact(text["request"], f"{request} · 0x{case.layer.hex()}")
    for step in case.steps:
        yield from rows([[time_text(step.at)], [step.action], [step.account, *_reason(step)]], (20, 14, 60))
    if not case.steps:
        yield text["steps-none"]
    yield from (_fact(name, line) for name, line in _facts(case, now, text))


def case_document(case: Case, request: str, now: int) -> dict[str, Any]:
    found = standing(case, now)
    return {
        "format": "template-standing/1", "request": request, "layer": f"0x{case.layer.hex()}", "at": now,
        "state": found.state.value, "since": found.since, "waits_for": found.waits_for and found.waits_for.value,
        "steps": list(found.steps), "due": found.due,
        "escalated_to": found.escalated_to and found.escalated_to.value,
        "use": use(case, case.bodies.applicant, now), "answer": template_answer(case, now),
        "taken": [
            {"action": step.action, "by": step.account, "kid": f"0x{step.kid.hex()}", "at": step.at,
             "reason": step.reason}
            for step in case.steps
        ],
    }  # fmt: skip


def dumped(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _facts(case: Case, now: int, text: Text) -> Iterator[tuple[str, str]]:
    found, bodies = standing(case, now), case.bodies
    word = text.get(f"{found.state.value}-state") or text[found.state.value]
    yield text["state"], text["since-time"].format(state=word, time=time_text(found.since)) if case.steps else word
    if found.state is State.REGISTERED:
        yield "", text["takes-effect"].format(time=time_text(max(case.effective, at(case, now).since)))
    steps = ", ".join(found.steps)
    if found.waits_for is not None:
        prefix = getattr(bodies, found.waits_for.value)
        yield text["next"], text["waits"].format(body=text[found.waits_for.value], prefix=prefix, steps=steps)
    else:
        yield text["next"], text["possible"].format(steps=steps) if steps else text["nothing"]
    if found.due is not None:
        yield "", text["due"].format(time=time_text(found.due))
    if found.escalated_to is not None:
        prefix = getattr(bodies, found.escalated_to.value)
        yield "", text["escalated"].format(body=text[found.escalated_to.value], prefix=prefix)
        if found.waits_for is not None and found.state in (State.NODE_REVIEW, State.TOP_REVIEW):
            yield "", text["take-over"].format(body=text[found.waits_for.value])
    yield text["use"], text[f"use-{use(case, bodies.applicant, now)}"].format(prefix=bodies.applicant)
    yield text["resolver"], text["answer-1" if template_answer(case, now) == RESOLVED else "answer-600"]


def _fact(name: str, line: str) -> str:
    return padded(name, max(10, width(name) + 2)) + line


def _reason(step: Step) -> list[str]:
    return [step.reason] if step.reason else []


def _told(sign: str, word: str, what: str, mend: str) -> Iterator[str]:
    yield from rows([[sign], [word], [what, *([f"→ {mend}"] if mend else [])]], (1, 15, 78))


def _cells(item: Item, text: Text) -> list[list[str]]:
    both = f"{item.names['zh']} {item.names['en']}"
    names = [both] if width(both) <= WIDTHS[1] else [item.names["zh"], item.names["en"]]
    need = text["disabled"] if item.disabled else text["required" if item.required else "optional"]
    unit = text["any-unit"] if item.unit == ANY_UNIT else item.unit or "–"
    sources = ", ".join(text[kind] for kind in item.source_kinds)
    return [
        [str(item.index)],
        [item.code, *names],
        [_rule(item.schema, text), *([sources] if sources else [])],
        [unit, need],
        [_layer(item.layer, text), text[f"read-{item.visibility}"]],
    ]


def _layer(kind: str, text: Text) -> str:
    return text["public" if kind == "public" else f"{kind}-layer"]


def _rule(schema: Schema, text: Text) -> str:
    kind = schema["type"]
    if kind == "array":
        inner = schema["items"]
        if "$ref" in inner:
            return ", ".join([_range(text["quantity"], schema), *_decimals(schema, text)])
        if "enum" in inner:
            return text["set-of"].format(choices=", ".join(inner["enum"]))
        return text["list-of"].format(most=schema["maxItems"], inner=_rule(inner, text))
    if kind == "integer":
        return _range(text["integer"], schema, "minimum", "maximum")
    if kind == "boolean":
        return text["boolean"]
    if schema.get("format") == "decimal":
        return ", ".join([_range(text["number"], schema), *_decimals(schema, text)])
    if "enum" in schema:
        return text["one-of"].format(choices=", ".join(schema["enum"]))
    return _text_rule(schema, text)


def _text_rule(schema: Schema, text: Text) -> str:
    if "pattern" in schema:
        return str(schema["pattern"])
    if "format" in schema:
        return text[f"format-{schema['format']}"]
    if "minLength" in schema:
        length = text["length"].format(least=schema["minLength"], most=schema["maxLength"])
    else:
        length = text["at-most"].format(most=schema["maxLength"])
    return f"{text['text']}, {length}"


def _range(word: str, schema: Schema, low: str = "x-minimum", high: str = "x-maximum") -> str:
    if low in schema and high in schema:
        return f"{word} {schema[low]}–{schema[high]}"
    bounds = [f"≥ {schema[low]}"] if low in schema else []
    bounds += [f"≤ {schema[high]}"] if high in schema else []
    return " ".join([word, *bounds])


def _decimals(schema: Schema, text: Text) -> list[str]:
    places = schema.get("x-accuracy", 0)
    return [text["decimals"].format(places=places)] if places else []
