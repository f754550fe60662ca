"""POST /frames: an answer to each frame, whatever its neighbours are."""

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from fastapi.testclient import TestClient

from gateway.settings import Settings
from ledger.store.database import StoreError
from terminal_signer import promise
from terminal_signer.frame import digest_of
from tests.gateway.meters import LOG_ID, Gateway, Meter

SEQUENCE = {"Content-Type": "application/cbor-seq"}


def post(client: TestClient, body: bytes, **headers: str) -> Any:
    return client.post("/frames", content=body, headers={**SEQUENCE, **headers})


def answers(client: TestClient, body: bytes) -> list[dict[str, Any]]:
    response = post(client, body)
    assert response.status_code == 200, response.text
    assert response.json()["format"] == "answers/1"
    rows: list[dict[str, Any]] = response.json()["answers"]
    return rows


def test_one_frame_is_answered_with_a_promise_that_holds(client: TestClient, gateway: Gateway, meter: Meter) -> None:
    """INV-21: the acceptance is signed by the key that the chain publishes for the log."""
    raw = meter.sign()
    response = client.post("/frames", content=raw, headers={"Content-Type": 'application/cose; cose-type="cose-sign1"'})
    (row,) = response.json()["answers"]
    assert row["outcome"] == "logged"
    assert row["index"] == 0
    assert row["flags"] == []
    given = promise.verify(bytes.fromhex(row["promise"][2:]), gateway.promise_key.public)
    assert (given.digest, given.log_id) == (digest_of(raw), LOG_ID)
    assert row["digest"] == f"0x{digest_of(raw).hex()}"


def test_a_repetition_changes_nothing(client: TestClient, meter: Meter) -> None:
    """INV-03: digest is the identity; the duplicate gets the first index and the first promise."""
    raw = meter.sign()
    (first,), (second,) = answers(client, raw), answers(client, raw)
    assert second["outcome"] == "duplicate"
    assert (second["index"], second["promise"]) == (first["index"], first["promise"])


def test_a_bad_frame_never_touches_its_neighbours(client: TestClient, meter: Meter) -> None:
    """INV-18: refusals stand between acceptances, in the order of the frames."""
    first, second, third = meter.sign_many(3)
    broken = second[:-1] + bytes([second[-1] ^ 1])
    stranger = Meter().sign()
    rows = answers(client, first + broken + b"\x18\x64" + stranger + third)
    assert [row["outcome"] for row in rows] == ["logged", "refused", "refused", "refused", "logged"]
    assert [row["error"]["code"] for row in rows[1:4]] == ["signature", "wrong-tag", "unknown-key"]
    assert rows[4]["flags"] == ["gap"]


def test_what_cannot_be_cut_is_one_refusal_at_the_end(client: TestClient, meter: Meter) -> None:
    """INV-18: what stands before the break is logged; the answer says from which byte on nothing was read."""
    raw = meter.sign()
    rows = answers(client, raw + b"\xff" + meter.sign())
    assert [row["outcome"] for row in rows] == ["logged", "refused"]
    assert rows[1]["error"]["code"] == "not-cbor"
    assert f"byte {len(raw)}" in rows[1]["error"]["message"]
    assert answers(client, raw[:-3])[0]["error"]["code"] == "not-cbor"


def test_answers_as_cbor(client: TestClient, meter: Meter) -> None:
    raw = meter.sign()
    response = post(client, raw, Accept="application/cbor")
    assert response.headers["content-type"] == "application/cbor"
    (row,) = cbor2.loads(response.content)["answers"]
    assert row["digest"] == digest_of(raw)
    assert isinstance(row["promise"], bytes)


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"Content-Type": "application/json"}, b"{}", 415, "unsupported-media"),
        ({"Content-Type": ""}, b"x", 415, "unsupported-media"),
        ({"Accept": "image/png"}, b"x", 406, "not-acceptable"),
        ({}, b"", 400, "malformed-request"),
        ({}, b"\x00" * 1001, 413, "too-many-items"),
    ],
)
def test_requests_refused_as_a_whole(
    client: TestClient, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    response = client.post("/frames", content=body, headers={**SEQUENCE, **headers})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_thousand_frames_are_the_most(client: TestClient, meter: Meter) -> None:
    rows = answers(client, b"".join(meter.sign_many(1000)))
    assert [row["index"] for row in rows] == list(range(1000))


def limited(gateway: Gateway, most_bytes: int) -> None:
    settings: Settings = gateway.app.state.settings
    gateway.app.state.settings = replace(settings, most_bytes=most_bytes)


def test_bodies_are_bounded_by_what_is_announced_and_by_what_comes(gateway: Gateway, client: TestClient) -> None:
    limited(gateway, 100)
    announced = post(client, b"\x00" * 101)
    assert (announced.status_code, announced.json()["code"]) == (413, "body-too-large")
    streamed = client.post("/frames", content=iter([b"\x00" * 60, b"\x00" * 60]), headers=SEQUENCE)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "body-too-large")


def test_a_full_disk_is_said_and_nothing_is_acknowledged(
    gateway: Gateway, client: TestClient, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INV-09: without the commit there is no answer that a terminal could take for one."""

    def full(*_: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(gateway.ingest, "submit", full)
    response = post(client, meter.sign())
    assert (response.status_code, response.json()["code"]) == (503, "storage-unavailable")
    assert response.headers["retry-after"] == "5"


def test_an_unforeseen_fault_shows_nothing_of_the_inside(
    gateway: Gateway, client: TestClient, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(gateway.ingest, "submit", broken)
    response = post(client, meter.sign())
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "secret" not in response.text
    assert "Traceback" not in response.text
