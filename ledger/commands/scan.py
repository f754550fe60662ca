"""`carbon scan`: what a scanned text is, and what its signed statement proves without any network.

Exit codes: 0 signed, and holds at that time · 1 changed, moved to another certificate, or ended as a status list says ·
2 malformed, wrong use · 3 nothing proven: not signed, expired, dated later, or by a key that nobody vouched for. With
`--page`: 0 the file is the page that these keys make · 1 it is not · 2 wrong use.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from ledger.commands.input_files import WrongUse, read
from ledger.commands.scan_keys import Listed, label_keys, listed_state, read_status_list, trusted_issuer, vouched
from ledger.commands.scan_page_check import check_page
from ledger.commands.scan_show import document, lines
from ledger.commands.scan_texts import TEXTS
from ledger.identifiers.recognise import Recognised, recognise
from ledger.identifiers.text import MAX_URI, IdentifierError, told
from ledger.labels.compact import CompactError
from ledger.labels.offline import MOST_BYTES, Checked, Outcome, verify, with_status
from ledger.language import LANGUAGES, asked
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey

PROVEN, REFUTED, MALFORMED, UNPROVEN = 0, 1, 2, 3
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
MOST_PICTURE = 32 << 20
LATEST = 1 << 37


@dataclass(frozen=True, slots=True)
class Scanned:
    """`checked` is None for a text without a signed statement; `recognised` None where no identifier is in it."""

    text: str
    recognised: Recognised | None
    checked: Checked | None

    @property
    def exit_code(self) -> int:
        outcome = self.checked.outcome if self.checked else None
        if outcome in (Outcome.WRONG_SIGNATURE, Outcome.MOVED, Outcome.REVOKED, Outcome.SUSPENDED):
            return REFUTED
        return PROVEN if outcome is Outcome.VALID else UNPROVEN


def main(argv: Sequence[str]) -> int:
    text = TEXTS[language := asked(argv)]
    options = _parser(text).parse_args(argv)
    try:
        issuers = [trusted_issuer(name) for name in options.keys]
        if options.page is not None:
            return check_page(options.page, issuers, language, as_json=options.json)
        keys = [key for issuer in issuers for key in label_keys(issuer)]
        scanned = scan(_given(options.text or ""), keys, _moment(options.at))
        if scanned.checked is not None:
            scanned = replace(scanned, checked=vouched(scanned.checked, issuers))
        for path in options.status:
            scanned = _with_status(scanned, read_status_list(path, issuers))
    except CarbonError as fault:
        if options.json:
            print(json.dumps({"format": "scan/1", "error": {"code": fault.code, "message": str(fault)}}))
        print(f"carbon scan: {told(fault, language)}", file=sys.stderr, flush=True)
        return MALFORMED
    if options.json:
        print(json.dumps(document(scanned.text, scanned.recognised, scanned.checked), ensure_ascii=False, indent=1))
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for line in lines(scanned.recognised, scanned.checked, language, has_keys=bool(keys), colour=colour):
            print(line)
    return scanned.exit_code


def scan(text: str, keys: Sequence[PublicKey], at: int) -> Scanned:
    """Raises CompactError for a broken code, IdentifierError for a text that is nothing at all."""
    address, hash_sign, fragment = text.partition("#")
    if hash_sign and fragment[:1] in ("v", "V") and fragment[1:2].isdecimal():
        checked = verify(text, keys, at)
        return Scanned(text, _recognised(address), checked)
    if len(text) > MAX_URI:
        raise CompactError(f"longer than {MOST_BYTES} bytes", code="too-long")
    return Scanned(text, recognise(address if hash_sign else text), None)


def _with_status(scanned: Scanned, listed: Listed) -> Scanned:
    """A list of others than this certificate's changes nothing."""
    if scanned.checked is None:
        return scanned
    state = listed_state(listed, scanned.checked.code.compact)
    if state is None:
        return scanned
    return replace(scanned, checked=with_status(scanned.checked, state, listed.as_of))


def _recognised(address: str) -> Recognised | None:
    try:
        return recognise(address)
    except IdentifierError:
        return None


def _given(argument: str) -> str:
    """The text itself, the first line of the standard input for `-`, or the code in a picture."""
    if argument == "-":
        return sys.stdin.readline(MAX_URI + 2).strip()
    if argument.lower().endswith(PICTURES) and Path(argument).is_file():
        return _decoded(Path(argument))
    return argument.strip()


def _decoded(path: Path) -> str:
    """With zxing-cpp and pillow, where they are installed."""
    try:
        reader, image = import_module("zxingcpp"), import_module("PIL.Image")
    except ImportError as missing:
        raise WrongUse(
            "a picture needs a decoder that is not installed", where=str(path),
            mend="scan it with a phone and paste the text, or pip install zxing-cpp pillow",
        ) from missing  # fmt: skip
    read(path, MOST_PICTURE)
    try:
        with image.open(path) as picture:
            found = reader.read_barcodes(picture.convert("RGB"))
    except (OSError, ValueError, image.DecompressionBombError) as fault:
        raise WrongUse(f"not a picture: {fault}"[:200], where=str(path)) from fault
    if len(found) != 1:
        raise WrongUse(f"{len(found)} codes in the picture", where=str(path), mend="one code in one picture")
    return str(found[0].text)


def _moment(text: str | None) -> int:
    if text is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(text)
        seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        seconds = -1
    if not 0 <= seconds < LATEST:
        raise WrongUse(f"{text[:40]!r} is no date", where="--at", mend="2026-06-30 or 2026-06-30T12:00:00+08:00")
    return seconds


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon scan", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", metavar="TEXT", nargs="?", help=text["text"])
    what.add_argument("--page", metavar="FILE", help=text["page"])
    parser.add_argument("--keys", action="append", default=[], metavar="DID", help=text["keys"])
    parser.add_argument("--status", action="append", default=[], type=Path, metavar="FILE", help=text["status"])
    parser.add_argument("--at", metavar="DATE", help=text["at"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
