"""`carbon access fetch`: evidence from a gateway, as the client of an organisation that was granted it.

A bundle is verified at once where policy and node are given: then the exit code and the answer are those of
`carbon verify`. Figures and result are held against the statement whose digest is the certificate's token.
"""

import argparse
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from ledger.access.grants import Part
from ledger.canonical import CanonicalError
from ledger.certificates.openings import OpeningError, check_opening
from ledger.certificates.statement import Statement
from ledger.commands import verify
from ledger.commands.access_fetch_show import Fetched, fetched, overview
from ledger.commands.credential_fetch import Answer, FetchRefused, Source, authorised
from ledger.commands.input_files import WrongUse, read
from ledger.commands.private_file import write_private
from ledger.commands.store_place import gateway_address
from ledger.evaluation.result import commit
from ledger.evidence.bundle import MAX_ARCHIVE
from ledger.identifiers.vaa import split
from ledger.language import Language

MOST_SECRET = 4096
MOST_RESULT = 64 << 20


def fetch(options: argparse.Namespace, text: dict[str, str], language: Language) -> int:
    """Raises FetchRefused, OpeningError, WrongUse, IdentifierError."""
    split(options.identifier)
    _check(options)
    secret = read(options.secret_file, MOST_SECRET).decode("utf-8", "replace").strip()
    source = authorised(Source(gateway_address(options.dir, options.gateway), language), options.client, secret)
    if options.part is None:
        try:
            overview(_object(_asked(source, options, None)), text, as_json=options.json)
        except (LookupError, TypeError, AttributeError):
            raise FetchRefused("the answer cannot be read", where=source.url) from None
        return 0
    found = _fetched(source, options)
    if found.path is not None:
        write_private(found.path, found.data)
    if options.policy is None:
        fetched(found, text, as_json=options.json)
        return 0
    fetched(found, text, as_json=False, aside=True)
    words = [str(found.path), "--policy", options.policy, "--rpc", options.rpc, "--lang", language]
    return verify.main([*words, "--json"] if options.json else words)


def _check(options: argparse.Namespace) -> None:
    if options.part == Part.BUNDLE and options.out is None:
        raise WrongUse("a bundle is written to a file", where="--out", mend="give its name")
    if (options.policy is None) != (options.rpc is None):
        raise WrongUse("both or neither", where="--policy, --rpc")
    if options.policy is not None and options.part != Part.BUNDLE:
        raise WrongUse("only a bundle is verified from its beginning", where="--policy", mend="--part bundle")


def _asked(source: Source, options: argparse.Namespace, part: str | None) -> Answer:
    asked = {"part": part, "token": options.token}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    most = MAX_ARCHIVE if part == Part.BUNDLE else MOST_RESULT
    return source.answer(f"/evidence/{quote(options.identifier)}?{query}", most=most)


def _fetched(source: Source, options: argparse.Namespace) -> Fetched:
    answer = _asked(source, options, options.part)
    told = None if options.part == Part.BUNDLE else _object(answer)
    checked = told is not None and options.part in (Part.FIGURES, Part.RESULT) and _as_stated(told)
    shown = told if options.out is None else None
    return Fetched(options.identifier, options.part, answer.body, answer.log_entry, options.out, shown, checked)


def _as_stated(told: Mapping[str, Any]) -> bool:
    """Whether it could be held against the statement. Raises OpeningError, StatementError, FetchRefused."""
    statement = Statement.from_json(told.get("statement"))
    if isinstance(openings := told.get("openings"), dict):
        for name, opening in openings.items():
            if name != "format":
                check_opening(name, opening, statement.figures)
        return True
    if told.get("salt") is None:
        return False
    try:
        hashed = commit(bytes.fromhex(str(told["salt"])[2:]), told.get("result"))
    except (ValueError, TypeError, CanonicalError):
        raise FetchRefused("the answer cannot be read", where="result, salt") from None
    if hashed != statement.result_hash:
        raise OpeningError("the result is not the one that the three parties signed", where="result")
    return True


def _object(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise FetchRefused("the answer cannot be read")
    return document
