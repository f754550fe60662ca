"""From a verified claim to a token: the claim itself, the statement, the three signatures, the minting."""

import argparse
import secrets
from collections.abc import Callable

from ledger.certificates.booking import burned, try_booking
from ledger.certificates.certify import Addresses, Issued, Terms, domain_of, draw_up, issue, sign, use_once
from ledger.certificates.claim import Claim, Grounds, claim_of, read_claim, repeat
from ledger.certificates.openings import open_figures
from ledger.certificates.page import page_document, published
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.chain.keyfile import load_account
from ledger.commands.depositing import Deposited, deposit_issued
from ledger.commands.evaluate_inputs import Wish, wished_kind, wished_period, wished_rules
from ledger.commands.input_files import WrongUse, read
from ledger.commands.verification_acts import MAX_CLAIM
from ledger.commands.verification_desk import Desk
from ledger.evaluation.inputs import Rules
from ledger.evaluation.site import parse_site
from ledger.evidence.bundle import Bundle
from ledger.identifiers.vaa import node
from ledger.verification import contents as c
from ledger.verification.case import Case
from ledger.verification.opinion import check_mintable, token_of
from ledger.verification.opinion import domain_of as stated_domain
from ledger.verification.stages import DAY, SIGNS_FOR

VALID, TO_SUBMIT = 365 * DAY, 30 * DAY
EVALUATOR, VERIFIER = 1, 2
NOBODY = bytes(20)


def make_claim(options: argparse.Namespace, desk: Desk) -> Claim:
    """Evaluate what the log holds now, with a seed of its own."""
    site, rules = site_and_rules(options)
    plan = parse_site(site, options.site.name)
    wish = _wish(options)
    period, kind = wished_period(wish, plan), wished_kind(wish, rules, plan)
    claim, _ = claim_of(desk.engine, desk.log_id, site, rules, period, kind, secrets.token_bytes(32))
    return claim


def drawing(options: argparse.Namespace, desk: Desk) -> Callable[[Case | None, int], c.DrawUp]:
    """The evaluator's statement: the claim, evaluated again from the log, under the terms of the engagement."""

    def make(case: Case | None, at: int) -> c.DrawUp:
        if case is None or case.opinion is None:
            raise WrongUse("there is no opinion yet", mend="carbon verification show")
        claim, grounds = claimed(options, desk)
        use_once(desk.engine, claim.result)
        applied = case.applied
        terms = Terms(
            applied.identifier, applied.kind, applied.period_start, applied.period_end,
            at + options.valid_days * DAY, at + TO_SUBMIT, c.LEVELS[case.opinion.assurance], case.opinion_hash,
            int.from_bytes(applied.supersedes or b"", "big"),
        )  # fmt: skip
        parties = Addresses(
            holder(desk.chain, case.enterprise),
            _account(options.evaluator_account) or accredited(desk.chain, applied.evaluator, EVALUATOR),
            _account(options.verifier_account) or accredited(desk.chain, applied.verifier, VERIFIER),
        )
        size = grounds.evidence.heads[-1].size
        statement = draw_up(
            terms, parties, case.enterprise, grounds.site, grounds.rules, claim.log_id, size, grounds.leaves(),
            claim.result,
        )  # fmt: skip
        try_booking(desk.chain, statement, burned(statement, claim.result))
        domain = domain_of(desk.chain)
        return c.DrawUp(domain.chain_id, domain.contract, statement)

    return make


def signing(options: argparse.Namespace, desk: Desk) -> Callable[[Case | None, int], c.Sign]:
    """The party's signature, by its account's key, over the statement that stands in the engagement."""

    def make(case: Case | None, at: int) -> c.Sign:
        if case is None or case.drawn is None:
            raise WrongUse("no statement is drawn up yet", mend="carbon verification show")
        role = case.role_of(desk.place.sub)
        party = SIGNS_FOR.get(role) if role else None
        if party is None:
            raise WrongUse(f"{desk.place.sub} signs for no party", mend="an officer of either side, or the lead")
        drawn = case.drawn
        if domain_of(desk.chain) != (domain := stated_domain(drawn)):
            raise WrongUse("the statement is for another chain or contract", mend="--deployment, --rpc")
        account = load_account(options.account)
        return c.Sign(party, token_of(drawn), sign(drawn.statement, domain, account))

    return make


def mint(options: argparse.Namespace, desk: Desk, case: Case) -> tuple[Issued, Deposited]:
    """Send what the three have signed, store the certificate, deposit its evidence."""
    statement, signatures = check_mintable(case)
    claim, grounds = claimed(options, desk)
    if claim.hash != statement.result_hash:
        raise WrongUse("this is not the claim that was verified", where="--claim")
    issued = issue(
        desk.chain, desk.engine, statement, signatures, load_account(options.account), claim.result,
        openings=open_figures(claim.result, options.publish or published(claim.kind, claim.result.document)),
        summary=page_document(
            claim, grounds, case.applied.evaluator, case.applied.verifier, statement.identifier
        ),
        issued_at=desk.chain.now(),
    )  # fmt: skip
    return issued, deposit_issued(options, desk.engine, bundle_of(desk.chain, claim, grounds, issued))


def minted(issued: Issued) -> c.Mint:
    return c.Mint(issued.token, issued.transaction, issued.block_number)


def bundle_of(chain: Chain, claim: Claim, grounds: Grounds, issued: Issued) -> Bundle:
    evidence = grounds.evidence
    return Bundle(
        chain_id=chain.deployment.chain_id, seed=claim.result.seed, frames=evidence.raws,
        previous_size=evidence.previous_size, heads=evidence.heads, ranges=evidence.ranges, keys=evidence.keys,
        site=grounds.site, rules=grounds.rules, result=claim.result.canonical(), statement=issued.statement,
        signatures=issued.signatures,
    )  # fmt: skip


def claimed(options: argparse.Namespace, desk: Desk) -> tuple[Claim, Grounds]:
    """The claim of a file, repeated from the log. Raises ClaimDiffers."""
    if options.claim is None or options.site is None:
        raise WrongUse("claim and site file are needed", where="--claim, --site")
    claim = read_claim(read(options.claim, MAX_CLAIM), str(options.claim))
    site, rules = site_and_rules(options)
    return claim, repeat(desk.engine, claim, site, rules)


def holder(chain: Chain, prefix: str) -> bytes:
    address = unhex(chain.call("IdentifierRegistry", "holderOf", node(prefix)))
    if address == NOBODY:
        raise WrongUse(f"nobody holds {prefix} on this chain", mend="the parent node creates it")
    return address


def accredited(chain: Chain, prefix: str, role: int) -> bytes:
    """The one account that is accredited for an organisation in a role now. Raises WrongUse where it is not one."""
    found = set()
    for values, _ in chain.events("CertificateRegistry", "Accredited"):
        who = unhex(values["who"])
        _, _, start, until = chain.call("CertificateRegistry", "accreditationOf", who, role)
        if (values["organisation"], values["role"]) == (node(prefix), role) and start <= chain.now() < until:
            found.add(who)
    if len(found) != 1:
        word = "evaluator" if role == EVALUATOR else "verifier"
        raise WrongUse(f"{len(found)} accounts are accredited for {prefix}", where=f"--{word}-account", mend="name one")
    return found.pop()


def _account(given: str | None) -> bytes | None:
    if given is None:
        return None
    try:
        address = bytes.fromhex(given.removeprefix("0x"))
    except ValueError:
        address = b""
    if len(address) != len(NOBODY):
        raise WrongUse(f"{given[:60]!r} is no address", mend="0x and 40 hex digits")
    return address


def site_and_rules(options: argparse.Namespace) -> tuple[bytes, Rules]:
    site = read(options.site)
    return site, wished_rules(_wish(options), parse_site(site, options.site.name).rules)


def _wish(options: argparse.Namespace) -> Wish:
    return Wish(options.site, getattr(options, "period", None), {}, options.rules, getattr(options, "statement", False))
