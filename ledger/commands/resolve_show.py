"""How `carbon resolve` shows the way to a record, the record itself and what its signature is worth."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.commands.cells import padded, printable, rows, width
from ledger.commands.resolve_texts import TEXTS
from ledger.language import Language
from ledger.resolution.value_json import value_json
from ledger.resolution.values import SIGNATURE
from ledger.resolution.walk import Judged, Step, Verdict
from ledger.templates.library import load_layer
from ledger.walking import Walked

FORMAT = "resolution/1"
_WIDEST = 100


def lines(walked: Walked, language: Language) -> Iterator[str]:
    text = TEXTS[language]
    way = [(step.node, str(step.response), _said(step, text)) for step in walked.steps]
    yield from table((text["node"], text["code"], text["answer"]), way)
    if not walked.last.found:
        return
    yield ""
    told = [value_json(value) for value in walked.last.values if value.type.upper() != SIGNATURE]
    names = {item.index: item.names[language] for item in load_layer("public").items}
    cells = [(str(one["index"]), _kind(one, names), _short(one["data"]["value"])) for one in told]
    yield from table((text["index"], text["type"], text["data"]), cells)
    if walked.judged is not None:
        yield ""
        yield _verdict(walked.judged, walked.fault, text)


def document(identifier: str, walked: Walked) -> dict[str, Any]:
    judged, checked = walked.judged, walked.judged.checked if walked.judged else None
    return {
        "format": FORMAT,
        "identifier": identifier,
        "path": [{"node": one.node, "response": one.response, "onward": one.onward or None} for one in walked.steps],
        "values": [value_json(value) for value in walked.last.values],
        "signature": judged
        and {
            "verdict": judged.verdict.value,
            "issuer": judged.issuer.text if judged.issuer else None,
            "verified": list(checked.verified) if checked else [],
            "altered": list(checked.altered) if checked else [],
            "unsigned": list(checked.unsigned) if checked else [],
            "fault": walked.fault or None,
        },
    }


def link_lines(linkset: Sequence[dict[str, Any]], language: Language) -> Iterator[str]:
    text = TEXTS[language]
    for level in linkset:
        yield f"{text['links']}: {printable(str(level.get('anchor', '')))}"
        found = [
            (name, str(link.get("title", "")), str(link.get("href", "")))
            for name, links in level.items()
            if isinstance(links, list)
            for link in links
            if isinstance(link, dict)
        ]
        yield from table((text["relation"], text["title"], "URL"), found)


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their content; the last one is wrapped."""
    sizes = [max(width(printable(row[place])) for row in (head, *body)) for place in range(len(head))]
    sizes = [min(size, 60) for size in sizes[:-1]] + [min(sizes[-1], _WIDEST)]
    yield "  ".join(padded(cell, size) for cell, size in zip(head, sizes, strict=True)).rstrip()
    yield "  ".join("─" * size for size in sizes)
    for row in body:
        yield from rows([[cell] for cell in row], sizes)


def _said(step: Step, text: dict[str, str]) -> str:
    known = text.get(f"code.{step.response}", text["other"])
    return known.format(onward=step.onward, code=step.response, message=step.message)


def _kind(value: dict[str, Any], names: Mapping[int, str]) -> str:
    """The type, and what an item of the public metadata layer is called."""
    return f"{value['type']} {names.get(value['index'], '')}".rstrip()


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else ", ".join(map(str, _leaves(value)))
    return shown if len(shown) <= 160 else f"{shown[:159]}…"


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _verdict(judged: Judged, fault: str, text: dict[str, str]) -> str:
    issuer = judged.issuer.text if judged.issuer else ""
    count = len(judged.checked.verified) if judged.checked else 0
    why = _why(judged, text) or fault
    return text[judged.verdict.value].format(issuer=printable(issuer), count=count, why=f": {why}" if why else "")


def _why(judged: Judged, text: dict[str, str]) -> str:
    checked = judged.checked
    if checked is None or judged.verdict is not Verdict.FAILED:
        return ""
    reasons = [
        (not checked.sound, text["wrong-key"]),
        (not checked.same_handle, text["other-handle"]),
        (not checked.in_time, text["expired"]),
        (checked.altered, text["altered"].format(indices=", ".join(map(str, checked.altered)))),
        (checked.unsigned, text["unsigned-values"].format(indices=", ".join(map(str, checked.unsigned)))),
    ]
    return "; ".join(reason for holds, reason in reasons if holds)
