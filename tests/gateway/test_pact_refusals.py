"""What is refused before, behind or beside the routes of PACT has PACT's form too: its clients read `code`."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.limits import Limits
from gateway.pact_form import is_pacts
from tests.gateway.meters import Meter, open_gateway


@pytest.mark.parametrize(
    ("limits", "method", "path"),
    [
        (Limits(reads="2/minute"), "GET", "/3/footprints"),
        (Limits(reads="2/minute"), "GET", "/3/footprints/7"),
        (Limits(reads="2/minute"), "HEAD", "/3/footprints"),
        (Limits(writes="2/minute"), "POST", "/3/events"),
    ],
)
def test_one_too_many(tmp_path: Path, limits: Limits, method: str, path: str) -> None:
    """INV-18: 429 with `code` and `message`, and when to come again."""
    gateway = open_gateway(tmp_path, Meter(), limits=limits)
    try:
        client = TestClient(gateway.app, raise_server_exceptions=False)
        answers = [client.request(method, path, headers={"Accept": "text/html"}) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True]
        assert answers[2].headers["content-type"] == "application/json"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        if method != "HEAD":
            document = json.loads(answers[2].text)
            assert document.keys() == {"code", "message"}
            assert (document["code"], "2" in document["message"]) == ("BadRequest", True)
            for answer in answers[:2]:
                assert answer.json().keys() == {"code", "message"}
        other = client.request("POST" if method == "POST" else "GET", "/problems/internal")
        assert (other.status_code, other.headers["content-type"]) == (429, "application/problem+json")
    finally:
        gateway.ingest.close()
        gateway.engine.dispose()


@pytest.mark.parametrize(
    ("method", "path"), [("OPTIONS", "/3/footprints"), ("TRACE", "/3/events"), ("PROPFIND", "/3/footprints/7")]
)
def test_a_method_that_nobody_answers(tmp_path: Path, method: str, path: str) -> None:
    gateway = open_gateway(tmp_path, Meter())
    try:
        answer = TestClient(gateway.app, raise_server_exceptions=False).request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/json")
        assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]
        assert answer.json().keys() == {"code", "message"}
    finally:
        gateway.ingest.close()
        gateway.engine.dispose()


@pytest.mark.parametrize(
    ("path", "pacts"), [("/3", True), ("/3/", True), ("/3/x", True), ("/30/x", False), ("/", False)]
)
def test_which_addresses_are_pacts(path: str, pacts: bool) -> None:
    assert is_pacts(path) is pacts
