"""What each document of a verification says. The classes are the format: names, order and kinds of the fields.

Times are Unix seconds, shares basis points, hashes SHA-256. `result` is the salted result hash of `statement/1`, so
that it tells nothing of the figures. A finding is a 不符合项; `supersedes` in an application names the token that the
new certificate is to replace.
"""

from dataclasses import dataclass

from ledger.verification import fields as f

LEVELS = {"limited": 1, "reasonable": 2}
"""`assurance` of a statement."""


@dataclass(frozen=True, slots=True)
class Apply:
    verifier: f.Prefix
    evaluator: f.Prefix
    identifier: f.Person
    kind: f.Whole3
    period_start: f.Time
    period_end: f.Time
    site: f.Hash
    result: f.Hash
    supersedes: f.Hash | None = None
    text: f.Text | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`reviewer` makes the technical review and is not on the team. `criteria`: by which standard it is verified."""

    lead: f.Person
    team: f.Persons
    reviewer: f.Person
    assurance: f.Assurance
    materiality: f.Share
    criteria: f.Text
    visit_from: f.Time | None = None
    visit_until: f.Time | None = None


@dataclass(frozen=True, slots=True)
class Declare:
    """A person's own word that nothing binds it to those whom it verifies."""

    text: f.Text


@dataclass(frozen=True, slots=True)
class ReviewDocuments:
    exhibits: f.Exhibits
    conclusion: f.Text
    visit_list: f.Text | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """`persons` of the team who were there, `met`: whom of the enterprise they spoke to."""

    started: f.Time
    ended: f.Time
    place: f.Line
    persons: f.Persons
    met: f.Lines
    conclusion: f.Text
    exhibits: f.Exhibits


@dataclass(frozen=True, slots=True)
class Find:
    number: f.Count
    severity: f.Severity
    requirement: f.Line
    text: f.Text
    due: f.Time
    exhibits: f.Exhibits


@dataclass(frozen=True, slots=True)
class Rectify:
    """`unable`: there is no evidence to be had, and the team may calculate conservatively at once."""

    number: f.Count
    outcome: f.Cure
    text: f.Text
    exhibits: f.Exhibits
    result: f.Hash | None = None


@dataclass(frozen=True, slots=True)
class Close:
    number: f.Count
    text: f.Text


@dataclass(frozen=True, slots=True)
class Return:
    number: f.Count
    reason: f.Text
    due: f.Time


@dataclass(frozen=True, slots=True)
class Recalculate:
    """`rule`: the conservative rule that was applied; `result`: what came of it."""

    number: f.Count
    rule: f.Line
    text: f.Text
    result: f.Hash
    exhibits: f.Exhibits


@dataclass(frozen=True, slots=True)
class TechnicalReview:
    outcome: f.Passed
    text: f.Text
    result: f.Hash


@dataclass(frozen=True, slots=True)
class Opine:
    """`misstatement`: what was found and not corrected, in basis points of what was claimed; `text`: the opinion's
    basis, and its qualification where it is not unmodified."""

    opinion: f.Judgement
    assurance: f.Assurance
    materiality: f.Share
    misstatement: f.Misstatement
    text: f.Text
    result: f.Hash
    report: f.OneExhibit | None = None


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Of a refusal, an appeal, a withdrawal."""

    reason: f.Text


@dataclass(frozen=True, slots=True)
class Decide:
    outcome: f.Decision
    text: f.Text


@dataclass(frozen=True, slots=True)
class DrawUp:
    """The statement that the three are to sign, and the contract that it is for."""

    chain_id: f.Whole
    contract: f.Address
    statement: f.Drawn


@dataclass(frozen=True, slots=True)
class Sign:
    """`token`: the statement's EIP-712 digest; `signature`: the party's over it, as the contract takes it."""

    party: f.Party
    token: f.Hash
    signature: f.Signature


@dataclass(frozen=True, slots=True)
class Mint:
    token: f.Hash
    transaction: f.Hash
    block: f.Whole


Content = (
    Apply | Plan | Declare | ReviewDocuments | Visit | Find | Rectify | Close | Return | Recalculate | TechnicalReview
    | Opine | Reasoned | Decide | DrawUp | Sign | Mint
)  # fmt: skip

CONTENTS: dict[str, type[Content]] = {
    "apply": Apply,
    "plan": Plan,
    "declare": Declare,
    "review-documents": ReviewDocuments,
    "visit": Visit,
    "find": Find,
    "rectify": Rectify,
    "close": Close,
    "return": Return,
    "recalculate": Recalculate,
    "technical-review": TechnicalReview,
    "opine": Opine,
    "refuse": Reasoned,
    "appeal": Reasoned,
    "decide": Decide,
    "withdraw": Reasoned,
    "draw-up": DrawUp,
    "sign": Sign,
    "mint": Mint,
}
