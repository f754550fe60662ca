"""Follows the certificate registry to the chain's latest block, into the store.

Each step:

1. Ask for the latest and the newest final block. If the latest is the one read last, only the time is noted.
2. If the block read last is still the chain's, read on from the next one. If not, the chain was reorganised: forget
   everything above the block that was final then, and read from there. If even that block is gone, read all again, and
   say so loudly: the chain broke its promise, or the node serves another one.
3. Read the events up to the latest block, and see that it is still the chain's: if not, the next step begins anew.
4. Ask what stands against the inputs of products, where that can have changed.
5. Write events, standings and position in one transaction, unless another follower over this store was faster.

`hooks` are told the standings that changed, after they were written, by the process that wrote them.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Engine

from ledger.chain.certificate_events import CONTRACT, STATUS_CHANGES, CertificateEvent, read_certificate_events
from ledger.chain.client import Chain
from ledger.chain.errors import NoSuchBlock
from ledger.chain.products import read_upstreams
from ledger.chain.standing import Standing
from ledger.chain.views import Block
from ledger.store.following import advance, made_of_certified, touch
from ledger.store.standing import Position, followed
from ledger.upstream import NO_INPUTS
from terminal_signer.errors import CarbonError

NOTE_SECONDS = 2
NOTHING = -1
Hook = Callable[[Sequence[Standing]], None]

_log = logging.getLogger(__name__)


class Follower:
    """`clock` is the machine's."""

    def __init__(self, engine: Engine, chain: Chain, clock: Callable[[], int], hooks: Sequence[Hook] = ()) -> None:
        self._engine = engine
        self._chain = chain
        self._clock = clock
        self._hooks = hooks

    def step(self) -> Sequence[Standing]:
        """The standings that changed. Raises ChainError, StoreError."""
        now = self._clock()  # before asking: what is known is never younger than it says
        latest, _, final = self._chain.depths()
        before = self._mine(followed(self._engine))
        if before is not None and before.latest.hash == latest.hash:
            if now - before.read_at >= NOTE_SECONDS:
                touch(self._engine, replace(before, final=final, read_at=now))
            return ()
        back_to = self._firm(before, latest)
        first = max(back_to + 1, self._chain.deployment.start)
        events = read_certificate_events(self._chain, first, latest.number)
        if self._chain.block(latest.number).hash != latest.hash:
            return ()
        here = Position(*self._where(), latest, final, now, now)
        after = followed(self._engine) if before is None else before
        upstreams = self._upstreams(events, latest, again=before is None or back_to != before.latest.number)
        changed = advance(self._engine, here, events, after=after, back_to=back_to, upstreams=upstreams)
        for hook in self._hooks if changed else ():
            hook(changed or ())
        return changed or ()

    def _upstreams(self, events: Sequence[CertificateEvent], at: Block, *, again: bool) -> dict[bytes, str]:
        """What stands against the inputs of products at this block: of those that were minted, and of all others too
        where a certificate that they may rest on changed its status."""
        minted = {event.token for event in events if event.statement and event.statement.upstream_root != NO_INPUTS}
        others = again or any(event.kind in STATUS_CHANGES for event in events)
        return read_upstreams(self._chain, minted.union(made_of_certified(self._engine) if others else ()), at.number)

    def _where(self) -> tuple[int, bytes]:
        deployment = self._chain.deployment
        return deployment.chain_id, deployment.address(CONTRACT)

    def _mine(self, position: Position | None) -> Position | None:
        """None where another deployment was followed: its events are none of this one's."""
        return position if position and (position.chain_id, position.contract) == self._where() else None

    def _firm(self, before: Position | None, latest: Block) -> int:
        """The last block whose events stand as they were read; before the first one, where nothing does."""
        if before is None:
            return NOTHING
        if self._holds(before.latest, latest):
            return before.latest.number
        if self._holds(before.final, latest):
            _log.warning("the chain was reorganised below block %d; reading again", before.latest.number)
            return before.final.number
        _log.critical("ALARM: the chain forgot block %d, which was final; reading all again", before.final.number)
        return NOTHING

    def _holds(self, block: Block, latest: Block) -> bool:
        if block.number > latest.number:
            return False
        try:
            return self._chain.block(block.number).hash == block.hash
        except NoSuchBlock:
            return False


class FollowerThread(threading.Thread):
    """Steps at intervals until it is stopped; what fails is tried again."""

    def __init__(self, follower: Follower, seconds: float) -> None:
        super().__init__(name="follower", daemon=True)
        self._follower = follower
        self._seconds = seconds
        self._stopped = threading.Event()
        self._fault = ""

    def catch_up(self) -> None:
        """A step; the first one before anybody is answered. A fault that lasts is told once, and its end."""
        try:
            self._follower.step()
        except CarbonError as fault:
            if fault.code != self._fault:
                _log.warning("certificates not followed: %s", fault)
            self._fault = fault.code
        else:
            if self._fault:
                _log.info("certificates followed again")
            self._fault = ""

    def run(self) -> None:
        while not self._stopped.wait(self._seconds):
            self.catch_up()

    def stop(self) -> None:
        self._stopped.set()
        self.join()
