"""`carbon regrade`: grade a closed result by other rules. A new result beside the old one, which is never touched.

Exit codes: 0 written, graded or not; 2 wrong use or a malformed file.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from ledger.canonical import canonical_json
from ledger.commands.input_files import WrongUse, rule_file
from ledger.commands.what_if import ROLES, open_result
from ledger.commands.what_if_texts import TEXTS
from ledger.evaluation.regrade import regrade
from ledger.language import LANGUAGES, Language, asked
from terminal_signer.errors import CarbonError


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    text = TEXTS[language]
    options = _parser(text).parse_args(arguments)
    try:
        old, _ = open_result(options.result)
        new = regrade(old, *(rule_file(getattr(options, role), options.rules) for role in ROLES))
        _write(options.out, canonical_json(new), text)
    except CarbonError as fault:
        print(f"carbon regrade: {fault}", file=sys.stderr)
        return 2
    if options.json:
        print(canonical_json(new).decode())
    else:
        _show(json.loads(old), new, options.out, language)
    return 0


def _write(path: Path, data: bytes, text: dict[str, str]) -> None:
    """A result is never written over another one."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise WrongUse(text["exists"].format(path=path)) from None
    except OSError as fault:
        raise WrongUse(f"cannot be written: {fault.strerror}", where=str(path)) from None


def _show(old: dict[str, Any], new: dict[str, Any], path: Path, language: Language) -> None:
    text, console = TEXTS[language], Console(highlight=False)
    for word, document in (("then", old), ("now", new)):
        rules = " · ".join(f"{document['rules'][role]['id']} ({document['rules'][role]['edition']})" for role in ROLES)
        console.print(f"{text[word]}  {_graded(document['grade'], text, language)}", soft_wrap=True)
        console.print(f"      [dim]{escape(rules)}[/dim]", soft_wrap=True)
    console.print(f"{text['regrades']}  {new['regrades']}", soft_wrap=True)
    console.print(text["written"].format(path=escape(str(path))), soft_wrap=True)


def _graded(grade: dict[str, Any], text: dict[str, str], language: Language) -> str:
    if grade["grade"] is None:
        return text["no-grade"].format(reason=escape(grade["reason_text"][language]))
    ratio = "" if grade["ratio"] is None else f" · K {grade['value'] / 10**6:.6f}"
    return f"{text['grade']} [bold]{grade['grade']}[/bold] · {escape(grade['band'][language])}{ratio}"


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon regrade", description=text["regrade-about"], epilog=text["regrade-epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("result", type=Path, metavar="RESULT", help=text["old"])
    for role in ROLES:
        parser.add_argument(f"--{role}", required=True, metavar="ID|FILE", help=text[role])
    parser.add_argument("--rules", type=Path, metavar="DIR", help=text["rules"])
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=text["out"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
