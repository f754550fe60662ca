"""The command `terminal-signer`: options, languages, exit codes. What the words do is in commands.py."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial

from terminal_signer import commands, correction_command, delivery_commands, export_command
from terminal_signer.errors import CarbonError
from terminal_signer.wording import TEXTS, Language, choose, explain

OK, FAILED, USAGE = 0, 1, 2
_BAD_INPUT = (
    "csv", "key", "passphrase", "terminal", "not-connected", "algorithm", "payload", "unit", "time", "header-field",
    "pin", "token", "module", "pkcs11-missing", "ocmf", "no-frame",
)  # fmt: skip
_Command = Callable[[argparse.Namespace, commands.Say], commands.Result]

COMMANDS: dict[str, _Command] = {
    "init": commands.run_init,
    "enrol-request": commands.run_enrol_request,
    "connect": commands.run_connect,
    "sign": commands.run_sign,
    "heartbeat": commands.run_heartbeat,
    "document": commands.run_document,
    "correct": correction_command.run_correct,
    "send": delivery_commands.run_send,
    "collect": delivery_commands.run_collect,
    "run": delivery_commands.run_run,
    "status": delivery_commands.run_status,
    "export": export_command.run_export,
}
_SIGNING = ("init", "enrol-request", "sign", "heartbeat", "document", "correct", "run")


def main(argv: Sequence[str] | None = None) -> int:
    """0 done · 1 failed, nothing lost · 2 wrong usage or unreadable input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = choose(_language_flag(arguments))
    options = _parser(language).parse_args(arguments)
    options.language = language
    options.note = partial(print, file=sys.stderr, flush=True)
    say = partial(_say, language)
    try:
        result, lines, code = COMMANDS[options.command](options, say)
    except CarbonError as error:
        return _fail(error, options)
    except KeyboardInterrupt:
        return FAILED
    if options.json:
        print(json.dumps({"format": f"terminal-signer-{options.command}/1", **result}, ensure_ascii=False))
        return code
    out = sys.stdout if code == OK else sys.stderr
    for line in lines:
        print(line, file=out)
    return code


def _fail(error: CarbonError, options: argparse.Namespace) -> int:
    if options.json:
        fields = {"code": error.code, "message": error.message, "where": error.where, "mend": error.mend}
        print(json.dumps({"format": f"terminal-signer-{options.command}/1", "error": fields}, ensure_ascii=False))
    else:
        print(f"{TEXTS[options.language]['error']} [{error.code}] {explain(error, options.language)}", file=sys.stderr)
    return USAGE if error.code.startswith(_BAD_INPUT) else FAILED


def _say(language: Language, name: str, /, **values: object) -> str:
    return TEXTS[language][name].format(**values)


def _language_flag(arguments: Sequence[str]) -> str | None:
    """--lang is needed before the parser, whose help is in that language."""
    for at, argument in enumerate(arguments):
        if argument == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _parser(language: Language) -> argparse.ArgumentParser:
    texts = TEXTS[language]
    parser = argparse.ArgumentParser(
        prog="terminal-signer",
        description=texts["about"],
        epilog=texts["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lang", choices=("en", "zh"), help=texts["opt.lang"])
    words = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        word = words.add_parser(
            name,
            help=texts[name],
            description=texts[name],
            epilog=texts.get(f"{name}.epilog"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        word.add_argument("--dir", default="terminal", metavar="DIR", help=texts["opt.dir"])
        word.add_argument("--json", action="store_true", help=texts["opt.json"])
        word.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help=texts["opt.lang"])
        if name in _SIGNING:
            word.add_argument("--passphrase-file", metavar="FILE", help=texts["opt.passphrase"])
        _own_options(name, word, texts)
    return parser


def _own_options(name: str, word: argparse.ArgumentParser, texts: dict[str, str]) -> None:
    def option(flag: str, **settings: object) -> None:
        word.add_argument(flag, help=texts[f"opt.{flag.lstrip('-')}"], **settings)  # type: ignore[arg-type]

    if name == "init":
        option("--iss", required=True)
        option("--sub", required=True)
        option("--alg", choices=tuple(commands.ALGORITHMS), default="ES256")
        option("--prev", metavar="DIGEST")
        option("--pkcs11-module", metavar="PATH")
        option("--token", metavar="LABEL")
        option("--key-label", metavar="LABEL")
        option("--existing-key", action="store_true")
    elif name == "enrol-request":
        option("--chain-id", required=True, type=int, metavar="N")
        option("--registry", required=True, metavar="ADDRESS")
    elif name == "connect":
        option("--gateway", required=True, metavar="URL")
        option("--rpc", required=True, metavar="URL")
        option("--chain-id", required=True, type=int, metavar="N")
        for flag, shown in (("--contract", "ADDRESS"), ("--log-id", "ID"), ("--promise-key", "KEY")):
            option(flag, required=True, metavar=shown)
        option("--finality", type=int, metavar="BLOCKS")
    elif name == "sign":
        option("csv", metavar="CSV")
        option("--layout", default="uci-steel", metavar="NAME")
        option("--skip-bad", action="store_true")
    elif name == "document":
        option("file", metavar="FILE")
        option("--kind", required=True)
        option("--media", default="application/octet-stream")
        option("--reason")
        option("--number")
        option("--sample")
        option("--item", action="append", default=[], metavar='"NAME VALUE UNIT START END"')
    elif name == "correct":
        option("digest", metavar="DIGEST")
        for flag in ("--name", "--value", "--unit"):
            option(flag, required=True)
        for flag in ("--start", "--end", "--at"):
            option(flag, metavar="TIME")
        word.add_argument("--reason", required=True, help=texts["opt.why"])
    elif name == "send":
        option("--again", action="store_true")
    elif name == "export":
        option("digests", nargs="*", metavar="DIGEST")
        option("--last", type=int, default=0, metavar="N")
        option("--overdue", action="store_true")
        option("--out", default=".", metavar="FOLDER")
    elif name == "run":
        option("--every", type=int, default=60, metavar="SECONDS")
        option("--heartbeat", type=int, default=0, metavar="SECONDS")


if __name__ == "__main__":
    sys.exit(main())
