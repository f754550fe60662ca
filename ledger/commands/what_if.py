"""`carbon what-if`: what would lift the grade of a result. Reads a result or a bundle, asks nobody, writes nothing.

Exit codes: 0 told, graded or not; 2 wrong use or a malformed file.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger.commands.input_files import WrongUse, read, rule_file
from ledger.commands.what_if_show import Told, as_json, show
from ledger.commands.what_if_texts import TEXTS
from ledger.evaluation.reread import MAX_BYTES, Reread, reread
from ledger.evaluation.what_if import outlook, read_change, try_changes
from ledger.evidence.bundle import MAX_ARCHIVE, read_bundle
from ledger.grading.assess import Graders
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.scheme import parse_scheme
from ledger.language import LANGUAGES, asked
from terminal_signer.errors import CarbonError

ARCHIVE = b"PK\x03\x04"
ROLES = ("scheme", "benchmarks")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        told = _told(options)
    except CarbonError as fault:
        print(f"carbon what-if: {fault}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(as_json(told, public=options.public), ensure_ascii=False, indent=1))
    else:
        show(told, language, public=options.public)
    return 0


def open_result(path: Path) -> tuple[bytes, Mapping[str, bytes]]:
    """A result's bytes, and the rule files that a bundle brings along, by role."""
    data = read(path, MAX_ARCHIVE)
    if data[:4] != ARCHIVE:
        if len(data) > MAX_BYTES:
            raise WrongUse(f"larger than {MAX_BYTES} bytes", where=str(path))
        return data, {}
    bundle = read_bundle(data)
    return bundle.result, bundle.rules


def _told(options: argparse.Namespace) -> Told:
    data, at_hand = open_result(options.result)
    result = reread(data, options.result.name)
    named = {role: getattr(options, role) for role in ROLES}
    files = {role: _file(role, named[role], options.rules, result, at_hand) for role in ROLES}
    graders = Graders(
        parse_scheme(files["scheme"], named["scheme"] or "scheme"),
        parse_benchmarks(files["benchmarks"], named["benchmarks"] or "benchmarks"),
    )
    changes = [read_change(text) for text in options.set]
    tried = try_changes(result, graders, changes)[1] if changes else None
    return Told(result, graders, outlook(result, graders), changes, tried)


def _file(role: str, named: str | None, folder: Path | None, result: Reread, at_hand: Mapping[str, bytes]) -> bytes:
    """The rule that is named; else the one that the result was graded by, from its bundle or as shipped."""
    if named is not None:
        return rule_file(named, folder)
    if role not in result.rules:
        raise WrongUse(f"the result was not graded: it names no {role}", mend=f"name one: --{role} ID|FILE")
    identity, digest = result.rules[role]
    data = at_hand[role] if role in at_hand else rule_file(identity, folder)
    parsed = parse_scheme(data).head if role == "scheme" else parse_benchmarks(data).head
    if parsed.sha256 != digest:
        raise WrongUse(
            f"the {role} {identity!r} at hand is not the one that the result was graded by",
            mend=f"give that file (SHA-256 {digest.hex()[:16]}…): --{role} FILE",
        )
    return data


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon what-if", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("result", type=Path, metavar="RESULT", help=text["result"])
    parser.add_argument("--set", action="append", default=[], metavar="ID=CHANGE", help=text["set"])
    for role in ROLES:
        parser.add_argument(f"--{role}", metavar="ID|FILE", help=text["rule"].format(role=role))
    parser.add_argument("--rules", type=Path, metavar="DIR", help=text["rules"])
    parser.add_argument("--public", action="store_true", help=text["public"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
