"""What page and JSON say from what was followed. INV-19: the status is the chain's, as of a block, and never older than
it says."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from ledger.certificates.statement import Statement
from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.views import Block
from ledger.store.certificates import put_certificate
from ledger.store.following import advance
from ledger.store.standing import Position, followed
from tests.gateway import samples
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import DOMAIN, FACTS, GRADED, MINTED, statement, stored

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}
NOW = 1_800_000_000
LATEST, FINAL = Block(500, b"\x21" * 32, MINTED + 5000), Block(490, b"\x22" * 32, MINTED + 4900)
POSITION = Position(DOMAIN.chain_id, DOMAIN.contract, LATEST, FINAL, NOW - 3, NOW - 3)


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(tmp_path: Path, clock: Clock) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, Meter(), machine_clock=clock)
    opened.chain.reachable = False  # whoever asks it is found out
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def client(gateway: Gateway) -> TestClient:
    return TestClient(gateway.app, raise_server_exceptions=False)


def minted(said: Statement, block: int = 412, time: int = MINTED) -> CertificateEvent:
    return CertificateEvent(block, 0, time, b"\x77" * 32, "minted", said.digest(DOMAIN), statement=said)


def changed(said: Statement, kind: str, **more: Any) -> CertificateEvent:
    return CertificateEvent(420, 0, MINTED + 60, b"\x78" * 32, kind, said.digest(DOMAIN), **more)


def follow(gateway: Gateway, *events: CertificateEvent, position: Position = POSITION) -> None:
    assert advance(gateway.engine, position, events, after=followed(gateway.engine), back_to=-1) is not None


def facts(client: TestClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/certificates/{GRADED}{query}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_a_valid_certificate_is_answered_by_one_query_and_no_chain(gateway: Gateway, client: TestClient) -> None:
    row = samples.efficiency()
    put_certificate(gateway.engine, row)
    follow(gateway, minted(Statement.from_json(row.statement)))
    asked: list[str] = []
    event.listen(gateway.engine, "checkout", lambda driver, *_: driver.set_trace_callback(asked.append))
    document = facts(client)
    assert [text.split()[0] for text in asked] == ["SELECT"]  # as SQLite itself counts
    assert document["status"] == "valid"
    assert document["status_as_of"] == {"block": 500, "time": LATEST.time, "age_s": 3}
    assert document["checked"] == {"block": 500, "time": LATEST.time, "final": True}
    assert document["change"] is None
    assert document["figures"] == [{"name": "grade.level", "value": "1.9337", "unit": "tCO2/10^4{CNY}"}]
    html = client.get(f"/{GRADED}", headers=BROWSER).text
    for expected in ("Valid", "As of block 500", "read 3 s ago", "Demo Rolling Mill Co., Ltd.", "K = 0.734512"):
        assert expected in html


@pytest.mark.parametrize(
    ("kind", "more", "status", "shown"),
    [
        ("suspended", {"actor": b"\xd4" * 20, "reason": "<b>doubt</b>"}, "suspended", "&lt;b&gt;doubt&lt;/b&gt;"),
        ("revoked", {"actor": b"\xd4" * 20, "reason": "false readings"}, "revoked", f"0x{'d4' * 20}"),
        ("superseded", {"successor": b"\x0f" * 32}, "superseded", "To the certificate that replaced it"),
    ],
)
def test_a_change_with_actor_reason_and_time(
    gateway: Gateway, client: TestClient, kind: str, more: dict[str, Any], status: str, shown: str
) -> None:
    follow(gateway, minted(statement()), changed(statement(), kind, **more))
    document = facts(client)
    assert document["status"] == status
    assert (document["change"]["block"], document["change"]["time"]) == (420, MINTED + 60)
    assert document["change"]["reason"] == more.get("reason", "")
    assert (document["change"]["successor"] is None) is ("successor" not in more)
    html = client.get(f"/{GRADED}", headers=BROWSER).text
    assert shown in html
    assert "Since block 420" in html


def test_an_old_answer_is_no_answer(gateway: Gateway, client: TestClient, clock: Clock) -> None:
    """The follower stands still: the page says since when, and nothing is valid."""
    follow(gateway, minted(statement()))
    clock.now += 28
    assert facts(client)["status"] == "not-checked"
    clock.now += 7200
    document = facts(client)
    assert (document["status"], document["checked"], document["change"]) == ("not-checked", None, None)
    assert document["status_as_of"] == {"block": 500, "time": LATEST.time, "age_s": 7231}
    html = client.get(f"/{GRADED}", headers=BROWSER).text
    assert "Status not checked" in html
    assert "Last read at block 500" in html
    assert "2 h ago" in html
    assert "Valid</h2>" not in html


def test_expiry_goes_by_the_chains_time_that_goes_on(gateway: Gateway, client: TestClient) -> None:
    """A chain without traffic mines no block, and certificates expire all the same."""
    said = statement(valid_until=LATEST.time + 100)
    follow(gateway, minted(said), position=replace(POSITION, seen_at=NOW - 99))
    assert facts(client)["status"] == "valid"
    follow(gateway, minted(said), position=replace(POSITION, seen_at=NOW - 100))
    assert facts(client)["status"] == "expired"


def test_a_certificate_just_minted_here_is_asked_for_at_once(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), FACTS))
    follow(gateway, position=replace(POSITION, latest=Block(411, b"\x23" * 32, MINTED - 10)))
    assert facts(client)["status"] == "not-checked"
    gateway.chain.reachable = True
    gateway.chain.show(statement())
    document = facts(client)
    assert (document["status"], document["status_as_of"]["age_s"]) == ("valid", 0)


def test_a_row_that_the_chain_does_not_know(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), FACTS))
    follow(gateway)
    assert facts(client)["status"] == "not-on-chain"


def test_a_row_that_was_changed_contradicts(gateway: Gateway, client: TestClient) -> None:
    """INV-11: the operator's database holds another grade than the one that was signed."""
    put_certificate(gateway.engine, replace(stored(statement(grade=1), FACTS), token_id=statement().digest(DOMAIN)))
    follow(gateway, minted(statement()))
    document = facts(client)
    assert (document["status"], document["grade"], document["statement"]) == ("contradicted", 2, None)


def test_a_followed_statement_that_was_changed_is_not_believed(gateway: Gateway, client: TestClient) -> None:
    forged = replace(minted(statement()), statement=statement(grade=1))
    follow(gateway, forged)
    assert facts(client)["status"] == "not-checked"


def test_another_deployments_position_counts_nothing(gateway: Gateway, client: TestClient) -> None:
    follow(gateway, minted(statement()), position=replace(POSITION, contract=b"\x01" * 20))
    assert facts(client)["status"] == "not-checked"


def test_unknown_by_the_store_alone(gateway: Gateway, client: TestClient, clock: Clock) -> None:
    follow(gateway)
    assert client.get("/certificates/88.118.20260/unknown").json()["code"] == "unknown-certificate"
    clock.now += 1000
    assert client.get("/certificates/88.118.20260/unknown").json()["code"] == "chain-unreachable"


def test_not_final_yet(gateway: Gateway, client: TestClient) -> None:
    follow(gateway, minted(statement(), block=495, time=FINAL.time + 1))
    assert facts(client)["checked"]["final"] is False


def test_letters_differ_in_case_only(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), FACTS))
    follow(gateway, minted(statement()))
    document = client.get(f"/certificates/{GRADED.lower()}").json()
    assert (document["status"], document["identifier"]) == ("valid", GRADED)


def test_health_tells_how_far_the_chain_was_followed(gateway: Gateway, client: TestClient) -> None:
    assert "followed" not in client.get("/health").json()
    follow(gateway)
    assert client.get("/health").json()["followed"] == {"block": 500, "time": LATEST.time, "age_s": 3}


def test_an_earlier_certificate_stays_readable(gateway: Gateway, client: TestClient) -> None:
    old = statement()
    new = statement(grade=3, supersedes=int.from_bytes(old.digest(DOMAIN)))
    put_certificate(gateway.engine, stored(old, FACTS))
    put_certificate(gateway.engine, stored(new, FACTS))
    replaced = changed(old, "superseded", successor=new.digest(DOMAIN))
    follow(gateway, minted(old), replaced, minted(new, block=421, time=MINTED + 60))
    assert facts(client)["grade"] == 3
    earlier = facts(client, f"?token=0x{old.digest(DOMAIN).hex()}")
    assert (earlier["grade"], earlier["status"]) == (2, "superseded")
    assert earlier["change"]["successor"] == f"0x{new.digest(DOMAIN).hex()}"
    html = client.get(f"/{GRADED}?token=0x{old.digest(DOMAIN).hex()}", headers=BROWSER).text
    assert f"lang=zh&amp;token=0x{old.digest(DOMAIN).hex()}" in html, "the other language shows the same certificate"
    successor = f'href="/{GRADED}?lang=en&amp;token=0x{new.digest(DOMAIN).hex()}"'
    assert successor in html, "and its successor is a step away, whatever was certified later"
    assert client.get(f"/certificates/{GRADED}?token=0x{'0' * 64}").status_code == 404
    assert client.get(f"/certificates/{GRADED}?token=0").status_code == 422


@pytest.mark.parametrize(
    ("worst", "tone"), [("revoked", "warn"), ("suspended", "warn"), ("unseen", "good"), ("", "good")]
)
def test_a_page_tells_what_stands_against_a_products_inputs(
    gateway: Gateway, client: TestClient, worst: str, tone: str
) -> None:
    """INV-14: the certificate is valid all the same, and says what it rests on."""
    row = samples.footprint()
    said = Statement.from_json(row.statement)
    put_certificate(gateway.engine, row)
    advance(
        gateway.engine, POSITION, [minted(said)], after=None, back_to=-1, upstreams={said.digest(DOMAIN): worst}
    )  # fmt: skip
    document = client.get(f"/certificates/{said.identifier}").json()
    assert (document["status"], document["upstream"]) == ("valid", worst or None)
    html = client.get(f"/{said.identifier}", headers=BROWSER).text
    assert f'class="verdict {tone}"' in html
    assert ("this product rests on" in html.lower()) == bool(worst)


@pytest.mark.parametrize("path", [f"/certificates/{GRADED}", f"/api/handles/{GRADED}", f"/{GRADED}"])
def test_nobody_waits_while_another_asks_the_chain(
    gateway: Gateway, client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first step the chain has to answer: whatever the route, not on the event loop."""
    on_loop: list[bool] = []

    def depths() -> tuple[Block, Block, Block]:
        try:
            on_loop.append(bool(asyncio.get_running_loop()))
        except RuntimeError:
            on_loop.append(False)
        return LATEST, FINAL, FINAL

    said = samples.efficiency()
    put_certificate(gateway.engine, said)
    gateway.chain.show(Statement.from_json(said.statement))
    monkeypatch.setattr(gateway.chain, "depths", depths)
    assert client.get(path).status_code == 200
    assert on_loop == [False]
