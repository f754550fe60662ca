"""The anchorer on a real chain that stops, forgets, gets stuck or is reorganised."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from devnet.accounts import fund, open_accounts
from devnet.process import free_port
from ledger.anchoring.actions import Deepen, Fix, Orphan, Rebroadcast, Relink, Send, Wait
from ledger.anchoring.heads import State
from ledger.anchoring.rules import Pace
from ledger.anchoring.standing import AnchoringStopped
from ledger.anchoring.worker import Anchorer
from ledger.chain.answers import hexadecimal
from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable, ContractRefused, NoSuchBlock, WrongChain
from ledger.chain.node import Node, Request
from ledger.chain.transactions import Call, broadcast, sign
from ledger.log.admission import Times
from ledger.log.checkpoint import open_checkpoint
from ledger.store.database import StoreError, migrate, open_store, writing
from ledger.store.log import register_log
from ledger.store.schema import anchors
from terminal_signer.keys import EDDSA, generate
from tests.anchoring.works import SOON, Works
from tests.chain.stand import ORIGIN, Stand


def test_a_head_goes_from_fixed_to_final(works: Works) -> None:
    works.grow(3)
    with works.opened() as anchorer:
        done = anchorer.step(works.now())
        assert [type(action).__name__ for action in done] == ["Fix", "Send", "Confirm", "Wait"]
        assert works.states() == {3: State.MINED}
        works.stand.anvil.mine(2)
        assert anchorer.step(works.now())[0] == Deepen(3, State.SAFE)
        works.stand.anvil.mine(2)
        assert anchorer.step(works.now()) == [Deepen(3, State.FINAL), Wait("no new leaves")]
    head = works.held_final()
    assert head.attempts == 1
    assert 0 < (head.gas_used or 0) < 90_000
    [event] = works.chain.anchor_events(works.log.id)
    assert head.place is not None
    assert (event.transaction, event.block_number) == (head.tx_hash, head.place.number)
    assert event.block_hash == head.place.hash


def test_each_head_follows_the_one_before_and_is_a_signed_checkpoint(works: Works) -> None:
    """INV-08: what is published as a checkpoint is what the contract holds."""
    with works.opened() as anchorer:
        for leaves in (1, 1, 5, 130, 700):
            works.grow(leaves)
            anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    heads = works.anchors.heads()
    assert [(head.previous_size, head.size) for head in heads] == [(0, 1), (1, 2), (2, 7), (7, 137), (137, 837)]
    for head in heads:
        note = open_checkpoint(head.checkpoint, works.log.note_key.public, ORIGIN)
        assert (note.size, note.root) == (head.size, head.root) == (head.size, works.tree.root(head.size))
    facts = [(head.size, head.root, head.place.time) for head in heads if head.place]
    assert works.chain.call("AnchorLog", "verifyHeads", works.log.id, 0, facts)
    covering = works.anchors.covering(6)
    assert covering is not None
    assert covering.size == 7
    assert works.anchors.covering(837) is None
    assert max(head.gas_used or 0 for head in heads[1:]) < 90_000


def test_the_interval_is_kept(works: Works) -> None:
    with works.opened(pace=Pace(interval=1000)) as anchorer:
        works.grow(1)
        anchorer.step(works.now())
        mined = works.now()
        works.grow(1)
        assert anchorer.step(mined + 999) == [Wait("the interval is not over")]
        assert anchorer.step(mined + 1000)[0] == Fix(2, 1)
        assert anchorer.step(mined + 5000) == [Wait("no new leaves")]


def test_an_idle_step_asks_for_the_blocks_and_nothing_else(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.grow(1)
    with works.opened() as anchorer:
        anchorer.step(works.now())
        exchanges: list[int] = []
        batch = works.chain.node.batch

        def counted(asked: Sequence[Request]) -> list[object]:
            exchanges.append(len(asked))
            return batch(asked)

        monkeypatch.setattr(works.chain.node, "batch", counted)
        assert anchorer.step(0) == anchorer.step(0) == [Wait("no new leaves")]
        assert exchanges == [3, 3]


def test_chain_down_waits_and_loses_nothing(works: Works, caplog: pytest.LogCaptureFixture) -> None:
    """INV-09: leaves that arrive while the chain is away are anchored when it is back."""
    works.grow(2)
    good, works.chain.node = works.chain.node, Node(f"http://127.0.0.1:{free_port()}")
    stop = threading.Event()
    anchorer = works.anchorer()
    with pytest.raises(ChainUnreachable):
        anchorer.open()
    with caplog.at_level(logging.WARNING, logger="ledger"):
        worker = threading.Thread(target=anchorer.run, args=(lambda: 0, 0.01, stop))
        worker.start()
        try:
            _until(lambda: "no chain answers" in caplog.text)
            assert works.states() == {}
            works.grow(2)
            works.chain.node = good
            _until(lambda: works.states() == {4: State.MINED})
        finally:
            works.chain.node = good
            stop.set()
            worker.join()
            anchorer.close()


def test_a_node_that_knows_no_final_block_yet_is_waited_for(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """INV-09: so it is with a node that was just started; a chain that never has the tag is named after ten looks."""
    works.grow(2)
    stop, looks, depths = threading.Event(), [3], works.chain.depths

    def missing() -> Any:
        looks[0] -= 1
        if looks[0] >= 0:
            raise NoSuchBlock("the chain has no block 'finalized'")
        stop.set()
        return depths()

    monkeypatch.setattr(works.chain, "depths", missing)
    anchorer = works.anchorer()
    anchorer.run(works.now, 0.001, stop)
    anchorer.close()
    assert works.states() == {2: State.MINED}
    looks[0] = 1000
    stop.clear()
    with pytest.raises(NoSuchBlock):
        anchorer.run(works.now, 0.001, stop)
    anchorer.close()


def test_disk_full_waits_and_loses_nothing(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.grow(2)
    with works.opened() as anchorer:
        insert = anchorer.store.insert

        def full(*_: object) -> None:
            raise StoreError("database or disk is full")

        monkeypatch.setattr(anchorer.store, "insert", full)
        with pytest.raises(StoreError):
            anchorer.step(works.now())
        assert works.states() == {}
        assert works.chain.latest_head(works.log.id) is None
        monkeypatch.setattr(anchorer.store, "insert", insert)
        anchorer.step(works.now())
        assert works.states() == {2: State.MINED}


def test_a_stuck_transaction_is_replaced_at_a_higher_price(works: Works) -> None:
    works.stand.anvil.automine(False)
    works.grow(2)
    with works.opened() as anchorer:
        now = works.now()
        first = anchorer.step(now)[1]
        assert isinstance(first, Send)
        assert anchorer.step(now + 29) == [Wait("a transaction is under way")]
        second = anchorer.step(now + 30)[0]
        assert isinstance(second, Send)
        assert second.nonce == first.nonce
        assert second.fee * 10 >= first.fee * 12
        works.stand.anvil.mine(1)
        anchorer.step(now + 31)
        works.stand.anvil.finalize()
        anchorer.step(now + 32)
    head = works.held_final()
    assert (head.attempts, head.fee) == (2, second.fee)
    assert len(works.chain.anchor_events(works.log.id)) == 1


def test_a_fee_that_no_block_takes_is_raised(works: Works) -> None:
    """The base fee rises above what was offered, so that blocks come and go without the head."""
    node = works.stand.anvil.node
    works.stand.anvil.automine(False)
    works.grow(2)
    with works.opened() as anchorer:
        now = works.now()
        first = anchorer.step(now)[1]
        assert isinstance(first, Send)
        node.call("anvil_setNextBlockBaseFeePerGas", hex(2 * first.fee))
        works.stand.anvil.mine(1)
        assert anchorer.step(now + 29)[0] == Rebroadcast(2)  # the node has dropped it, and refuses it again
        second = anchorer.step(now + 30)[0]
        assert isinstance(second, Send)
        assert (second.nonce, second.fee > 2 * first.fee) == (first.nonce, True)
        works.stand.anvil.mine(1)
        anchorer.step(now + 31)
        works.stand.anvil.finalize()
        anchorer.step(now + 32)
    assert works.held_final().fee == second.fee
    node.call("anvil_setNextBlockBaseFeePerGas", hex(works.chain.block().base_fee // 4))


def test_a_stuck_transaction_has_a_price_limit(works: Works) -> None:
    works.stand.anvil.automine(False)
    works.grow(2)
    offer = works.chain.block().offer
    with works.opened(pace=replace(SOON, most_fee=offer)) as anchorer:
        anchorer.step(works.now())
        assert anchorer.step(works.now() + 60) == [Wait("a transaction is stuck at the highest price allowed")]
        works.stand.anvil.mine(1)


def test_a_nonce_taken_by_somebody_else(works: Works) -> None:
    works.stand.anvil.automine(False)
    works.grow(2)
    account = works.stand.accounts["anchorer"]
    with works.opened() as anchorer:
        first = anchorer.step(works.now())[1]
        assert isinstance(first, Send)
        chain_id = works.stand.deployment.chain_id
        foreign = sign(
            account, Call(bytes(20), b""), chain_id=chain_id, nonce=first.nonce, gas=30_000, fee=first.fee * 3
        )
        broadcast(works.chain.node, foreign)
        works.stand.anvil.mine(1)
        second = anchorer.step(works.now())[0]
        assert isinstance(second, Send)
        assert second.nonce == first.nonce + 1
        works.stand.anvil.mine(1)
        anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    assert works.held_final().attempts == 2


def test_the_pool_forgot_the_transaction(works: Works) -> None:
    works.stand.anvil.automine(False)
    works.grow(2)
    with works.opened() as anchorer:
        anchorer.step(works.now())
        works.stand.anvil.node.call("anvil_dropAllTransactions")
        assert anchorer.step(works.now())[0] == Rebroadcast(2)
        works.stand.anvil.mine(1)
        anchorer.step(works.now())
    head = works.anchors.head(2)
    assert head is not None
    assert (head.state, head.attempts) == (State.MINED, 1)


def test_a_reorganisation_orphans_heads_and_they_are_sent_again(works: Works, caplog: pytest.LogCaptureFixture) -> None:
    """INV-10: the chain forgets two anchors; both are anchored again, in their order, and become final."""
    with works.opened() as anchorer:
        works.grow(2)
        anchorer.step(works.now())
        works.stand.anvil.finalize()
        for _ in range(2):
            works.grow(2)
            anchorer.step(works.now())
        before = works.anchors.heads()
        works.stand.anvil.reorganise(2)
        assert works.chain.latest_head(works.log.id, "latest") is not None
        with caplog.at_level(logging.WARNING, logger="ledger"):
            done = anchorer.step(works.now())
        assert Orphan(4, below_finality=False) in done
        assert Orphan(6, below_finality=False) in done
        assert "reorganisation" in caplog.text
        assert "ALARM" not in caplog.text
        anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    works.held_final()
    after = works.anchors.heads()
    assert [(head.size, head.root, head.checkpoint) for head in after] == [
        (head.size, head.root, head.checkpoint) for head in before
    ]
    assert {head.state for head in after} == {State.FINAL}
    events = works.chain.anchor_events(works.log.id)
    assert [(event.size, event.transaction) for event in events] == [(head.size, head.tx_hash) for head in after]


def test_a_reorganisation_below_finality_is_an_alarm_and_mended(works: Works, caplog: pytest.LogCaptureFixture) -> None:
    """INV-10: a head that was final is forgotten: loud, and sent again all the same."""
    with works.opened() as anchorer:
        for _ in range(2):
            works.grow(2)
            anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
        assert works.states() == {2: State.FINAL, 4: State.FINAL}
        works.stand.anvil.reorganise(6)
        with caplog.at_level(logging.CRITICAL, logger="ledger"):
            assert Orphan(4, below_finality=True) in anchorer.step(works.now())
        assert "ALARM" in caplog.text
        anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    works.held_final()


def test_a_rewritten_log_stops_the_anchorer(works: Works, tmp_path: Path) -> None:
    """INV-07: the store holds another history than the contract; nothing more is sent."""
    works.grow(4)
    with works.opened() as anchorer:
        anchorer.step(works.now())
    folder = tmp_path / "rewritten"
    folder.mkdir()
    other = replace(works, engine=_another_store(works, folder))
    other.grow(6)
    with other.opened() as anchorer, pytest.raises(AnchoringStopped, match="not one of this log"):
        anchorer.step(works.now())
    assert other.states() == {}


def test_the_contract_refuses_a_rewritten_log(works: Works) -> None:
    """INV-07: even with the operator's key: no proof leads from the old root to another history."""
    works.grow(4)
    with works.opened() as anchorer:
        anchorer.step(works.now())
    account = works.stand.accounts["anchorer"]
    for size, reason in ((4, "AnchorLogNotLarger"), (3, "AnchorLogNotLarger"), (8, "AnchorLogInconsistent")):
        proof = [] if size < 5 else [b"\x01" * 32]
        with pytest.raises(ContractRefused) as caught:
            works.chain.send(account, "AnchorLog", "anchor", works.log.id, size, b"\x02" * 32, proof)
        assert caught.value.reason == reason


def test_lost_leaves_stop_the_anchorer(works: Works, tmp_path: Path) -> None:
    """INV-09: a store restored from before the last anchor must not grow another tree over it."""
    works.grow(4)
    with works.opened() as anchorer:
        anchorer.step(works.now())
    folder = tmp_path / "old"
    folder.mkdir()
    old = replace(works, engine=_another_store(works, folder))
    with old.opened() as anchorer, pytest.raises(AnchoringStopped, match="restore the store"):
        anchorer.step(works.now())


def test_an_outbox_that_lost_its_heads_learns_them_from_the_chain(works: Works) -> None:
    with works.opened() as anchorer:
        for _ in range(3):
            works.grow(2)
            anchorer.step(works.now())
        with writing(works.engine) as connection:
            connection.execute(anchors.delete())
        works.grow(2)
        anchorer.step(works.now())
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    assert works.states() == dict.fromkeys((2, 4, 6, 8), State.FINAL)
    works.held_final()


def test_a_head_that_another_one_passed_by(works: Works) -> None:
    """INV-10: the contract refuses the stale head; the leaves are under the larger one, and the next one follows it."""
    works.stand.anvil.automine(False)
    works.grow(3)
    with works.opened() as anchorer:
        anchorer.step(works.now())
        works.grow(2)
        works.stand.anvil.node.call("anvil_dropAllTransactions")
        works.stand.anvil.automine(True)
        account = works.stand.accounts["anchorer"]
        works.chain.send(account, "AnchorLog", "anchor", works.log.id, 5, works.tree.root(5), [])
        anchorer.step(works.now())
        works.grow(1)
        done = anchorer.step(works.now())
        assert not any(isinstance(action, Relink) for action in done)
        works.stand.anvil.finalize()
        anchorer.step(works.now())
    assert works.states() == {3: State.OVERTAKEN, 5: State.FINAL, 6: State.FINAL}
    works.held_final()


def test_a_head_that_was_passed_by_and_came_back(works: Works) -> None:
    """INV-10: a reorganisation brings the overtaken head back; the larger one follows it, and both become final."""
    anvil, account = works.stand.anvil, works.stand.accounts["anchorer"]
    anvil.automine(False)
    works.grow(3)
    with works.opened() as anchorer:
        anchorer.step(works.now())
        works.grow(2)
        anvil.node.call("anvil_dropAllTransactions")
        anvil.automine(True)
        works.chain.send(account, "AnchorLog", "anchor", works.log.id, 5, works.tree.root(5), [])
        anchorer.step(works.now())
        assert works.states() == {3: State.OVERTAKEN, 5: State.MINED}
        anvil.reorganise(1)
        works.chain.send(account, "AnchorLog", "anchor", works.log.id, 3, works.tree.root(3), [])
        done = anchorer.step(works.now())
        assert Orphan(5, below_finality=False) in done
        assert Relink(5, 3) in done
        anvil.finalize()
        anchorer.step(works.now())
    assert works.states() == {3: State.FINAL, 5: State.FINAL}
    works.held_final()


def test_not_this_logs_operator_or_key(works: Works) -> None:
    stand, log = works.stand, works.log
    stranger = stand.accounts["enterprise"]
    with pytest.raises(AnchoringStopped, match="operator"):
        Anchorer(works.engine, works.chain, log.id, stranger, log.note_key).open()
    with pytest.raises(AnchoringStopped, match="note key"):
        Anchorer(works.engine, works.chain, log.id, stand.accounts["anchorer"], generate(EDDSA)).open()
    with pytest.raises(AnchoringStopped, match="no such log"):
        Anchorer(works.engine, works.chain, bytes(32), stand.accounts["anchorer"], log.note_key).open()
    elsewhere = Chain(stand.anvil.url, replace(stand.deployment, genesis=bytes(32)))
    with pytest.raises(WrongChain):
        Anchorer(works.engine, elsewhere, log.id, stand.accounts["anchorer"], log.note_key).open()


def test_an_operator_who_was_replaced_stops_and_is_not_charged_again(works: Works) -> None:
    with works.opened() as anchorer:
        works.grow(1)
        anchorer.step(works.now())
        successor = works.stand.accounts["admin"].address
        works.chain.send(works.stand.accounts["log-owner"], "AnchorLog", "rotateOperator", works.log.id, successor)
        works.grow(1)
        with pytest.raises(ContractRefused, match="AnchorLogNotOperator"):
            anchorer.step(works.now())
        head = works.anchors.head(2)
        assert head is not None
        assert head.attempts == 1


def test_an_empty_purse_waits(stand: Stand, works: Works, caplog: pytest.LogCaptureFixture) -> None:
    address = works.stand.accounts["anchorer"].address
    works.grow(1)
    with works.opened() as anchorer:
        stand.anvil.node.call("anvil_setBalance", address, "0x0")
        try:
            with caplog.at_level(logging.WARNING, logger="ledger"):
                assert isinstance(anchorer.step(works.now())[-1], Wait)
            assert "did not take transaction" in caplog.text
        finally:
            fund(stand.anvil.node, [address])
        anchorer.step(works.now())
        assert works.states() == {1: State.MINED}


def test_keys_do_not_show(works: Works, caplog: pytest.LogCaptureFixture) -> None:
    works.grow(1)
    with caplog.at_level(logging.DEBUG), works.opened() as anchorer:
        anchorer.step(works.now())
        for account in open_accounts(works.stand.folder / "keys").by_role.values():
            assert bytes(account.key).hex() not in caplog.text + repr(anchorer) + repr(account)


def _another_store(works: Works, folder: Path) -> Engine:
    """An empty store for the same log."""
    engine = open_store(str(folder / "ledger.db"))
    migrate(engine)
    register_log(engine, works.log.id, Times())
    return engine


def _until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_the_model_of_finality_is_anvils(works: Works) -> None:
    latest = hexadecimal(works.stand.anvil.node.call("eth_blockNumber"))
    works.stand.anvil.finalize()
    assert works.chain.block("finalized").number == latest
