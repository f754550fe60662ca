"""`carbon verify`: repeat every step behind a certificate, from its bundle, a trust policy and an RPC address.

Exit codes: 0 verified · 1 a claim failed · 2 malformed input · 3 sound, but the trust policy is not met.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger.commands.verify_texts import CLAIM_TITLES, LINES, about, moment, sentence
from ledger.evidence.bundle import MAX_ARCHIVE, Bundle, read_bundle
from ledger.evidence.policy import MAX_BYTES, Policy, parse_policy
from ledger.evidence.report import MALFORMED, POLICY, Report
from ledger.evidence.rpc import ChainFacts, fetch_facts
from ledger.evidence.verify import verify
from ledger.language import LANGUAGES, Language, choose
from terminal_signer.chain import Rpc
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed

SIGNS = {"verified": "✓", "failed": "✗", "unchecked": "–"}
COLOURS = {"verified": "32", "failed": "31", "unchecked": "33"}

HELP = """\
exit codes: 0 verified, 1 a claim failed (named), 2 malformed input, 3 sound but the trust policy is not met

examples:
  carbon verify certificate.bundle --policy policy.json --rpc http://127.0.0.1:8545
  carbon verify certificate.bundle --policy policy.json --rpc https://node.example --json | jq .claims
"""


def main(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    language = choose(arguments.lang)
    show = _Json(language) if arguments.json else _Lines(language, colour=sys.stdout.isatty())
    try:
        bundle = read_bundle(_read(arguments.bundle, MAX_ARCHIVE))
        policy = parse_policy(_read(arguments.policy, MAX_BYTES))
    except CarbonError as error:
        show.malformed(error)
        return MALFORMED
    try:
        facts = fetch_facts(bundle, policy, Rpc(arguments.rpc))
    except CarbonError as error:
        show.unreachable(error)
        return MALFORMED if isinstance(error, Malformed) else POLICY
    try:
        report = verify(bundle, policy, facts, int(time.time()))
    except CarbonError as error:
        show.malformed(error)
        return MALFORMED
    show.report(report, bundle, policy, facts)
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon verify",
        description="Repeat every step behind a certificate: signatures, log, anchors, evaluation, statement.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="evidence bundle (bundle/1, a ZIP file)")
    parser.add_argument("--policy", required=True, metavar="FILE", help="what you trust: policy/1, JSON")
    parser.add_argument("--rpc", required=True, metavar="URL", help="JSON-RPC address of a node of that chain")
    parser.add_argument("--json", action="store_true", help="print one JSON object (verification/1)")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the answer")
    return parser


def _read(path: str, limit: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=path) from None
    if len(data) > limit:
        raise Malformed(f"more than {limit} bytes", where=path)
    return data


class _Lines:
    """A line per claim, then the verdict."""

    def __init__(self, language: Language, *, colour: bool) -> None:
        self.language, self.colour = language, colour

    def malformed(self, error: CarbonError) -> None:
        self._claim("format", "failed", f"{error.code}: {error}")
        print(self._paint(LINES["malformed"][self.language].format(error=printable(str(error))), "31"))

    def unreachable(self, error: CarbonError) -> None:
        print(self._paint(LINES["unreachable"][self.language].format(error=printable(str(error))), "33"))

    def report(self, report: Report, bundle: Bundle, policy: Policy, facts: ChainFacts) -> None:
        print(printable(about(bundle.statement, self.language)))
        as_of = LINES["as-of"][self.language]
        print(as_of.format(chain=facts.chain_id, block=facts.block, time=moment(facts.time)))
        for claim in report.claims:
            self._claim(claim.name, claim.state, sentence(claim.finding, self.language))
        if report.failed is not None:
            title = CLAIM_TITLES[report.failed][self.language]
            print(self._paint(LINES["failed"][self.language].format(claim=title), "31"))
        elif report.policy:
            print(self._paint(LINES["policy"][self.language], "33"))
        else:
            print(self._paint(LINES["verified"][self.language], "32"))
        for finding in report.policy:
            print("  " + printable(sentence(finding, self.language)))
        if report.marks:
            print(LINES["marks"][self.language].format(marks=", ".join(report.marks)))

    def _claim(self, name: str, state: str, text: str) -> None:
        title = CLAIM_TITLES[name][self.language]
        width = 13 - sum(ord(letter) > 0x2E80 for letter in title)
        print(f"{self._paint(SIGNS[state], COLOURS[state])} {title:<{width}} {printable(text)}")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text


class _Json:
    """One object `verification/1`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def malformed(self, error: CarbonError) -> None:
        self._print({"verified": False, "exit_code": MALFORMED, "failed": "format", "error": _error(error)})

    def unreachable(self, error: CarbonError) -> None:
        code = MALFORMED if isinstance(error, Malformed) else POLICY
        self._print({"verified": False, "exit_code": code, "failed": None, "error": _error(error)})

    def report(self, report: Report, bundle: Bundle, policy: Policy, facts: ChainFacts) -> None:
        claims = [
            {"claim": claim.name, "state": claim.state, **self._finding(claim.finding)} for claim in report.claims
        ]
        token = bundle.statement.digest(policy.domain())
        self._print(
            {
                "verified": report.exit_code == 0,
                "exit_code": report.exit_code,
                "failed": report.failed,
                "identifier": bundle.statement.identifier,
                "token": "0x" + token.hex(),
                "as_of": {"chain_id": facts.chain_id, "block": facts.block, "time": facts.time},
                "marks": list(report.marks),
                "claims": claims,
                "policy": [self._finding(finding) for finding in report.policy],
            }
        )

    def _finding(self, finding: Any) -> dict[str, Any]:
        return {"code": finding.code, "facts": finding.facts, "text": sentence(finding, self.language)}

    def _print(self, members: dict[str, Any]) -> None:
        print(json.dumps({"format": "verification/1", **members}, ensure_ascii=False, indent=1))


def _error(error: CarbonError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "where": error.where, "mend": error.mend}


def printable(text: str) -> str:
    """Text of strangers without control characters, so that a bundle cannot write to the terminal as it likes."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
