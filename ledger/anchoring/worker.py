"""The anchorer: carries out the rules' actions one by one, each in a transaction of its own.

Whatever it does is either noted in the outbox before it happens, or can be seen on the chain afterwards, so that a
killed anchorer goes on where it was. A tree head is fixed and signed as a checkpoint before it is sent; a transaction
is noted before it is broadcast. What waiting does not mend ends the anchorer: a lost lease, a log that was forked, a
contract that refuses.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from ledger.anchoring import actions, rules
from ledger.anchoring.actions import Action, Wait
from ledger.anchoring.heads import Head, State
from ledger.anchoring.lock import Lease
from ledger.anchoring.look import look
from ledger.anchoring.rules import Pace, View
from ledger.anchoring.sender import Sender
from ledger.anchoring.standing import AnchoringStopped, checked_origin, report
from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable, ContractRefused, NodeRefused, NoSuchBlock
from ledger.chain.views import Anchored, Block
from ledger.log import checkpoint
from ledger.log.checkpoint import Checkpoint
from ledger.store.anchors import AnchorStore
from ledger.store.database import StoreError, writing
from ledger.store.log import LogStore, NotInLog
from terminal_signer.keys import PrivateKey

LONGEST_PAUSE = 60.0
MOST_MISSING = (
    10  # looks in a row: a node that was just started knows no final block yet, a chain without the tag never
)
LOOK_AGAIN = (actions.Send, actions.Rebroadcast, actions.Orphan)

log = logging.getLogger(__name__)


class Anchorer:
    """The anchorer of one log. `open` first; then `step` as often as you like, or `run`. Not shared between threads."""

    def __init__(
        self,
        engine: Engine,
        chain: Chain,
        log_id: bytes,
        account: LocalAccount,
        note_key: PrivateKey,
        *,
        pace: Pace | None = None,
        lease: Lease | None = None,
    ) -> None:
        self.store = AnchorStore(engine, log_id)
        self._engine = engine
        self._chain = chain
        self._log_id = log_id
        self._account = account
        self._note_key = note_key
        self._pace = pace or Pace()
        self._tree = LogStore(engine, log_id)
        self._sender = Sender(chain, self._tree, log_id, account)
        self._lease = lease or Lease(engine, lease_name(log_id))
        self._origin = ""
        self._refused: Action | None = None
        self._seen: tuple[tuple[Block, Block, Block], list[Head], View] | None = None

    def open(self) -> None:
        """Check that this account and note key are the log's, and take the lease.

        Raises AnchoringStopped, WrongChain, ChainUnreachable, LeaseTaken.
        """
        self._chain.verify()
        origin = checked_origin(self._chain, self._log_id, self._account, self._note_key)
        self._lease.acquire()
        self._origin = origin

    def close(self) -> None:
        """Give the lease up."""
        self._lease.release()

    def step(self, now: int) -> list[Action]:
        """Do what can be done now; the last action is the Wait that ended the step.

        Raises AnchoringStopped, ContractRefused, LeaseLost (final), ChainUnreachable, NodeRefused, StoreError (wait).
        """
        self._lease.keep()
        done: list[Action] = []
        while True:
            fresh, wait = self._round(now, done)
            done += fresh
            if wait is not None and not fresh:
                return [*done, wait]

    def _round(self, now: int, done: list[Action]) -> tuple[list[Action], Wait | None]:
        """What one look at the chain leads to, and the Wait that ended it; None where it takes another look."""
        heads = self.store.unfinished()
        view = self._look(heads)
        fresh: list[Action] = []
        while True:
            action = rules.decide(heads, view, self._tree.size(), now, self._pace)
            if isinstance(action, Wait):
                return fresh, action
            if action in done:  # the node did not take it, or does not show it yet
                return fresh, Wait("the chain has not moved")
            if not self._try(action, heads, now):
                return fresh, None
            fresh.append(action)
            if isinstance(action, LOOK_AGAIN):
                return fresh, None
            heads = self.store.unfinished()

    def _look(self, heads: list[Head]) -> View:
        """A look at the chain, or the last one, where no block has come and nothing is under way."""
        blocks = self._chain.depths()
        flying = any(head.state is State.SENT for head in heads)
        if self._seen is None or flying or self._seen[:2] != (blocks, heads):
            view = look(self._chain, self._log_id, self._account.address, heads, blocks, self._has_root)
            self._seen = (blocks, heads, view)
        return self._seen[2]

    def run(self, clock: Callable[[], int], poll: float, stop: threading.Event) -> None:
        """Step every `poll` seconds until told to stop; while chain or store are out of reach, wait longer and longer.

        Raises what waiting does not mend.
        """
        pause, missing = poll, 0
        while not stop.is_set():
            try:
                if not self._origin:
                    self.open()
                self.step(clock())
                pause, missing = poll, 0
            except (ChainUnreachable, NodeRefused, NoSuchBlock, StoreError) as fault:
                missing = missing + 1 if isinstance(fault, NoSuchBlock) else 0
                if missing > MOST_MISSING:
                    raise
                log.warning("waiting %.1f s: %s", pause, fault)
                pause = min(max(pause * 2, poll), LONGEST_PAUSE)
                self._outlast()
            stop.wait(pause)

    def _outlast(self) -> None:
        try:
            if self._origin:
                self._lease.keep()
        except StoreError:
            log.warning("the lease could not be renewed; it is checked before the next change")

    def _try(self, action: Action, heads: list[Head], now: int) -> bool:
        """Do it. A refusal by the contract is believed the second time: the first may be a head that just got mined."""
        try:
            self._do(action, heads, now)
        except ContractRefused:
            if action == self._refused:
                raise
            self._refused = action
            return False
        return True

    def _do(self, action: Action, heads: list[Head], now: int) -> None:
        match action:
            case actions.Fix(size, previous_size):
                self._insert(self._fixed(size, previous_size, now))
            case actions.Adopt(seen):
                self._adopt(seen, now)
            case actions.Send(size):
                self._send(_of_size(heads, size), action, now)
            case actions.Rebroadcast(size):
                self._sender.broadcast(self._sender.sign(_of_size(heads, size)))
            case actions.Conflict(tip):
                raise AnchoringStopped(
                    f"the contract holds a head of {tip.size} leaves that is not one of this log",
                    where=f"root 0x{tip.root.hex()}",
                    mend="the log was forked, or leaves were lost: restore the store before anything is accepted",
                )
            case actions.Confirm(seen):
                head = rules.changed(_of_size(heads, seen.size), action)
                self._note(replace(head, gas_used=self._sender.gas_used(seen.transaction)))
            case actions.Orphan(size) | actions.Deepen(size) | actions.Overtake(size) | actions.Relink(size):
                self._note(rules.changed(_of_size(heads, size), action))
        report(action)

    def _fixed(self, size: int, previous_size: int, now: int) -> Head:
        root = self._tree.root(size)
        return Head(size, root, previous_size, self._signed_note(size, root), State.FIXED, now)

    def _adopt(self, seen: Anchored, now: int) -> None:
        """Of a head that was overtaken, and came back in a reorganisation, the row is there already."""
        known = self.store.head(seen.size)
        if known is not None:
            self._note(rules.changed(known, actions.Confirm(seen)))
        else:
            self._insert(rules.adopted(seen, self._signed_note(seen.size, seen.root), now))

    def _signed_note(self, size: int, root: bytes) -> bytes:
        return checkpoint.sign(Checkpoint(self._origin, size, root), self._note_key)

    def _send(self, head: Head, action: actions.Send, now: int) -> None:
        if head.attempts:  # the first is not worth the exchange; a contract that refuses must not be paid twice
            self._sender.rehearse(head)
        planned = rules.sent(head, action, b"", now)
        signed = self._sender.sign(planned)
        self._note(replace(planned, tx_hash=signed.hash))
        self._sender.broadcast(signed)

    def _has_root(self, size: int, root: bytes) -> bool:
        try:
            return self._tree.root(size) == root
        except NotInLog:
            return False

    def _insert(self, head: Head) -> None:
        with writing(self._engine) as connection:
            self._lease.guard(connection)
            self.store.insert(connection, head)

    def _note(self, head: Head) -> None:
        with writing(self._engine) as connection:
            self._lease.guard(connection)
            self.store.update(connection, head)


def lease_name(log_id: bytes) -> str:
    """The lease that an anchorer of this log holds."""
    return f"anchor 0x{log_id.hex()}"


def _of_size(heads: list[Head], size: int) -> Head:
    return next(head for head in heads if head.size == size)
