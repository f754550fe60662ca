"""`carbon verify`: repeat every step behind a certificate, from its bundle, a trust policy and what the chain holds.

That comes from a node (`--rpc`), or from a state proof under a block hash that the caller gives (`--offline`).
Exit codes: 0 verified · 1 a claim failed · 2 malformed input · 3 sound, but the trust policy is not met.
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ledger.commands.verify_proof import View, from_node, prove
from ledger.commands.verify_show import Json, Lines
from ledger.evidence.bundle import MAX_ARCHIVE, Bundle, read_bundle
from ledger.evidence.policy import MAX_BYTES, Policy, parse_policy
from ledger.evidence.report import MALFORMED, POLICY
from ledger.evidence.verify import verify
from ledger.language import LANGUAGES, choose
from ledger.stateproof.document import MAX_BYTES as MAX_PROOF
from ledger.stateproof.document import parse_state_proof
from terminal_signer.errors import CarbonError, UnknownFormat
from terminal_signer.strict import Malformed

HELP = """\
exit codes: 0 verified, 1 a claim failed (named), 2 malformed input, 3 sound but the trust policy is not met

examples:
  carbon verify certificate.bundle --policy policy.json --rpc http://127.0.0.1:8545
  carbon verify certificate.bundle --policy policy.json --rpc https://node.example --json | jq .claims

without trust in a node (take the block hash from where you trust it: your own node, or several that agree):
  carbon verify certificate.bundle --policy policy.json --rpc https://node.example --save-proof state.json
  carbon verify certificate.bundle --policy policy.json --offline state.json --block-hash 0x9a3c…
"""


def main(argv: Sequence[str]) -> int:
    arguments = _arguments(argv)
    language = choose(arguments.lang)
    show = Json(language) if arguments.json else Lines(language, colour=sys.stdout.isatty())
    try:
        bundle = read_bundle(_read(arguments.bundle, MAX_ARCHIVE))
        policy = parse_policy(_read(arguments.policy, MAX_BYTES))
    except CarbonError as error:
        show.malformed(error)
        return MALFORMED
    try:
        view = _look(arguments, bundle, policy)
    except (Malformed, UnknownFormat) as error:
        show.malformed(error)
        return MALFORMED
    except CarbonError as error:
        show.unanswered(error)
        return POLICY
    try:
        report = verify(bundle, policy, view.facts, int(time.time()))
    except CarbonError as error:
        show.malformed(error)
        return MALFORMED
    show.report(report, bundle, policy, view)
    return report.exit_code


def _look(arguments: argparse.Namespace, bundle: Bundle, policy: Policy) -> View:
    if not arguments.offline:
        return from_node(bundle, policy, arguments.rpc, arguments.save_proof)
    proof = parse_state_proof(_read(arguments.offline, MAX_PROOF))
    return View(prove(proof, arguments.block_hash, bundle, policy), arguments.block_hash)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.offline and arguments.block_hash is None:
        parser.error("--offline needs --block-hash: a proof proves nothing without a hash from outside")
    if arguments.block_hash is not None and not arguments.offline:
        parser.error("--block-hash goes with --offline")
    if arguments.save_proof is not None and not arguments.rpc:
        parser.error("--save-proof goes with --rpc")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon verify",
        description="Repeat every step behind a certificate: signatures, log, anchors, evaluation, statement.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="evidence bundle (bundle/1, a ZIP file)")
    parser.add_argument("--policy", required=True, metavar="FILE", help="what you trust: policy/1, JSON")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--rpc", metavar="URL", help="JSON-RPC address of a node of that chain, which is believed")
    source.add_argument("--offline", metavar="FILE", help="state proof (state-proof/1) in place of a node")
    parser.add_argument(
        "--block-hash",
        type=_block_hash,
        metavar="HASH",
        help="with --offline: the block to believe, 0x and 64 hex digits",
    )
    parser.add_argument("--save-proof", metavar="FILE", help="with --rpc: write the state proof for --offline")
    parser.add_argument("--json", action="store_true", help="print one JSON object (verification/1)")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the answer")
    return parser


def _block_hash(text: str) -> bytes:
    if not re.fullmatch("0x[0-9A-Fa-f]{64}", text):
        raise argparse.ArgumentTypeError("not 0x and 64 hex digits")
    return bytes.fromhex(text[2:])


def _read(path: str, limit: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=path) from None
    if len(data) > limit:
        raise Malformed(f"more than {limit} bytes", where=path)
    return data
