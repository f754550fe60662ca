"""`carbon label`: fetch a certificate's label or QR code from the gateway that signs it, and write it as a file.

The gateway draws it, for it alone has the issuer's key and knows the certificate's status; an evidence bundle has
neither. Exit codes: 0 written · 1 there is no label to be had, or it is void · 2 wrong use.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ledger.commands.input_files import WrongUse
from ledger.commands.label_texts import TEXTS
from ledger.commands.store_place import gateway_settings
from ledger.errors import ConfigError
from ledger.identifiers.text import IdentifierError
from ledger.identifiers.vaa import split
from ledger.language import LANGUAGES, Language, asked
from terminal_signer.errors import CarbonError

FORMAT = "labels/1"
MEDIA = {"svg": ("image/svg+xml", b"<svg"), "png": ("image/png", b"\x89PNG\r\n\x1a\n")}
SIZES = ("small", "medium", "large")
VOID = (409, 410)
MOST_BYTES = 8 << 20
_SECONDS = 60


class LabelRefused(CarbonError):
    """The gateway gives no label. `code` is that of its problem, or `void`, or `gateway`."""

    code = "label"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: `name` is label or qr, `form` svg or png."""

    name: str
    form: str
    language: Language
    out: Path


@dataclass(frozen=True, slots=True)
class Picture:
    """`void`: it is crossed out, because the certificate does not hold."""

    data: bytes
    void: bool


def main(argv: Sequence[str]) -> int:
    language = asked(argv)
    text = TEXTS[language]
    options = _parser(text).parse_args(argv)
    try:
        gateway, wanted = _gateway(options), _wanted(options, language)
        pictures = [_fetched(gateway, options, one) for one in wanted]
        for one, picture in zip(wanted, pictures, strict=True):
            _write(one.out, picture)
    except CarbonError as fault:
        print(f"carbon label: {fault}", file=sys.stderr, flush=True)
        return 2 if isinstance(fault, WrongUse | ConfigError | IdentifierError) else 1
    _show(wanted, pictures, text, as_json=options.json)
    return 1 if any(picture.void for picture in pictures) else 0


def fetch(url: str, form: str, language: Language) -> Picture:
    """Raises LabelRefused."""
    media, magic = MEDIA[form]
    headers = {"Accept": f"{media}, application/problem+json;q=0.9", "Accept-Language": language}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 – the scheme is checked
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            status, data = response.status, response.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        with error:
            status, data = error.code, error.read(MOST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise LabelRefused(f"no answer: {getattr(error, 'reason', error)}", code="gateway", where=url) from None
    if data.startswith(magic) and len(data) <= MOST_BYTES and status in (200, *VOID):
        return Picture(data, void=status in VOID)
    raise _refusal(status, data, url)


def _refusal(status: int, data: bytes, url: str) -> LabelRefused:
    try:
        problem = json.loads(data[:65_536])
        code, detail, mend = (str(problem[name])[:300] for name in ("code", "detail", "mend"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return LabelRefused(f"HTTP {status} without a picture", code="gateway", where=url)
    return LabelRefused(detail, code=code, where=url, mend=mend)


def _fetched(gateway: str, options: argparse.Namespace, one: Wanted) -> Picture:
    query = f"?lang={one.language}&size={options.size}" if one.name == "label" else ""
    url = f"{gateway}/{quote(options.identifier)}/{one.name}.{one.form}{query}"
    picture = fetch(url, one.form, one.language)
    if picture.void and not options.void:
        text = TEXTS[asked(["--lang", one.language])]
        raise LabelRefused(text["is-void"], code="void", where=options.identifier, mend=text["void-mend"])
    return picture


def _gateway(options: argparse.Namespace) -> str:
    """Raises ConfigError."""
    told = gateway_settings(options.dir)
    scheme = "https" if told.get("tls_certificate") else "http"
    here = f"{scheme}://{told.get('host', '127.0.0.1')}:{told.get('port', 8000)}"
    address = str(options.gateway or (told.get("public_url", here) if scheme == "https" else here))
    if not address.startswith(("http://", "https://")):
        raise ConfigError(f"{address[:120]!r} is no web address", where="--gateway", mend="http://127.0.0.1:8000")
    return address.rstrip("/")


def _wanted(options: argparse.Namespace, language: Language) -> list[Wanted]:
    """Raises WrongUse, IdentifierError."""
    _, suffix = split(options.identifier)
    if options.all is not None:
        stem = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in suffix)[:80]
        kinds = [("label", form, language) for language in LANGUAGES for form in MEDIA]
        return [
            *(Wanted(*kind, options.all / f"label-{stem}-{kind[2]}.{kind[1]}") for kind in kinds),
            *(Wanted("qr", form, language, options.all / f"qr-{stem}.{form}") for form in MEDIA),
        ]
    form = options.out.suffix.lower().removeprefix(".")
    if form not in MEDIA:
        raise WrongUse("the file's ending says how to draw it", where="--out", mend="label.svg or label.png")
    return [Wanted("qr" if options.qr else "label", form, language, options.out)]


def _write(path: Path, picture: Picture) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture.data)
    except OSError as fault:
        raise WrongUse(f"cannot be written: {fault.strerror}", where=str(path)) from fault


def _show(wanted: list[Wanted], pictures: list[Picture], text: dict[str, str], *, as_json: bool) -> None:
    written: list[dict[str, Any]] = [
        {"file": str(one.out), "kind": one.name, "language": one.language, "void": picture.void}
        for one, picture in zip(wanted, pictures, strict=True)
    ]
    if as_json:
        print(json.dumps({"format": FORMAT, "written": written}, ensure_ascii=False, indent=1))
        return
    for entry in written:
        print(f"{entry['file']}{'  ' + text['void-written'] if entry['void'] else ''}")


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon label", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("identifier", metavar="IDENTIFIER", help=text["identifier"])
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    place.add_argument("--all", type=Path, metavar="FOLDER", help=text["all"])
    parser.add_argument("--qr", action="store_true", help=text["qr"])
    parser.add_argument("--size", choices=SIZES, default="medium", help=text["size"])
    parser.add_argument("--void", action="store_true", help=text["void"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--gateway", metavar="URL", help=text["gateway"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
