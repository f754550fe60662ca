"""`carbon trace IDENTIFIER`: what a product's certificate rests on, each certificate verified by the chain's events.

Exit codes: 0 every certificate verified, 1 one is not, or the chain did not answer, 2 wrong use, 3 sound, but expired,
superseded, or longer than the limits.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.chain.errors import DeploymentFault
from ledger.chain.goods import read_picture
from ledger.commands.store_place import configured_store, gateway_settings
from ledger.commands.trace_json import document
from ledger.commands.trace_show import show
from ledger.commands.trace_texts import TEXTS
from ledger.errors import ConfigError
from ledger.evaluation.footprints import footprint_of
from ledger.identifiers.recognise import recognise
from ledger.identifiers.text import IdentifierError, told
from ledger.identifiers.vaa import leaf
from ledger.language import LANGUAGES, asked
from ledger.store.certificates import certificate
from ledger.store.database import open_store
from ledger.tracing.picture import EXPIRED, SUPERSEDED, Picture, TracingError
from ledger.tracing.trace import MAX_DEPTH, MAX_NODES, Limits, Trace, trace
from terminal_signer.errors import CarbonError

RPC = "http://127.0.0.1:8545"
SHOWN_DEPTH = 8
SOUND, FAILED, BAD_INPUT, NOT_NOW = 0, 1, 2, 3
_INPUT = (ConfigError, DeploymentFault, IdentifierError)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        found = _traced(options)
        parts = _parts(options.dir, found)
    except CarbonError as fault:
        print(f"carbon trace: {told(fault, language)}", file=sys.stderr)
        return BAD_INPUT if isinstance(fault, _INPUT) else FAILED
    if options.json:
        print(json.dumps(document(found, parts), ensure_ascii=False, indent=1))
    else:
        show(found, parts, language, depth=options.depth)
    return exit_code(found)


def exit_code(found: Trace) -> int:
    if not found.sound:
        return FAILED
    return NOT_NOW if found.cut or found.nodes[found.root].status in (EXPIRED, SUPERSEDED) else SOUND


def token_of(picture: Picture, wanted: str) -> int:
    """The newest certificate of an identifier, or the one with this token number. Raises IdentifierError,
    TracingError."""
    if wanted.startswith("0x"):
        try:
            return int.from_bytes(bytes.fromhex(wanted[2:].zfill(64))[-32:], "big")
        except ValueError:
            raise IdentifierError(f"{wanted[:80]!r} is no token number", mend="0x and 64 hex digits") from None
    known = recognise(wanted)
    if known.scheme != "vaa":
        raise IdentifierError(
            f"{known.text[:80]!r} is an identifier of scheme {known.scheme}, under which nothing is certified",
            mend="give the certificate's own: 88.<node>.<enterprise>/<product>",
        )
    token = picture.newest.get(leaf(known.text))
    if token is None:
        raise TracingError(f"nothing was certified of {known.text}", where=f"block {picture.block}")
    return token


def _traced(options: argparse.Namespace) -> Trace:
    values = gateway_settings(options.dir)
    path = options.deployment or options.dir / values.get("deployment", "deployment.json")
    chain = Chain(options.rpc or str(values.get("rpc", RPC)), deployment.load(path))
    chain.verify()
    picture = read_picture(chain, "latest" if options.latest else "finalized")
    token = token_of(picture, options.identifier)
    return trace(picture, token, Limits(options.depth_limit, options.node_limit), keccak)


def _parts(folder: Path, found: Trace) -> Mapping[int, Mapping[str, str]]:
    """By token what the store of this folder has of the certificates' results: the part of materials without a
    certificate and of the process. Nobody but who holds the evidence can check it."""
    database = configured_store(folder)
    place = database.removeprefix("sqlite:///")
    if "://" not in place and not Path(place).is_file():
        return {}
    engine = open_store(database)
    try:
        kept = {token: certificate(engine, token.to_bytes(32, "big")) for token in list(found.nodes)[:1000]}
    finally:
        engine.dispose()
    stated: dict[int, Any] = {
        token: footprint_of(row.result, row.identifier) for token, row in kept.items() if row is not None
    }
    return {token: footprint["parts"] for token, footprint in stated.items() if footprint is not None}


def _parser(text: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon trace", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("identifier", metavar="IDENTIFIER", help=text["identifier"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--rpc", metavar="URL", help=text["rpc"])
    parser.add_argument("--deployment", type=Path, metavar="FILE", help=text["deployment"])
    parser.add_argument("--latest", action="store_true", help=text["latest"])
    parser.add_argument("--depth", type=_count(MAX_DEPTH), default=SHOWN_DEPTH, metavar="N", help=text["depth"])
    parser.add_argument(
        "--depth-limit", type=_count(MAX_DEPTH), default=MAX_DEPTH, metavar="N", help=text["depth-limit"]
    )
    parser.add_argument("--node-limit", type=_count(MAX_NODES), default=MAX_NODES, metavar="N", help=text["node-limit"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _count(most: int) -> Any:
    def count(text: str) -> int:
        number = int(text)
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"1 to {most}")
        return number

    return count
