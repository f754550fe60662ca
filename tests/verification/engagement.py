"""An engagement to play with: people, their keys, a calendar, and each document that follows the last one."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from eth_account import Account

from ledger.certificates.statement import Statement
from ledger.identifiers.vaa import leaf, node
from ledger.verification import contents as c
from ledger.verification.advance import advance, opening
from ledger.verification.case import Case
from ledger.verification.fields import Exhibit
from ledger.verification.opinion import token_of
from ledger.verification.steps import Stated, Step, write_step
from terminal_signer.frame import KeyClass

DAY = 86_400
START = 1_646_092_800  # 2022-03-01
YEAR = (1_609_430_400, 1_640_966_400)  # 2021 at +08:00
ENTERPRISE, EVALUATOR, VERIFIER = "88.118.20260", "88.118.9001", "88.118.9002"
ENGAGEMENT = f"{ENTERPRISE}/V-2022-0001"
IDENTIFIER = f"{ENTERPRISE}/CE-2021-0001"
PEOPLE = {
    "officer": f"{ENTERPRISE}/OFFICER-1", "officer-2": f"{ENTERPRISE}/OFFICER-2", "evaluator": f"{EVALUATOR}/P-1",
    "lead": f"{VERIFIER}/P-1", "member": f"{VERIFIER}/P-2", "reviewer": f"{VERIFIER}/P-3",
    "other": f"{VERIFIER}/P-4", "another": f"{VERIFIER}/P-5", "stranger": "88.118.7/P-1",
}  # fmt: skip
SITE, RESULT, NEW_RESULT = b"\x51" * 32, b"\x52" * 32, b"\x53" * 32
EXHIBITS = (Exhibit("bills-2021.pdf", b"\x54" * 32),)
CHAIN, CONTRACT = 31_337, b"\x55" * 20
ACCOUNTS = {
    name: Account.from_key(hashlib.sha256(name.encode()).digest()) for name in ("enterprise", "evaluator", "verifier")
}

APPLY = c.Apply(VERIFIER, EVALUATOR, IDENTIFIER, 1, *YEAR, SITE, RESULT)
PLAN = c.Plan(
    PEOPLE["lead"], (PEOPLE["member"],), PEOPLE["reviewer"], "reasonable", 500, "ISO 14064-3:2019",
    START + 5 * DAY, START + 9 * DAY,
)  # fmt: skip
DECLARE = c.Declare("no interest in the enterprise, and none in two years")
READ = c.ReviewDocuments(EXHIBITS, "complete", "the main meter's seal")
VISIT = c.Visit(
    START + 6 * DAY, START + 6 * DAY + 3600, "rolling shop", (PEOPLE["lead"], PEOPLE["member"]), ("energy manager",),
    "meters as in the site file", (),
)  # fmt: skip
FIND = c.Find(1, "major", "GB 17167, 4.3", "no calibration record of meter 2", START + 37 * DAY, EXHIBITS)
RECTIFY = c.Rectify(1, "rectified", "record found", EXHIBITS)
UNABLE = c.Rectify(1, "unable", "it was never calibrated", ())
CLOSE = c.Close(1, "record seen")
RETURN = c.Return(1, "it is another meter's", START + 50 * DAY)
RECALCULATE = c.Recalculate(1, "upper default", "default factor for the quarter", NEW_RESULT, ())
PASSED = c.TechnicalReview("passed", "evidence suffices", RESULT)
OPINE = c.Opine("unmodified", "reasonable", 500, 120, "sufficient evidence", RESULT)
DISMISSED = c.Decide("dismissed", "it stands as it is")
REASON = c.Reasoned("no access to the furnace hall")


def person(who: str) -> str:
    return PEOPLE.get(who, who)


def kid_of(who: str) -> bytes:
    return hashlib.sha256(person(who).encode()).digest()


def key_class(who: str) -> KeyClass:
    return KeyClass.VERIFIER if person(who).startswith(f"{VERIFIER}/") else KeyClass.OFFICER


@dataclass
class Story:
    """`day` moves on by one with each document unless told otherwise."""

    case: Case | None = None
    day: float = 0
    made: list[Step] = field(default_factory=list)

    def step(self, who: str, action: str, content: Any, **more: Any) -> Step:
        """The document, not yet taken."""
        previous = None if self.case is None else self.case.steps[-1].digest
        links = {name: more.pop(name) for name in ("previous", "corrects", "engagement") if name in more}
        stated = Stated(
            **{"engagement": ENGAGEMENT, "action": action, "content": content, "previous": previous} | links
        )
        document = write_step(stated)
        at = more.pop("at", START + int(self.day * DAY))
        kid = more.pop("kid", kid_of(who))
        digest = hashlib.sha256(document.sha256 + kid + at.to_bytes(8, "big")).digest()
        return Step(stated, person(who), kid, more.pop("key_class", key_class(who)), at, digest, document.sha256)

    def take(self, who: str, action: str, content: Any, **more: Any) -> "Story":
        step = self.step(who, action, content, **more)
        self.case = opening(step) if self.case is None else advance(self.case, step)
        self.made.append(step)
        self.day += 1
        return self

    def now(self) -> Case:
        assert self.case is not None
        return self.case


def applied() -> Story:
    return Story().take("officer", "apply", APPLY)


def refused(who: str = "lead") -> Story:
    story = applied() if who == "other" else reviewed()
    return story.take(who, "refuse", REASON)


def appealed(refuser: str = "lead") -> Story:
    return refused(refuser).take("officer", "appeal", REASON)


def dismissed() -> Story:
    return appealed().take("other", "decide", DISMISSED)


def planned(apply: c.Apply = APPLY, plan: c.Plan = PLAN) -> Story:
    story = Story().take("officer", "apply", apply).take("lead", "plan", plan)
    for who in ("lead", "member", "reviewer"):
        story.take(who, "declare", DECLARE)
    return story


def visited() -> Story:
    story = planned().take("member", "review-documents", READ)
    story.day = 8
    return story.take("lead", "visit", VISIT)


def found() -> Story:
    return visited().take("member", "find", FIND)


def reviewed() -> Story:
    return visited().take("reviewer", "technical-review", PASSED)


def opined(opinion: c.Opine = OPINE) -> Story:
    return reviewed().take("lead", "opine", opinion)


def drawn_up() -> Story:
    story = opined()
    return story.take("evaluator", "draw-up", drawn(story.now()))


def signed() -> Story:
    story = drawn_up()
    for who, party in (("officer", "enterprise"), ("evaluator", "evaluator"), ("lead", "verifier")):
        story.take(who, "sign", signature(story.now(), party))
    return story


def address(party: str) -> bytes:
    return bytes.fromhex(ACCOUNTS[party].address[2:])


def drawn(case: Case, **changes: Any) -> c.DrawUp:
    """The statement that follows from the case."""
    applied = case.applied
    zero, some = bytes(32), b"\x61" * 32
    statement = Statement(
        kind=applied.kind, subject=leaf(applied.identifier), identifier=applied.identifier,
        enterprise=node(ENTERPRISE), recipient=address("enterprise"), evaluator=address("evaluator"),
        verifier=address("verifier"), period_start=applied.period_start, period_end=applied.period_end,
        site=applied.site, template=zero, method=some, factors=some, scheme=zero, benchmarks=zero, log_id=some,
        tree_size=9, evidence_root=some, result_hash=case.result, grade=0, grade_value=0, footprint=0, figures=some,
        unit="", quantity=0, upstream_root=zero, coverage=9000, metered=9000, declared=0, defaulted=0, estimated=0,
        assurance=2, opinion=case.opinion_hash, supersedes=int.from_bytes(applied.supersedes or b"", "big"),
        valid_until=START + 700 * DAY, submit_before=START + 200 * DAY,
    )  # fmt: skip
    return c.DrawUp(CHAIN, CONTRACT, replace(statement, **changes))


def signature(case: Case, party: str, signer: str | None = None) -> c.Sign:
    assert case.drawn is not None
    token = token_of(case.drawn)
    return c.Sign(party, token, bytes(Account.unsafe_sign_hash(token, ACCOUNTS[signer or party].key).signature))


def minted(case: Case) -> c.Mint:
    assert case.drawn is not None
    return c.Mint(token_of(case.drawn), b"\x62" * 32, 17)
