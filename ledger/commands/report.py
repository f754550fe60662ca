"""`carbon report`: a result, bare or out of a bundle, as pages that a person reads: HTML and PDF, Chinese and English.

Nothing is verified here but that a bundle's result is the one its statement commits to; `carbon verify` does the rest.
Exit codes: 0 written · 1 the bundle's result is another one, or a PDF cannot be made here · 2 malformed, wrong use.
"""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.commands.report_texts import TEXTS
from ledger.errors import ConfigError
from ledger.evidence.bundle import MAX_ARCHIVE, read_bundle
from ledger.language import LANGUAGES, Language, asked
from ledger.reports.blocks import Report
from ledger.reports.facts import ResultDiffers, report_of, report_of_bundle
from ledger.reports.html import html
from ledger.reports.pdf import PdfError, pdf
from terminal_signer.errors import CarbonError

FORMATS = ("html", "pdf")
ARCHIVE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Written:
    """One file, and what could not be shown in it."""

    file: Path
    language: Language
    format: str
    size: int
    remarks: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    text = TEXTS[language]
    options = _parser(text).parse_args(arguments)
    try:
        places = _places(options, language, text)
        reporter = _reporter(options.result)
        written = [_write(place, chosen, how, reporter) for place, chosen, how in places]
    except (ResultDiffers, PdfError) as fault:
        return _complain(fault, 1)
    except CarbonError as fault:
        return _complain(fault, 2)
    _show(written, as_json=options.json, text=text)
    return 0


def _reporter(source: Path) -> Callable[[Language], Report]:
    """How to report in a language what the file holds: a bundle, or a bare result."""
    data = _read(source)
    if data[:4] != ARCHIVE:
        return lambda language: report_of(data, language, source.name)
    bundle = read_bundle(data)
    return lambda language: report_of_bundle(bundle, language)


def _places(options: argparse.Namespace, language: Language, text: dict[str, str]) -> list[tuple[Path, Language, str]]:
    """Which files in which language and format; `--out` names a folder, or one file by its ending."""
    out: Path = options.out
    named = out.suffix.lower().removeprefix(".")
    if named in FORMATS and not out.is_dir():
        if options.lang == "both" or options.format not in (None, named):
            raise ConfigError(text["one-file"], where="--out")
        return [(out, language, named)]
    wanted = FORMATS if options.format in (None, "both") else (options.format,)
    languages = LANGUAGES if options.lang in (None, "both") else (language,)
    return [(out / f"report-{chosen}.{how}", chosen, how) for chosen in languages for how in wanted]


def _write(place: Path, language: Language, how: str, reporter: Callable[[Language], Report]) -> Written:
    report = reporter(language)
    remarks: tuple[str, ...] = ()
    if how == "html":
        data = html(report)
    else:
        made = pdf(report)
        data, remarks = made.data, made.remarks
    _put(place, data)
    return Written(place, language, how, len(data), remarks)


def _put(place: Path, data: bytes) -> None:
    """Whole or not at all."""
    beside = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(place)
    except OSError as fault:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise ConfigError(f"cannot be written: {fault.strerror}", where=str(place)) from fault


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ARCHIVE + 1)
    except OSError as fault:
        raise ConfigError(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    if len(data) > MAX_ARCHIVE:
        raise ConfigError(f"more than {MAX_ARCHIVE} bytes", where=str(path))
    return data


def _show(written: Sequence[Written], *, as_json: bool, text: dict[str, str]) -> None:
    if as_json:
        files = [
            {
                "file": str(entry.file), "language": entry.language, "format": entry.format, "size": entry.size,
                "remarks": list(entry.remarks),
            }
            for entry in written
        ]  # fmt: skip
        print(json.dumps({"format": "report-files/1", "files": files}, indent=2, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.add_column(text["file"], overflow="fold")
    table.add_column(text["language"])
    table.add_column(text["format"])
    table.add_column(text["size"], justify="right")
    for entry in written:
        size = f"{-(-entry.size // 1024):,} KiB"
        table.add_row(escape(str(entry.file)), text[entry.language], entry.format.upper(), size)
    console = Console(highlight=False)
    console.print(table)
    for remark in dict.fromkeys(remark for entry in written for remark in entry.remarks):
        console.print(escape(remark), style="yellow")


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon report", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("result", type=Path, metavar="RESULT_OR_BUNDLE", help=text["result"])
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR|FILE", help=text["out"])
    parser.add_argument("--format", choices=(*FORMATS, "both"), help=text["formats"])
    parser.add_argument("--lang", choices=(*LANGUAGES, "both"), help=text["lang"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    return parser


def _complain(fault: CarbonError, code: int) -> int:
    print(f"carbon report: {fault}", file=sys.stderr)
    return code
