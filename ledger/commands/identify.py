"""`carbon identify`: the scheme of identifiers, checked, in their normal form."""

import argparse
import json
import sys
from collections.abc import Sequence

from ledger.commands.identify_texts import TEXTS
from ledger.identifiers.minted import mint_from
from ledger.identifiers.recognise import Recognised, recognise
from ledger.identifiers.text import IdentifierError, told
from ledger.language import LANGUAGES, Language, asked

VALID, INVALID = 0, 2
Answer = tuple[str, Recognised | IdentifierError]


def main(argv: Sequence[str]) -> int:
    """0 all identifiers are valid, 2 one is not."""
    language = asked(argv)
    text = TEXTS[language]
    parser = _parser(text)
    arguments = parser.parse_args(argv)
    if not arguments.text and not arguments.mint:
        parser.error(text["nothing"])
    answers = [_minted(one, arguments.owner) for one in arguments.mint]
    answers += [_answer(one, arguments.owner) for one in arguments.text]
    if arguments.json:
        print(json.dumps([_document(*answer) for answer in answers], ensure_ascii=False, indent=1))
    else:
        for _, answer in answers:
            _show(answer, language)
    return INVALID if any(isinstance(answer, IdentifierError) for _, answer in answers) else VALID


def _answer(asked_for: str, owner: str) -> Answer:
    try:
        return asked_for, recognise(asked_for, owner)
    except IdentifierError as fault:
        return asked_for, fault


def _minted(wanted: str, owner: str) -> Answer:
    try:
        return _answer(mint_from(owner, wanted).text, owner)
    except IdentifierError as fault:
        return wanted, fault


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon identify", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("text", nargs="*", metavar="IDENTIFIER", help=text["text"])
    parser.add_argument("--mint", action="append", default=[], metavar="KIND-YEAR-NUMBER", help=text["mint"])
    parser.add_argument("--owner", default="", metavar="PREFIX", help=text["owner"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _show(answer: Recognised | IdentifierError, language: Language) -> None:
    text = TEXTS[language]
    if isinstance(answer, IdentifierError):
        print(f"carbon identify: {told(answer, language)}", file=sys.stderr, flush=True)
        return
    print(f"{text[answer.scheme]}  {answer.text}", flush=True)
    for warning in answer.warnings:
        print(f"  ! {text[warning]}")


def _document(asked_for: str, answer: Recognised | IdentifierError) -> dict[str, object]:
    if isinstance(answer, IdentifierError):
        return {"asked": asked_for, "code": answer.code, "fault": answer.message, "mend": answer.mend}
    warnings = list(answer.warnings)
    return {
        "asked": asked_for,
        "scheme": answer.scheme,
        "identifier": answer.text,
        "key": answer.key,
        "warnings": warnings,
    }
