"""`carbon exchange subscriber add | list | remove`: which client is told of footprints, at which partner."""

import argparse
import json
import time

from sqlalchemy import Engine

from ledger.access.client import Client
from ledger.commands.cells import printable
from ledger.commands.exchange_texts import TEXTS
from ledger.exchange.periods import moment
from ledger.language import Language
from ledger.partners.errors import PartnerFault
from ledger.partners.partner import PartnerBook
from ledger.store.clients import client_of
from ledger.store.subscribers import (
    Subscriber,
    count_announced,
    is_told_now,
    put_subscriber,
    remove_subscriber,
    subscribers,
)

NEEDED = "footprint:read"


def subscriber(options: argparse.Namespace, engine: Engine, language: Language) -> None:
    """Raises PartnerFault."""
    text = TEXTS[language]
    if options.deed == "list":
        _show(engine, text, as_json=options.json)
        return
    if options.deed == "add":
        client = _subscribing(engine, options.client)
        _check_partner(options, client)
        made = Subscriber(client.client_id, options.partner, int(time.time()))
        if not put_subscriber(engine, made):
            raise PartnerFault("it is told already", where=client.client_id, mend="carbon exchange subscriber remove")
        told = text["subscribed"].format(client=client.client_id, partner=options.partner)
    else:
        if not remove_subscriber(engine, options.client):
            raise PartnerFault("no such subscriber", where=options.client, mend="carbon exchange subscriber list")
        told = text["unsubscribed"].format(client=options.client)
    document = {"format": "subscriber-change/1", "action": options.deed, "client_id": options.client}
    print(json.dumps(document, indent=2) if options.json else told)


def _subscribing(engine: Engine, client_id: str) -> Client:
    client = client_of(engine, client_id)
    if client is None or client.ended_at is not None:
        raise PartnerFault("no such client in force", where=client_id[:128], mend="carbon access client list")
    if NEEDED not in client.scopes:
        raise PartnerFault(f"the client has not the scope {NEEDED}", where=client_id, mend="carbon access client add")
    return client


def _check_partner(options: argparse.Namespace, client: Client) -> None:
    """Nobody is told at another's address what he may see himself."""
    partner = PartnerBook(options.dir).named(options.partner)
    if partner is None:
        raise PartnerFault("no such partner", where=options.partner, mend="carbon exchange partner add")
    if partner.organisation != client.organisation:
        raise PartnerFault(
            f"it is entered for {partner.organisation}, the client is of {client.organisation}", where=partner.name,
            mend=f"carbon exchange partner add --organisation {client.organisation}",
        )  # fmt: skip


def _show(engine: Engine, text: dict[str, str], *, as_json: bool) -> None:
    told, found = count_announced(engine), subscribers(engine)
    if as_json:
        documents = [
            {
                "client_id": one.client_id, "partner": one.partner, "created_at": one.created_at,
                "footprints": told.get(one.client_id, 0), "waiting": is_told_now(engine, one.client_id),
            } for one in found
        ]  # fmt: skip
        print(json.dumps({"format": "subscribers/1", "subscribers": documents}, ensure_ascii=False, indent=2))
        return
    for one in found:
        client = client_of(engine, one.client_id)
        state = "client-ended" if client is None or client.ended_at else "on-its-way" if _waits(engine, one) else "told"
        print(text["subscriber-row"].format(client=printable(one.client_id), partner=one.partner, state=text[state]))
        since = text["subscriber-since"].format(time=moment(one.created_at)[:10], count=told.get(one.client_id, 0))
        print(f"  {since}" if client is None else f"  {client.organisation}{text['comma']}{since}")
    if not found:
        print(text["no-subscriber"])


def _waits(engine: Engine, one: Subscriber) -> bool:
    return is_told_now(engine, one.client_id)
