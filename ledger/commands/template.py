"""`carbon template`: the layers of this release, a merged template, a check of an extension, an application's standing.

Reads files, writes nothing. Exit codes: 0 as it should be, 1 something is refused, 2 malformed input or wrong use.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ledger.commands import template_show as shows
from ledger.commands.cells import printable
from ledger.commands.template_inputs import Layers, WrongUse, below, read_bounded, read_case, read_layer, stacked
from ledger.commands.template_texts import TEXTS
from ledger.language import LANGUAGES, Language, asked
from ledger.templates import RecordError, Template, TemplateError, merge, refusals, warnings
from ledger.templates.approval import StepRefused
from ledger.templates.library import PUBLIC_NAME, layer_names, load_layer
from ledger.templates.record import MAX_BYTES as MAX_RECORD
from ledger.templates.record import check_record
from ledger.templates.vocabulary import LAYERS

MERGED = "merged"


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    run = {"list": _list, "show": _show, "check": _check, "states": _states}[options.action]
    try:
        return run(options, language)
    except WrongUse as wrong:
        return _complain(str(wrong), 2)
    except StepRefused as refused:
        return _complain(str(refused), 1)
    except TemplateError as fault:
        return _complain(str(fault), 2)


def _list(options: argparse.Namespace, language: Language) -> int:
    public = load_layer(PUBLIC_NAME)
    industries = [(name, load_layer(name)) for name in layer_names()]
    layers = [(PUBLIC_NAME, public, merge(public))] + [(name, one, merge(public, one)) for name, one in industries]
    if options.json:
        print(shows.dumped(shows.list_document(layers)))
    else:
        print("\n".join(shows.list_lines(layers, language)))
    return 0


def _show(options: argparse.Namespace, language: Language) -> int:
    extension = None if options.extension is None else read_layer(options.extension, language)
    layers = stacked(options.industry, extension, language)
    try:
        merged = merge(*layers.stack())
    except TemplateError as refused:
        return _complain(str(refused), 1)
    shown = merged if options.layer == MERGED else layers.one(options.layer)
    if shown is None:
        raise WrongUse(TEXTS[language]["no-layer"].format(layer=options.layer))
    if options.json:
        sys.stdout.flush()
        sys.stdout.buffer.write(shown.canonical)
        return 0
    items = merged.items if shown is merged else [item for item in merged.items if item.layer == options.layer]
    print("\n".join([*shows.item_lines(items, language), "", *shows.total_lines(items, shown, language)]))
    return 0


def _check(options: argparse.Namespace, language: Language) -> int:
    layers = below(read_layer(options.file, language), options.base, language)
    refused = list(refusals(*layers.stack()))
    warned = [] if refused else warnings(*layers.stack())
    template = None if refused else merge(*layers.stack())
    faults = _record_faults(options.record, template, language)
    if options.json:
        print(shows.dumped(shows.check_document(_topmost(layers), refused, warned, template, faults)))
    else:
        print("\n".join(shows.check_lines(refused, warned, template, language)))
        if faults is not None:
            print("\n".join(shows.record_lines(faults, language)))
    return 1 if refused or faults else 0


def _record_faults(path: Path | None, template: Template | None, language: Language) -> list[RecordError] | None:
    if path is None or template is None:
        return None
    return check_record(template, read_bounded(path, MAX_RECORD, language), path.name)


def _topmost(layers: Layers) -> str:
    return next(layer.handle for layer in reversed(layers.stack()) if layer is not None)


def _states(options: argparse.Namespace, language: Language) -> int:
    now = _moment(options.at, language)
    extension = None if options.extension is None else read_layer(options.extension, language)
    request, case = read_case(options.file, extension, options.base, language)
    if options.json:
        print(shows.dumped(shows.case_document(case, request, now)))
    else:
        print("\n".join([*shows.case_lines(case, request, now, language), "", TEXTS[language]["unsigned"]]))
    return 0


def _moment(given: str | None, language: Language) -> int:
    if given is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(given)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise WrongUse(TEXTS[language]["bad-time"].format(time=given)) from None


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon template", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | show | check | states")
    pages = {
        name: actions.add_parser(name, help=text[name], description=text[name], formatter_class=style)
        for name in ("list", "show", "check", "states")
    }
    show, check, states = pages["show"], pages["check"], pages["states"]
    show.add_argument("industry", nargs="?", metavar="INDUSTRY", help=text["industry"])
    show.add_argument("--extension", type=Path, metavar="FILE", help=text["extension"])
    show.add_argument("--layer", choices=(*LAYERS, MERGED), default=MERGED, help=text["layer"])
    check.add_argument("file", type=Path, metavar="EXTENSION", help=text["file"])
    check.add_argument("--record", type=Path, metavar="FILE", help=text["record"])
    states.add_argument("file", type=Path, metavar="FILE", help=text["steps-file"])
    states.add_argument("--extension", type=Path, metavar="FILE", help=text["steps-extension"])
    states.add_argument("--at", metavar="TIME", help=text["at"])
    for page in (check, states):
        page.add_argument("--base", metavar="FILE", help=text["base"])
    for page in pages.values():
        page.add_argument("--json", action="store_true", help=text["json"])
        page.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _complain(message: str, code: int) -> int:
    print(f"carbon template: {printable(message)}", file=sys.stderr)
    return code
