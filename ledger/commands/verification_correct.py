"""`carbon verification correct`: a reading was wrong, and a certificate stands on it.

One act: the correction is signed and logged, the period evaluated again under the head that holds it, and the
certificate that is to replace the old one asked for – or, in a demo deployment where all three accounts are at hand,
signed and minted at once. What follows from the new token (the old one superseded on chain, its successor in every
answer) needs no further act: it is read from the chain.
"""

import argparse
import secrets
import time
from dataclasses import dataclass

from ledger.assemble import EvidenceMissing
from ledger.certificates.certify import Issued, Parties, Terms, certify, draw_up
from ledger.certificates.claim import Claim, Grounds, claim_of
from ledger.certificates.openings import open_figures
from ledger.certificates.page import page_document, published
from ledger.chain.keyfile import load_account
from ledger.commands.depositing import Deposited, deposit_issued
from ledger.commands.input_files import WrongUse
from ledger.commands.verification_acts import read_hash, read_time
from ledger.commands.verification_desk import Desk, Signed
from ledger.commands.verification_issue import TO_SUBMIT, VALID, bundle_of, site_and_rules
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import parse_site
from ledger.projecting import final_heads
from ledger.store.certificates import StoredCertificate, certificate, certificate_of, superseded_by
from ledger.store.frames import FrameStore
from ledger.verification import contents as c
from ledger.verification.case import Case
from terminal_signer import document
from terminal_signer.document import CORRECTION, Item
from terminal_signer.frame import Document, content, parse
from terminal_signer.item_text import number
from terminal_signer.place import passphrase

POLL = 1.0
ACCOUNTS = ("account", "evaluator_key", "verifier_key")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the act came to: `issued` where it went as far as the token, else `signed`, the application."""

    old: StoredCertificate
    correction: bytes
    claim: Claim
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
    digest = read_hash(options.signed) if options.signed else _sign_correction(options, desk)
    _await_final(options, desk, digest)
    claim, grounds = _evaluated_again(options, desk, old)
    with options.out.open("xb") as file:
        options.out.chmod(0o600)
        file.write(claim.to_bytes())
    if given:
        issued = _minted(options, desk, old, claim, grounds)
        kept = deposit_issued(options, desk.engine, bundle_of(desk.chain, claim, grounds, issued))
        return Corrected(old, digest, claim, issued=issued, deposited=kept)
    return Corrected(old, digest, claim, signed=_applied(options, desk, old, claim))


def _standing_certificate(options: argparse.Namespace, desk: Desk) -> StoredCertificate:
    name = options.certificate
    old = certificate_of(desk.engine, name) if "/" in name else certificate(desk.engine, read_hash(name))
    if old is None:
        raise WrongUse(f"the store holds no certificate {name[:80]}", mend="its identifier, or its token")
    if (successor := superseded_by(desk.engine, old.token_id)) is not None:
        raise WrongUse("it was superseded before", mend=f"correct its successor 0x{successor.hex()}")
    return old


def _sign_correction(options: argparse.Namespace, desk: Desk) -> bytes:
    """The value stated anew, with the reason, by the holder of the key. The frame that it corrects must be logged."""
    wrong = read_hash(options.frame or "")
    if FrameStore(desk.engine, desk.log_id).by_digest(wrong) is None:
        raise WrongUse("the log holds no such frame", where="--frame", mend="the digest of the frame to correct")
    start, end = _interval(options)
    item = Item(
        _needed(options, "name"), number(_needed(options, "value"), "--value"), _needed(options, "unit"), start, end
    )
    told = document.of_items(CORRECTION, (item,), reason=_needed(options, "reason"))
    document.write(told)
    signer = desk.place.signer(passphrase(options.passphrase_file, desk.ask))
    try:
        digest = signer.document(told, desk.now(), corrects=wrong)
    finally:
        signer.spool.close()
    desk.send()
    return digest


def _interval(options: argparse.Namespace) -> tuple[int, int]:
    """From–to; a register's stand by the second that ends at its time."""
    if options.at is not None:
        at = read_time(options.at, options.offset)
        return at - 1, at
    return read_time(_needed(options, "start"), options.offset), read_time(_needed(options, "end"), options.offset)


def _needed(options: argparse.Namespace, name: str) -> str:
    value: str | None = getattr(options, name)
    if value is None:
        raise WrongUse("missing", where=f"--{name}")
    return value


def _await_final(options: argparse.Namespace, desk: Desk, digest: bytes) -> None:
    """Until a final head holds the correction: nothing is certified that a reorganisation could take away."""
    until = time.monotonic() + options.wait
    store = FrameStore(desk.engine, desk.log_id)
    while True:
        held = store.by_digest(digest)
        heads = final_heads(desk.engine, desk.log_id)
        if held is not None:
            told = content(parse(held.raw))
            if not isinstance(told, Document) or told.kind != CORRECTION:
                raise WrongUse("this frame is no correction", where="--signed")
            if heads and heads[-1].size > held.index:
                return
        if time.monotonic() >= until:
            raise EvidenceMissing(
                "the correction is signed, and no final head holds it yet", code="not-final",
                mend=f"later, the same with --signed 0x{digest.hex()}",
            )  # fmt: skip
        time.sleep(POLL)


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


def _minted(options: argparse.Namespace, desk: Desk, old: StoredCertificate, claim: Claim, grounds: Grounds) -> Issued:
    parties = Parties(*(load_account(getattr(options, name)) for name in ACCOUNTS))
    now, chain = desk.chain.now(), desk.chain
    terms = Terms(
        old.identifier, claim.kind, claim.period.start, claim.period.end, now + VALID, now + TO_SUBMIT,
        supersedes=int.from_bytes(old.token_id, "big"),
    )  # fmt: skip
    iss = parse_site(grounds.site).iss
    size = grounds.evidence.heads[-1].size
    statement = draw_up(
        terms, parties, iss, grounds.site, grounds.rules, claim.log_id, size, grounds.leaves(), claim.result
    )
    return certify(
        chain, desk.engine, statement, parties, claim.result,
        openings=open_figures(claim.result, options.publish or published(claim)),
        summary=page_document(claim, grounds, "–", "–", old.identifier) | _bodies(old), issued_at=now,
    )  # fmt: skip


def _bodies(old: StoredCertificate) -> dict[str, object]:
    """The same bodies, by the names that the old page has."""
    return {name: old.summary[name] for name in ("evaluator", "verifier") if name in old.summary}
