"""The arguments of `carbon exchange`."""

import argparse
from pathlib import Path

from ledger.language import LANGUAGES

_STYLE = argparse.RawDescriptionHelpFormatter


def parser_of(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon exchange", description=text["about"], epilog=text["epilog"], formatter_class=_STYLE
    )
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="list | events | fetch | partner | subscriber"
    )
    _action(actions, "list", text).add_argument("--organisation", metavar="PREFIX", help=text["only-organisation"])
    _action(actions, "events", text)
    fetch = _action(actions, "fetch", text)
    fetch.add_argument("partner", metavar="PARTNER", help=text["of-partner"])
    fetch.add_argument("id", metavar="ID", help=text["footprint-id"])
    fetch.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    partner = actions.add_parser("partner", help=text["partner"], description=text["partner"], formatter_class=_STYLE)
    deeds = partner.add_subparsers(dest="deed", required=True, metavar="add | list | remove")
    _add(_action(deeds, "add", text), text)
    _action(deeds, "list", text, "partner-list")
    _action(deeds, "remove", text).add_argument("name", metavar="NAME", help=text["name"])
    about = text["subscriber"]
    subscriber = actions.add_parser("subscriber", help=about, description=about, formatter_class=_STYLE)
    deeds = subscriber.add_subparsers(dest="deed", required=True, metavar="add | list | remove")
    entered = _action(deeds, "add", text, "subscriber-add")
    entered.add_argument("client", metavar="CLIENT", help=text["subscribing"])
    entered.add_argument("partner", metavar="PARTNER", help=text["told-at"])
    _action(deeds, "list", text, "subscriber-list")
    _action(deeds, "remove", text, "subscriber-remove").add_argument(
        "client", metavar="CLIENT", help=text["subscribing"]
    )
    return parser


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: dict[str, str], key: str = ""
) -> argparse.ArgumentParser:
    key = key or name
    action = actions.add_parser(
        name, help=text[key], description=text[key], epilog=text.get(f"{key}.epilog"), formatter_class=_STYLE
    )
    action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    action.add_argument("--json", action="store_true", help=text["json"])
    action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return action


def _add(action: argparse.ArgumentParser, text: dict[str, str]) -> None:
    action.add_argument("name", metavar="NAME", help=text["name"])
    action.add_argument("--url", required=True, metavar="URL", help=text["url"])
    action.add_argument("--organisation", required=True, metavar="PREFIX", help=text["organisation"])
    action.add_argument("--client-id", required=True, metavar="ID", help=text["client-id"])
    action.add_argument("--secret-file", required=True, metavar="FILE", help=text["secret-file"])
    action.add_argument("--token-url", metavar="URL", help=text["token-url"])
    action.add_argument("--ca-file", type=Path, metavar="FILE", help=text["ca-file"])
    action.add_argument("--replace", action="store_true", help=text["replace"])
