"""`carbon resolve`: the way to an identifier's record, and whether its signature holds; other names of identifiers."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger.commands import resolve_alias
from ledger.commands.resolve_show import FORMAT, document, lines, link_lines
from ledger.commands.resolve_texts import TEXTS
from ledger.commands.store_place import gateway_settings
from ledger.errors import ConfigError
from ledger.identifiers.recognise import Recognised, recognise
from ledger.identifiers.text import IdentifierError, percent_encoded, told
from ledger.language import LANGUAGES, Language, asked
from ledger.resolution.linkset import MEDIA_TYPE
from ledger.resolution.names import alias_name
from ledger.resolution.site import WEB
from ledger.resolution.walk import Verdict, WalkFault
from ledger.walking import Client, Walked, resolve

FOUND, FAILED, WRONG, OPEN = 0, 1, 2, 3
HANDLES = ("vaa", "handle", "private")


def main(argv: Sequence[str]) -> int:
    """0 found and its signature holds, 1 not so, 2 no identifier, 3 found without a signature that counts."""
    if argv[:1] == ["alias"]:
        return resolve_alias.main(argv[1:])
    language = asked(argv)
    options = _parser(TEXTS[language]).parse_args(argv)
    try:
        found = recognise(options.identifier)
        start, client = _start(options), Client(_readable(options.ca))
        if found.scheme in HANDLES:
            return _record(client, start, found.text, options, language)
        return _links(client, start, found, options, language)
    except (IdentifierError, ConfigError) as fault:
        return _complain(told(fault, language), WRONG)
    except WalkFault as fault:
        return _complain(str(fault), FAILED)


def _record(client: Client, start: str, handle: str, options: argparse.Namespace, language: Language) -> int:
    walked = resolve(client, start, handle, int(time.time()))
    if options.json:
        print(json.dumps(document(handle, walked), ensure_ascii=False, indent=1))
    else:
        for line in lines(walked, language):
            print(line)
    return _code(walked)


def _code(walked: Walked) -> int:
    if walked.judged is None or walked.judged.verdict is Verdict.FAILED:
        return FAILED
    return FOUND if walked.judged.verdict is Verdict.VERIFIED else OPEN


def _links(client: Client, start: str, found: Recognised, options: argparse.Namespace, language: Language) -> int:
    """Names of other schemes are resolved by the first node: no delegation is known for them."""
    scheme, _, text = alias_name(found).partition(":")
    url = start + (text if scheme == "gs1" else f"/id/{scheme}/{percent_encoded(text)}")
    status, answer = client.get(f"{url}?linkType=linkset", MEDIA_TYPE)
    linkset: list[Any] = answer.get("linkset", []) if status == 200 and isinstance(answer, dict) else []
    if options.json:
        told = {"format": FORMAT, "identifier": found.text, "linkset": linkset}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    elif linkset:
        for line in link_lines(linkset, language):
            print(line)
    else:
        print(TEXTS[language]["nothing"].format(node=start), file=sys.stderr)
    return FOUND if linkset else FAILED


def _start(options: argparse.Namespace) -> str:
    """Raises ConfigError."""
    given = options.start
    if given is None:
        told = gateway_settings(options.dir)
        given = told.get("public_url") or f"http://{told.get('host', '127.0.0.1')}:{told.get('port', 8000)}"
    if not WEB.fullmatch(str(given)):
        raise ConfigError(f"{str(given)[:80]!r} is no web address", where="--from", mend="https://example.org")
    return str(given).rstrip("/")


def _readable(ca_file: str | None) -> str | None:
    """Raises ConfigError for a file that is none, before anything is asked."""
    if ca_file is not None and not Path(ca_file).is_file():
        raise ConfigError("there is no such file", where=f"--ca {ca_file}", mend="a PEM file")
    return ca_file


def _complain(fault: str, code: int) -> int:
    print(f"carbon resolve: {fault}", file=sys.stderr)
    return code


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon resolve", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("identifier", metavar="IDENTIFIER", help=text["identifier"])
    parser.add_argument("--from", dest="start", metavar="URL", help=text["from"])
    parser.add_argument("--ca", metavar="FILE", help=text["ca"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
