"""INV-09, INV-10: an anchorer is killed (SIGKILL, a real process) between every two things it does to store and chain.

The killed process is a fork of the test; hooks around its store's changes and its broadcasts count the moments, and the
process kills itself at the chosen one. Nothing in the product knows of them.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from ledger.anchoring.heads import State
from ledger.anchoring.worker import Anchorer
from ledger.chain.node import Node
from ledger.store.database import open_store
from tests.anchoring.works import Works

MOMENTS = 12  # at least; a slow chain adds a look or two
NEVER = 1_000


def _kill_at(anchorer: Anchorer, moment: int) -> None:
    """Before and after each change of the outbox and each broadcast is a moment; the process ends at the given one."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        if passed == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    def wrapped(action: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(*arguments: Any) -> Any:
            tick()
            answer = action(*arguments)
            tick()
            return answer

        return hooked

    for owner, name in ((anchorer, "_insert"), (anchorer, "_note"), (anchorer._sender, "broadcast")):
        setattr(owner, name, wrapped(getattr(owner, name)))


def _run_in_a_process(works: Works, work: Callable[[Anchorer], None]) -> int:
    """A fork with connections of its own; answers the signal that ended it, 0 if it came to its end."""
    process = os.fork()
    if process == 0:
        try:
            works.chain.node = Node(works.stand.anvil.url)
            anchorer = works.anchorer(engine=open_store(str(works.path)))
            anchorer.open()
            work(anchorer)
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@pytest.mark.parametrize("automine", [True, False], ids=["mined at once", "mined later"])
@pytest.mark.parametrize("moment", [*range(MOMENTS), NEVER])
def test_killed_at_every_moment(works: Works, moment: int, automine: bool) -> None:
    anvil = works.stand.anvil
    works.grow(2)
    with works.opened() as anchorer:
        anchorer.step(works.now())
    works.grow(3)
    anvil.automine(automine)

    def two_steps(anchorer: Anchorer) -> None:
        _kill_at(anchorer, moment)
        anchorer.step(works.now())
        anvil.mine(5)
        anchorer.step(works.now())

    ended_by = _run_in_a_process(works, two_steps)
    works.engine.dispose()
    anvil.automine(True)
    assert ended_by == (0 if moment == NEVER else signal.SIGKILL)

    with works.opened() as anchorer:  # the lease of the dead process does not stop its successor
        anchorer.step(works.now())
        anvil.mine(1)
        anchorer.step(works.now())
        anvil.finalize()
        anchorer.step(works.now())
    works.held_final()
    assert works.states() == {2: State.FINAL, 5: State.FINAL}
    events = works.chain.anchor_events(works.log.id)
    assert [event.size for event in events] == [2, 5]
    assert [head.tx_hash for head in works.anchors.heads()] == [event.transaction for event in events]
    assert all(head.attempts == 1 for head in works.anchors.heads())
