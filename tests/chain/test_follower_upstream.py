"""What is found against a product's inputs after its minting reaches its page. INV-14."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.chain.products import deliver
from ledger.follower import Follower
from ledger.store.database import migrate, open_store
from ledger.store.standing import look_up
from ledger.upstream import Input, upstream_root
from tests.chain.stand import Stand
from tests.chain.stand import stand as stand
from tests.chain.test_products import INGOTS, PARTS, Market, address

NOW = 1_800_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    yield engine
    engine.dispose()


def upstream(engine: Engine, identifier: str) -> str:
    found = look_up(engine, identifier)
    assert found is not None
    return found.upstream


def test_a_doubt_about_an_input_is_followed_until_it_ends_or_is_confirmed(stand: Stand, engine: Engine) -> None:
    market = Market(stand)
    chain, accounts = market.chain, stand.accounts
    follower = Follower(engine, chain, lambda: NOW)
    follower.step()
    ingots = market.certify(market.statement(market.smelter, INGOTS, 1_000_000, 8_000_000_000))
    deliver(chain, market.smelter, address(market.customer), ingots, 300_000)
    inputs = (Input(ingots, 300_000),)
    part = market.statement(market.customer, PARTS, 600_000, 4_500_000_000, upstream_root=upstream_root(inputs))
    market.certify(part, inputs)
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: market.suspended(ingots),
        lambda: market.suspended(ingots, ended=True),
        lambda: chain.send(accounts["revoker"], "CertificateRegistry", "proposeRevocation", ingots, "false"),
        lambda: chain.send(accounts["confirmer"], "CertificateRegistry", "confirmRevocation", ingots, "false"),
    ]
    told = []
    for step in steps:
        step()
        follower.step()
        view = chain.check(PARTS)
        assert view is not None
        assert upstream(engine, PARTS) == view.upstream
        told.append(view.upstream)
    assert told == ["", "suspended", "", "", "revoked"]
    assert upstream(engine, INGOTS) == "", "what stands against a certificate itself is its status"


def test_whoever_begins_late_reads_the_same(stand: Stand, engine: Engine) -> None:
    Follower(engine, stand.chain, lambda: NOW).step()
    assert upstream(engine, PARTS) == "revoked"
