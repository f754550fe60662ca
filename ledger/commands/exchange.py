"""`carbon exchange list | events | fetch | partner | subscriber`: footprints as PACT has them, and those they go to.

Exit codes: 0 done, 1 a partner or the store did not answer as it must, 2 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from ledger.certificates.statement import Domain
from ledger.chain import deployment
from ledger.chain.errors import DeploymentFault
from ledger.commands.exchange_arguments import parser_of
from ledger.commands.exchange_show import (
    Row,
    show_events,
    show_footprints,
    show_foreign,
    show_partners,
)
from ledger.commands.exchange_subscribers import subscriber
from ledger.commands.exchange_texts import TEXTS
from ledger.commands.store_place import configured_store, gateway_settings
from ledger.errors import ConfigError
from ledger.exchange.errors import FootprintFault, NotExchangeable
from ledger.exchange.footprint import product_footprint
from ledger.exchange.foreign import read_footprint
from ledger.exchange.proof import Node
from ledger.identifiers.text import IdentifierError
from ledger.language import Language, asked
from ledger.partners.client import PactClient
from ledger.partners.errors import ForbiddenAddress, PartnerFault
from ledger.partners.partner import Partner, PartnerBook, new_partner
from ledger.partners.reach import Reach
from ledger.store.database import migrate, open_store
from ledger.store.exchange import outgoing_events, received_events
from ledger.store.footprints import Listed, faulty, index_footprints, listed
from terminal_signer.errors import CarbonError

MOST_EVENTS = 200
_MOST_SECRET = 1024
_INPUT = (ConfigError, DeploymentFault, PartnerFault, ForbiddenAddress, IdentifierError, FootprintFault)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = parser_of(TEXTS[language]).parse_args(arguments)
    try:
        _ACTIONS[options.action](options, language)
    except CarbonError as fault:
        print(f"carbon exchange {options.action}: {fault}", file=sys.stderr)
        return 2 if isinstance(fault, _INPUT) else 1
    return 0


def _list(options: argparse.Namespace, language: Language) -> None:
    node, engine = _node(options.dir), _store(options.dir)
    try:
        index_footprints(engine, Domain(node.chain_id, node.contract))
        organisations = None if options.organisation is None else [options.organisation]
        rows = [_row(entry, node) for entry in listed(engine, organisations)]
        rows += [
            Row(identifier, fault=fault)
            for identifier, fault in faulty(engine)
            if organisations is None or identifier.startswith(f"{organisations[0]}/")
        ]
    finally:
        engine.dispose()
    show_footprints(rows, language, as_json=options.json)


def _row(entry: Listed, node: Node) -> Row:
    identifier = entry.certificate.statement.identifier
    try:
        return Row(identifier, product_footprint(entry.certificate, entry.standing, node))
    except NotExchangeable as fault:
        return Row(identifier, fault=str(fault))


def _events(options: argparse.Namespace, language: Language) -> None:
    engine = _store(options.dir)
    try:
        outgoing, received = outgoing_events(engine, MOST_EVENTS), received_events(engine, MOST_EVENTS)
    finally:
        engine.dispose()
    show_events(outgoing, received, language, as_json=options.json)


def _fetch(options: argparse.Namespace, language: Language) -> None:
    """A footprint that is none of PACT's is shown as what is wrong with it, and not written."""
    partner = PartnerBook(options.dir).named(options.partner)
    if partner is None:
        raise PartnerFault("no such partner", where=options.partner, mend="carbon exchange partner list")
    document = PactClient(partner, _reach(options.dir)).fetch(options.id)
    footprint = read_footprint(document)
    if options.out is not None:
        _write(options.out, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    show_foreign(footprint, document, language, as_json=options.json)


def _partner(options: argparse.Namespace, language: Language) -> None:
    book, text = PartnerBook(options.dir), TEXTS[language]
    if options.deed == "add":
        path = book.add(_new_partner(options), replace=options.replace)
        _tell("added", text["added"].format(name=options.name, path=path), options)
    elif options.deed == "remove":
        if not book.remove(options.name):
            raise PartnerFault("no such partner", where=options.name, mend="carbon exchange partner list")
        _tell("removed", text["removed"].format(name=options.name), options)
    else:
        show_partners(list(book), language, as_json=options.json)


def _subscriber(options: argparse.Namespace, language: Language) -> None:
    engine = _store(options.dir)
    try:
        subscriber(options, engine, language)
    finally:
        engine.dispose()


_ACTIONS = {"list": _list, "events": _events, "fetch": _fetch, "partner": _partner, "subscriber": _subscriber}


def _tell(action: str, told: str, options: argparse.Namespace) -> None:
    document = {"format": "partner-change/1", "action": action, "name": options.name}
    print(json.dumps(document, indent=2) if options.json else told)


def _new_partner(options: argparse.Namespace) -> Partner:
    ca_file = "" if options.ca_file is None else str(options.ca_file.absolute())
    if ca_file and not options.ca_file.is_file():
        raise PartnerFault("no such file", where=ca_file)
    return new_partner(
        options.name, options.url, options.organisation, options.client_id, _secret(options.secret_file),
        token_url=options.token_url or "", ca_file=ca_file,
    )  # fmt: skip


def _secret(path: str) -> str:
    """Its first line: never from the command line, which others can see."""
    try:
        if path == "-":
            text = sys.stdin.readline(_MOST_SECRET + 2)
        else:
            with Path(path).open(encoding="utf-8") as file:
                text = file.readline(_MOST_SECRET + 2)
    except (OSError, UnicodeDecodeError) as fault:
        raise PartnerFault(f"cannot be read: {fault}", where="--secret-file") from fault
    return text.rstrip("\r\n")


def _node(folder: Path) -> Node:
    settings = gateway_settings(folder)
    chain = deployment.load(folder / settings.get("deployment", "deployment.json"))
    scheme = "https" if "tls_certificate" in settings else "http"
    usual = f"{scheme}://{settings.get('host', '127.0.0.1')}:{settings.get('port', 8000)}"
    url = str(settings.get("public_url", usual)).rstrip("/")
    host = urlsplit(url).hostname or "localhost"
    return Node(url, host, chain.chain_id, chain.address("CertificateRegistry"), chain.demo)


def _reach(folder: Path) -> Reach:
    word = gateway_settings(folder).get("callbacks", Reach.PUBLIC)
    if word not in tuple(Reach):
        raise ConfigError(f"{word!r:.40} is none of {', '.join(Reach)}", where="gateway.toml, callbacks")
    return Reach(word)


def _store(folder: Path) -> Engine:
    engine = open_store(configured_store(folder))
    migrate(engine)
    return engine


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise ConfigError(f"cannot be written: {fault.strerror}", where=str(path)) from fault
