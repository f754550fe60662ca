"""The rules of anchoring, one by one, and all together against a chain that does its worst."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

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
from ledger.anchoring.heads import Depth, Head, Place, State
from ledger.anchoring.rules import Pace, View, adopted, changed, decide, sent
from ledger.chain.views import GWEI, Anchored, Block, TreeHead
from tests.anchoring.model import FINALITY, ModelAnchorer, ModelChain, Transaction, root_of

PACE = Pace(interval=100, patience=30, most_fee=20 * GWEI)
PLACE = Place(7, b"\x07" * 32, 700)
BLOCK = Block(9, b"\x09" * 32, 900, base_fee=GWEI)
OFFER = 3 * GWEI


def head(size: int, state: State, previous: int = 0, place: Place | None = None) -> Head:
    flight = (1, b"\x01" * 32, 4, OFFER, 880) if state is State.SENT else (0, None, None, None, None)
    attempts, tx_hash, nonce, fee, sent_at = flight
    return Head(size, root_of(size), previous, b"", state, 600, attempts, tx_hash, nonce, fee, sent_at, place)


def seen(size: int, previous: int = 0, root: bytes | None = None) -> Anchored:
    return Anchored(size, root or root_of(size), 700, previous, 7, b"\x07" * 32, b"\x08" * 32)


EMPTY = View(BLOCK, None, False, (), {}, nonce=4, known=False)
TIP_10 = replace(EMPTY, tip=TreeHead(10, root_of(10), 700), tip_is_ours=True)
GONE = replace(EMPTY, depths={(10, 700): Depth.NOWHERE})
ON_TIP = replace(TIP_10, depths={(10, 700): Depth.LATEST})
FIXED, SENT, ORPHANED = (head(10, state) for state in (State.FIXED, State.SENT, State.ORPHANED))
MINED, SAFE, FINAL = (head(10, state, place=PLACE) for state in (State.MINED, State.SAFE, State.FINAL))
NEXT = head(20, State.FIXED, previous=10)


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    heads: list[Head]
    view: View
    expected: Action
    tree: int = 10
    now: int = 890


SCENARIOS = [
    Scenario("1 a mined head that the contract does not hold", [MINED], GONE, Orphan(10, below_finality=False)),
    Scenario("1 a final head that the contract forgot", [FINAL], GONE, Orphan(10, below_finality=True)),
    Scenario("2 a head that the contract holds", [SENT], replace(TIP_10, sightings=[seen(10)]), Confirm(seen(10))),
    Scenario("2 whichever transaction brought it", [FIXED], replace(TIP_10, sightings=[seen(10)]), Confirm(seen(10))),
    Scenario("2 after another head than planned", [FIXED], replace(TIP_10, sightings=[seen(10, 5)]),
             Confirm(seen(10, 5))),
    Scenario("3 safe", [MINED], replace(ON_TIP, depths={(10, 700): Depth.SAFE}), Deepen(10, State.SAFE)),
    Scenario("3 final at once", [MINED], replace(ON_TIP, depths={(10, 700): Depth.FINAL}), Deepen(10, State.FINAL)),
    Scenario("3 final after safe", [SAFE], replace(ON_TIP, depths={(10, 700): Depth.FINAL}), Deepen(10, State.FINAL)),
    Scenario("3 safe stays safe", [SAFE], replace(ON_TIP, depths={(10, 700): Depth.SAFE}), Wait("no new leaves")),
    Scenario("4 a head of ours that the outbox lost", [], replace(TIP_10, sightings=[seen(10)]), Adopt(seen(10))),
    Scenario("4 a foreign head", [], replace(TIP_10, tip_is_ours=False, sightings=[seen(10, root=bytes(32))]),
             Conflict(TreeHead(10, root_of(10), 700))),
    Scenario("4 its event is not to be seen yet", [], TIP_10,
             Wait("the contract holds a head of ours whose event is not to be seen yet")),
    Scenario("5 a head that was passed by", [head(8, State.FIXED), MINED], ON_TIP, Overtake(8)),
    Scenario("6 the first head", [FIXED], EMPTY, Send(10, 4, OFFER)),
    Scenario("6 the smallest first", [ORPHANED, NEXT], EMPTY, Send(10, 4, OFFER)),
    Scenario("6 after another head than planned", [MINED, replace(NEXT, previous_size=5)], ON_TIP, Relink(20, 10)),
    Scenario("7 noted, but never broadcast", [SENT], EMPTY, Rebroadcast(10)),
    Scenario("7 under way", [SENT], replace(EMPTY, known=True), Wait("a transaction is under way")),
    Scenario("7 its nonce was taken", [SENT], replace(EMPTY, known=True, nonce=5), Send(10, 5, OFFER)),
    Scenario("7 its nonce came free again", [SENT], replace(EMPTY, nonce=3), Send(10, 3, OFFER)),
    Scenario("7 stuck", [SENT], replace(EMPTY, known=True), Send(10, 4, OFFER * 5 // 4 + 1), now=910),
    Scenario("7 stuck, and no longer known: the price was too low", [SENT], EMPTY, Send(10, 4, OFFER * 5 // 4 + 1),
             now=910),
    Scenario("7 not known at the highest price", [replace(SENT, fee=19 * GWEI)], EMPTY, Rebroadcast(10), now=910),
    Scenario("7 stuck while prices rise", [SENT], replace(EMPTY, known=True, block=replace(BLOCK, base_fee=4 * GWEI)),
             Send(10, 4, 9 * GWEI), now=910),
    Scenario("7 stuck at the highest price", [replace(SENT, fee=19 * GWEI)], replace(EMPTY, known=True),
             Wait("a transaction is stuck at the highest price allowed"), now=910),
    Scenario("7 orphaned, its transaction may be about", [replace(ORPHANED, nonce=4, fee=OFFER, sent_at=800)], EMPTY,
             Send(10, 4, OFFER * 5 // 4 + 1)),
    Scenario("8 the first leaves", [], EMPTY, Fix(10, 0)),
    Scenario("8 nothing to anchor", [], EMPTY, Wait("no new leaves"), tree=0),
    Scenario("8 no new leaves", [FINAL], ON_TIP, Wait("no new leaves")),
    Scenario("8 too early", [FINAL], ON_TIP, Wait("the interval is not over"), tree=20, now=799),
    Scenario("8 in time", [FINAL], ON_TIP, Fix(20, 10), tree=20, now=800),
    Scenario("8 without waiting for finality", [MINED], ON_TIP, Fix(20, 10), tree=20),
    Scenario("8 never two at once", [MINED, NEXT], ON_TIP, Send(20, 4, OFFER), tree=30),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_each_rule(scenario: Scenario) -> None:
    assert decide(scenario.heads, scenario.view, scenario.tree, scenario.now, PACE) == scenario.expected


def test_what_an_action_notes() -> None:
    assert changed(MINED, Orphan(10, below_finality=False)) == ORPHANED
    confirmed = changed(SENT, Confirm(seen(10, 3)))
    assert (confirmed.state, confirmed.place, confirmed.tx_hash) == (State.MINED, PLACE, b"\x08" * 32)
    assert confirmed.previous_size == 3
    assert changed(MINED, Deepen(10, State.SAFE)) == SAFE
    assert changed(FIXED, Overtake(10)).state is State.OVERTAKEN
    assert changed(NEXT, Relink(20, 12)).previous_size == 12
    flying = sent(FIXED, Send(10, 4, OFFER), b"\x01" * 32, 880)
    assert flying == SENT
    again = sent(flying, Send(10, 5, OFFER), b"\x02" * 32, 990)
    assert (again.attempts, again.nonce, again.sent_at) == (2, 5, 990)
    kept = adopted(seen(10), b"note", 950)
    assert (kept.state, kept.place, kept.created_at) == (State.MINED, PLACE, 950)
    with pytest.raises(AssertionError):
        changed(FIXED, Wait(""))


class Storm(RuleBasedStateMachine):
    """INV-07, INV-09, INV-10: whatever crashes, reorganisations, stolen nonces and rival anchorers do, no two heads of
    one size exist, a final head was held at finality, and when it is calm again every leaf is under a final head."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = ModelChain()
        self.anchorers = [ModelAnchorer(self.chain), ModelAnchorer(self.chain)]
        self.tree = 0
        self.deep = False
        self.chain.mine()

    @rule(leaves=st.integers(1, 5))
    def grow(self, leaves: int) -> None:
        self.tree += leaves

    @rule(which=st.integers(0, 1), killed=st.booleans())
    def act(self, which: int, killed: bool) -> None:
        """One action; a killed anchorer noted a transaction and never sent it."""
        anchorer = self.anchorers[which]
        action = anchorer.act(self.tree, killed_before_broadcast=killed)
        if isinstance(action, Deepen) and action.state is State.FINAL:
            assert self.chain.holds(anchorer.outbox[action.size], min(FINALITY, len(self.chain.blocks)))
        if isinstance(action, Orphan):
            assert self.deep or not action.below_finality

    @rule(empty=st.booleans())
    def mine(self, empty: bool) -> None:
        self.chain.mine(empty=empty)

    @rule(seconds=st.integers(1, 100))
    def pass_time(self, seconds: int) -> None:
        self.chain.time += seconds

    @rule()
    def the_node_forgets_its_pool(self) -> None:
        self.chain.pool.clear()

    @rule()
    def somebody_uses_the_account(self) -> None:
        nonce = self.chain.nonce()
        self.chain.pool[nonce] = replace(self._foreign(), nonce=nonce)
        self.chain.mine()

    @rule(depth=st.integers(1, FINALITY - 1), forget=st.booleans())
    def reorganise(self, depth: int, forget: bool) -> None:
        self._cut(min(depth, len(self.chain.blocks) - 1), forget)

    @precondition(lambda self: len(self.chain.blocks) > FINALITY + 2)
    @rule(extra=st.integers(0, 6), forget=st.booleans())
    def reorganise_below_finality(self, extra: int, forget: bool) -> None:
        self.deep = True
        self._cut(min(FINALITY + extra, len(self.chain.blocks) - 1), forget)

    def _cut(self, depth: int, forget: bool) -> None:
        self.chain.reorganise(depth, forget=forget)
        self.chain.mine(empty=True)

    @staticmethod
    def _foreign() -> Transaction:
        return Transaction(0, 10**15, 0, 0)

    @invariant()
    def heads_are_our_trees(self) -> None:
        for anchorer in self.anchorers:
            for size, noted in anchorer.outbox.items():
                assert (noted.size, noted.root) == (size, root_of(size))
                assert noted.size <= self.tree

    @invariant()
    def one_transaction_at_a_time(self) -> None:
        for anchorer in self.anchorers:
            fresh = [noted for noted in anchorer.outbox.values() if noted.state is State.FIXED]
            assert len(fresh) <= 1

    def teardown(self) -> None:
        for _ in range(60 + 3 * sum(len(anchorer.outbox) for anchorer in self.anchorers)):
            for anchorer in self.anchorers:
                anchorer.act_until_wait(self.tree)
            self.chain.time += 40
            self.chain.mine()
        tip = self.chain.tip(FINALITY)
        assert self.tree == 0 or (tip is not None and tip.size == self.tree)
        for anchorer in self.anchorers:
            assert {noted.state for noted in anchorer.outbox.values()} <= {State.FINAL, State.OVERTAKEN}
            held = [noted for noted in anchorer.outbox.values() if noted.state is State.FINAL]
            assert self.tree == 0 or max(noted.size for noted in held) == self.tree
            assert all(self.chain.holds(noted, FINALITY) for noted in held)


Storm.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestStorm = Storm.TestCase
