"""What the anchorer does next: a pure function of its outbox, of what the chain shows, and of the time.

A head goes fixed → sent → mined → safe → final; orphaned → sent again. The rules, in the order in which they apply:

 1. Only the contract's state counts. A head that it does not hold, in the block and after the head noted here, is
    orphaned, however deep it was; below finality that is an alarm (INV-10).
 2. A head that the contract holds is mined, whichever transaction brought it there.
 3. A mined head is safe or final when the contract holds it in the state of the chain's safe or finalized block.
 4. The contract's newest head is one of ours. If it is missing from the outbox but our tree has this root at this size,
    it is adopted. If our tree has another root there, or never grew so far, the log was forked or lost leaves: stop
    (INV-07, INV-09).
 5. A head that the contract has passed by is overtaken: it can never be anchored, and a larger one covers its leaves.
 6. Heads are sent one after another, the smallest first, each with the proof from the contract's newest head.
 7. A head in flight is never signed twice for one nonce at one price: a transaction that the node does not know is
    broadcast again, the same bytes. Once its nonce is used up by another transaction it is sent anew. When it has
    waited longer than `patience` it is replaced at a higher price, up to `most_fee`.
 8. A new head is fixed when no head waits to be mined, the log has grown, and the newest head is `interval` old. So no
    two heads ever have one size, and at most one new head is under way.

Nothing here sends, stores or looks at a clock; the worker does, one action at a time, and may be killed between any
two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.anchoring.actions import (
    Action,
    Adopt,
    Confirm,
    Conflict,
    Deepen,
    Fix,
    Orphan,
    Overtake,
    Rebroadcast,
    Relink,
    Send,
    Wait,
)
from ledger.anchoring.heads import ON_CHAIN, WAITING, Depth, Head, Place, State
from ledger.chain.views import Anchored, Block, TreeHead


@dataclass(frozen=True, slots=True)
class View:
    """What the chain showed at one block.

    `tip`: the contract's newest head, None before the first. `tip_is_ours`: our tree has the tip's root at its size.
    `sightings`: where the outbox does not explain the tip, the anchoring events since the last final head.
    `depths`: of heads with a place, by size and block time.
    `nonce`: the account's next. `known`: whether the node knows the newest transaction of the head in flight.
    """

    block: Block
    tip: TreeHead | None
    tip_is_ours: bool
    sightings: Sequence[Anchored]
    depths: Mapping[tuple[int, int], Depth]
    nonce: int
    known: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """`interval` and `patience` in seconds, `most_fee` in wei per unit of gas."""

    interval: int = 600
    patience: int = 120
    most_fee: int = 500 * 10**9


def decide(heads: Sequence[Head], view: View, tree_size: int, now: int, pace: Pace) -> Action:
    """The next action. `heads` are the last final head and all that are neither final nor overtaken, by size."""
    waiting = [head for head in heads if head.state in WAITING]
    return (
        _orphan(heads, view)
        or _confirm(waiting, view)
        or _deepen(heads, view)
        or _foreign_tip(heads, view)
        or _overtake(waiting, view)
        or (_move(waiting[0], view, now, pace) if waiting else _fix(heads, view, tree_size, now, pace))
    )


def changed(head: Head, action: Action) -> Head:
    """The head after an action that only notes what the chain showed."""
    match action:
        case Orphan():
            return replace(head, state=State.ORPHANED, place=None, gas_used=None)
        case Confirm(seen):
            place = Place(seen.block_number, seen.block_hash, seen.time)
            previous = seen.previous_size
            return replace(head, state=State.MINED, place=place, tx_hash=seen.transaction, previous_size=previous)
        case Deepen(state=state):
            return replace(head, state=state)
        case Overtake():
            return replace(head, state=State.OVERTAKEN)
        case Relink(previous_size=previous_size):
            return replace(head, state=State.ORPHANED, previous_size=previous_size)
    raise AssertionError(f"{action} does not change a head by itself")


def sent(head: Head, action: Send, tx_hash: bytes, now: int) -> Head:
    """The head as noted before its transaction is broadcast."""
    attempts = head.attempts + 1
    return replace(
        head, state=State.SENT, nonce=action.nonce, fee=action.fee, tx_hash=tx_hash, sent_at=now, attempts=attempts
    )


def adopted(seen: Anchored, checkpoint: bytes, now: int) -> Head:
    """A head of ours that only the contract remembered."""
    place = Place(seen.block_number, seen.block_hash, seen.time)
    return Head(
        seen.size, seen.root, seen.previous_size, checkpoint, State.MINED, now, tx_hash=seen.transaction, place=place
    )


def _depth(head: Head, view: View) -> Depth | None:
    """None if it was not asked about as it stands now."""
    return view.depths.get((head.size, head.place.time)) if head.place else None


def _orphan(heads: Sequence[Head], view: View) -> Action | None:
    for head in heads:
        if head.state in ON_CHAIN and _depth(head, view) is Depth.NOWHERE:
            return Orphan(head.size, below_finality=head.state is State.FINAL)
    return None


def _confirm(waiting: Sequence[Head], view: View) -> Action | None:
    for head in waiting:
        for seen in view.sightings:
            if (seen.size, seen.root) == (head.size, head.root):
                return Confirm(seen)
    return None


def _deepen(heads: Sequence[Head], view: View) -> Action | None:
    for head in heads:
        depth = _depth(head, view)
        if depth is Depth.FINAL and head.state in (State.MINED, State.SAFE):
            return Deepen(head.size, State.FINAL)
        if depth is Depth.SAFE and head.state is State.MINED:
            return Deepen(head.size, State.SAFE)
    return None


def _foreign_tip(heads: Sequence[Head], view: View) -> Action | None:
    tip = view.tip
    if tip is None or any(head.state in ON_CHAIN and (head.size, head.root) == (tip.size, tip.root) for head in heads):
        return None
    if not view.tip_is_ours:
        return Conflict(tip)
    unnoted = [seen for seen in view.sightings if all(seen.size != head.size for head in heads)]
    if not unnoted:
        return Wait("the contract holds a head of ours whose event is not to be seen yet")
    return Adopt(unnoted[0])


def _overtake(waiting: Sequence[Head], view: View) -> Action | None:
    passed = [head for head in waiting if view.tip is not None and head.size <= view.tip.size]
    return Overtake(passed[0].size) if passed else None


def _move(head: Head, view: View, now: int, pace: Pace) -> Action:
    """Rules 6 and 7 for the smallest head that waits."""
    previous_size = view.tip.size if view.tip else 0
    if head.previous_size != previous_size:
        return Relink(head.size, previous_size)
    fee = min(view.block.offer, pace.most_fee)
    if head.nonce != view.nonce or head.fee is None or head.sent_at is None:
        return Send(head.size, view.nonce, fee)
    higher = max(fee, head.fee + head.fee // 4 + 1)
    if head.state is State.ORPHANED:  # whatever it sent with this nonce may still be under way
        return Send(head.size, view.nonce, min(higher, max(pace.most_fee, head.fee)))
    if now - head.sent_at >= pace.patience and higher <= pace.most_fee:  # also one that the node refuses as too cheap
        return Send(head.size, view.nonce, higher)
    if not view.known:
        return Rebroadcast(head.size)
    stuck = now - head.sent_at >= pace.patience
    return Wait(f"a transaction is {'stuck at the highest price allowed' if stuck else 'under way'}")


def _fix(heads: Sequence[Head], view: View, tree_size: int, now: int, pace: Pace) -> Action:
    previous_size = view.tip.size if view.tip else 0
    if tree_size <= previous_size:
        return Wait("no new leaves")
    last = heads[-1] if heads else None
    if last is not None and now < (last.place.time if last.place else last.created_at) + pace.interval:
        return Wait("the interval is not over")
    return Fix(tree_size, previous_size)
