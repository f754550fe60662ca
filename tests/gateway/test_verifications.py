"""The documents of a verification over HTTP. INV-20: its parties read them, nobody else learns that there are any."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ledger.access.client import new_client
from ledger.log.replay import key_name
from ledger.store.clients import put_client
from ledger.store.enrolments import all_enrolments
from ledger.store.readings import entries_of
from ledger.verification.record import read_file, read_record
from ledger.verification.stages import State
from tests.gateway.meters import LOG_ID, Gateway, Meter, open_gateway
from tests.gateway.test_tokens import NOW, SECRET, Clock, basic
from tests.verification import engagement as e
from tests.verification.desk import Desk

CLIENTS = {
    "applicant": (e.ENTERPRISE, "enterprise"), "body": (e.VERIFIER, "verifier"),
    "evaluator": (e.EVALUATOR, "enterprise"), "competitor": ("88.118.30001", "enterprise"),
    "other-body": ("88.118.9003", "verifier"),
    "customer": (e.ENTERPRISE, "customer"),
}  # fmt: skip
PATH = f"/verifications/{e.ENGAGEMENT}"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, Meter(), machine_clock=Clock())
    for name, (prefix, role) in CLIENTS.items():
        put_client(opened.engine, new_client(name, prefix, role, NOW), SECRET)
    Desk(opened.engine, opened.ingest, LOG_ID).tell(e.reviewed())
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def client(gateway: Gateway) -> TestClient:
    return TestClient(gateway.app, raise_server_exceptions=False)


def bearer(client: TestClient, name: str) -> dict[str, str]:
    answer = client.post("/auth/token", data={"grant_type": "client_credentials"}, headers=basic(name))
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize("name", ["applicant", "body", "evaluator"])
def test_a_party_reads_the_record_and_replays_it(gateway: Gateway, client: TestClient, name: str) -> None:
    answer = client.get(PATH, headers=bearer(client, name))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cbor-seq")
    assert "no-store" in answer.headers["cache-control"]
    entries = read_file(answer.content, "record")
    keys = {(key.iss, key.sub, key.kid): key for key in all_enrolments(gateway.engine)}
    assert {key_name(entry.frame) for entry in entries} <= keys.keys()
    record = read_record(entries, keys)
    assert record.case is not None
    assert record.case.state is State.REVIEWED
    (entry,) = entries_of(gateway.engine, e.ENTERPRISE)
    assert (entry.reading.client_id, entry.reading.act, entry.reading.detail) == (name, "read", e.ENGAGEMENT)
    assert answer.headers["access-log"] == f"1 0x{entry.hash.hex()}"


@pytest.mark.parametrize("name", ["competitor", "other-body"])
def test_anybody_else_is_told_what_he_is_told_of_none(gateway: Gateway, client: TestClient, name: str) -> None:
    headers = bearer(client, name)
    there, nowhere = (
        client.get(PATH, headers=headers),
        client.get(f"/verifications/{e.ENTERPRISE}/V-9", headers=headers),
    )
    assert there.status_code == nowhere.status_code == 404
    shown = [{**answer.json(), "instance": "", "request_id": ""} for answer in (there, nowhere)]
    assert shown[0] == shown[1]
    assert entries_of(gateway.engine, e.ENTERPRISE) == []


def test_without_a_token_or_its_scope_there_is_no_answer(client: TestClient) -> None:
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=bearer(client, "customer")).status_code == 403
    assert client.get(PATH, headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize(
    "path", ["%00", "..%2f..%2fetc", "88.118.20260", "x" * 3000, "88.118.20260/%E6%A0%B8%0A", "%ff"]
)
def test_odd_names_are_unknown(client: TestClient, path: str) -> None:
    assert client.get(f"/verifications/{path}", headers=bearer(client, "applicant")).status_code in (400, 404, 414)
