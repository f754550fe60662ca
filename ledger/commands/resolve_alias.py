"""`carbon resolve alias`: other names of identifiers, in the store of the gateway."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from ledger.commands.resolve_show import table
from ledger.commands.resolve_texts import TEXTS
from ledger.commands.store_place import configured_store
from ledger.identifiers.handle import parse_vaa
from ledger.identifiers.text import IdentifierError, told
from ledger.language import LANGUAGES, asked
from ledger.resolution.faults import HandleFault
from ledger.resolution.names import alias_of, key_name
from ledger.store.aliases import Alias, aliases_named, aliases_of, put_alias, remove_alias
from ledger.store.database import migrate, open_store

DONE, ABSENT, WRONG = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """0 done, 1 there is no such name, 2 wrong use."""
    language = asked(argv)
    text = TEXTS[language]
    options = _parser(text).parse_args(argv)
    try:
        engine = open_store(configured_store(options.dir))
        migrate(engine)
        try:
            return {"add": _add, "remove": _remove, "list": _list}[options.action](engine, options, text)
        finally:
            engine.dispose()
    except (IdentifierError, HandleFault) as fault:
        print(f"carbon resolve alias: {told(fault, language)}", file=sys.stderr)
        return WRONG


def _add(engine: Engine, options: argparse.Namespace, text: dict[str, str]) -> int:
    handle = parse_vaa(options.identifier)
    alias = Alias(alias_of(options.name), handle.text, handle.prefix, int(time.time()))
    known = "added" if put_alias(engine, alias) else "known"
    print(text[f"alias.{known}"].format(alias=alias.alias, identifier=alias.identifier))
    key = key_name(alias.alias)
    if key and not aliases_named(engine, [key]):
        print(text["alias.no-key"].format(path=key.removeprefix("gs1:")))
    return DONE


def _remove(engine: Engine, options: argparse.Namespace, text: dict[str, str]) -> int:
    alias, identifier = alias_of(options.name), parse_vaa(options.identifier).text
    if not remove_alias(engine, alias, identifier):
        print(text["alias.none"], file=sys.stderr)
        return ABSENT
    print(text["alias.removed"].format(alias=alias, identifier=identifier))
    return DONE


def _list(engine: Engine, options: argparse.Namespace, text: dict[str, str]) -> int:
    found = aliases_of(engine, parse_vaa(options.identifier).text if options.identifier else None)
    if options.json:
        print(json.dumps([_document(one) for one in found], ensure_ascii=False, indent=1))
    elif not found:
        print(text["alias.none"])
    else:
        head = (text["alias.column"], text["alias.identifier"].split(" ")[0], text["owner"], text["since"])
        for line in table(head, [(one.alias, one.identifier, one.owner, _day(one)) for one in found]):
            print(line)
    return DONE


def _document(alias: Alias) -> dict[str, object]:
    return {
        "alias": alias.alias,
        "identifier": alias.identifier,
        "owner": alias.owner,
        "created_at": alias.created_at,
    }


def _day(alias: Alias) -> str:
    return datetime.fromtimestamp(alias.created_at, UTC).date().isoformat()


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon resolve alias", description=text["alias.about"], epilog=text["alias.example"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="add | remove | list")
    for name in ("add", "remove", "list"):
        action = actions.add_parser(name, help=text[f"alias.{name}"], description=text[f"alias.{name}"])
        many = {"nargs": "?"} if name == "list" else {}
        action.add_argument("identifier", metavar="IDENTIFIER", help=text["alias.identifier"], **many)  # type: ignore[arg-type]
        if name != "list":
            action.add_argument("name", metavar="NAME", help=text["alias.name"])
        action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
