"""`carbon access fetch`: evidence from a gateway, as the client of an organisation that was granted it.

A bundle is verified at once where policy and node are given: then the exit code and the answer are those of
`carbon verify`. Figures are held against the statement whose digest is the certificate's token.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from ledger.access.grants import Part
from ledger.certificates.openings import check_opening
from ledger.certificates.statement import Statement
from ledger.commands import verify
from ledger.commands.access_fetch_show import Fetched, fetched, overview
from ledger.commands.credential_fetch import Answer, FetchRefused, Source, authorised
from ledger.commands.input_files import WrongUse, read
from ledger.commands.private_file import write_private
from ledger.commands.store_place import gateway_address
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
        overview(_object(_asked(source, options, None)), text, as_json=options.json)
        return 0
    found = _fetched(source, options)
    if found.path is not None:
        write_private(found.path, found.data)
    if options.policy is None:
        fetched(found, text, as_json=options.json)
        return 0
    fetched(found, text, as_json=False, out=sys.stderr)
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
    found = Fetched(options.identifier, options.part, answer.body, answer.log_entry, options.out, False)
    if options.part != Part.FIGURES:
        return found
    _hold_against_statement(_object(answer))
    return replace(found, checked=True)


def _hold_against_statement(told: Mapping[str, Any]) -> None:
    """Raises OpeningError, StatementError, FetchRefused."""
    openings = told.get("openings")
    if not isinstance(openings, dict):
        raise FetchRefused("the answer holds no openings")
    root = Statement.from_json(told.get("statement")).figures
    for name, opening in openings.items():
        if name != "format":
            check_opening(name, opening, root)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise FetchRefused("the answer cannot be read")
    return document
