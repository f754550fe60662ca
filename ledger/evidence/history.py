"""The claims about where frames stand: key-chain, inclusion, anchor, completeness."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ledger.evaluation.inputs import AdmittedFrame
from ledger.evidence.bundle import RULES
from ledger.evidence.case import Case
from ledger.evidence.derive import evidence_root
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.identifiers.vaa import terminal_id
from ledger.keccak import keccak256
from ledger.log.proof import ProofError, verify_range
from ledger.log.replay import KeyName, key_name

CHAIN_FLAGS = ("gap", "prev", "fork", "seen", "iat")


def check_key_chains(case: Case) -> Finding:
    """Frames of the site's keys follow one another without a hole.

    A hole or a fork that the log itself has is no lie: it stands if the three signed this very list of frames
    (`as_signed`), and the evaluation counts what is missing.
    """
    statement, subs = case.bundle.statement, case.site.terminals()
    stated = [statement.site, *(getattr(statement, role) for role in RULES)]
    as_signed = evidence_root(case.leaves, stated) == statement.evidence_root
    found: Counter[str] = Counter()
    for entry in case.judged:
        broken = entry.flags.intersection(CHAIN_FLAGS)
        if broken and entry.enrolment.sub in subs:
            if not as_signed:
                name = next(flag for flag in CHAIN_FLAGS if flag in broken)
                raise Failed("key-chain-" + name, key=entry.enrolment.sub, seq=entry.frame.seq)
            found.update(broken)
    flagged = ", ".join(f"{found[name]} {name}" for name in CHAIN_FLAGS if found[name])
    return Finding("key-chain-flagged" if flagged else "key-chain", {"frames": len(case.judged), "flags": flagged})


def check_inclusion(case: Case) -> Finding:
    """The frames stand in the tree of the last head, which is the one that the statement names."""
    bundle, head = case.bundle, case.bundle.heads[-1]
    if head.size != bundle.statement.tree_size:
        raise Failed("tree-size", stated=bundle.statement.tree_size, head=head.size)
    done = 0
    for stretch in bundle.ranges:
        try:
            verify_range(head.size, stretch.start, case.leaves[done : done + stretch.count], stretch.hashes, head.root)
        except ProofError:
            raise Failed("not-included", first=stretch.start, last=stretch.start + stretch.count - 1) from None
        done += stretch.count
    return Finding("inclusion", {"frames": done, "size": head.size})


def check_anchor(case: Case) -> Finding:
    """Every head was accepted by the log's contract, each directly after the one before it, and is final."""
    heads = case.bundle.heads
    if not case.facts.heads:
        raise Unmet("anchor-not-final") if case.facts.heads_latest else Failed("not-anchored", heads=len(heads))
    first, last = heads[0], heads[-1]
    return Finding("anchor", {"heads": len(heads), "first": first.time, "last": last.time})


def check_completeness(case: Case) -> Finding:
    """For every key that a terminal of the site file had in the period: each frame, opening to closing.

    Opening: frame 0, or one signed before the period. Closing: one that has seen a head anchored later than the
    period's end plus the grace, or than the key's own end; a rotated key may end with the digest that its successor
    names.
    """
    statement, terminals = case.bundle.statement, case.facts.terminals or {}
    by_name: dict[KeyName, list[AdmittedFrame]] = {}
    for entry in case.judged:
        by_name.setdefault(key_name(entry.frame), []).append(entry)
    by_key = {terminal_id(*name): entries for name, entries in by_name.items()}
    end = statement.period_end + case.times.grace
    names = {keccak256(sub.encode()): sub for sub in case.site.terminals()}
    last_digests = {entry.predecessor: entry.last_digest for entry in terminals.values()}
    times = {head.size: head.time for head in case.bundle.heads}
    closed = 0
    for identity, terminal in terminals.items():
        sub = names.get(terminal.sub_hash)
        ended = terminal.until and terminal.until <= statement.period_start
        if sub is None or ended or terminal.since > end:
            continue
        if terminal.log_id != statement.log_id:
            raise Failed("other-log", key=sub)
        span = statement.period_start, min(end, terminal.until or end)
        _check_ends(sub, by_key.get(identity, []), span, times, last_digests.get(identity))
        closed += 1
    if lacking := set(names) - {terminal.sub_hash for terminal in terminals.values()}:
        raise Failed("not-enrolled", key=names[min(lacking)])
    return Finding("completeness", {"keys": closed, "until": end})


def _check_ends(
    sub: str, held: Sequence[AdmittedFrame], span: tuple[int, int], times: Mapping[int, int], last_digest: bytes | None
) -> None:
    if not held:
        raise Failed("key-missing", key=sub)
    first, (start, end) = min(held, key=lambda entry: entry.frame.seq).frame, span
    if first.seq != 0 and first.iat >= start:
        raise Failed("no-opening", key=sub, seq=first.seq)
    for entry in reversed(held):
        seen = entry.frame.seen
        closing = seen is not None and "seen" not in entry.flags and times.get(seen.size, 0) > end
        if closing or entry.frame.digest == last_digest:
            return
    raise Failed("no-closing", key=sub, seq=held[-1].frame.seq, until=end)


TESTS = (
    ("key-chain", check_key_chains), ("inclusion", check_inclusion), ("anchor", check_anchor),
    ("completeness", check_completeness),
)  # fmt: skip
