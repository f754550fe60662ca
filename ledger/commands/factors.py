"""`carbon factors`: list factor sets and factors, show one factor in every set, compare two sets. Reads shipped sets
or files; asks nobody, changes nothing.

Exit codes: 0 done, 2 an unknown set or factor, a malformed file, wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from ledger.accounting.factor_compare import compare
from ledger.accounting.factors import FORMAT, Factor, FactorsError, FactorSet, parse_factors
from ledger.commands import factors_json as written
from ledger.commands.factors_show import show_comparison, show_factors, show_one, show_sets
from ledger.commands.factors_texts import TEXTS
from ledger.commands.input_files import shipped, shipped_or_file
from ledger.language import LANGUAGES, Language, asked
from ledger.rules import UnknownRuleError
from terminal_signer.errors import CarbonError


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        _ACTIONS[options.action](options, language)
    except CarbonError as fault:
        print(f"carbon factors {options.action}: {fault}", file=sys.stderr)
        return 2
    return 0


def _list(options: argparse.Namespace, language: Language) -> None:
    sets = _sets(options.set)
    if not (options.set or options.kind or options.year or options.region):
        if options.json:
            _print({"sets": [written.set_line(factors) for factors in sets]})
        else:
            show_sets(sets, language)
        return
    chosen = [(factors, _select(factors, options)) for factors in sets]
    if options.json:
        _print({"factors": [written.factor_line(factors, one) for factors, found in chosen for one in found]})
    else:
        show_factors(chosen, language)


def _show(options: argparse.Namespace, language: Language) -> None:
    sets = _sets(options.set)
    options.kind = None
    chosen = [
        (factors, [factor for factor in _select(factors, options) if factor.id == options.id]) for factors in sets
    ]
    if not any(found for _, found in chosen):
        raise _unknown(options.id, sets, TEXTS[language])
    if options.json:
        lines = [written.factor_line(factors, one) for factors, found in chosen for one in found]
        _print({"id": options.id, "values": lines})
    else:
        show_one(options.id, chosen, language)


def _diff(options: argparse.Namespace, language: Language) -> None:
    first, second = read_set(options.first), read_set(options.second)
    comparison = compare(first, second)
    if options.json:
        _print(written.comparison(first, second, comparison))
    else:
        show_comparison(first, second, comparison, language)


_ACTIONS = {"list": _list, "show": _show, "diff": _diff}


def read_set(name: str) -> FactorSet:
    """A shipped set by its id, or a file by its path."""
    return parse_factors(*shipped_or_file(name, FORMAT))


def _sets(names: list[str] | None) -> list[FactorSet]:
    return [read_set(name) for name in names or shipped(FORMAT)]


def _select(factors: FactorSet, options: argparse.Namespace) -> list[Factor]:
    """What a site in that region would use in that year; without either, all."""
    found = [factor for values in factors.factors.values() for factor in values if _is_kind(factor.id, options.kind)]
    if options.year is not None:
        found = [factor for factor in found if factor.applies(options.year)]
    if options.region is not None:
        found = [factor for factor in found if _is_nearest(factors, factor, options.region)]
    return found


def _is_kind(factor_id: str, kind: str | None) -> bool:
    return kind is None or factor_id.startswith(kind) or kind.lstrip(".") in factor_id.split(".")


def _is_nearest(factors: FactorSet, factor: Factor, region: str) -> bool:
    try:
        return factors.choose(factor.id, factor.years[0], region) == factor
    except FactorsError:
        return False


def _unknown(factor_id: str, sets: list[FactorSet], text: dict[str, str]) -> CarbonError:
    known = sorted({name for factors in sets for name in factors.factors})
    near = [name for name in known if factor_id.lower() in name or name.split(".")[0] == factor_id.split(".")[0]]
    mend = text["near"].format(ids=", ".join(near[:8])) if near else text["list-them"]
    return UnknownRuleError(text["no-factor"].format(id=factor_id[:80]), mend=mend)


def _print(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon factors", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | show | diff")
    listing = actions.add_parser("list", help=text["list"], description=text["list"], formatter_class=style)
    showing = actions.add_parser("show", help=text["show"], description=text["show"], formatter_class=style)
    showing.add_argument("id", metavar="ID", help=text["id"])
    listing.add_argument("--kind", metavar="KIND", help=text["kind"])
    for action in (listing, showing):
        action.add_argument("--set", action="append", metavar="SET", help=text["set"])
        action.add_argument("--year", type=int, metavar="YEAR", help=text["year"])
        action.add_argument("--region", metavar="REGION", help=text["region"])
    differing = actions.add_parser("diff", help=text["diff"], description=text["diff"], formatter_class=style)
    differing.add_argument("first", metavar="SET", help=text["one-set"])
    differing.add_argument("second", metavar="SET", help=text["one-set"])
    for action in (listing, showing, differing):
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
