"""The claims about where frames stand: key-chain, inclusion, anchor, completeness."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from ledger.evaluation.inputs import AdmittedFrame
from ledger.evidence.bundle import Bundle
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.evidence.rpc import ChainFacts, Terminal
from ledger.keccak import keccak256
from ledger.log.admission import Enrolment
from ledger.log.proof import ProofError, verify_range

__all__ = ["check_anchor", "check_completeness", "check_inclusion", "check_key_chains"]

CHAIN_FLAGS = ("gap", "prev", "fork", "seen", "iat")


def check_key_chains(admitted: Sequence[AdmittedFrame], subs: Collection[str], as_signed: bool) -> tuple[bool, Finding]:
    """Frames of the site's keys follow one another without a hole.

    A hole or a fork that the log itself has is no lie: it stands if the three signed this very list of frames
    (`as_signed`), and the evaluation counts what is missing.
    """
    found: Counter[str] = Counter()
    for entry in admitted:
        broken = entry.flags.intersection(CHAIN_FLAGS)
        if broken and entry.enrolment.sub in subs:
            if not as_signed:
                name = next(flag for flag in CHAIN_FLAGS if flag in broken)
                raise Failed("key-chain-" + name, key=entry.enrolment.sub, seq=entry.frame.seq)
            found.update(broken)
    flagged = ", ".join(f"{found[name]} {name}" for name in CHAIN_FLAGS if found[name])
    return True, Finding("key-chain-flagged" if flagged else "key-chain", {"frames": len(admitted), "flags": flagged})


def check_inclusion(bundle: Bundle, leaves: Sequence[bytes]) -> tuple[bool, Finding]:
    """The frames stand in the tree of the last head, which is the one that the statement names."""
    head = bundle.heads[-1]
    if head.size != bundle.statement.tree_size:
        raise Failed("tree-size", stated=bundle.statement.tree_size, head=head.size)
    done = 0
    for stretch in bundle.ranges:
        try:
            verify_range(head.size, stretch.start, leaves[done : done + stretch.count], stretch.hashes, head.root)
        except ProofError:
            raise Failed("not-included", first=stretch.start, last=stretch.start + stretch.count - 1) from None
        done += stretch.count
    return True, Finding("inclusion", {"frames": done, "size": head.size})


def check_anchor(bundle: Bundle, facts: ChainFacts) -> tuple[bool, Finding]:
    """Every head was accepted by the log's contract, each directly after the one before it, and is final."""
    if not facts.heads:
        raise Unmet("anchor-not-final") if facts.heads_latest else Failed("not-anchored", heads=len(bundle.heads))
    first, last = bundle.heads[0], bundle.heads[-1]
    return True, Finding("anchor", {"heads": len(bundle.heads), "first": first.time, "last": last.time})


def check_completeness(
    bundle: Bundle,
    admitted: Sequence[AdmittedFrame],
    terminals: Mapping[bytes, Terminal],
    subs: Collection[str],
    grace: int,
) -> tuple[bool, Finding]:
    """For every key that a terminal of the site file had in the period: each frame, opening to closing.

    Opening: frame 0, or one signed before the period. Closing: one that has seen a head anchored later than the
    period's end plus the grace, or than the key's own end; a rotated key may end with the digest that its successor
    names.
    """
    by_key: dict[bytes, list[AdmittedFrame]] = {}
    for entry in admitted:
        if isinstance(entry.enrolment, Enrolment):
            by_key.setdefault(entry.enrolment.id, []).append(entry)
    end = bundle.statement.period_end + grace
    names = {keccak256(sub.encode()): sub for sub in subs}
    last_digests = {entry.predecessor: entry.last_digest for entry in terminals.values()}
    times = {head.size: head.time for head in bundle.heads}
    closed = 0
    for identity, terminal in terminals.items():
        sub = names.get(terminal.sub_hash)
        ended = terminal.until and terminal.until <= bundle.statement.period_start
        if sub is None or ended or terminal.since > end:
            continue
        if terminal.log_id != bundle.statement.log_id:
            raise Failed("other-log", key=sub)
        held = by_key.get(identity, [])
        _check_opening(sub, held, bundle.statement.period_start)
        _check_closing(sub, held, times, min(end, terminal.until or end), last_digests.get(identity))
        closed += 1
    if lacking := set(names) - {terminal.sub_hash for terminal in terminals.values()}:
        raise Failed("not-enrolled", key=names[min(lacking)])
    return True, Finding("completeness", {"keys": closed, "until": end})


def _check_opening(sub: str, held: Sequence[AdmittedFrame], start: int) -> None:
    if not held:
        raise Failed("key-missing", key=sub)
    first = min(held, key=lambda entry: entry.frame.seq).frame
    if first.seq != 0 and first.iat >= start:
        raise Failed("no-opening", key=sub, seq=first.seq)


def _check_closing(
    sub: str, held: Sequence[AdmittedFrame], times: Mapping[int, int], end: int, last_digest: bytes | None
) -> None:
    for entry in reversed(held):
        frame = entry.frame
        if frame.digest == last_digest:
            return
        if frame.seen is not None and "seen" not in entry.flags and times.get(frame.seen.size, 0) > end:
            return
    raise Failed("no-closing", key=sub, seq=held[-1].frame.seq, until=end)


def leaves_of(digests: Sequence[bytes]) -> list[bytes]:
    """RFC 9162 leaf hashes of log entries."""
    return [sha256(b"\0" + digest).digest() for digest in digests]
