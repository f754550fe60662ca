"""The claims about what was concluded: site, rules, result, statement, certificate."""

from collections.abc import Sequence
from hashlib import sha256

from ledger.certificates.recover import recover
from ledger.evaluation.certifiable import refusal
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.result import Result
from ledger.evidence.bundle import RULES
from ledger.evidence.case import Case
from ledger.evidence.derive import derived_fields
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.evidence.rpc import RULE_KINDS
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Document, KeyClass

ACTIVE, EXPIRED = 1, 5
STATUS = ("none", "active", "suspended", "revoked", "superseded", "expired")
UNTRUSTED = frozenset(("payload", "revoked", "foreign-log", "fork"))


def check_site(case: Case) -> Finding:
    """The site file is the stated one, signed into the log by the enterprise's officer, approved by the verifier."""
    bundle, enterprise = case.bundle, case.site.iss
    digest = sha256(bundle.site).digest()
    if digest != bundle.statement.site:
        raise Failed("site-other", stated=bundle.statement.site.hex(), found=digest.hex())
    organisation = case.policy.organisation_of(bundle.statement.verifier, "verifier")
    if organisation is None:
        raise Unmet("unknown-verifier", address=bundle.statement.verifier.hex())
    if not _vouched(case.judged, digest, "site-file", KeyClass.OFFICER, enterprise):
        raise Failed("site-unsigned", enterprise=enterprise)
    if not _vouched(case.judged, digest, "site-approval", KeyClass.VERIFIER, organisation):
        raise Failed("site-unapproved", organisation=organisation)
    return Finding("site", {"enterprise": enterprise, "verifier": organisation})


def _vouched(admitted: Sequence[AdmittedFrame], digest: bytes, kind: str, key_class: KeyClass, iss: str) -> bool:
    return any(
        isinstance(entry.content, Document)
        and (entry.content.kind, entry.content.sha256) == (kind, digest)
        and (entry.enrolment.key_class, entry.frame.iss) == (key_class, iss)
        and not entry.flags & UNTRUSTED
        for entry in admitted
    )


def check_rules(case: Case) -> Finding:
    """The rule files are the stated ones, and each was published in its role for the period."""
    bundle = case.bundle
    for role in RULE_KINDS:
        stated: bytes = getattr(bundle.statement, role)
        found = sha256(bundle.rules[role]).digest() if role in bundle.rules else bytes(32)
        if found != stated:
            raise Failed("rule-other", rule=role, stated=stated.hex(), found=found.hex())
        if role in bundle.rules and role not in case.facts.published:
            raise Failed("rule-unpublished", rule=role, hash=found.hex())
    return Finding("rules", {"rules": ", ".join(role for role in RULES if role in bundle.rules)})


def check_result(case: Case) -> Finding:
    """The evaluation, repeated from the frames alone, gives the bundle's result byte for byte."""
    result = _result(case)
    if result.canonical() != case.bundle.result:
        raise Failed("result-other", **result.difference(case.bundle.result))
    return Finding("result", {"frames": len(case.judged)})


def _result(case: Case) -> Result:
    if isinstance(case.result, CarbonError):
        raise Failed("result-impossible", error=str(case.result))
    return case.result


def check_statement(case: Case) -> Finding:
    """Every field of the statement that follows from evidence, site file, rules and result."""
    bundle, statement = case.bundle, case.bundle.statement
    fields = derived_fields(
        statement.identifier, case.site.iss, bundle.site, bundle.rules, case.leaves, _result(case)
    )  # fmt: skip
    for name, value in fields.items():
        stated = getattr(statement, name)
        if stated != value:
            raise Failed("field-other", field=name, stated=_show(stated), recomputed=_show(value))
    return Finding("statement", {"fields": len(fields)})


def _show(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def check_certificate(case: Case) -> Finding:
    """Three signed this statement, the policy accredits two of them, the chain holds it, final and active, and its
    result is one that may be certified.

    A signature that is not 65 bytes is a contract wallet's: only the chain, which asked the wallet, can tell of it.
    """
    policy, facts, statement, given = case.policy, case.facts, case.bundle.statement, case.bundle.signatures
    digest = statement.digest(policy.domain())
    signed = {"recipient": given.enterprise, "evaluator": given.evaluator, "verifier": given.verifier}
    for role, signature in signed.items():
        if len(signature) == 65 and recover(digest, signature) != getattr(statement, role):
            raise Failed("not-signed", role=role)
    for role in ("evaluator", "verifier"):
        if policy.organisation_of(getattr(statement, role), role) is None:
            raise Unmet("unknown-" + role, address=getattr(statement, role).hex())
    if facts.status == 0 and facts.status_latest != 0:
        raise Unmet("certificate-not-final")
    if facts.status == EXPIRED:
        raise Unmet("expired", until=statement.valid_until)
    if facts.status != ACTIVE:
        raise Failed("not-active", status=STATUS[facts.status] if facts.status < len(STATUS) else str(facts.status))
    result = case.result
    if isinstance(result, Result) and result.canonical() == case.bundle.result and (why := refusal(result.document)):
        raise Failed("not-certifiable", reasons=why)
    return Finding("certificate", {"token": "0x" + digest.hex(), "status": "active", "block": facts.block})


def policy_conditions(case: Case, marks: Sequence[str], now: int) -> list[Finding]:
    """What the policy demands beyond the claims."""
    policy, time, found = case.policy, case.facts.time, []
    if policy.max_age is not None and now - time > policy.max_age:
        found.append(Finding("stale", {"time": time, "limit": policy.max_age}))
    if not policy.allow_demo:
        unchecked = ", ".join(mark for mark in ("DEMO", "UNVERIFIED") if mark in marks)
        found += [Finding("demo", {"marks": unchecked})] if unchecked else []
        found += [] if any(case.bundle.statement.opinion) else [Finding("no-opinion", {})]
    return found


TESTS = (
    ("site", check_site), ("rules", check_rules), ("result", check_result), ("statement", check_statement),
    ("certificate", check_certificate),
)  # fmt: skip
