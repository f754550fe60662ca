"""INV-10: reorganisations of 1 to 20 blocks, above finality and below it, and two anchorers at once.

anvil's finality lies four blocks deep; each depth meets heads in every state: mined, safe, final.
"""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from devnet.anvil import FINALITY
from ledger.anchoring.actions import Orphan
from ledger.anchoring.heads import State
from ledger.anchoring.lock import LeaseTaken
from ledger.anchoring.worker import Anchorer
from ledger.store.database import open_store
from tests.anchoring.works import Works, new_works
from tests.chain.stand import Stand, standing_chain

DEEPEST = 20
HEADS = 5


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A chain for each test: anvil does not remember the state of a thousand blocks ago, to which it is to go back."""
    with standing_chain(tmp_path) as stand:
        yield stand


@pytest.mark.parametrize("depths", [range(1, 6), range(6, 11), range(11, 16), range(16, DEEPEST + 1)], ids=str)
def test_reorganisations_of_any_depth(
    stand: Stand, tmp_path: Path, depths: range, caplog: pytest.LogCaptureFixture
) -> None:
    """INV-10: what the chain forgot is anchored again, the same heads in the same order; loud below finality alone."""
    for depth in depths:
        folder = tmp_path / str(depth)
        folder.mkdir()
        works = new_works(stand, folder)
        caplog.clear()
        _reorganise(works, depth, caplog)
        works.engine.dispose()


def _reorganise(works: Works, depth: int, caplog: pytest.LogCaptureFixture) -> None:
    anvil = works.stand.anvil
    anvil.mine(DEEPEST)  # nothing of other tests may be reorganised
    with works.opened() as anchorer:
        for blocks in range(HEADS):
            works.grow(2)
            anchorer.step(works.now())
            anvil.mine(blocks)  # heads at several depths: 1, 2, 4, 7 and 11 blocks and more
            anchorer.step(works.now())
        before = works.anchors.heads()
        latest = works.chain.block().number
        with caplog.at_level(logging.WARNING, logger="ledger"):
            anvil.reorganise(depth)
            done = anchorer.step(works.now())
        gone = [head for head in before if head.place and head.place.number > latest - depth]
        orphaned = {action.size: action.below_finality for action in done if isinstance(action, Orphan)}
        noted_final = {head.size for head in before if head.state is State.FINAL}
        assert set(orphaned) == {head.size for head in gone}
        assert all(below == (size in noted_final) for size, below in orphaned.items())
        assert ("ALARM" in caplog.text) == any(orphaned.values())
        if depth <= FINALITY:
            assert not any(orphaned.values())
        _settle(works, anchorer)
    works.held_final()
    after = {head.size: head for head in works.anchors.heads()}
    for head in before:
        assert (after[head.size].root, after[head.size].checkpoint) == (head.root, head.checkpoint)
    sizes = [event.size for event in works.chain.anchor_events(works.log.id)]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 2 * HEADS


def _settle(works: Works, anchorer: Anchorer) -> None:
    for _ in range(HEADS):
        anchorer.step(works.now())
        works.stand.anvil.finalize()
    anchorer.step(works.now())


def test_two_anchorers_at_once(works: Works) -> None:
    """INV-10: one holds the log's lock; the other is refused, takes over when the first ends, and repeats nothing."""
    second = works.anchorer(engine=open_store(str(works.path)))
    with works.opened() as first:
        with pytest.raises(LeaseTaken):
            second.open()
        works.grow(3)
        first.step(works.now())
    second.open()
    works.grow(2)
    second.step(works.now())
    works.stand.anvil.finalize()
    second.step(works.now())
    second.close()
    works.held_final()
    assert [event.size for event in works.chain.anchor_events(works.log.id)] == [3, 5]


def test_two_anchorers_on_copies_of_a_store(works: Works, tmp_path: Path) -> None:
    """INV-10: without a common lock both send the same head at once; the contract takes it once, and both see it."""
    works.grow(2)
    copy = tmp_path / "copy.db"
    with sqlite3.connect(works.path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    rival = works.anchorer(engine=open_store(str(copy)))
    works.stand.anvil.automine(False)
    with works.opened() as first:
        rival.open()
        first.step(works.now())
        rival.step(works.now())
        works.stand.anvil.mine(1)
        first.step(works.now())
        rival.step(works.now())
        works.stand.anvil.finalize()
        first.step(works.now())
        rival.step(works.now())
    assert [head.state for head in rival.store.heads()] == [State.FINAL]
    rival.close()
    works.held_final()
    assert [event.size for event in works.chain.anchor_events(works.log.id)] == [2]
