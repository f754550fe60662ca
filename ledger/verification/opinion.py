"""From the opinion to the token: what an opinion must fulfil, and the statement and signatures that follow from it.

1. An opinion is of the assurance level and against the threshold that were planned, and about the result reviewed.
2. Unmodified is one only where the misstatement found lies within the threshold; a larger one makes it modified, or
   adverse. A certificate follows from an unmodified or a modified opinion.
3. The statement is about what was applied for and verified: identifier, kind, period, site file, result, level,
   predecessor; and it names the opinion by the hash of its document.
4. Each of the three signs that statement's digest; only then is it minted.
"""

from ledger.certificates.recover import recover
from ledger.certificates.statement import Domain, Signatures, Statement
from ledger.identifiers.vaa import leaf, node
from ledger.verification.case import Case
from ledger.verification.contents import LEVELS, DrawUp, Opine, Sign
from ledger.verification.errors import StepRefused
from ledger.verification.stages import SIGNS_FOR, Role, State

CERTIFY = ("unmodified", "modified")
PARTIES = ("enterprise", "evaluator", "verifier")
SIGNERS = {"enterprise": "recipient", "evaluator": "evaluator", "verifier": "verifier"}
EOA_SIGNATURE = 65


def check_result(case: Case, result: bytes) -> None:
    if result != case.result:
        raise StepRefused(
            f"it is about result 0x{result.hex()[:16]}…, the engagement about 0x{case.result.hex()[:16]}…",
            code="other-result", mend="look at the result that stands now",
        )  # fmt: skip


def check(case: Case, opinion: Opine) -> None:
    check_result(case, opinion.result)
    plan = case.plan
    if plan is None or (opinion.assurance, opinion.materiality) != (plan.assurance, plan.materiality):
        raise StepRefused(
            "assurance level or materiality threshold are not those of the plan", code="not-as-planned",
            mend="an engagement gives the opinion that was agreed upon",
        )  # fmt: skip
    if opinion.opinion == "unmodified" and opinion.misstatement > opinion.materiality:
        raise StepRefused(
            f"a misstatement of {opinion.misstatement} basis points is material ({opinion.materiality})",
            code="material-misstatement", mend="have it corrected, or give a modified or an adverse opinion",
        )  # fmt: skip


def check_statement(case: Case, drawn: DrawUp) -> None:
    statement, applied = drawn.statement, case.applied
    if case.opinion is None:
        raise StepRefused("there is no opinion", code="no-opinion")
    wanted: dict[str, object] = {
        "identifier": applied.identifier,
        "subject": leaf(applied.identifier),
        "enterprise": node(case.enterprise),
        "kind": applied.kind,
        "period_start": applied.period_start,
        "period_end": applied.period_end,
        "site": applied.site,
        "result_hash": case.result,
        "supersedes": int.from_bytes(applied.supersedes or b"", "big"),
        "assurance": LEVELS[case.opinion.assurance],
        "opinion": case.opinion_hash,
    }
    for name, value in wanted.items():
        if getattr(statement, name) != value:
            raise StepRefused(
                "the statement is not about what was verified", code="statement-differs", where=name,
                mend="draw it up from the evidence that was reviewed",
            )  # fmt: skip


def domain_of(drawn: DrawUp) -> Domain:
    return Domain(drawn.chain_id, drawn.contract)


def token_of(drawn: DrawUp) -> bytes:
    return drawn.statement.digest(domain_of(drawn))


def check_token(case: Case, token: bytes) -> None:
    if case.drawn is None or token != token_of(case.drawn):
        raise StepRefused(
            "it is for another statement", code="other-statement", mend="sign the statement that was drawn up last"
        )


def check_signature(case: Case, role: Role | None, sign: Sign) -> None:
    """A signature of 65 bytes must be of the address that the statement names; one of another length belongs to a
    contract wallet, which the chain asks at minting."""
    check_token(case, sign.token)
    if role is None or SIGNS_FOR.get(role) != sign.party:
        raise StepRefused(
            f"the {role.value if role else 'stranger'} does not sign for the {sign.party}", code="wrong-role"
        )
    if sign.party in case.signatures:
        raise StepRefused(f"the {sign.party} has signed", code="signed-already")
    assert case.drawn is not None  # noqa: S101 - check_token saw it
    signer = getattr(case.drawn.statement, SIGNERS[sign.party])
    if len(sign.signature) == EOA_SIGNATURE and recover(sign.token, sign.signature) != signer:
        raise StepRefused(
            f"the signature is not of 0x{signer.hex()}", code="signature", mend=f"sign with the {sign.party}'s account"
        )


def check_mintable(case: Case) -> tuple[Statement, Signatures]:
    """What is sent to the contract. Raises StepRefused, with the first thing that stands against it."""
    if still := case.open_findings():
        numbers = ", ".join(str(finding.found.number) for finding in still)
        raise StepRefused(f"findings are open: {numbers}", code="open-finding", mend="close them first")
    if case.reviewer is None:
        raise StepRefused(
            "no second person has reviewed it", code="no-technical-review", mend="carbon verification technical-review"
        )
    if case.opinion is None or case.opinion.opinion not in CERTIFY:
        raise StepRefused("no opinion bears a certificate", code="no-opinion", mend="carbon verification opine")
    if case.state is not State.DRAWN_UP or case.drawn is None:
        raise StepRefused("no statement is drawn up", code="wrong-state", mend="carbon verification draw-up")
    if missing := [party for party in PARTIES if party not in case.signatures]:
        raise StepRefused(
            "signatures are missing: " + ", ".join(missing),
            code="unsigned",
            mend="each signs: carbon verification sign",
        )
    return case.drawn.statement, Signatures(*(case.signatures[party] for party in PARTIES))
