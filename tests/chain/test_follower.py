"""The follower on a real chain: every change of a certificate, and reorganisations above and below finality. INV-10."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.certificates.statement import Statement
from ledger.chain.deployment import Generation
from ledger.chain.standing import Standing
from ledger.chain.views import STATUSES
from ledger.follower import Follower, FollowerThread
from ledger.store.database import migrate, open_store
from ledger.store.standing import all_standings, followed, history, look_up, standing_of
from tests.chain.stand import Stand
from tests.chain.test_check import mint
from tests.chain.test_check import statement as statement

NOW = 1_800_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    yield engine
    engine.dispose()


def told_status(stand: Stand, token: int) -> str:
    return STATUSES[stand.chain.call("CertificateRegistry", "statusOf", token)]


def test_a_certificate_from_its_mint_to_its_end(stand: Stand, statement: Statement, engine: Engine) -> None:
    seen: list[Standing] = []
    follower = Follower(engine, stand.chain, lambda: NOW, [seen.extend])
    follower.step()
    assert look_up(engine, statement.identifier) is None

    said = replace(statement, grade=2)
    number = mint(stand, said)
    token = number.to_bytes(32)
    follower.step()
    view, standing = stand.chain.check(said.identifier), standing_of(engine, token)
    assert view is not None
    assert standing is not None
    assert (standing.status, standing.minted_at, standing.statement) == ("active", view.minted_at, said)
    found = look_up(engine, said.identifier.lower())
    assert found is not None
    assert (found.standing, found.shown) == (standing, None)

    suspender, revoker, confirmer = (stand.accounts[role] for role in ("suspender", "revoker", "confirmer"))
    steps = (
        (suspender, "suspend", "a doubt"),
        (suspender, "reinstate", "dispelled"),
        (revoker, "proposeRevocation", "false readings"),
        (confirmer, "confirmRevocation", "假读数"),
    )
    for account, name, reason in steps:
        stand.chain.send(account, "CertificateRegistry", name, number, reason)
        follower.step()
        standing = standing_of(engine, token)
        assert standing is not None
        assert standing.status == told_status(stand, number)
    assert (standing.reason, standing.changed_at) == ("假读数", stand.chain.now())
    assert standing.actor == bytes.fromhex(confirmer.address[2:])
    assert [standing.status for standing in seen] == ["active", "suspended", "active", "revoked"]
    assert [event.kind for event in history(engine, token)] == [
        "minted", "suspended", "reinstated", "revocation-proposed", "revoked",
    ]  # fmt: skip
    assert follower.step() == ()


def test_a_successor(stand: Stand, statement: Statement, engine: Engine) -> None:
    first = mint(stand, replace(statement, grade=1, period_start=statement.period_start - 5000,
                                period_end=statement.period_start))  # fmt: skip
    second = mint(stand, replace(statement, grade=4, period_start=statement.period_start - 5000,
                                 period_end=statement.period_start, supersedes=first))  # fmt: skip
    Follower(engine, stand.chain, lambda: NOW).step()
    old, new = standing_of(engine, first.to_bytes(32)), standing_of(engine, second.to_bytes(32))
    assert old is not None
    assert new is not None
    assert (old.status, old.successor, new.status) == ("superseded", new.token_id, "active")
    found, earlier = look_up(engine, statement.identifier), look_up(engine, statement.identifier, old.token_id)
    assert found is not None
    assert earlier is not None
    assert (found.standing, earlier.standing) == (new, old)


def test_what_a_reorganisation_takes_is_forgotten(
    stand: Stand, statement: Statement, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    stand.anvil.mine(8)
    follower = Follower(engine, stand.chain, lambda: NOW)
    follower.step()
    kept = all_standings(engine)
    said = replace(statement, period_start=statement.period_start - 9000, period_end=statement.period_start - 8000)
    token = mint(stand, said).to_bytes(32)
    stand.chain.send(stand.accounts["suspender"], "CertificateRegistry", "suspend", int.from_bytes(token), "a doubt")
    follower.step()
    standing = standing_of(engine, token)
    assert standing is not None
    assert standing.status == "suspended"

    stand.anvil.reorganise(1)
    follower.step()
    standing = standing_of(engine, token)
    assert standing is not None
    assert standing.status == "active", "the suspension alone was forgotten"
    stand.anvil.reorganise(2)
    follower.step()
    assert all_standings(engine) == kept
    assert "ALARM" not in caplog.text

    with caplog.at_level(logging.CRITICAL):
        stand.anvil.reorganise(7)
        follower.step()
    assert "ALARM" in caplog.text
    afresh = engine.url.database
    assert afresh
    other = open_store(f"{afresh}.second")
    migrate(other)
    Follower(other, stand.chain, lambda: NOW).step()
    assert all_standings(other) == all_standings(engine)
    other.dispose()


def test_another_deployment_is_read_from_its_beginning(stand: Stand, engine: Engine) -> None:
    """INV-19: what was followed of other contracts is none of this deployment's."""
    follower = Follower(engine, stand.chain, lambda: NOW)
    follower.step()
    deployment = stand.chain.deployment
    elsewhere = {**deployment.generations[-1].contracts, "CertificateRegistry": b"\x77" * 20}
    stand.chain.deployment = replace(deployment, generations=(Generation(0, elsewhere),))
    try:
        follower.step()
        assert all_standings(engine) == []
    finally:
        stand.chain.deployment = deployment
    follower.step()
    position = followed(engine)
    assert position is not None
    assert position.contract == deployment.address("CertificateRegistry")


def test_an_unreachable_chain_keeps_what_was_read(
    stand: Stand, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ledger.follower")
    now = [NOW]
    thread = FollowerThread(Follower(engine, stand.chain, lambda: now[0]), 0.05)
    thread.catch_up()
    url, stand.chain.node.url = stand.chain.node.url, "http://127.0.0.1:1"
    now[0] += 100
    thread.start()
    try:
        thread._stopped.wait(0.3)
        position = followed(engine)
        assert position is not None
        assert position.age(now[0]) == 100
    finally:
        stand.chain.node.url = url
    for _ in range(100):
        position = followed(engine)
        assert position is not None
        if position.age(now[0]) == 0:
            break
        thread._stopped.wait(0.05)
    thread.stop()
    assert position.age(now[0]) == 0
    told = [record.getMessage() for record in caplog.records]
    assert [text.split(":")[0] for text in told] == ["certificates not followed", "certificates followed again"]
    assert position.seen_at == NOW
    assert position.chain_time(now[0]) == position.latest.time + 100
