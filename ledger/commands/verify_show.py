"""What `carbon verify` prints: a line per claim for people, one object for machines."""

import json
from typing import Any

from ledger.commands.verify_proof import View
from ledger.commands.verify_texts import CLAIM_TITLES, LINES, about, moment, sentence
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.report import MALFORMED, POLICY, Report
from ledger.language import Language
from ledger.stateproof.state import NotTheContract
from terminal_signer.errors import CarbonError

__all__ = ["Json", "Lines", "printable"]

SIGNS = {"verified": "✓", "failed": "✗", "unchecked": "–"}
COLOURS = {"verified": "32", "failed": "31", "unchecked": "33"}


class Lines:
    """A line per claim, then the verdict."""

    def __init__(self, language: Language, *, colour: bool) -> None:
        self.language, self.colour = language, colour

    def malformed(self, error: CarbonError) -> None:
        self._claim("format", "failed", f"{error.code}: {error}")
        print(self._paint(LINES["malformed"][self.language].format(error=printable(str(error))), "31"))

    def unanswered(self, error: CarbonError) -> None:
        line = "not-there" if isinstance(error, NotTheContract) else "unreachable"
        print(self._paint(LINES[line][self.language].format(error=printable(str(error))), "33"))

    def report(self, report: Report, bundle: Bundle, policy: Policy, view: View) -> None:
        print(printable(about(bundle.statement, self.language)))
        self._as_of(view)
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

    def _as_of(self, view: View) -> None:
        proven = view.block_hash is not None and view.saved is None
        line, facts = LINES["as-of-proven" if proven else "as-of"][self.language], view.facts
        digest = view.block_hash.hex() if view.block_hash else ""
        print(line.format(chain=facts.chain_id, block=facts.block, time=moment(facts.time), hash=digest))
        if view.saved is not None:
            print(LINES["saved"][self.language].format(file=printable(view.saved), hash=digest))

    def _claim(self, name: str, state: str, text: str) -> None:
        title = CLAIM_TITLES[name][self.language]
        width = 13 - sum(ord(letter) > 0x2E80 for letter in title)
        print(f"{self._paint(SIGNS[state], COLOURS[state])} {title:<{width}} {printable(text)}")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text


class Json:
    """One object `verification/1`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def malformed(self, error: CarbonError) -> None:
        self._print({"verified": False, "exit_code": MALFORMED, "failed": "format", "error": _error(error)})

    def unanswered(self, error: CarbonError) -> None:
        self._print({"verified": False, "exit_code": POLICY, "failed": None, "error": _error(error)})

    def report(self, report: Report, bundle: Bundle, policy: Policy, view: View) -> None:
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
                "as_of": _as_of(view),
                "marks": list(report.marks),
                "claims": claims,
                "policy": [self._finding(finding) for finding in report.policy],
            }
        )

    def _finding(self, finding: Any) -> dict[str, Any]:
        return {"code": finding.code, "facts": finding.facts, "text": sentence(finding, self.language)}

    def _print(self, members: dict[str, Any]) -> None:
        print(json.dumps({"format": "verification/1", **members}, ensure_ascii=False, indent=1))


def _as_of(view: View) -> dict[str, Any]:
    facts, proven = view.facts, view.block_hash is not None and view.saved is None
    known = {} if view.block_hash is None else {"block_hash": f"0x{view.block_hash.hex()}"}
    return {"chain_id": facts.chain_id, "block": facts.block, "time": facts.time, "proven": proven, **known}


def _error(error: CarbonError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "where": error.where, "mend": error.mend}


def printable(text: str) -> str:
    """Text of strangers without control characters, so that a bundle cannot write to the terminal as it likes."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
