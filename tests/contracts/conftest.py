"""One chain for all tests of this folder; each test starts from the same deployment."""

from collections.abc import Iterator

import ape
import pytest

from devnet.anvil import Anvil, Options
from tests.contracts.stage import GENESIS, PEOPLE, Stage


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anvil]:
    """Anvil, with ape connected to it."""
    with Anvil(tmp_path_factory.mktemp("chain"), Options(chain_id=31_337, genesis_time=GENESIS)) as anvil:
        ape.logging.logger.set_level(ape.logging.LogLevel.ERROR)
        settings = {"host": anvil.url, "manage_process": False}
        with ape.networks.parse_network_choice("ethereum:local:foundry", provider_settings=settings):
            yield anvil


@pytest.fixture(scope="session")
def deployed(chain: Anvil) -> Stage:
    people = {name: ape.accounts.test_accounts[index] for index, name in enumerate(PEOPLE)}
    for account in people.values():
        ape.chain.set_balance(account.address, 10**21)
    stage = Stage(people)
    stage.deploy()
    stage.settle()
    return stage


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The deployment, settled; what a test does to it is undone."""
    with ape.chain.isolate():
        yield deployed
