"""Repeat everything, from a bundle to a verdict, trusting the policy, the chain's answers and nothing else.

    format        the files keep to their formats; every frame is a well-formed envelope
    signatures    every frame is signed by a key that the terminal registry holds under its terminal's identifier
    key-chain     no frame of a key is missing between others, none was signed twice, heads seen are the log's
    inclusion     the frames stand in the tree of the head that the statement names
    anchor        the contract accepted every head, one directly after the other, and they are final
    completeness  each key of the site file is there from its opening frame to one after period and grace
    site          the site file is signed by the enterprise's officer and approved by the verifier's key, in the log
    rules         the rule files are the stated ones, published on chain for the period
    result        the evaluation, repeated, gives the same bytes
    statement     each field follows from evidence, rules and result
    certificate   enterprise, evaluator and verifier signed it, are accredited, and the chain holds it as active

A claim that rests on one that failed is not checked. Malformed input is raised as `Malformed` (exit 2), a failed claim
is exit 1, a policy that is not met exit 3. No network, no clock: `now` and the chain's answers are passed in.
"""

from ledger.evaluation.inputs import Rules
from ledger.evaluation.site import Site, parse_site
from ledger.evidence import conclusion, history
from ledger.evidence.bundle import RULES, Bundle
from ledger.evidence.derive import derived_fields, evidence_root
from ledger.evidence.judge import judge, open_parsed, terminals_of, times_of
from ledger.evidence.pace import undisturbed
from ledger.evidence.policy import Policy
from ledger.evidence.report import Checklist, Finding, Report, Unmet
from ledger.evidence.rpc import ChainFacts
from ledger.evidence.signatures import SignatureCheck, enrolments_of
from ledger.evidence.strict import Malformed
from ledger.identifiers.vaa import split
from ledger.log.admission import Times
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Frame, FrameRefused, parse

__all__ = ["verify"]


def verify(bundle: Bundle, policy: Policy, facts: ChainFacts, now: int) -> Report:
    """The verdict. Raises Malformed, or UnknownFormat; nothing else, whatever the bundle holds."""
    checks = Checklist()
    try:
        if (facts.chain_id, facts.genesis) != (policy.chain_id, policy.genesis) or bundle.chain_id != policy.chain_id:
            raise Unmet("wrong-chain", found=facts.chain_id, bundle=bundle.chain_id, policy=policy.chain_id)
        with undisturbed():
            _check_claims(bundle, policy, facts, now, checks)
    except Unmet as unmet:
        checks.stop(unmet.finding)
    return checks.report()


def _check_claims(bundle: Bundle, policy: Policy, facts: ChainFacts, now: int, checks: Checklist) -> None:
    """All claims. The signatures are verified beside the others and are waited for at the end."""
    statement, terminals = bundle.statement, facts.terminals or {}
    site, rules, times = _files(bundle)
    subs = terminals_of(site)
    keys = checks.check("signatures", "", lambda: enrolments_of(bundle, policy, terminals)) or {}
    parsed = _parse(bundle)
    checks.add("format", Finding("format", {"frames": len(parsed), "keys": len(bundle.keys)}))
    with SignatureCheck(parsed, keys) as signatures:
        opened = [open_parsed(frame) for frame in parsed]
        judged = []
        if signatures.stranger is None:
            judged = judge(opened, bundle.indices(), bundle.heads, keys, statement.log_id, times)
        digests = [entry.frame.digest for entry in opened]
        leaves = history.leaves_of(digests)
        stated = [statement.site, *(getattr(statement, role) for role in RULES)]
        as_signed = evidence_root(leaves, stated) == statement.evidence_root

        check = checks.check
        check("key-chain", "signatures", lambda: history.check_key_chains(judged, subs, as_signed))
        check("inclusion", "", lambda: history.check_inclusion(bundle, leaves))
        check("anchor", "", lambda: history.check_anchor(bundle, facts))
        check(
            "completeness",
            "key-chain inclusion anchor",
            lambda: history.check_completeness(bundle, judged, terminals, subs, times.grace),
        )
        check("site", "signatures inclusion anchor", lambda: conclusion.check_site(bundle, judged, site.iss, policy))
        check("rules", "", lambda: conclusion.check_rules(bundle, facts))
        result = check("result", "completeness site rules", lambda: conclusion.check_result(bundle, rules, judged))
        files = bundle.site, bundle.rules
        fields = {} if result is None else derived_fields(statement.identifier, site.iss, *files, leaves, result)
        check("statement", "result", lambda: conclusion.check_statement(bundle, fields))
        check("certificate", "", lambda: conclusion.check_certificate(bundle, policy, facts))
        checks.confirm("signatures", signatures.outcome)
    checks.marks = () if result is None else tuple(result.marks)
    checks.policy += conclusion.policy_conditions(bundle, policy, facts, checks.marks, now)


def _files(bundle: Bundle) -> tuple[Site, Rules, Times]:
    try:
        split(bundle.statement.identifier)
        site = parse_site(bundle.site)
        return site, Rules(**bundle.rules), times_of(site, bundle.rules["method"])
    except CarbonError as error:
        raise Malformed(error.message, where=error.where) from None


def _parse(bundle: Bundle) -> list[Frame]:
    """Envelopes and headers; a frame that any reader refuses makes the bundle malformed."""
    parsed = []
    for number, raw in enumerate(bundle.frames):
        try:
            parsed.append(parse(raw))
        except FrameRefused as refusal:
            if refusal.code == "algorithm":
                raise Unmet("algorithm", frame=number) from None
            raise Malformed(f"{refusal.code}: {refusal.message}", where=f"frame {number}") from None
    if len({frame.digest for frame in parsed}) != len(parsed):
        raise Malformed("a frame occurs twice", where="frames.cborseq")
    return parsed
