"""What a certificate's page may say: a pure reading of the stored row against the chain's answer.

Rules, in this order:

1. The chain decides. Kind, grade, period and status are shown as valid only where the chain answered and the stored
   statement hashes to the token that the chain names (EIP-712 digest = token number).
2. Without an answer of the chain the page shows what is stored and says 'status not checked'; never 'valid'.
3. A stored statement that is not the chain's is called a contradiction and not shown; then, and where no statement is
   stored, the page has the chain's own fields only.
4. A figure is shown only where the enterprise published its opening and that matches the statement's commitment.
5. Marks (DEMO, REPLAYED, ILLUSTRATIVE, UNVERIFIED) stand next to every figure or grade; whatever a demo deployment
   holds is marked DEMO, also where the stored row does not say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from eth_utils.crypto import keccak

from gateway.facts import DEMO, MARKS, Name, PageFacts
from gateway.figures import Figure
from ledger.certificates.statement import Domain, Statement
from ledger.chain.views import CertificateView


class Verdict(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    ABSENT = "not-on-chain"
    CONTRADICTED = "contradicted"
    UNCHECKED = "not-checked"


TONES: Mapping[Verdict, str] = {
    Verdict.VALID: "good",
    Verdict.SUSPENDED: "warn",
    Verdict.SUPERSEDED: "warn",
    Verdict.EXPIRED: "warn",
    Verdict.UNCHECKED: "warn",
    Verdict.REVOKED: "bad",
    Verdict.ABSENT: "bad",
    Verdict.CONTRADICTED: "bad",
}

_BY_STATUS: Mapping[str, Verdict] = {
    "active": Verdict.VALID,
    "suspended": Verdict.SUSPENDED,
    "revoked": Verdict.REVOKED,
    "superseded": Verdict.SUPERSEDED,
    "expired": Verdict.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """How a certificate came to be no longer active: when, in which block, who did it (None: its successor's minting),
    why, and what replaced it."""

    at: int
    block: int
    actor: bytes | None
    reason: str
    successor: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The chain's answer for one identifier at one block, `age` seconds ago; `answered` is False where the chain could
    not be reached, or was last heard of too long ago: then `block`, if any, is the one that was read last.

    `final_time` is the time of the newest final block: a certificate minted after it may still vanish.
    """

    answered: bool
    block: int = 0
    time: int = 0
    final_time: int = 0
    certificate: CertificateView | None = None
    age: int | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What this gateway keeps of one certificate."""

    token: bytes
    statement: Statement
    facts: PageFacts
    figures: tuple[Figure, ...]
    transaction: bytes
    issued_at: int


@dataclass(frozen=True, slots=True)
class Party:
    """One of the three signers: the name that is stored, the address that the chain knows."""

    role: str
    name: Name | None
    address: bytes


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """Everything that the template and the JSON answer show. Shares and coverage are basis points, `k` and `footprint`
    decimal texts (empty where there is none), times Unix seconds; `stored` is None where only the chain knows it."""

    identifier: str
    verdict: Verdict
    standing: Standing
    token: bytes
    kind: int
    grade: int
    k: str
    footprint: str
    period_start: int
    period_end: int
    valid_until: int
    issued_at: int
    parties: tuple[Party, ...]
    coverage: int
    marks: tuple[str, ...]
    stored: Stored | None

    @property
    def upstream(self) -> str:
        """What stands against what the product was made of: `suspended`, `revoked`, `unseen`, or empty."""
        on_chain = self.standing.certificate
        return on_chain.upstream if on_chain is not None and self.standing.answered else ""

    @property
    def tone(self) -> str:
        """A valid certificate that rests on one that is not is no good news."""
        tone = TONES[self.verdict]
        return "warn" if tone == "good" and self.upstream in ("suspended", "revoked") else tone

    @property
    def confirmed(self) -> bool:
        """The chain holds the statement that is shown, whatever its status."""
        return self.verdict not in (Verdict.ABSENT, Verdict.CONTRADICTED, Verdict.UNCHECKED)

    @property
    def pending(self) -> bool:
        """On the chain, but in a block that is not final."""
        return self.standing.certificate is not None and self.issued_at > self.standing.final_time

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        if self.stored is None:
            return ()
        said = self.stored.statement
        return (
            ("metered", said.metered),
            ("declared", said.declared),
            ("defaulted", said.defaulted),
            ("estimated", said.estimated),
        )

    @property
    def offset(self) -> str:
        return self.stored.facts.offset if self.stored else "+00:00"


@lru_cache(maxsize=4096)
def digest(statement: Statement, domain: Domain) -> bytes:
    """`Statement.digest` once for each statement, with a Keccak that is not written in Python."""
    return statement.digest(domain, keccak)


def verdict_of(stored: Stored | None, standing: Standing, domain: Domain) -> Verdict:
    """Rules 1 to 3. `stored` is the row of the token that the chain names, or the newest row where it names none."""
    if not standing.answered:
        return Verdict.UNCHECKED
    on_chain = standing.certificate
    if on_chain is None:
        return Verdict.ABSENT
    token = on_chain.token_id.to_bytes(32, "big")
    if stored is not None and (stored.token != token or digest(stored.statement, domain) != token):
        return Verdict.CONTRADICTED
    return _BY_STATUS.get(on_chain.status, Verdict.ABSENT)


def read_page(
    identifier: str, stored: Stored | None, standing: Standing, domain: Domain, *, demo: bool
) -> CertificatePage:
    """At least one of the stored row and the chain's answer must be there. `demo` is the deployment's."""
    verdict = verdict_of(stored, standing, domain)
    on_chain = standing.certificate
    if on_chain is not None and (stored is None or verdict is Verdict.CONTRADICTED):
        return _from_chain(identifier, verdict, on_chain, standing, demo)
    if stored is None:
        raise ValueError("neither stored nor on the chain")
    return _from_statement(verdict, stored, standing, demo)


def _marks(stored: Stored | None, demo: bool) -> tuple[str, ...]:
    """Rule 5: those of the certificate, and DEMO for all that a demo deployment holds."""
    held = set(stored.facts.marks if stored else ()) | ({DEMO} if demo else set())
    return tuple(mark for mark in MARKS if mark in held)


def _from_statement(verdict: Verdict, stored: Stored, standing: Standing, demo: bool) -> CertificatePage:
    said, facts = stored.statement, stored.facts
    return CertificatePage(
        identifier=said.identifier,
        verdict=verdict,
        standing=standing,
        token=stored.token,
        kind=said.kind,
        grade=said.grade,
        k=_millionths(said.grade_value) if said.grade else "",
        footprint=_millionths(said.footprint) if said.footprint else "",
        period_start=said.period_start,
        period_end=said.period_end,
        valid_until=said.valid_until,
        issued_at=standing.certificate.minted_at if standing.certificate else stored.issued_at,
        parties=(
            Party("enterprise", facts.enterprise, said.recipient),
            Party("evaluator", facts.evaluator, said.evaluator),
            Party("verifier", facts.verifier, said.verifier),
        ),
        coverage=said.coverage,
        marks=_marks(stored, demo),
        stored=stored,
    )


def _from_chain(
    identifier: str, verdict: Verdict, view: CertificateView, standing: Standing, demo: bool
) -> CertificatePage:
    return CertificatePage(
        identifier=identifier,
        verdict=verdict,
        standing=standing,
        token=view.token_id.to_bytes(32, "big"),
        kind=view.kind,
        grade=view.grade,
        k=_millionths(view.grade_value) if view.grade else "",
        footprint=_millionths(view.footprint) if view.footprint else "",
        period_start=view.period_start,
        period_end=view.period_end,
        valid_until=view.valid_until,
        issued_at=view.minted_at,
        parties=(
            Party("enterprise", None, view.recipient),
            Party("evaluator", None, view.evaluator),
            Party("verifier", None, view.verifier),
        ),
        coverage=view.coverage,
        marks=_marks(None, demo),
        stored=None,
    )


def _millionths(value: int) -> str:
    """A count of 10⁻⁶ as a decimal without trailing zeros."""
    text = format(Decimal(value).scaleb(-6), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
