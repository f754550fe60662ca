"""`carbon methods`: list the accounting methods, and show one as an accountant reads it. Changes nothing.

Exit codes: 0 done, 2 an unknown method, a malformed file, wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.accounting.items import MethodError
from ledger.accounting.method import FORMAT, Method, parse_method
from ledger.commands.methods_show import as_json, show_list, show_method
from ledger.commands.methods_texts import TEXTS
from ledger.language import LANGUAGES, Language, choose
from ledger.rules import UnknownRuleError, load_rule, rule_names
from ledger.rules.reader import MAX_BYTES
from terminal_signer.errors import CarbonError


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    wish = arguments[arguments.index("--lang") + 1 :][:1] if "--lang" in arguments else []
    language = choose(wish[0] if wish else None)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        (_list if options.action == "list" else _show)(options, language)
    except CarbonError as fault:
        print(f"carbon methods {options.action}: {fault}", file=sys.stderr)
        return 2
    return 0


def shipped_methods() -> list[str]:
    """The ids of the methods among the shipped rules."""
    first = f'format = "{FORMAT}"'.encode()
    return [name for name in rule_names() if load_rule(name).startswith(first)]


def read_method(name: str) -> Method:
    """A shipped method by its id, or a file by its path."""
    path = Path(name)
    if path.suffix != ".toml" and "/" not in name:
        if name not in shipped_methods():
            raise UnknownRuleError(
                f"no method {name[:80]!r} is shipped", mend="one of: " + ", ".join(shipped_methods())
            )
        return parse_method(load_rule(name), f"{name}.toml")
    try:
        with path.open("rb") as file:
            return parse_method(file.read(MAX_BYTES + 1), str(path))
    except OSError as fault:
        raise MethodError(f"cannot be read: {fault.strerror}", where=name, mend="check the path") from None


def _list(options: argparse.Namespace, language: Language) -> None:
    methods = [read_method(name) for name in shipped_methods()]
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
