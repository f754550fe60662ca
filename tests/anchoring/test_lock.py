"""One anchorer a log: the lease in the store, and the contract behind it."""

import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from ledger.anchoring.heads import State
from ledger.anchoring.lock import Lease, LeaseLost, LeaseTaken, holder
from ledger.anchoring.worker import lease_name
from ledger.store.database import migrate, open_store, writing
from ledger.store.schema import leases
from tests.anchoring.works import Works


class Clock:
    def __init__(self) -> None:
        self.time = 1_000

    def __call__(self) -> int:
        return self.time


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    return engine


def test_a_lease_is_held_by_one(engine: Engine) -> None:
    clock = Clock()
    first, second = (Lease(engine, "log", seconds=30, clock=clock) for _ in range(2))
    first.acquire()
    first.acquire()
    with pytest.raises(LeaseTaken, match=str(os.getpid())):
        second.acquire()
    assert holder(engine, "log", clock()) == f"{socket.gethostname()}:{os.getpid()}"
    Lease(engine, "another log", clock=clock).acquire()
    first.release()
    assert holder(engine, "log", clock()) is None
    second.acquire()


def test_a_lease_that_ran_out_is_free_and_its_holder_finds_out(engine: Engine) -> None:
    clock = Clock()
    first, second = (Lease(engine, "log", seconds=30, clock=clock) for _ in range(2))
    first.acquire()
    clock.time += 29
    first.keep()
    clock.time += 29
    with pytest.raises(LeaseTaken):
        second.acquire()
    clock.time += 2
    assert holder(engine, "log", clock()) is None
    second.acquire()
    with pytest.raises(LeaseLost), writing(engine) as connection:
        first.guard(connection)
    with pytest.raises(LeaseLost):
        first.keep()
    first.release()
    second.keep()


def test_a_lease_that_ran_out_but_nobody_took_goes_on(engine: Engine) -> None:
    clock = Clock()
    lease = Lease(engine, "log", seconds=30, clock=clock)
    lease.acquire()
    clock.time += 300
    lease.keep()
    assert holder(engine, "log", clock()) is not None


def test_keeping_writes_only_now_and_then(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    lease = Lease(engine, "log", seconds=30, clock=clock)
    lease.acquire()
    monkeypatch.setattr(lease, "guard", lambda _: pytest.fail("written too early"))
    clock.time += 9
    lease.keep()


def test_the_lease_of_a_dead_process_is_free_at_once(engine: Engine) -> None:
    process = os.fork()
    if process == 0:
        try:
            Lease(open_store(str(engine.url.database)), "log").acquire()
        finally:
            os._exit(0)
    os.waitpid(process, 0)
    Lease(engine, "log").acquire()


def test_the_lease_of_another_machine_is_not(engine: Engine) -> None:
    clock = Clock()
    lease = Lease(engine, "log", seconds=30, clock=clock)
    lease.acquire()
    with writing(engine) as connection:
        connection.execute(update(leases), {"holder": "elsewhere:1:00"})
    with pytest.raises(LeaseTaken, match="elsewhere"):
        Lease(engine, "log", clock=clock).acquire()
    assert holder(engine, "log", clock()) == "elsewhere:1"


def test_two_anchorers_at_once(works: Works) -> None:
    """INV-10: the second is refused; where it takes the lease over, the first writes nothing more and must end."""
    clock = Clock()
    name = lease_name(works.log.id)
    first = works.anchorer(lease=Lease(works.engine, name, seconds=30, clock=clock))
    second = works.anchorer(lease=Lease(works.engine, name, seconds=30, clock=clock))
    works.grow(2)
    first.open()
    with pytest.raises(LeaseTaken):
        second.open()
    first.step(works.now())
    clock.time += 31
    second.open()
    works.grow(2)
    with pytest.raises(LeaseLost):
        first.step(works.now())
    assert works.states() == {2: State.MINED}
    second.step(works.now())
    assert works.states() == {2: State.MINED, 4: State.MINED}
    second.close()


def test_a_transaction_of_the_loser_does_no_harm(works: Works) -> None:
    """INV-07, INV-10: the loser's transaction comes late; the contract refuses the stale head."""
    anvil = works.stand.anvil
    works.grow(2)
    with works.opened() as anchorer:
        anchorer.step(works.now())
        anvil.automine(False)
        works.grow(2)
        anchorer.step(works.now())
    head = works.anchors.head(4)
    assert head is not None
    raw = anchorer._sender.sign(head)
    anvil.node.call("anvil_dropAllTransactions")
    anvil.automine(True)
    with works.opened() as successor:
        successor.step(works.now())
        works.grow(2)
        successor.step(works.now())
        anchorer._sender.broadcast(raw)
        successor.step(works.now())
        anvil.finalize()
        successor.step(works.now())
    assert [event.size for event in works.chain.anchor_events(works.log.id)] == [2, 4, 6]
    works.held_final()
