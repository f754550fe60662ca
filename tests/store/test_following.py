"""INV-10: whatever reorganisations do, and however many followers share a store, after a step the standings are those
of the chain's own events."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Engine

import ledger.follower
from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable, NoSuchBlock
from ledger.chain.standing import fold
from ledger.chain.views import Block
from ledger.follower import Follower
from ledger.store.database import migrate, open_store
from ledger.store.following import advance
from ledger.store.standing import Position, all_standings, followed
from tests.certificates.sample import STATEMENT
from tests.gateway.samples import CONTRACTS, DEPLOYMENT

FINALITY = 3
TOKENS = [bytes([number]) * 32 for number in range(1, 5)]
KINDS = ("suspended", "reinstated", "revoked", "superseded", "revocation-proposed")


@dataclass
class ModelChain:
    """Blocks whose hashes differ after each reorganisation."""

    deployment: Any = DEPLOYMENT
    blocks: list[tuple[CertificateEvent, ...]] = field(default_factory=lambda: [()])
    salts: list[int] = field(default_factory=lambda: [0])
    salt: int = 0
    reachable: bool = True
    turn: bool = False

    def block(self, tag: int) -> Block:
        if not self.reachable:
            raise ChainUnreachable("no chain answers")
        if tag >= len(self.blocks):
            raise NoSuchBlock("no block")
        return Block(tag, sha256(f"{tag} {self.salts[tag]}".encode()).digest(), 1000 + tag)

    def depths(self) -> tuple[Block, Block, Block]:
        last = len(self.blocks) - 1
        final = self.block(max(0, last - FINALITY))
        return self.block(last), final, final

    def mine(self, *events: CertificateEvent) -> None:
        self.blocks.append(events)
        self.salts.append(self.salt)

    def reorganise(self, depth: int) -> None:
        self.salt += 1
        keep = max(1, len(self.blocks) - depth)
        gone = len(self.blocks) - keep
        del self.blocks[keep:], self.salts[keep:]
        for _ in range(gone):
            self.mine()

    def events(self, first: int = 0, last: int = 10**9) -> list[CertificateEvent]:
        found = [event for events in self.blocks[first : last + 1] for event in events]
        if self.turn:  # the chain turns while it is being read
            self.turn = False
            self.reorganise(2)
        return found


def read(chain: ModelChain, first: int, last: int) -> list[CertificateEvent]:
    return chain.events(first, last)


@contextmanager
def modelled() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger.follower, "read_certificate_events", read)
        yield


class Following(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.engine = open_store("sqlite://")
        migrate(self.engine)
        self.chain = ModelChain()
        self.now = 0
        self.followers = [Follower(self.engine, cast(Chain, self.chain), lambda: self.now) for _ in range(2)]
        self.up_to_date = False

    @rule(token=st.sampled_from(TOKENS), kind=st.sampled_from(KINDS))
    def happen(self, token: bytes, kind: str) -> None:
        number = len(self.chain.blocks)
        minted = any(event.token == token for event in self.chain.events())
        self.chain.mine(
            CertificateEvent(
                block=number, index=0, time=1000 + number, transaction=bytes(32), kind=kind if minted else "minted",
                token=token, actor=b"\x01" * 20 if minted else None, reason=kind if minted else "",
                statement=None if minted else STATEMENT,
            )
        )  # fmt: skip
        self.up_to_date = False

    @rule(depth=st.integers(1, 8))
    def reorganise(self, depth: int) -> None:
        self.chain.reorganise(depth)
        self.up_to_date = False

    @rule(which=st.integers(0, 1), turn=st.booleans())
    def step(self, which: int, turn: bool) -> None:
        self.now += 1
        self.chain.turn = turn
        with modelled():
            self.followers[which].step()
            self.chain.turn = False
            self.followers[1 - which].step()
        self.up_to_date = True

    @invariant()
    def the_standings_are_the_chains(self) -> None:
        if not self.up_to_date:
            return
        expected = fold(self.chain.events())
        assert {standing.token_id: standing for standing in all_standings(self.engine)} == expected
        position = followed(self.engine)
        assert position is not None
        assert position.latest.hash == self.chain.depths()[0].hash

    def teardown(self) -> None:
        self.engine.dispose()


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_a_slower_follower_writes_nothing(engine: Engine) -> None:
    contract = CONTRACTS["CertificateRegistry"]
    first = Position(31337, contract, Block(5, b"\x05" * 32, 5), Block(2, b"\x02" * 32, 2), 100, 100)
    assert advance(engine, first, [], after=None, back_to=-1) == []
    second = replace(first, latest=Block(6, b"\x06" * 32, 6))
    assert advance(engine, second, [], after=None, back_to=-1) is None
    assert followed(engine) == first
