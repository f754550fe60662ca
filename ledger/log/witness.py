"""A witness's memory of a log, and what a look at it does to that memory. Pure; the rules:

    a checkpoint counts only if the log's note key signed it; what did not arrive, or is not signed, changes nothing
    before anything is accepted, the head shown is held against every head remembered (signed) and the newest head on
    the chain (anchored): of equal size they must have one root, else the older must be the beginning of the newer,
    by a proof from the log's tiles that leads to the newer root

    FRESH        the first head, of one history with the chain: accepted
    ADVANCED     larger than the last one and an extension of it and of the chain: accepted
    SAME         the last one again
    STALE        smaller, but of the same history (a cache, or a log that hides its end): nothing is forgotten
    UNPROVEN     the tiles that would show it were not served, or lead elsewhere: nothing is accepted, nobody is accused
    CONVICTED    two heads that the operator vouches for contradict each other: the exhibits say which. It is final

What is accepted is never forgotten for something smaller, so a log cannot shrink unseen. Only CONVICTED accuses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.log.bridge import Bridge
from ledger.log.exhibits import AnchoredHead, Exhibits
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey

__all__ = ["Look", "Memory", "Outcome", "SignedHead", "look"]

MOST_HEADS = 1_000
BuildBridge = Callable[[int, int, bytes], Bridge]


class Outcome(StrEnum):
    FRESH = "fresh"
    ADVANCED = "advanced"
    SAME = "same"
    STALE = "stale"
    UNPROVEN = "unproven"
    CONVICTED = "convicted"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head whose signature was checked; `note` is the checkpoint as served."""

    size: int
    root: bytes
    note: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """`heads` are those accepted, by size; of very many the oldest are dropped. `anchored` is the newest head of the
    chain that was held against them. Once `convicted`, nothing is accepted any more."""

    log_id: bytes
    note_keys: tuple[PublicKey, ...]
    heads: tuple[SignedHead, ...] = ()
    anchored: AnchoredHead | None = None
    convicted: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """`exhibits` for CONVICTED, `fault` for UNPROVEN."""

    outcome: Outcome
    memory: Memory
    exhibits: Exhibits | None = None
    fault: str = ""


def look(memory: Memory, shown: SignedHead, anchored: AnchoredHead | None, build: BuildBridge) -> Look:
    """One look at a signed head and the newest final head of the chain. `build` raises CarbonError where the log does
    not show the tiles, or they do not lead to the newer head."""
    if memory.convicted:
        return Look(Outcome.CONVICTED, memory)
    last = memory.heads[-1] if memory.heads else None
    try:
        contradiction = next(_contradictions(memory, shown, anchored, build), None)
    except CarbonError as fault:
        return Look(Outcome.UNPROVEN, memory, fault=str(fault))
    if contradiction is not None:
        return Look(Outcome.CONVICTED, replace(memory, convicted=True), contradiction)
    memory = replace(memory, anchored=anchored or memory.anchored)
    if last is not None and shown.size <= last.size:
        return Look(Outcome.SAME if shown.size == last.size else Outcome.STALE, memory)
    memory = replace(memory, heads=(*memory.heads, shown)[-MOST_HEADS:])
    return Look(Outcome.FRESH if last is None else Outcome.ADVANCED, memory)


def _contradictions(
    memory: Memory, shown: SignedHead, anchored: AnchoredHead | None, build: BuildBridge
) -> Iterator[Exhibits]:
    """Heads of one size first: they need no proof, so a log that withholds its tiles does not hide them."""
    signed = dict.fromkeys((*memory.heads, shown))
    for head in signed:
        if head.size == shown.size and head.root != shown.root:
            yield _exhibits(memory, (head, shown))
        if anchored is not None and head.size == anchored.size and head.root != anchored.root:
            yield _exhibits(memory, (head,))
    newest = max(signed, key=lambda head: head.size)
    pairs: list[tuple[SignedHead | AnchoredHead, SignedHead | AnchoredHead]] = []
    if memory.heads:
        pairs.append((memory.heads[-1], shown))
    if anchored is not None:
        pairs += [(newest, anchored), (shown, anchored)]
    for pair in pairs:
        older, newer = sorted(pair, key=lambda head: head.size)
        if not 0 < older.size < newer.size:
            continue
        bridge = build(older.size, newer.size, newer.root)
        if bridge.old_root != older.root:
            notes = tuple(head for head in (older, newer) if isinstance(head, SignedHead))
            yield _exhibits(memory, notes, bridge)


def _exhibits(memory: Memory, heads: tuple[SignedHead, ...], *bridges: Bridge) -> Exhibits:
    notes = tuple(dict.fromkeys(head.note for head in heads))
    return Exhibits(memory.log_id, memory.note_keys, checkpoints=notes, bridges=bridges)
