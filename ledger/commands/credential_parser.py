"""What `carbon credential` understands."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from ledger.language import LANGUAGES

FORMS = ("vc", "vc-jwt", "sd-jwt", "dcc", "dcc-jwt")
KEYS = ("ed25519", "p256", "rsa")


def parser(text: Mapping[str, str]) -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="carbon credential", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    whole.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    actions = whole.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = {name: actions.add_parser(name, help=text[name], description=text[name]) for name in _ACTIONS}
    for name in ("show", "verify", "present"):
        made[name].add_argument("file", type=Path, metavar="FILE", help=text["file"])
    made["verify"].add_argument("--issuer", type=Path, required=True, metavar="DID.json", help=text["issuer"])
    made["verify"].add_argument("--status", nargs="+", default=[], metavar="LIST", help=text["status"])
    made["verify"].add_argument("--at", metavar="TIME", help=text["at"])
    made["present"].add_argument("--at", metavar="TIME", help=text["signed-at"])
    for name in ("verify", "present"):
        made[name].add_argument("--nonce", metavar="TEXT", help=text["nonce"])
        made[name].add_argument("--audience", metavar="TEXT", help=text["audience"])
    for name in ("export", "present"):
        made[name].add_argument("--holder-key", type=Path, metavar="FILE", help=text[f"holder-{name}"])
        made[name].add_argument("--passphrase-file", metavar="FILE", help=text["passphrase-file"])
    for name in ("show", "verify"):
        made[name].add_argument("--json", action="store_true", help=text["json"])
    made["present"].add_argument("--disclose", required=True, metavar="FIELDS", help=text["disclose"])
    _export_options(made["export"], text)
    for name in ("export", "present"):
        made[name].add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    made["rotate"].add_argument("key", choices=KEYS, help=text["key"])
    ends = made["rotate"].add_mutually_exclusive_group()
    ends.add_argument("--until", metavar="DATE", help=text["until"])
    ends.add_argument("--leaked", action="store_true", help=text["leaked"])
    for name in ("export", "rotate"):
        made[name].add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    for action in made.values():
        action.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=text["lang"])
    return whole


_ACTIONS = ("export", "present", "show", "verify", "rotate")


def _export_options(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    parser.add_argument("identifier", metavar="IDENTIFIER", help=text["identifier"])
    parser.add_argument("--form", choices=FORMS, default="vc", help=text["form"])
    parser.add_argument("--disclose", metavar="FIELDS", help=text["disclose"])
    parser.add_argument("--token", metavar="0x…", help=text["token"])
    parser.add_argument("--client", metavar="ID", help=text["client"])
    parser.add_argument("--secret-file", type=Path, metavar="FILE", help=text["secret-file"])
    parser.add_argument("--kit", action="store_true", help=text["kit"])
    parser.add_argument("--gateway", metavar="URL", help=text["gateway"])
