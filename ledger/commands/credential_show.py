"""What `carbon credential` prints of a credential: its facts, then what of an SD-JWT was disclosed, or one object."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ledger.commands.cells import padded, printable, width
from ledger.credentials.key_binding import Shown
from ledger.credentials.vocabulary import HIDDEN
from ledger.language import Language

FORMAT = "credential/1"
Json = dict[str, Any]
Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A credential's content. `verdict` is None where nothing was checked; `shown` are the disclosed fields, `hidden`
    the digests that stand for the rest, `holder` who signed the presentation."""

    form: str
    claims: Mapping[str, Any]
    shown: Sequence[str] = ()
    hidden: int = 0
    verdict: str | None = None
    holder: Shown | None = None


def show(seen: Seen, text: Mapping[str, str], language: Language) -> None:
    print(text["unchecked"] if seen.verdict is None else text[seen.verdict])
    facts = [
        (text["form-title"], seen.form),
        (text["issuer-title"], _issuer(seen.claims)),
        *_facts(seen, text, language),
        *_holder(seen, text),
    ]
    _table(facts)
    if seen.form == "dc+sd-jwt":
        print(f"\n{text['disclosed']}")
        rows = list(_disclosed(seen, language))
        _table(rows or [("", text["nothing"])])
        if seen.hidden:
            print("  " + text["hidden"].format(count=seen.hidden))


def document(seen: Seen, exit_code: int) -> str:
    verified = None if seen.verdict is None else seen.verdict == "valid"
    content = {
        "format": FORMAT, "verified": verified, "verdict": seen.verdict, "exit_code": exit_code, "form": seen.form,
        "claims": dict(seen.claims), "disclosed": list(seen.shown), "hidden": seen.hidden,
        "holder": None if seen.holder is None else asdict(seen.holder),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1)


def _table(rows: Rows) -> None:
    wide = max((width(label) for label, _ in rows), default=0)
    for label, value in rows:
        print(f"  {padded(label, wide)}  {printable(value)}".rstrip())


def _issuer(claims: Mapping[str, Any]) -> str:
    issuer = claims.get("issuer", claims.get("iss", ""))
    return str(issuer.get("id", "")) if isinstance(issuer, Mapping) else str(issuer)


def _facts(seen: Seen, text: Mapping[str, str], language: Language) -> Rows:
    """Whatever of the well-known members is there: a credential of others has fewer."""
    subject = seen.claims.get("credentialSubject", seen.claims)
    said: Mapping[str, Any] = subject if isinstance(subject, Mapping) else {}
    ledger = said.get("ledger")
    found = {
        "identifier": said.get("identifier", said.get("name")),
        "kind": text.get(f"kind.{said.get('kind')}", said.get("kind")),
        "enterprise": _name(said.get("enterprise", said.get("issuedToParty")), language),
        "verifier": _name(said.get("verifier"), language),
        "period": _span(said.get("period"), "start", "end"),
        "grade": said.get("grade"),
        "gradeValue": said.get("gradeValue"),
        "footprint": _amount(said.get("footprint")),
        "valid": _validity(seen.claims),
        "marks": ", ".join(map(str, said["marks"])) if isinstance(said.get("marks"), list) else None,
        "token": ledger.get("tokenId") if isinstance(ledger, Mapping) else None,
    }
    rows = [(text[f"row.{name}"], str(value)) for name, value in found.items() if value not in (None, "")]
    return [*rows, *_figures(said.get("figures"), "figure"), *_metrics(said.get("assessment"))]


def _disclosed(seen: Seen, language: Language) -> Iterator[tuple[str, str]]:
    for name, value in seen.claims.items():
        if name not in HIDDEN:
            continue
        label = HIDDEN[name][0 if language == "zh" else 1]
        for item in value if isinstance(value, list) else [value]:
            yield from _item(label, item, language)


def _item(label: str, item: object, language: Language) -> Iterator[tuple[str, str]]:
    if not isinstance(item, Mapping):
        yield label, str(item)
    elif amount := _amount(item):
        yield (f"{label}: {item['item']}" if "item" in item else label), amount
    elif "id" in item:
        own, figure = item.get("name"), _amount(item.get("intensity"))
        name = own.get(language) if isinstance(own, Mapping) else None
        yield f"{label}: {item['id']}", "  ".join(part for part in (name, figure) if part)
    else:
        unit = item.get("unit", "")
        yield label, ", ".join(f"{name} {value} {unit}".strip() for name, value in item.items() if name != "unit")


def _holder(seen: Seen, text: Mapping[str, str]) -> Rows:
    if seen.holder is not None:
        told = text["shown-to"].format(audience=seen.holder.audience, at=_moment(seen.holder.at))
        return [(text["row.holder"], told), ("", seen.holder.key)]
    return [(text["row.holder"], text["bound"])] if "cnf" in seen.claims else []


def _figures(value: object, name: str) -> Iterator[tuple[str, str]]:
    for figure in value if isinstance(value, list) else []:
        if isinstance(figure, Mapping):
            yield str(figure.get(name, "")), _amount(figure) or ""


def _metrics(value: object) -> Iterator[tuple[str, str]]:
    """Declared values of a conformity credential."""
    for assessment in value if isinstance(value, list) else []:
        for metric in assessment.get("declaredValue", []) if isinstance(assessment, Mapping) else []:
            score = f"  ({metric['score']})" if "score" in metric else ""
            yield str(metric.get("metricName", "")), f"{_amount(metric.get('metricValue')) or ''}{score}"


def _amount(value: object) -> str | None:
    if not isinstance(value, Mapping) or "value" not in value:
        return None
    return f"{value['value']} {value.get('unit', '')}".strip()


def _name(party: object, language: Language) -> str | None:
    name = party.get("name") if isinstance(party, Mapping) else None
    if isinstance(name, list):
        tagged = {one.get("@language"): one.get("@value") for one in name if isinstance(one, Mapping)}
        return tagged.get(language) or next(iter(tagged.values()), None)
    return name if isinstance(name, str) else None


def _span(value: object, first: str, last: str) -> str | None:
    if not isinstance(value, Mapping):
        return None
    return f"{value.get(first, '')} – {value.get(last, '')}"


def _validity(claims: Mapping[str, Any]) -> str:
    begins, ends = claims.get("validFrom", claims.get("nbf")), claims.get("validUntil", claims.get("exp"))
    return f"{_moment(begins)} – {_moment(ends)}"


def _moment(value: object) -> str:
    if type(value) is int and 0 <= value < 1 << 40:
        return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
    return str(value) if value is not None else ""
