"""The demo's attacks on what runs, each against a real gateway, log and chain, without the demo's year.

INV-03, INV-04, INV-05, INV-06, INV-07, INV-08, INV-09, INV-10, INV-18, INV-21 and INV-22, as each attack names it.
"""

from collections.abc import Iterator

import pytest

from devnet.binaries import AnvilMissing, find_anvil
from devnet.demo import stage
from devnet.demo.attacks import ATTACKS, Attack
from devnet.demo.drill import Drill
from devnet.demo.plant import simulated_mill
from devnet.demo.server import server_of


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    folder, plant = tmp_path_factory.mktemp("attacks") / "demo", simulated_mill()
    stage.clear(folder)
    with stage.chain_of(folder, plant) as anvil:
        ground = stage.build(folder, anvil, plant)
        stage.enrol(ground, plant)
        with server_of(ground, 0) as server:
            server.let_anchor()
            yield Drill(ground, server)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_stopped(attack: Attack, drill: Drill) -> None:
    assert attack.run(drill) == attack.answer
