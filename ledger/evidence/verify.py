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

import gc
from collections.abc import Sequence
from functools import partial

from ledger.evaluation.result import Result
from ledger.evidence import conclusion, history
from ledger.evidence.bundle import Bundle
from ledger.evidence.case import open_case
from ledger.evidence.policy import Policy
from ledger.evidence.report import Checklist, Finding, Report, Unmet, unchecked
from ledger.evidence.rpc import ChainFacts
from ledger.evidence.signatures import Signatures
from terminal_signer.frame import Frame, FrameRefused, parse
from terminal_signer.strict import Malformed


def verify(bundle: Bundle, policy: Policy, facts: ChainFacts, now: int) -> Report:
    """The verdict. Raises Malformed, or UnknownFormat; nothing else, whatever the bundle holds.

    No garbage is collected meanwhile: frames and records are many and form no cycles.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        if (facts.chain_id, facts.genesis) != (policy.chain_id, policy.genesis) or bundle.chain_id != policy.chain_id:
            raise Unmet("wrong-chain", found=facts.chain_id, bundle=bundle.chain_id, policy=policy.chain_id)
        return _check_claims(bundle, policy, facts, now)
    except Unmet as unmet:
        return unchecked(unmet.finding)
    finally:
        if collecting:
            gc.enable()


def _check_claims(bundle: Bundle, policy: Policy, facts: ChainFacts, now: int) -> Report:
    """All claims. The signatures are verified beside the others and are waited for at the end."""
    checks, signatures = Checklist(), Signatures()
    checks.check("signatures", lambda: signatures.check_keys(bundle.keys, policy, facts.terminals or {}))
    with signatures.verified_beside(bundle.frames) as frames:
        frames[:] = parsed = _parse(bundle)
        checks.check("format", lambda: Finding("format", {"frames": len(parsed), "keys": len(bundle.keys)}))
        case = open_case(bundle, policy, facts, parsed, signatures.keys)
        for name, test in (*history.TESTS, *conclusion.TESTS):
            checks.check(name, partial(test, case))
        checks.check("signatures", lambda: signatures.check_frames(parsed))
    marks = tuple(case.result.marks) if isinstance(case.result, Result) else ()
    return checks.report(marks, conclusion.policy_conditions(case, marks, now))


def _parse(bundle: Bundle) -> Sequence[Frame]:
    """Envelopes and headers; a frame that any reader refuses makes the bundle malformed."""
    parsed: dict[bytes, Frame] = {}
    for number, raw in enumerate(bundle.frames):
        try:
            frame = parse(raw)
        except FrameRefused as refusal:
            if refusal.code == "algorithm":
                raise Unmet("algorithm", frame=number) from None
            raise Malformed(f"{refusal.code}: {refusal.message}", where=f"frame {number}") from None
        if parsed.setdefault(frame.digest, frame) is not frame:
            raise Malformed("a frame occurs twice", where=f"frame {number}")
    return list(parsed.values())
