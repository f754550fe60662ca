"""`carbon verification correct`: a reading was wrong, and a certificate stands on it.

One act: the correction is signed and logged, the period evaluated again under the head that holds it, and the
certificate that is to replace the old one asked for – or, in a demo deployment where all three accounts are at hand,
signed and minted at once. What follows from the new token (the old one superseded on chain, its successor in every
answer) needs no further act: it is read from the chain.
"""

import argparse
import secrets
from dataclasses import dataclass, replace

from ledger.certificates.booking import burned, try_booking
from ledger.certificates.certify import Addresses, Issued, Parties, Terms, certify, draw_up
from ledger.certificates.claim import Claim, Grounds, claim_of
from ledger.certificates.openings import open_figures
from ledger.certificates.page import page_document, published
from ledger.certificates.statement import Statement
from ledger.chain.errors import ContractRefused
from ledger.chain.keyfile import load_account
from ledger.commands.depositing import Deposited, deposit_issued
from ledger.commands.input_files import WrongUse
from ledger.commands.verification_acts import read_hash
from ledger.commands.verification_correction import await_final, sign_correction
from ledger.commands.verification_desk import Desk, NotSent, Signed
from ledger.commands.verification_issue import TO_SUBMIT, VALID, bundle_of, holder, site_and_rules
from ledger.commands.verification_products import Goods, certified_beside, goods_of
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import parse_site
from ledger.store.certificates import StoredCertificate, certificate, certificate_of, superseded_by
from ledger.verification import contents as c
from ledger.verification.case import Case
from ledger.verification.errors import StepRefused
from terminal_signer.errors import CarbonError

ACCOUNTS = ("account", "evaluator_key", "verifier_key")


class NotReplaced(CarbonError):
    """The correction stands in the log, and the certificate could not be replaced: `because` says why."""

    code = "not-replaced"

    def __init__(self, because: CarbonError, correction: bytes) -> None:
        super().__init__(str(because))
        self.because, self.correction = because, correction


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the act came to: `issued` where it went as far as the token, else `signed`, the application. `beside`:
    identifier and token of others over the same time, which may rest on the corrected reading as well."""

    old: StoredCertificate
    correction: bytes
    claim: Claim
    goods: Goods | None
    beside: tuple[tuple[str, bytes], ...]
    issued: Issued | None = None
    deposited: Deposited | None = None
    signed: Signed | None = None


def correct(options: argparse.Namespace, desk: Desk) -> Corrected:
    old = _standing_certificate(options, desk)
    given = [name for name in ACCOUNTS if getattr(options, name) is not None]
    if given and len(given) != len(ACCOUNTS):
        raise WrongUse("all three accounts, or none", where="--account, --evaluator-key, --verifier-key")
    if not given and options.engagement is None:
        raise WrongUse("who is to verify it?", where="--engagement", mend="a new one; or all three accounts, in a demo")
    if given and not desk.chain.deployment.demo:
        raise WrongUse(
            "only a demo deployment mints without a verifier's opinion", mend="--engagement 88.118.20260/V-2023-0002"
        )
    digest = read_hash(options.signed) if options.signed else sign_correction(options, desk)
    await_final(options, desk, digest)
    try:
        return _replaced(options, desk, old, digest, mint_at_once=bool(given))
    except CarbonError as fault:
        raise NotReplaced(fault, digest) from fault


def _replaced(
    options: argparse.Namespace, desk: Desk, old: StoredCertificate, digest: bytes, *, mint_at_once: bool
) -> Corrected:
    """Nothing is written or applied for that the product ledger would refuse in the end."""
    claim, grounds = _evaluated_again(options, desk, old)
    mine = holder(desk.chain, parse_site(grounds.site).iss)
    parties = Addresses(mine, *(bytes.fromhex(old.statement[name][2:]) for name in ("evaluator", "verifier")))
    statement = _statement(desk, old, claim, grounds, parties)
    try_booking(desk.chain, statement, burned(statement, claim.result))
    goods, beside = goods_of(desk.chain, old, claim, mine), certified_beside(desk.engine, old)
    with options.out.open("xb") as file:
        options.out.chmod(0o600)
        file.write(claim.to_bytes())
    done = Corrected(old, digest, claim, goods, beside)
    try:
        if not mint_at_once:
            return replace(done, signed=_applied(options, desk, old, claim))
        issued = _minted(options, desk, old, claim, grounds)
    except (StepRefused, ContractRefused, WrongUse) as fault:
        if not isinstance(fault, NotSent):  # nobody has signed for this claim: the same command makes another
            options.out.unlink()
        raise
    kept = deposit_issued(options, desk.engine, bundle_of(desk.chain, claim, grounds, issued))
    return replace(done, issued=issued, deposited=kept)


def _standing_certificate(options: argparse.Namespace, desk: Desk) -> StoredCertificate:
    name = options.certificate
    old = certificate_of(desk.engine, name) if "/" in name else certificate(desk.engine, read_hash(name))
    if old is None:
        raise WrongUse(f"the store holds no certificate {name[:80]}", mend="its identifier, or its token")
    if (successor := superseded_by(desk.engine, old.token_id)) is not None:
        raise WrongUse("it was superseded before", mend=f"correct its successor 0x{successor.hex()}")
    return old


def _evaluated_again(options: argparse.Namespace, desk: Desk, old: StoredCertificate) -> tuple[Claim, Grounds]:
    site, rules = site_and_rules(options)
    period = Period(old.statement["periodStart"], old.statement["periodEnd"])
    return claim_of(desk.engine, desk.log_id, site, rules, period, old.kind, secrets.token_bytes(32))


def _applied(options: argparse.Namespace, desk: Desk, old: StoredCertificate, claim: Claim) -> Signed:
    """The application for the certificate that replaces the old one, with the same bodies unless others are named."""
    before = former(desk, old.token_id)
    verifier = options.verifier or (before.applied.verifier if before else None)
    evaluator = options.evaluator or (before.applied.evaluator if before else None)
    if verifier is None or evaluator is None:
        raise WrongUse(
            "which bodies?", where="--verifier, --evaluator", mend="the old certificate has no engagement here"
        )
    applied = c.Apply(
        verifier, evaluator, old.identifier, claim.kind, claim.period.start, claim.period.end, claim.site, claim.hash,
        old.token_id, options.reason,
    )  # fmt: skip
    return desk.sign(options.engagement, "apply", lambda _case, _at: applied)


def former(desk: Desk, token: bytes) -> Case | None:
    """The engagement that led to a token."""
    cases = (record.case for record in desk.records())
    return next((case for case in cases if case is not None and case.token == token), None)


def _statement(
    desk: Desk, old: StoredCertificate, claim: Claim, grounds: Grounds, parties: Parties | Addresses
) -> Statement:
    now = desk.chain.now()
    terms = Terms(
        old.identifier, claim.kind, claim.period.start, claim.period.end, now + VALID, now + TO_SUBMIT,
        supersedes=int.from_bytes(old.token_id, "big"),
    )  # fmt: skip
    iss, size = parse_site(grounds.site).iss, grounds.evidence.heads[-1].size
    return draw_up(terms, parties, iss, grounds.site, grounds.rules, claim.log_id, size, grounds.leaves(), claim.result)


def _minted(options: argparse.Namespace, desk: Desk, old: StoredCertificate, claim: Claim, grounds: Grounds) -> Issued:
    parties, chain = Parties(*(load_account(getattr(options, name)) for name in ACCOUNTS)), desk.chain
    return certify(
        chain, desk.engine, _statement(desk, old, claim, grounds, parties), parties, claim.result,
        openings=open_figures(claim.result, options.publish or published(claim.kind, claim.result.document)),
        summary=page_document(claim, grounds, "–", "–", old.identifier) | _bodies(old), issued_at=chain.now(),
    )  # fmt: skip


def _bodies(old: StoredCertificate) -> dict[str, object]:
    """The same bodies, by the names that the old page has."""
    return {name: old.summary[name] for name in ("evaluator", "verifier") if name in old.summary}
