"""`carbon identify`: the scheme of identifiers, checked, in their normal form."""

import argparse
import json
import sys
from collections.abc import Sequence

from ledger.commands.identify_texts import TEXTS
from ledger.identifiers.recognise import Recognised, recognise
from ledger.identifiers.text import IdentifierError
from ledger.language import LANGUAGES, asked

VALID, INVALID = 0, 2


def main(argv: Sequence[str]) -> int:
    """0 all identifiers are valid, 2 one is not."""
    text = TEXTS[asked(argv)]
    arguments = _parser(text).parse_args(argv)
    found: list[Recognised] = []
    faults: list[dict[str, str]] = []
    for one in arguments.text:
        try:
            found.append(recognise(one, arguments.owner))
        except IdentifierError as fault:
            faults.append({"asked": one, "fault": fault.message, "mend": fault.mend})
            print(f"carbon identify: {fault}", file=sys.stderr)
    if arguments.json:
        print(json.dumps([*map(_document, found), *faults], ensure_ascii=False, indent=1))
    else:
        _show(found, text)
    return INVALID if faults else VALID


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon identify", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("text", nargs="+", metavar="IDENTIFIER", help=text["text"])
    parser.add_argument("--owner", default="", metavar="PREFIX", help=text["owner"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _show(found: Sequence[Recognised], text: dict[str, str]) -> None:
    for one in found:
        print(f"{text[one.scheme]}  {one.text}")
        for warning in one.warnings:
            print(f"  ! {text[warning]}")


def _document(one: Recognised) -> dict[str, object]:
    return {"scheme": one.scheme, "identifier": one.text, "key": one.key, "warnings": list(one.warnings)}
