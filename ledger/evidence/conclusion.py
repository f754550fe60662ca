"""The claims about what was concluded: site, rules, result, statement, certificate."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from ledger.certificates.recover import recover
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.result import Result
from ledger.evidence.bundle import RULES, Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.evidence.rpc import RULE_KINDS, ChainFacts
from ledger.evidence.strict import Malformed, read_json
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Document, KeyClass

__all__ = ["check_certificate", "check_result", "check_rules", "check_site", "check_statement", "policy_conditions"]

ACTIVE, EXPIRED = 1, 5
STATUS = ("none", "active", "suspended", "revoked", "superseded", "expired")
UNTRUSTED = frozenset(("payload", "revoked", "foreign-log", "fork"))


def check_site(
    bundle: Bundle, admitted: Sequence[AdmittedFrame], enterprise: str, policy: Policy
) -> tuple[bool, Finding]:
    """The site file is the stated one, signed into the log by the enterprise's officer, approved by the verifier."""
    digest = sha256(bundle.site).digest()
    if digest != bundle.statement.site:
        raise Failed("site-other", stated=bundle.statement.site.hex(), found=digest.hex())
    organisation = policy.organisation_of(bundle.statement.verifier, "verifier")
    if organisation is None:
        raise Unmet("unknown-verifier", address=bundle.statement.verifier.hex())
    if not _vouched(admitted, digest, "site-file", KeyClass.OFFICER, enterprise):
        raise Failed("site-unsigned", enterprise=enterprise)
    if not _vouched(admitted, digest, "site-approval", KeyClass.VERIFIER, organisation):
        raise Failed("site-unapproved", organisation=organisation)
    return True, Finding("site", {"enterprise": enterprise, "verifier": organisation})


def _vouched(admitted: Sequence[AdmittedFrame], digest: bytes, kind: str, key_class: KeyClass, iss: str) -> bool:
    return any(
        isinstance(entry.content, Document)
        and (entry.content.kind, entry.content.sha256) == (kind, digest)
        and (entry.enrolment.key_class, entry.frame.iss) == (key_class, iss)
        and not entry.flags & UNTRUSTED
        for entry in admitted
    )


def check_rules(bundle: Bundle, facts: ChainFacts) -> tuple[bool, Finding]:
    """The rule files are the stated ones, and each was published in its role for the period."""
    for role in RULE_KINDS:
        stated: bytes = getattr(bundle.statement, role)
        found = sha256(bundle.rules[role]).digest() if role in bundle.rules else bytes(32)
        if found != stated:
            raise Failed("rule-other", rule=role, stated=stated.hex(), found=found.hex())
        if role in bundle.rules and role not in facts.published:
            raise Failed("rule-unpublished", rule=role, hash=found.hex())
    return True, Finding("rules", {"rules": ", ".join(role for role in RULES if role in bundle.rules)})


def check_result(bundle: Bundle, rules: Rules, admitted: Sequence[AdmittedFrame]) -> tuple[Result, Finding]:
    """The evaluation, repeated from the frames alone, gives the bundle's result byte for byte."""
    period = Period(bundle.statement.period_start, bundle.statement.period_end)
    try:
        result = evaluate(bundle.site, rules, admitted, period, seed=bundle.seed, kind=bundle.statement.kind)
    except CarbonError as error:
        raise Failed("result-impossible", error=str(error)) from None
    if result.canonical() != bundle.result:
        raise Failed("result-other", **_difference(result, bundle.result))
    return result, Finding("result", {"frames": len(admitted)})


def _difference(result: Result, claimed: bytes) -> dict[str, str | int]:
    """The first member in which the recomputed result and the claimed one differ."""
    try:
        other: object = read_json(claimed, "result.json")
    except Malformed:
        return {"member": "-", "claimed": "?", "recomputed": "?"}
    mine: object = result.document
    path = []
    while isinstance(mine, dict) and isinstance(other, dict):
        name = next((name for name in sorted({*mine, *other}) if mine.get(name) != other.get(name)), None)
        if name is None:
            break
        path.append(name)
        mine, other = mine.get(name), other.get(name)
    return {"member": ".".join(path), "claimed": f"{other}"[:80], "recomputed": f"{mine}"[:80]}


def check_statement(bundle: Bundle, fields: Mapping[str, object]) -> tuple[bool, Finding]:
    """Every field of the statement that follows from evidence, site file, rules and result."""
    for name, value in fields.items():
        stated = getattr(bundle.statement, name)
        if stated != value:
            raise Failed("field-other", field=name, stated=_show(stated), recomputed=_show(value))
    return True, Finding("statement", {"fields": len(fields)})


def _show(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def check_certificate(bundle: Bundle, policy: Policy, facts: ChainFacts) -> tuple[bool, Finding]:
    """Three signed this statement, the policy accredits two of them, and the chain holds it, final and active.

    A signature that is not 65 bytes is a contract wallet's: only the chain, which asked the wallet, can tell of it.
    """
    statement = bundle.statement
    digest = statement.digest(policy.domain())
    given = bundle.signatures
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
    return True, Finding("certificate", {"token": "0x" + digest.hex(), "status": "active", "block": facts.block})


def policy_conditions(
    bundle: Bundle, policy: Policy, facts: ChainFacts, marks: Sequence[str], now: int
) -> list[Finding]:
    """What the policy demands beyond the claims."""
    found = []
    if policy.max_age is not None and now - facts.time > policy.max_age:
        found.append(Finding("stale", {"time": facts.time, "limit": policy.max_age}))
    unchecked = [mark for mark in ("DEMO", "UNVERIFIED") if mark in marks]
    if unchecked and not policy.allow_demo:
        found.append(Finding("demo", {"marks": ", ".join(unchecked)}))
    if not any(bundle.statement.opinion) and not policy.allow_demo:
        found.append(Finding("no-opinion", {}))
    return found
