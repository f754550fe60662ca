"""The options of `carbon access`."""

import argparse
from pathlib import Path

from ledger.access.grants import GRANTABLE, Part
from ledger.access.roles import SCOPES, Role
from ledger.language import LANGUAGES

_STYLE = argparse.RawDescriptionHelpFormatter
_RECEIVERS = tuple(str(role) for role in Role if GRANTABLE[role])


def parser(text: dict[str, str]) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        "carbon access", description=text["about"], epilog=text["epilog"], formatter_class=_STYLE
    )
    things = top.add_subparsers(dest="thing", required=True, metavar="client | grant | deposit | fetch | log")
    for name, actions in (("client", ("add", "revoke", "list")), ("grant", ("add", "revoke", "list"))):
        thing = things.add_parser(name, help=text[name], description=text[name])
        under = thing.add_subparsers(dest="action", required=True, metavar=" | ".join(actions))
        for action in actions:
            key = f"{name}.{action}"
            _add(key, under.add_parser(action, help=text[key], description=text[key]), text)
    for name in ("deposit", "fetch", "log"):
        _add(name, things.add_parser(name, help=text[name], description=text[name]), text)
    return top


def _add(key: str, own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    _OPTIONS[key](own, text)
    own.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    own.add_argument("--database", metavar="X", help=text["database"])
    own.add_argument("--json", action="store_true", help=text["json"])
    own.add_argument("--lang", choices=LANGUAGES, help=text["lang"])


def _client_add(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("--organisation", required=True, metavar="PREFIX", help=text["organisation"])
    own.add_argument("--role", required=True, choices=[str(role) for role in Role], help=text["role"])
    own.add_argument("--id", metavar="ID", help=text["id"])
    own.add_argument("--scope", action="append", default=[], choices=SCOPES, help=text["scope"])
    own.add_argument("--label", default="", metavar="TEXT", help=text["label"])


def _client_revoke(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("id", metavar="ID", help=text["client-id"])


def _nothing(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    """`client list` has no options of its own."""


def _grant_add(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("--to", required=True, metavar="PREFIX", help=text["to"])
    own.add_argument("--role", required=True, choices=_RECEIVERS, help=text["role"])
    own.add_argument("--about", required=True, metavar="IDENTIFIER", help=text["about-flag"])
    own.add_argument("--part", action="append", required=True, choices=[str(part) for part in Part], help=text["part"])
    own.add_argument("--figure", action="append", metavar="NAME", help=text["figure"])
    own.add_argument("--from", dest="since", metavar="DATE", help=text["from"])
    own.add_argument("--until", required=True, metavar="DATE", help=text["until"])
    own.add_argument("--period", nargs=2, metavar=("START", "END"), help=text["period"])
    own.add_argument("--purpose", default="", metavar="TEXT", help=text["purpose"])
    _signing(own, text)


def _grant_revoke(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("grant", metavar="0x…", help=text["grant-id"])
    own.add_argument("--reason", default="", metavar="TEXT", help=text["reason"])
    own.add_argument("--log", metavar="0x…", help=text["log-flag"])
    _signing(own, text)


def _grant_list(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("--enterprise", metavar="PREFIX", help=text["enterprise"])
    own.add_argument("--log", metavar="0x…", help=text["log-flag"])


def _signing(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("--key", type=Path, required=True, metavar="DIR", help=text["key"])
    own.add_argument("--passphrase-file", metavar="FILE", help=text["passphrase-file"])
    own.add_argument("--no-send", action="store_true", help=text["no-send"])


def _deposit(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("bundle", type=Path, metavar="BUNDLE", help=text["bundle"])


def _fetch(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("identifier", metavar="IDENTIFIER", help=text["identifier"])
    own.add_argument("--client", required=True, metavar="ID", help=text["client-id"])
    own.add_argument("--secret-file", type=Path, required=True, metavar="FILE", help=text["secret-file"])
    own.add_argument("--gateway", metavar="URL", help=text["gateway"])
    own.add_argument("--part", choices=[str(part) for part in Part], help=text["fetch-part"])
    own.add_argument("--token", metavar="0x…", help=text["token"])
    own.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    own.add_argument("--policy", metavar="FILE", help=text["policy"])
    own.add_argument("--rpc", metavar="URL", help=text["rpc"])


def _log(own: argparse.ArgumentParser, text: dict[str, str]) -> None:
    own.add_argument("--enterprise", metavar="PREFIX", help=text["enterprise"])
    own.add_argument("--after", type=int, default=0, metavar="N", help=text["after"])
    own.add_argument("--known", action="append", default=[], metavar="'N 0x…'", help=text["known"])


_OPTIONS = {
    "client.add": _client_add, "client.revoke": _client_revoke, "client.list": _nothing,
    "grant.add": _grant_add, "grant.revoke": _grant_revoke, "grant.list": _grant_list,
    "deposit": _deposit, "fetch": _fetch, "log": _log,
}  # fmt: skip
