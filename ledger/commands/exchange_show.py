"""Footprints, events and partners, for machines (`footprints/1`, `exchange-events/1`, `partners/1`) and for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.commands.cells import padded, printable, rows, width
from ledger.commands.exchange_texts import TEXTS
from ledger.exchange.foreign import Foreign
from ledger.exchange.periods import moment
from ledger.exchange.proof import SCHEMA_PATH
from ledger.language import Language
from ledger.partners.partner import Partner
from ledger.store.exchange import NOTICE, SENT, Outgoing, Received

__all__ = ["Row", "show_events", "show_footprints", "show_foreign", "show_partners"]

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A product certificate: its footprint, or what keeps it from being one."""

    identifier: str
    footprint: Mapping[str, Any] | None = None
    fault: str = ""


def show_footprints(found: Sequence[Row], language: Language, *, as_json: bool) -> None:
    if as_json:
        documents = [
            {"identifier": row.identifier, "footprint": row.footprint, "fault": row.fault or None} for row in found
        ]
        _print_json({"format": "footprints/1", "footprints": documents})
        return
    text = TEXTS[language]
    for row in found:
        print("\n".join(_footprint(row, text)))
    states = [row.footprint["status"] if row.footprint else "" for row in found]
    counts = {"active": states.count("Active"), "deprecated": states.count("Deprecated"), "faulty": states.count("")}
    print(text["count"].format(**counts) if found else text["none"])


def _footprint(row: Row, text: Mapping[str, str]) -> Iterator[str]:
    """Four lines at most, each within 80 columns but for what a name needs."""
    if row.footprint is None:
        yield f"{printable(row.identifier)}  {text['not-exchanged']}: {printable(row.fault)}"
        return
    document, pcf = row.footprint, row.footprint["pcf"]
    yield f"{printable(row.identifier)}  {text[document['status']]}"
    yield f"  {document['id']}  {printable(document['productNameCompany'])}"
    end = text["valid-until"].format(end=document["validityPeriodEnd"][:10])
    yield f"  {_amount(pcf['pcfExcludingBiogenicUptake'], pcf['declaredUnitAmount'], pcf, text)}{text['comma']}{end}"
    marks = document["extensions"][0]["data"]["marks"]
    told = [text["corrects"].format(ids=", ".join(document["precedingPfIds"]))] if "precedingPfIds" in document else []
    told += [text["marks"].format(marks=", ".join(marks))] if marks else []
    if told:
        yield f"  {text['semicolon'].join(told)}"


def _amount(footprint: object, amount: object, pcf: Mapping[str, Any], text: Mapping[str, str]) -> str:
    many = "" if str(amount) == "1" else f"{amount} "
    return text["per"].format(value=footprint, unit=many + text[f"unit.{pcf['declaredUnitOfMeasurement']}"])


def show_events(
    outgoing: Sequence[Outgoing], received: Sequence[Received], language: Language, *, as_json: bool
) -> None:
    if as_json:
        _print_json(
            {
                "format": "exchange-events/1",
                "outgoing": [{name: getattr(one, name) for name in Outgoing.__dataclass_fields__} for one in outgoing],
                "received": [{name: getattr(one, name) for name in Received.__dataclass_fields__} for one in received],
            }
        )
        return
    text = TEXTS[language]
    if not outgoing and not received:
        print(text["no-event"])
    if outgoing:
        print(text["outgoing"])
    for sent in outgoing:
        news = sent.kind == NOTICE
        asked = text["told-to" if news else "asked-by"].format(client=sent.client_id, organisation=sent.organisation)
        state = text["told" if news and sent.state == SENT else sent.state]
        print(f"  {moment(sent.created_at)}  {state}  {printable(sent.event_id)}")
        facts = (asked, sent.source, text["attempts"].format(attempts=sent.attempts))
        print(f"    {text['comma'].join(map(printable, facts))}")
        if sent.outcome:
            print(f"    {printable(sent.outcome[:_LONGEST])}")
    if received:
        print(text["received"])
    for came in received:
        kind = came.type.rpartition("ProductFootprint.")[2]
        print(f"  {moment(came.received_at)}  {printable(kind)}  {printable(came.event_id)}")
        print(f"    {text['comma'].join(map(printable, (came.client_id, came.organisation, came.source)))}")


def show_partners(found: Sequence[Partner], language: Language, *, as_json: bool) -> None:
    if as_json:
        shown = ("name", "url", "organisation", "client_id", "token_url", "ca_file")
        _print_json(
            {"format": "partners/1", "partners": [{name: getattr(one, name) for name in shown} for one in found]}
        )
        return
    if not found:
        print(TEXTS[language]["no-partner"])
        return
    cells = [(one.name, one.organisation, one.url) for one in found]
    sizes = [max(width(row[column]) for row in cells) for column in range(3)]
    for row in cells:
        print("\n".join(rows([[cell] for cell in row], sizes)))


def show_foreign(footprint: Foreign, document: Mapping[str, Any], language: Language, *, as_json: bool) -> None:
    if as_json:
        _print_json(document)
        return
    text = TEXTS[language]
    pcf = {"declaredUnitOfMeasurement": footprint.unit}
    facts = {
        "product": footprint.product,
        "company": footprint.company,
        "status": text[footprint.status],
        "footprint": _amount(format(footprint.footprint, "f"), format(footprint.amount, "f"), pcf, text),
        "period": " – ".join(footprint.period),
        "primary": text["not-told"] if footprint.primary is None else f"{footprint.primary:f} %",
        "exempted": f"{footprint.exempted:f} %",
        "verified": footprint.verified_by or text["not-told"],
        "ids": ", ".join(footprint.product_ids),
        "certificate": _certificate(document),
    }
    size = max(width(text[f"fact.{name}"]) for name in facts)
    for name, value in facts.items():
        if value:
            print(f"{padded(text[f'fact.{name}'], size)}  {printable(value)}")


def _certificate(document: Mapping[str, Any]) -> str:
    """The address where a footprint of ours is verified, as its extension names it."""
    for extension in document.get("extensions") or []:
        if isinstance(extension, dict) and str(extension.get("dataSchema", "")).endswith(SCHEMA_PATH):
            data = extension.get("data")
            verify = data.get("verify") if isinstance(data, dict) else None
            return verify if isinstance(verify, str) else ""
    return ""


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
