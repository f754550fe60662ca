"""What a bundle's claims are checked against: its frames as the log's rules judge them, and the evaluation repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.accounting.method import parse_method
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.result import Result
from ledger.evaluation.site import Site, parse_site
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import ChainFacts
from ledger.identifiers.vaa import split
from ledger.log.admission import Enrolment, Times
from ledger.log.replay import KeyName, key_name, open_frame, replay
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Frame
from terminal_signer.receipt import leaf_hash
from terminal_signer.strict import Malformed


@dataclass(frozen=True, slots=True)
class Case:
    """`judged` is empty where a frame's key is unknown; `result` is what the evaluation gives, repeated from the frames
    alone, or why it gives none."""

    bundle: Bundle
    policy: Policy
    facts: ChainFacts
    site: Site
    times: Times
    leaves: list[bytes]
    judged: list[AdmittedFrame]
    result: Result | CarbonError


def open_case(
    bundle: Bundle, policy: Policy, facts: ChainFacts, parsed: Sequence[Frame], keys: Mapping[KeyName, Enrolment]
) -> Case:
    """Raises Malformed for a site file, a method or an identifier that cannot be read."""
    statement = bundle.statement
    try:
        split(statement.identifier)
        site, rules = parse_site(bundle.site), Rules(**bundle.rules)
        times = times_of(site, rules.method)
    except CarbonError as error:
        raise Malformed(error.message, where=error.where) from None
    known = all(key_name(frame) in keys for frame in parsed)
    opened = [open_frame(frame) for frame in parsed] if known else []
    rows = replay(opened, bundle.indices(), bundle.heads, keys, statement.log_id, times) if known else ()
    judged = [AdmittedFrame(*row) for row in rows]
    period = Period(statement.period_start, statement.period_end)
    result: Result | CarbonError
    try:
        result = evaluate(bundle.site, rules, judged, period, seed=bundle.seed, kind=statement.kind)
    except CarbonError as error:
        result = error
    return Case(bundle, policy, facts, site, times, [leaf_hash(frame.digest) for frame in parsed], judged, result)


def times_of(site: Site, method: bytes) -> Times:
    """The time parameters of the method; the site file may only tighten the delay."""
    rules = parse_method(method).data_rules
    return Times(rules.grace, rules.delay(site.max_delay), rules.skew)
