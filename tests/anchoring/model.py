"""A chain, a contract and two anchorers in memory, as little as the rules can be tested against."""

from dataclasses import dataclass, field
from hashlib import sha256

from ledger.anchoring import rules
from ledger.anchoring.actions import Action, Adopt, Confirm, Conflict, Fix, Rebroadcast, Send, Wait
from ledger.anchoring.heads import ON_CHAIN, WAITING, Depth, Head, State
from ledger.anchoring.rules import Pace, View
from ledger.chain.views import Anchored, Block, TreeHead

FINALITY, SAFETY = 4, 2
PACE = Pace(interval=10, patience=30, most_fee=10**12)


def root_of(size: int) -> bytes:
    """Our tree's root at a size."""
    return sha256(b"tree %d" % size).digest()


@dataclass(frozen=True, slots=True)
class Transaction:
    """`size` 0 stands for somebody else's use of the account."""

    nonce: int
    fee: int
    size: int
    previous_size: int

    @property
    def hash(self) -> bytes:
        return sha256(repr(self).encode()).digest()


@dataclass(frozen=True, slots=True)
class Mined:
    """A block and the transaction in it."""

    number: int
    hash: bytes
    time: int
    transaction: Transaction | None
    head: Anchored | None


@dataclass(slots=True)
class ModelChain:
    """One account, one log. `time` is everybody's clock."""

    time: int = 1_000
    blocks: list[Mined] = field(default_factory=list)
    pool: dict[int, Transaction] = field(default_factory=dict)
    made: int = 0

    def nonce(self) -> int:
        return sum(block.transaction is not None for block in self.blocks)

    def tip(self, depth: int = 0) -> Anchored | None:
        held = [block.head for block in self.blocks[: len(self.blocks) - depth] if block.head]
        return held[-1] if held else None

    def holds(self, head: Head, depth: int) -> bool:
        place = head.place
        facts = (head.size, head.root, head.previous_size, place and place.time, place and place.hash)
        return any(
            block.head and facts == (block.head.size, block.head.root, block.head.previous_size, block.time, block.hash)
            for block in self.blocks[: len(self.blocks) - depth]
        )

    def take(self, transaction: Transaction) -> None:
        """As a node does: replaced only at a higher price, refused with a used nonce."""
        before = self.pool.get(transaction.nonce)
        if transaction.nonce >= self.nonce() and (before is None or transaction.fee * 10 >= before.fee * 11):
            self.pool[transaction.nonce] = transaction

    def mine(self, *, empty: bool = False) -> None:
        self.time += 5
        self.made += 1
        number, block_hash = len(self.blocks), sha256(b"block %d" % self.made).digest()
        transaction = None if empty else self.pool.pop(self.nonce(), None)
        head = None
        if transaction is not None and transaction.size:
            previous = tip.size if (tip := self.tip()) else 0
            if transaction.size > previous and transaction.previous_size == previous:
                place = (number, block_hash, transaction.hash)
                head = Anchored(transaction.size, root_of(transaction.size), self.time, previous, *place)
        self.blocks.append(Mined(number, block_hash, self.time, transaction, head))
        self.pool = {nonce: known for nonce, known in self.pool.items() if nonce >= self.nonce()}

    def reorganise(self, depth: int, *, forget: bool) -> None:
        """The last blocks go; their transactions are forgotten, or wait in the pool again."""
        gone = self.blocks[-depth:] if depth else []
        del self.blocks[len(self.blocks) - len(gone) :]
        for block in gone:
            if block.transaction is not None and not forget:
                self.pool.setdefault(block.transaction.nonce, block.transaction)


@dataclass(slots=True)
class ModelAnchorer:
    """An outbox and nothing else: a killed anchorer is one whose next action never happened."""

    chain: ModelChain
    outbox: dict[int, Head] = field(default_factory=dict)
    history: list[Action] = field(default_factory=list)

    def unfinished(self) -> list[Head]:
        heads = sorted(self.outbox.values(), key=lambda head: head.size)
        final = [head for head in heads if head.state is State.FINAL][-1:]
        return sorted(
            final + [head for head in heads if head.state not in (State.FINAL, State.OVERTAKEN)],
            key=lambda head: head.size,
        )

    def view(self) -> View:
        chain, heads = self.chain, self.unfinished()
        tip = chain.tip()
        flying = next((head for head in heads if head.state is State.SENT), None)
        noted = tip is not None and any(h.state in ON_CHAIN and (h.size, h.root) == (tip.size, tip.root) for h in heads)
        news = tip is not None and (not noted or any(h.state in WAITING and h.size <= tip.size for h in heads))
        final = [head.place.number for head in heads if head.state is State.FINAL and head.place]
        latest = chain.blocks[-1] if chain.blocks else Mined(0, b"", chain.time, None, None)
        return View(
            block=Block(latest.number, latest.hash, latest.time, 10**9),
            tip=TreeHead(tip.size, tip.root, tip.time) if tip else None,
            tip_is_ours=tip is not None and tip.root == root_of(tip.size),
            sightings=[b.head for b in chain.blocks[final[0] if final else 0 :] if b.head] if news else [],
            depths={(h.size, h.place.time): self._depth(h) for h in heads if h.state in ON_CHAIN and h.place},
            nonce=chain.nonce(),
            known=flying is not None and self._known(flying),
        )

    def act(self, tree_size: int, *, killed_before_broadcast: bool = False) -> Action:
        """Decide and do one thing."""
        action = rules.decide(self.unfinished(), self.view(), tree_size, self.chain.time, PACE)
        self.history.append(action)
        match action:
            case Fix(size, previous_size):
                if size in self.outbox:
                    raise AssertionError(f"two heads of size {size}")
                head = Head(size, root_of(size), previous_size, b"note", State.FIXED, self.chain.time)
                self.outbox[size] = head
            case Adopt(seen):
                self.outbox[seen.size] = rules.adopted(seen, b"note", self.chain.time)
            case Send(size, nonce, fee):
                transaction = Transaction(nonce, fee, size, self.outbox[size].previous_size)
                self.outbox[size] = rules.sent(self.outbox[size], action, transaction.hash, self.chain.time)
                if not killed_before_broadcast:
                    self.chain.take(transaction)
            case Rebroadcast(size):
                head = self.outbox[size]
                self.chain.take(Transaction(head.nonce or 0, head.fee or 0, size, head.previous_size))
            case Conflict(tip):
                raise AssertionError(f"a conflict where there is none: {tip}")
            case Confirm(seen):
                self.outbox[seen.size] = rules.changed(self.outbox[seen.size], action)
            case Wait():
                pass
            case _:
                self.outbox[action.size] = rules.changed(self.outbox[action.size], action)
        return action

    def act_until_wait(self, tree_size: int, limit: int = 60) -> None:
        done: list[Action] = []
        for _ in range(limit):
            action = self.act(tree_size)
            if isinstance(action, Wait) or action in done:
                return
            done.append(action)
        raise AssertionError(f"never comes to rest: {done[-6:]}")

    def _depth(self, head: Head) -> Depth:
        for depth, blocks in ((Depth.FINAL, FINALITY), (Depth.SAFE, SAFETY), (Depth.LATEST, 0)):
            if self.chain.holds(head, min(blocks, len(self.chain.blocks))):
                return depth
        return Depth.NOWHERE

    def _known(self, head: Head) -> bool:
        mined = [block.transaction for block in self.chain.blocks if block.transaction]
        return any(known.hash == head.tx_hash for known in [*self.chain.pool.values(), *mined])
