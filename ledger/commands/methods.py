"""`carbon methods`: list the accounting methods, and show one as an accountant reads it. Changes nothing.

Exit codes: 0 done, 2 an unknown method, a malformed file, wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from ledger.accounting.method import FORMAT, Method, parse_method
from ledger.commands.input_files import shipped, shipped_or_file
from ledger.commands.methods_show import as_json, show_list, show_method
from ledger.commands.methods_texts import TEXTS
from ledger.language import LANGUAGES, Language, asked
from ledger.rules import UnknownRuleError
from terminal_signer.errors import CarbonError


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        (_list if options.action == "list" else _show)(options, language)
    except CarbonError as fault:
        print(f"carbon methods {options.action}: {fault}", file=sys.stderr)
        return 2
    return 0


def read_method(name: str) -> Method:
    """A shipped method by its id, or a file by its path."""
    return parse_method(*shipped_or_file(name, FORMAT))


def _list(options: argparse.Namespace, language: Language) -> None:
    methods = [read_method(name) for name in shipped(FORMAT)]
    if options.json:
        _print({"methods": [{**method.head.document(), "unit": method.unit.text} for method in methods]})
    else:
        show_list(methods, language)


def _show(options: argparse.Namespace, language: Language) -> None:
    method = read_method(options.method)
    wanted = options.source or ""
    sources = [source for source in method.sources.values() if source.id.startswith(wanted)]
    if not sources:
        raise UnknownRuleError(TEXTS[language]["no-source"].format(name=wanted), mend=", ".join(method.sources))
    if options.json:
        _print(as_json(method, sources))
    else:
        show_method(method, sources, language, steps=bool(wanted))


def _print(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon methods", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | show")
    listing = actions.add_parser("list", help=text["list"], description=text["list"])
    showing = actions.add_parser("show", help=text["show"], description=text["show"])
    showing.add_argument("method", metavar="METHOD", help=text["name"])
    showing.add_argument("--source", metavar="ID", help=text["source"])
    for action in (listing, showing):
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
