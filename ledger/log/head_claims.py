"""Tree heads that somebody vouches for, held against each other: signed by the log's note key, or anchored by the
operator. Rules and names of the findings: `ledger.log.conviction`."""

from collections.abc import Iterator
from itertools import combinations

from ledger.log.bridge import Bridge
from ledger.log.checkpoint import CheckpointError, note_key_hash, open_checkpoint
from ledger.log.exhibits import Exhibits, Finding, LogFacts, Weight, finding
from ledger.log.proof import EMPTY_ROOT, ProofError

__all__ = ["judge_heads", "signed_heads", "wanted"]

Head = tuple[int, bytes]
OPERATOR = "operator"


def signed_heads(exhibits: Exhibits, log: LogFacts) -> list[Head]:
    """Size and root of each checkpoint that a note key of this log signed, by size, without repetition."""
    return sorted({head for note in exhibits.checkpoints if (head := _opened(note, exhibits, log)) is not None})


def wanted(exhibits: Exhibits, log: LogFacts) -> list[tuple[int, Head]]:
    """The bridges (older size, newer head) that are missing to compare every signed head with every other one, and
    with one on the chain."""
    signed = signed_heads(exhibits, log)
    there = {(bridge.old_size, (bridge.new_size, bridge.new_root)) for bridge in exhibits.bridges}
    pairs = [*combinations(signed, 2), *_anchored_partners(signed, log)]
    ordered = (sorted(pair) for pair in pairs)
    asked = dict.fromkeys((old[0], new) for old, new in ordered if 0 < old[0] < new[0])
    return [question for question in asked if question not in there]


def judge_heads(exhibits: Exhibits, log: LogFacts) -> Iterator[Finding]:
    if exhibits.checkpoints and not any(note_key_hash(key) in log.note_key_hashes for key in exhibits.note_keys):
        yield finding("no-note-key", Weight.OPEN)
        return
    signed = signed_heads(exhibits, log)
    foreign = sum(_opened(note, exhibits, log) is None for note in exhibits.checkpoints)
    if foreign:
        yield finding("not-signed", Weight.CLEAR, count=foreign)
    if signed and log.shared:
        yield finding("shared-key", Weight.OPEN, origin=log.origin)
        return
    proven = [*_of_one_size(signed, log), *_over_bridges(exhibits.bridges, signed, log)]
    yield from proven
    missing = wanted(exhibits, log)
    for size, (new_size, _) in missing:
        yield finding("needs-tiles", Weight.OPEN, size=size, new_size=new_size)
    if signed and not log.heads:
        yield finding("nothing-anchored", Weight.OPEN)
    elif signed and not proven and not missing:
        yield finding("consistent", Weight.CLEAR, sizes=", ".join(str(size) for size, _ in signed))


def _opened(note: bytes, exhibits: Exhibits, log: LogFacts) -> Head | None:
    for key in exhibits.note_keys:
        try:
            if note_key_hash(key) in log.note_key_hashes:
                checkpoint = open_checkpoint(note, key, log.origin)
                return checkpoint.size, checkpoint.root
        except CheckpointError:
            continue
    return None


def _anchored_partners(signed: list[Head], log: LogFacts) -> Iterator[tuple[Head, Head]]:
    """For each signed head, the smallest anchored one that is not smaller; else the largest there is."""
    for head in signed:
        partner = next((known for known in log.heads if known.size >= head[0]), log.heads[-1] if log.heads else None)
        if partner is not None:
            yield head, (partner.size, partner.root)


def _of_one_size(signed: list[Head], log: LogFacts) -> Iterator[Finding]:
    """No bridge is needed where the sizes are equal, or where a tree without leaves is given a root."""
    for (size, root), (other_size, other) in combinations(signed, 2):
        if size == other_size:
            yield finding("split-view", Weight.PROVEN, OPERATOR, size=size, root=root, other=other)
    anchored = {head.size: head.root for head in log.heads} | {0: EMPTY_ROOT}
    for size, root in signed:
        if size in anchored and anchored[size] != root:
            yield finding("chain-split", Weight.PROVEN, OPERATOR, size=size, root=root, other=anchored[size])


def _over_bridges(bridges: tuple[Bridge, ...], signed: list[Head], log: LogFacts) -> Iterator[Finding]:
    anchored = {(head.size, head.root) for head in log.heads}
    for bridge in bridges:
        new = (bridge.new_size, bridge.new_root)
        if bridge.old_size >= bridge.new_size or (new not in anchored and new not in signed) or not _holds(bridge):
            continue
        for old in sorted({*signed, *anchored}):
            if old[0] != bridge.old_size or old[1] == bridge.old_root or {old, new} <= anchored:
                continue
            code = "chain-rewrite" if old in anchored or new in anchored else "rewrite"
            yield finding(
                code, Weight.PROVEN, OPERATOR, size=old[0], root=old[1], other=bridge.old_root,
                new_size=new[0], new_root=new[1],
            )  # fmt: skip


def _holds(bridge: Bridge) -> bool:
    try:
        bridge.verify()
    except ProofError:
        return False
    return True
