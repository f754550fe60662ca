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

from collections.abc import Sequence

from ledger.evidence import conclusion, history
from ledger.evidence.bundle import Bundle
from ledger.evidence.derive import evidence_root
from ledger.evidence.judge import Opened, judge, open_frame
from ledger.evidence.policy import Policy
from ledger.evidence.report import Checklist, Finding, Report, Unmet
from ledger.evidence.rpc import ChainFacts
from ledger.evidence.signatures import SignatureThreads, enrolments_of
from ledger.evidence.strict import Malformed
from terminal_signer.frame import FrameRefused

__all__ = ["verify"]

BATCH = 256


def verify(bundle: Bundle, policy: Policy, facts: ChainFacts, now: int) -> Report:
    """The verdict. Raises Malformed, or UnknownFormat; nothing else, whatever the bundle holds."""
    checks = Checklist()
    try:
        if (facts.chain_id, facts.genesis) != (policy.chain_id, policy.genesis) or bundle.chain_id != policy.chain_id:
            raise Unmet("wrong-chain", found=facts.chain_id, bundle=bundle.chain_id, policy=policy.chain_id)
        _check_claims(bundle, policy, facts, checks)
    except Unmet as unmet:
        checks.stop(unmet.finding)
    checks.policy += conclusion.policy_conditions(bundle, policy, facts, now)
    return checks.report()


def _check_claims(bundle: Bundle, policy: Policy, facts: ChainFacts, checks: Checklist) -> None:
    """All claims. The signatures are verified in threads meanwhile and are waited for at the end."""
    statement, terminals = bundle.statement, facts.terminals or {}
    site, times = conclusion.site_of(bundle)
    keys = checks.check("signatures", "", lambda: enrolments_of(bundle, policy, terminals))
    with SignatureThreads(keys or {}) as threads:
        opened = _open(bundle, threads)
        checks.add("format", Finding("format", {"frames": len(opened), "keys": len(bundle.keys)}))
        if keys is not None and threads.strangers:
            checks.check("signatures", "", threads.outcome)
        known = keys is not None and not threads.strangers
        judged = judge(opened, bundle.indices(), bundle.heads, keys, statement.log_id, times) if known else []
        digests = [entry.frame.digest for entry in opened]
        leaves = history.leaves_of(digests)
        as_signed = evidence_root(leaves, bundle) == statement.evidence_root

        check = checks.check
        check("key-chain", "signatures", lambda: history.check_key_chains(judged, site.subs, as_signed))
        check("inclusion", "", lambda: history.check_inclusion(bundle, leaves))
        check("anchor", "", lambda: history.check_anchor(bundle, facts))
        check(
            "completeness",
            "key-chain inclusion anchor",
            lambda: history.check_completeness(bundle, judged, terminals, site.subs, times.grace),
        )
        check("site", "signatures inclusion anchor", lambda: conclusion.check_site(bundle, judged, site.iss, policy))
        rules = check("rules", "", lambda: conclusion.check_rules(bundle, facts))
        result = check("result", "completeness site rules", lambda: conclusion.check_result(bundle, rules, judged))
        check("statement", "result", lambda: conclusion.check_statement(bundle, result, leaves))
        check("certificate", "", lambda: conclusion.check_certificate(bundle, policy, facts))
        if known:
            check("signatures", "", threads.outcome)


def _open(bundle: Bundle, threads: SignatureThreads) -> Sequence[Opened]:
    """Parse every frame, and hand each batch to the threads as soon as it is there."""
    opened: list[Opened] = []
    for start in range(0, len(bundle.frames), BATCH):
        batch = []
        for number, raw in enumerate(bundle.frames[start : start + BATCH], start):
            try:
                batch.append(open_frame(raw))
            except FrameRefused as refusal:
                if refusal.code == "algorithm":
                    raise Unmet("algorithm", frame=number) from None
                raise Malformed(f"{refusal.code}: {refusal.message}", where=f"frame {number}") from None
        threads.hand_in(batch)
        opened += batch
    if len({entry.frame.digest for entry in opened}) != len(opened):
        raise Malformed("a frame occurs twice", where="frames.cborseq")
    return opened
