"""What clients write into Accept and Accept-Language, and what they get."""

import pytest
from starlette.requests import Request

from gateway.negotiation import language_of, preferred_media, wants_html

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
JSON, CBOR = "application/json", "application/cbor"


def request(query: str = "", **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": named, "query_string": query.encode(), "path": "/", "method": "GET"})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        (CBOR, CBOR),
        ("application/*", JSON),
        (f"{JSON};q=0.5, {CBOR}", CBOR),
        (f"{JSON};q=0, */*", CBOR),
        ("text/html", None),
        ("application/cbor;q=abc", None),
        ("application/cbor;q=7", CBOR),
        (",;,;q=,", JSON),
    ],
)
def test_media(accept: str, expected: str | None) -> None:
    assert preferred_media(request(accept=accept), (JSON, CBOR)) == expected


@pytest.mark.parametrize(("accept", "html"), [(BROWSER, True), ("*/*", False), ("", False), (JSON, False)])
def test_only_who_names_html_gets_html(accept: str, html: bool) -> None:
    assert wants_html(request(accept=accept)) is html


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en-GB,zh;q=0.5", "en"),
        ("", "de,fr;q=0.5", "en"),
        ("", "de, zh-Hant;q=0.1", "zh"),
        ("", "", "en"),
        ("lang=zh", "en", "zh"),
        ("lang=en-GB", "zh", "en"),
        ("lang=xx", "zh", "zh"),
        ("lang=../../etc", "", "en"),
    ],
)
def test_language(query: str, header: str, expected: str) -> None:
    assert language_of(request(query, accept_language=header)) == expected
