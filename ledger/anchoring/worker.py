"""The anchorer: carries out the rules' actions one by one, each in a transaction of its own.

Whatever it does is either noted in the outbox before it happens, or can be seen on the chain afterwards, so that a
killed anchorer goes on where it was. A tree head is fixed and signed as a checkpoint before it is sent; a transaction
is noted before it is broadcast. What waiting does not mend ends the anchorer: a lost lease, a log that was forked, a
contract that refuses.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from ledger.anchoring import actions, rules
from ledger.anchoring.actions import Action, Wait
from ledger.anchoring.heads import Head, State
from ledger.anchoring.lock import Lease
from ledger.anchoring.look import CONTRACT, look
from ledger.anchoring.rules import Pace
from ledger.chain import transactions
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.chain.contracts import function
from ledger.chain.errors import ChainUnreachable, ContractRefused, NodeRefused
from ledger.chain.transactions import Call, Signed
from ledger.log import checkpoint
from ledger.log.checkpoint import Checkpoint, note_key_hash
from ledger.store.anchors import AnchorStore
from ledger.store.database import StoreError, writing
from ledger.store.log import LogStore, NotInLog
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PrivateKey

LONGEST_PAUSE = 60.0
GLANCE = 0.1
LOOK_AGAIN = (actions.Send, actions.Rebroadcast, actions.Orphan)
GAS, GAS_PER_HASH = 160_000, 4_000  # limits; the real cost is measured by the contract's gas snapshot

log = logging.getLogger(__name__)


class AnchoringStopped(CarbonError):
    """Something that waiting does not mend: not the log's operator, another note key, a forked log."""

    code = "anchoring-stopped"


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
        self._lease = lease or Lease(engine, lease_name(log_id))
        self._origin = ""
        self._refused: Action | None = None

    def open(self) -> None:
        """Check that this account and note key are the log's, and take the lease.

        Raises AnchoringStopped, WrongChain, ChainUnreachable, LeaseTaken.
        """
        self._chain.verify()
        record = self._chain.log_record(self._log_id)
        where = f"log 0x{self._log_id.hex()}"
        if record is None:
            raise AnchoringStopped("the contract has no such log", where=where, mend="check the log's id")
        if record.operator != unhex(self._account.address):
            raise AnchoringStopped(f"{self._account.address} is not the log's operator", where=where)
        if record.note_key_hash != note_key_hash(self._note_key.public):
            raise AnchoringStopped("the note key is not the one that the contract names", where=where)
        self._lease.acquire()
        self._origin = record.origin

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
        view = look(self._chain, self._log_id, self._account.address, heads, self._has_root)
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

    def run(self, clock: Callable[[], int], poll: float, stop: threading.Event) -> None:
        """Step every `poll` seconds until told to stop; while chain or store are out of reach, wait longer and longer.

        Raises what waiting does not mend.
        """
        pause = poll
        while not stop.is_set():
            try:
                if not self._origin:
                    self.open()
                self.step(clock())
                pause = poll
            except (ChainUnreachable, NodeRefused, StoreError) as fault:
                log.warning("waiting %.0f s: %s", pause, fault)
                pause = min(max(pause * 2, poll), LONGEST_PAUSE)
                self._outlast(pause)
            stop.wait(pause)

    def _outlast(self, pause: float) -> None:
        try:
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
                self._insert(rules.adopted(seen, self._signed_note(seen.size, seen.root), now))
            case actions.Send(size):
                self._send(_of_size(heads, size), action, now)
            case actions.Rebroadcast(size):
                self._broadcast(self._transaction(_of_size(heads, size)))
            case actions.Conflict(tip):
                raise AnchoringStopped(
                    f"the contract holds a head of {tip.size} leaves that is not one of this log",
                    where=f"root 0x{tip.root.hex()}",
                    mend="the log was forked, or leaves were lost: restore the store before anything is accepted",
                )
            case actions.Confirm(seen):
                head = rules.changed(_of_size(heads, seen.size), action)
                self._note(replace(head, gas_used=self._gas(seen.transaction)))
            case actions.Orphan(size) | actions.Deepen(size) | actions.Overtake(size) | actions.Relink(size):
                self._note(rules.changed(_of_size(heads, size), action))
        _report(action)

    def _fixed(self, size: int, previous_size: int, now: int) -> Head:
        root = self._tree.root(size)
        return Head(size, root, previous_size, self._signed_note(size, root), State.FIXED, now)

    def _signed_note(self, size: int, root: bytes) -> bytes:
        return checkpoint.sign(Checkpoint(self._origin, size, root), self._note_key)

    def _send(self, head: Head, action: actions.Send, now: int) -> None:
        if head.attempts:  # the first one is not worth the exchange; a contract that refuses must not be paid twice
            transactions.simulate(self._chain.node, self._account.address, self._call(head), "AnchorLog.anchor")
        planned = rules.sent(head, action, b"", now)
        signed = self._transaction(planned)
        self._note(replace(planned, tx_hash=signed.hash))
        self._broadcast(signed)

    def _transaction(self, head: Head) -> Signed:
        """The same bytes for the same head, nonce and fee."""
        if head.nonce is None or head.fee is None:
            raise AssertionError("a head in flight has a nonce and a fee")
        call, hashes = self._call(head), 2 * head.size.bit_length()
        return transactions.sign(
            self._account,
            call,
            chain_id=self._chain.deployment.chain_id,
            nonce=head.nonce,
            gas=GAS + GAS_PER_HASH * hashes,
            fee=head.fee,
        )

    def _call(self, head: Head) -> Call:
        proof = self._tree.consistency(head.previous_size, head.size) if head.previous_size else []
        data = function(CONTRACT, "anchor").encode(self._log_id, head.size, head.root, proof)
        return Call(self._chain.deployment.address(CONTRACT), data)

    def _broadcast(self, signed: Signed) -> None:
        """A node that refuses is no reason to stop: the next look tells what became of it."""
        try:
            transactions.broadcast(self._chain.node, signed)
        except NodeRefused as fault:
            log.warning("the node did not take transaction 0x%s: %s", signed.hash.hex(), fault.message)
            return
        until = time.monotonic() + GLANCE  # a local chain mines at once
        while self._gas(signed.hash) is None and time.monotonic() < until:
            time.sleep(GLANCE / 20)

    def _gas(self, transaction: bytes) -> int | None:
        answer = self._chain.node.call("eth_getTransactionReceipt", f"0x{transaction.hex()}")
        return transactions.read_receipt(answer).gas_used if answer else None

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


def _report(action: Action) -> None:
    if isinstance(action, actions.Orphan) and action.below_finality:
        log.critical("ALARM: the chain forgot a final head of %d leaves; it is sent again", action.size)
    elif isinstance(action, actions.Orphan):
        log.warning("a reorganisation orphaned the head of %d leaves; it is sent again", action.size)
    else:
        log.info("%s", action)
