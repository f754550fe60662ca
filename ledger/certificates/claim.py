"""A claim, `claim/1`: what an enterprise has verified. A result with the head of the log that its evidence ends at, and
the seed, so that whoever is given the claim repeats it byte for byte; frames that come later are not in it.

Confidential: who holds the seed can open every figure. Parties hand it to each other, nobody publishes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine

from ledger.assemble import Assembled, EvidenceMissing, assemble, signers_of
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.result import Result
from ledger.evaluation.site import parse_site
from ledger.evidence.case import times_of
from ledger.log.tree import leaf_hash
from ledger.projecting import final_heads
from ledger.store.enrolments import all_enrolments
from terminal_signer.errors import CarbonError
from terminal_signer.strict import read_document

__all__ = ["Claim", "ClaimDiffers", "Grounds", "claim_of", "read_claim", "repeat"]

FORMAT = "claim/1"


class ClaimDiffers(CarbonError):
    """The evidence, evaluated again, gives another result than the claim states."""

    code = "claim-differs"


@dataclass(frozen=True, slots=True)
class Claim:
    """`site`: SHA-256 of the site file; `tree_size`: of the last head that was looked at."""

    log_id: bytes
    tree_size: int
    site: bytes
    kind: int
    period: Period
    result: Result

    @property
    def hash(self) -> bytes:
        """`resultHash` of the statement: what the documents of a verification name."""
        return self.result.hash()

    @property
    def identifier(self) -> str:
        return str(self.result.document["site"]["subject"])

    def to_bytes(self) -> bytes:
        document = {
            "format": FORMAT, "log_id": _hex(self.log_id), "tree_size": self.tree_size, "site": _hex(self.site),
            "kind": self.kind, "period_start": self.period.start, "period_end": self.period.end,
            "seed": _hex(self.result.seed), "result": self.result.document,
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a claim rests on: site file, rules by role, and the frames with their proofs."""

    site: bytes
    rules: Mapping[str, bytes]
    evidence: Assembled

    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry.frame.digest) for entry in self.evidence.admitted]


def read_claim(data: bytes, where: str) -> Claim:
    """Raises Malformed, UnknownFormat."""
    with read_document(data, where, FORMAT) as told:
        log_id, size, site = told.hex("log_id", 32), told.integer("tree_size"), told.hex("site", 32)
        kind, period = told.integer("kind", 3, 1), Period(told.integer("period_start"), told.integer("period_end"))
        seed, result = told.hex("seed", 32), told.inner("result").rest
        return Claim(log_id, size, site, kind, period, Result(result, seed))


def claim_of(
    engine: Engine, log_id: bytes, site: bytes, rules: Rules, period: Period, kind: int, seed: bytes
) -> tuple[Claim, Grounds]:
    """What the log holds under final anchors now comes to. Raises EvidenceMissing, EvaluationError."""
    heads = final_heads(engine, log_id)
    if not heads:
        raise EvidenceMissing("no tree head is final yet", mend="wait until the anchorer shows a final head")
    return _evaluated(engine, log_id, site, rules, period, kind, seed, heads[-1].size)


def repeat(engine: Engine, claim: Claim, site: bytes, rules: Rules) -> Grounds:
    """The grounds of a claim, evaluated again. Raises ClaimDiffers, with the first member that differs."""
    if sha256(site).digest() != claim.site:
        raise ClaimDiffers(
            "this is not the claim's site file", where="site", mend="give the file that was claimed with"
        )
    again, grounds = _evaluated(
        engine, claim.log_id, site, rules, claim.period, claim.kind, claim.result.seed, claim.tree_size
    )
    if again.hash != claim.hash:
        differing = again.result.difference(claim.result.canonical())
        raise ClaimDiffers(
            f"evaluated again, {differing['member']} is {differing['recomputed']}, not {differing['claimed']}",
            where="result", mend="carbon verification claim makes one from the log",
        )  # fmt: skip
    return grounds


def _evaluated(
    engine: Engine, log_id: bytes, site: bytes, rules: Rules, period: Period, kind: int, seed: bytes, size: int
) -> tuple[Claim, Grounds]:
    plan = parse_site(site)
    heads = [head for head in final_heads(engine, log_id) if head.size <= size]
    enrolments = [key for key in all_enrolments(engine) if key.log_id == log_id]
    subs = signers_of(engine, log_id, plan, enrolments)
    evidence = assemble(engine, log_id, enrolments, heads, subs, period, times_of(plan, rules.method))
    result = evaluate(site, rules, evidence.admitted, period, seed=seed, kind=kind)
    files = {name: getattr(rules, name) for name in ("template", "method", "factors", "scheme", "benchmarks")}
    grounds = Grounds(site, {name: body for name, body in files.items() if body is not None}, evidence)
    return Claim(log_id, size, sha256(site).digest(), kind, period, result), grounds


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
