"""`carbon evaluate`: emissions and grade of a period – from the store, from a bundle, or from a plain file of figures.

Exit codes: 0 evaluated, 1 the evidence does not suffice, 2 wrong use or a malformed file.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.assemble import EvidenceMissing
from ledger.commands.evaluate_inputs import ROLES, Evaluated, Wish, from_bundle, from_file, from_store
from ledger.commands.evaluate_show import show
from ledger.commands.evaluate_texts import TEXTS
from ledger.commands.input_files import WrongUse
from ledger.commands.store_place import configured_store, read_log_id
from ledger.language import LANGUAGES, asked
from ledger.store.database import StoreError
from terminal_signer.errors import CarbonError

DONE, INSUFFICIENT, MALFORMED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    text = TEXTS[language]
    parser = _parser(text)
    options = parser.parse_args(arguments)
    if options.activity is not None and not options.unverified:
        parser.error(text["need-unverified"])
    if options.unverified and options.activity is None:
        parser.error(text["alone-unverified"])
    try:
        if options.out is not None and options.out.exists():
            raise WrongUse(text["exists"], where=str(options.out), mend=text["exists-mend"])
        evaluated = _evaluate(options, parser, text)
        if options.out is not None:
            options.out.write_bytes(evaluated.result.canonical())
    except (CarbonError, OSError) as fault:
        print(f"carbon evaluate: {fault}", file=sys.stderr)
        return INSUFFICIENT if isinstance(fault, EvidenceMissing | StoreError) else MALFORMED
    if options.json:
        print(evaluated.result.canonical().decode())
        return DONE
    show(evaluated, language, trace=options.trace)
    if options.out is not None:
        print(text["written"].format(path=options.out))
    return DONE


def _evaluate(options: argparse.Namespace, parser: argparse.ArgumentParser, text: dict[str, str]) -> Evaluated:
    rules = {role: getattr(options, role) for role in ROLES if getattr(options, role) is not None}
    wish = Wish(options.site, options.period, rules, options.rules, options.statement)
    if options.activity is not None:
        return from_file(wish, options.activity)
    if options.bundle is not None:
        return from_bundle(wish, options.bundle)
    if options.site is None or options.period is None:
        parser.error("SITE, --period" if options.site is None else "--period")
    try:
        log_id = None if options.log is None else read_log_id(options.log)
    except ValueError:
        parser.error(text["bad-log"].format(log=options.log))
    database = options.database or configured_store(options.dir)
    if "://" not in database and not Path(database).is_file():
        parser.error(text["missing-store"].format(database=database))
    return from_store(wish, database, log_id, from_frames=options.frames)


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon evaluate", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("site", nargs="?", type=Path, metavar="SITE", help=text["site"])
    parser.add_argument("--period", metavar="P", help=text["period"])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--bundle", type=Path, metavar="FILE", help=text["bundle"])
    source.add_argument("--activity", type=Path, metavar="FILE", help=text["activity"])
    parser.add_argument("--unverified", action="store_true", help=text["unverified"])
    for role in ROLES:
        parser.add_argument(f"--{role}", metavar="ID|FILE", help=text["rule"].format(role=role))
    parser.add_argument("--rules", type=Path, metavar="DIR", help=text["rules-folder"])
    parser.add_argument("--statement", action="store_true", help=text["statement"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--database", metavar="X", help=text["database"])
    parser.add_argument("--log", metavar="0x…", help=text["log"])
    parser.add_argument("--frames", action="store_true", help=text["frames"])
    parser.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    parser.add_argument("--trace", action="store_true", help=text["trace"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
