"""Errors: RFC 9457 for programs, a page for people, both languages complete, nothing from the inside."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.problems import STATUS
from gateway.security import HEADERS
from gateway.wording import wording
from tests.gateway.meters import Gateway

ROOT = Path(__file__).resolve().parents[2]
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "zh"}


def test_a_program_gets_a_problem(client: TestClient) -> None:
    response = client.get("/nothing/here", headers={"Accept": "application/json", "Accept-Language": "zh"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == "zh"
    problem = response.json()
    assert problem["type"] == "/problems/not-found"
    assert problem["title"] == "没有这个页面"
    assert problem["status"] == 404
    assert problem["instance"] == "/nothing/here"
    assert problem["detail"]
    assert problem["mend"]


def test_a_visitor_gets_a_page(client: TestClient) -> None:
    response = client.get("/nothing/here", headers=BROWSER)
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "没有这个页面" in response.text


@pytest.mark.parametrize(
    ("path", "en", "zh"),
    [
        (
            "/88.118.20260/a%20b",
            "white space or a control character (take it out)",
            "含有空白或控制字符（请删去）",
        ),
        ("/id/gtin/6901234567890", "the check digit is wrong", "校验码不符"),
        ("/id/vaa/88.118.20260/%2e%2e%2fx", "holds a path traversal", "含有路径穿越"),
        ("/oid/3.1", "the first arc is 0, 1 or 2", "第一个弧只能是 0、1 或 2"),
        ("/01/09506000134353", "the check digit is wrong", "校验码不符"),
        ("/x/01/09506000134352", "", ""),
        ("/88.118.20260/%D0%A1E-1/qr.svg", "", ""),  # no picture of a look-alike that nobody certified
        ("/88.118.20260/%EF%BC%A3E-1/qr.png", "", ""),
    ],
)
def test_a_refused_identifier_s_reason_is_in_the_reader_s_language(
    client: TestClient, path: str, en: str, zh: str
) -> None:
    for language, said in (("en", en), ("zh", zh)):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == (400 if said else 404)
        assert said in answer.json()["detail"]


@pytest.mark.parametrize("code", STATUS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_explains_itself_at_its_type(client: TestClient, code: str, language: str) -> None:
    response = client.get(f"/problems/{code}", params={"lang": language})
    assert response.status_code == 200
    assert response.json()["status"] == STATUS[code]
    assert response.json()["title"]
    assert response.json()["mend"]


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/frames"), ("GET", "/frames"), ("POST", "/health"), ("PUT", "/")]
)
def test_a_wrong_method_names_the_right_ones(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    assert response.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/health", "/nothing", "/static/carbon.css", "/openapi.json", "/problems/internal"]
)
def test_every_answer_is_shielded(client: TestClient, path: str) -> None:
    response = client.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "server" not in response.headers


@pytest.mark.parametrize("path", ["/", "/health", "/nothing", "/static/carbon.css"])
def test_head_is_get_without_its_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == get.headers["content-length"]


def test_the_interface_is_described_without_anything_from_elsewhere(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert "application/cbor-seq" in paths["/frames"]["post"]["requestBody"]["content"]
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_the_start_page_leads_to_a_certificate(client: TestClient) -> None:
    assert 'name="identifier"' in client.get("/", headers=BROWSER).text
    found = client.get("/", params={"identifier": " 88.118.20260/CE-1 ", "lang": "en"})
    assert (found.status_code, found.headers["location"]) == (303, "/88.118.20260/CE-1?lang=en")
    for wrong in ("//evil.example/x", "https://evil.example", "nonsense", "88.118.20260/a b"):
        response = client.get("/", params={"identifier": wrong, "lang": "en"})
        assert response.status_code == 400
        assert "not a valid identifier" in response.text


def keys(texts: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(texts, dict):
        return {path: texts}
    return {name: value for key, inner in texts.items() for name, value in keys(inner, f"{path}.{key}").items()}


def test_both_languages_say_the_same_things() -> None:
    chinese, english = keys(wording("zh")._texts), keys(wording("en")._texts)
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        if isinstance(text, str) and key != ".form.date":
            places = [sorted(re.findall(r"{\w+}", each)) for each in (text, english[key])]
            assert places[0] == places[1], key
        if isinstance(text, list):
            assert len(text) == len(english[key]), key


def test_pages_use_nothing_from_elsewhere_and_no_script() -> None:
    """The strict content policy is kept, not only announced; one template names the one script by its hash. A block of
    JSON-LD is data, which no browser runs."""
    own = '<script type="module" src="/static/{{ checking.name }}" integrity="{{ checking.integrity }}"></script>'
    for path in (*ROOT.glob("gateway/templates/*.html"), *ROOT.glob("gateway/static/*")):
        text = path.read_text(encoding="utf-8").replace('<script type="application/ld+json">', "")
        if path.name == "label_check.html":
            assert text.count(own) == 1
            text = text.replace(own, "")
        assert not re.search(r"<script|\son\w+=|style=|javascript:|@import|url\(", text), path.name
        assert not re.search(r"(?:src|href)=\"https?:", text), path.name


def test_a_sender_that_goes_away_is_no_fault_of_the_program(gateway: Gateway) -> None:
    """A terminal that loses power in the middle of its request must not fill the log with errors."""
    scope = {
        "type": "http", "method": "POST", "path": "/frames", "raw_path": b"/frames", "query_string": b"",
        "headers": [(b"content-type", b"application/cbor-seq")], "server": ("127.0.0.1", 80), "scheme": "http",
    }  # fmt: skip
    messages = [{"type": "http.request", "body": b"\xd2\x84", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(gateway.app(scope, receive, send))
    assert sent[0]["status"] == 400
