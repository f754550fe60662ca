"""From what a person typed to what a document says: one function an action, with the defaults that the case gives."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from ledger.certificates.claim import read_claim
from ledger.commands.input_files import WrongUse, read
from ledger.commands.verification_products import certified_identifier
from ledger.evaluation.calendar import offset_seconds
from ledger.verification import contents as c
from ledger.verification.case import Case
from ledger.verification.fields import Exhibit
from ledger.verification.stages import DAY

MAX_CLAIM = 64 << 20
MAX_EXHIBIT = 1 << 30
TO_RECTIFY = 30 * DAY
CRITERIA = "ISO 14064-3:2019"
Ask = Callable[[str], str]


class Acts:
    """`ask` prompts at a terminal for what an option did not say."""

    def __init__(self, options: argparse.Namespace, text: dict[str, str]) -> None:
        self._options = options
        self._text = text

    def apply(self, case: Case | None, at: int) -> c.Apply:
        claim = read_claim(read(self._file("claim"), MAX_CLAIM), str(self._options.claim))
        identifier = certified_identifier(claim, self._options.identifier)
        supersedes = self._options.supersedes
        return c.Apply(
            self._said("verifier"), self._said("evaluator"), identifier, claim.kind, claim.period.start,
            claim.period.end, claim.site, claim.hash, None if supersedes is None else read_hash(supersedes),
            self._options.text,
        )  # fmt: skip

    def plan(self, case: Case | None, at: int) -> c.Plan:
        options = self._options
        return c.Plan(
            options.me_key, tuple(options.team or ()), self._said("reviewer"), options.assurance, options.materiality,
            options.criteria, self._time(options.visit_from), self._time(options.visit_until),
        )  # fmt: skip

    def declare(self, case: Case | None, at: int) -> c.Declare:
        return c.Declare(self._options.text or self._text["declaration"])

    def review_documents(self, case: Case | None, at: int) -> c.ReviewDocuments:
        return c.ReviewDocuments(self._exhibits(), self._said("text"), self._options.visit_list)

    def visit(self, case: Case | None, at: int) -> c.Visit:
        options = self._options
        persons = tuple(options.person or (options.me_key,))
        started, ended = self._time(self._said("started")), self._time(self._said("ended"))
        met = tuple(options.met or (self._said("met"),))
        return c.Visit(
            started or 0, ended or 0, self._said("place"), persons, met, self._said("text"), self._exhibits()
        )

    def find(self, case: Case | None, at: int) -> c.Find:
        options = self._options
        taken = [finding.found.number for finding in _now(case).findings]
        number = options.number or max(taken, default=0) + 1
        if options.corrects is not None and options.number is None:
            number = self._corrected_number(_now(case))
        due = self._time(options.due) or at + TO_RECTIFY
        return c.Find(number, options.severity, self._said("requirement"), self._said("text"), due, self._exhibits())

    def rectify(self, case: Case | None, at: int) -> c.Rectify:
        options = self._options
        outcome = "unable" if options.unable else "rectified"
        return c.Rectify(self._number(case), outcome, self._said("text"), self._exhibits(), self._claimed())

    def close(self, case: Case | None, at: int) -> c.Close:
        return c.Close(self._number(case), self._said("text"))

    def return_(self, case: Case | None, at: int) -> c.Return:
        due = self._time(self._options.due) or at + TO_RECTIFY
        return c.Return(self._number(case), self._said("reason"), due)

    def recalculate(self, case: Case | None, at: int) -> c.Recalculate:
        result = self._claimed() or _now(case).result
        return c.Recalculate(self._number(case), self._said("rule"), self._said("text"), result, self._exhibits())

    def technical_review(self, case: Case | None, at: int) -> c.TechnicalReview:
        outcome = "returned" if self._options.send_back else "passed"
        return c.TechnicalReview(outcome, self._said("text"), self._claimed() or _now(case).result)

    def opine(self, case: Case | None, at: int) -> c.Opine:
        now, options = _now(case), self._options
        if now.plan is None:
            raise WrongUse("there is no plan yet", mend="carbon verification show")
        report = None if options.report is None else exhibit(options.report)
        try:
            misstatement = int(self._said("misstatement"))
        except ValueError:
            raise WrongUse("not a whole number", where="--misstatement", mend="120 is 1.2 per cent") from None
        return c.Opine(
            options.opinion, now.plan.assurance, now.plan.materiality, misstatement, self._said("text"),
            self._claimed() or now.result, report,
        )  # fmt: skip

    def reasoned(self, case: Case | None, at: int) -> c.Reasoned:
        return c.Reasoned(self._said("reason"))

    def decide(self, case: Case | None, at: int) -> c.Decide:
        return c.Decide("upheld" if self._options.uphold else "dismissed", self._said("text"))

    def _said(self, name: str) -> str:
        given = getattr(self._options, name)
        if given is not None:
            return str(given)
        flag = "--" + name.replace("_", "-")
        if not sys.stdin.isatty():
            raise WrongUse("missing", where=flag, mend=self._text[f"ask.{name}"])
        return input(self._text[f"ask.{name}"] + ": ").strip()

    def _number(self, case: Case | None) -> int:
        """The finding that is meant: as said, or the only one that is open."""
        if self._options.number is not None:
            return int(self._options.number)
        still = [finding.found.number for finding in _now(case).open_findings()]
        if len(still) != 1:
            raise WrongUse("which finding?", where="--number", mend="open: " + (", ".join(map(str, still)) or "none"))
        return still[0]

    def _corrected_number(self, case: Case) -> int:
        named = read_hash(self._options.corrects)
        step = next((step for step in case.steps if step.digest == named), None)
        return step.stated.content.number if step and isinstance(step.stated.content, c.Find) else 1

    def _exhibits(self) -> tuple[Exhibit, ...]:
        return tuple(exhibit(path) for path in self._options.exhibit or ())

    def _claimed(self) -> bytes | None:
        """The result hash of the claim that was given, if one was."""
        path = getattr(self._options, "claim", None)
        return None if path is None else read_claim(read(path, MAX_CLAIM), str(path)).hash

    def _file(self, name: str) -> Path:
        return Path(self._said(name))

    def _time(self, given: str | None) -> int | None:
        return None if given is None else read_time(given, self._options.offset)


def read_time(given: str, offset: str) -> int:
    """A date or a time; local to the offset where it names none."""
    try:
        moment = datetime.fromisoformat(given)
        local = timezone(timedelta(seconds=offset_of(offset)))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=local)).timestamp())
    except (ValueError, OverflowError):
        raise WrongUse(f"{given[:60]!r} is no time", mend="2022-03-09, or 2022-03-09T14:00") from None


def offset_of(text: str) -> int:
    seconds = offset_seconds(text)
    if seconds is None:
        raise WrongUse(f"{text[:20]!r} is no offset", where="--offset", mend="+08:00")
    return seconds


def time_text(moment: int, offset: int) -> str:
    return (datetime.fromtimestamp(moment, UTC) + timedelta(seconds=offset)).strftime("%Y-%m-%d %H:%M")


def read_hash(given: str) -> bytes:
    try:
        value = bytes.fromhex(given.removeprefix("0x"))
    except ValueError:
        value = b""
    if len(value) != 32:
        raise WrongUse(f"{given[:80]!r} is no hash", mend="0x and 64 hex digits")
    return value


def exhibit(path: Path) -> Exhibit:
    """A file's name and hash; the file stays where it is."""
    hashed, size = sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                hashed.update(block)
                size += len(block)
    except OSError as fault:
        raise WrongUse(f"cannot be read: {fault.strerror}", where=str(path)) from None
    return Exhibit(path.name, hashed.digest())


def _now(case: Case | None) -> Case:
    if case is None:
        raise WrongUse("there is no engagement yet", mend="carbon verification apply")
    return case
