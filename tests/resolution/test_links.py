"""Links, what becomes one, and other names of identifiers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.identifiers.digital_link import parse_path
from ledger.identifiers.text import IdentifierError
from ledger.resolution.links import GS1, UNTP, Link, LinkFault, chosen, relation_of, shortened
from ledger.resolution.names import alias_of, levels
from ledger.resolution.record_links import read_link


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gs1:pip", f"{GS1}pip"), ("https://www.gs1.org/voc/pip", f"{GS1}pip"), ("http://gs1.org/voc/pip",
        f"{GS1}pip"),
        ("untp:dcc", f"{UNTP}dcc"), ("describedby", "describedby"), ("https://example.org/x", "https://example.org/x"),
    ],
)  # fmt: skip
def test_relations(text: str, expected: str) -> None:
    assert relation_of(text) == expected
    assert relation_of(shortened(expected)) == expected


@pytest.mark.parametrize("text", ["", "A", "x y", "ftp://x", "gs1:a b", "gs1:" + "x" * 300, "https://", "é"])
def test_what_is_no_relation(text: str) -> None:
    with pytest.raises(LinkFault):
        relation_of(text)


def test_the_best_links() -> None:
    zh, en, data = (Link("x", f"https://{name}", name, languages, media) for name, languages, media in (
        ("zh", ("zh",), "text/html"), ("en", ("en",), "text/html"), ("data", (), "application/json")))  # fmt: skip
    every = [("*/*", 1.0)]
    assert chosen([zh, en, data], [("en-gb", 1.0)], every) == [en]
    assert chosen([zh, en, data], [("zh", 0.5), ("en", 1.0)], every) == [en]
    assert chosen([zh, en, data], [("fr", 1.0)], every) == [data]
    assert chosen([zh, en], [("fr", 1.0)], every) == [zh]
    assert chosen([zh, en, data], [], [("application/json", 1.0), ("*/*", 0.1)]) == [data]
    assert chosen([zh, zh], [], every) == [zh, zh]
    page = Link("x", "https://page", "page", (), "text/html")
    assert chosen([page, zh, data], [("zh", 1.0)], [("application/json", 1.0)]) == [data], "what is not accepted loses"
    assert chosen([page, zh, data], [], [("image/png", 1.0)]) == [page]
    assert chosen([], [], every) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("gs1:pip", "javascript:x"), ("gs1:pip", "https://x y"), ("gs1:pip", "https://" + "x" * 2100),
        ("", "https://x"), ("gs1:pip", "{"), ("gs1:pip", "{}"), ("gs1:pip", '{"href": 1}'),
        ("gs1:pip", '{"href": "https://x", "title": ""}'), ("gs1:pip", '{"href": "https://x", "type": "x"}'),
        ("gs1:pip", '{"href": "https://x", "hreflang": ["zh-Hans"]}'),
        ("gs1:pip", '{"href": "https://x", "hreflang": 7}'),
        ("gs1:pip", '{"href": "https://x", "title": "a\\u0000"}'),
        ("gs1:pip", "https://user@evil.example"), ("gs1:pip", "https://x\n"),
    ],
)  # fmt: skip
def test_what_is_no_link(kind: str, data: str) -> None:
    with pytest.raises(LinkFault):
        read_link(kind, data)


@given(st.text(max_size=40), st.text(max_size=200) | st.just('{"href": ') | st.binary(max_size=50).map(repr))
def test_garbage_as_a_link_is_refused_by_name(kind: str, data: str) -> None:
    with contextlib.suppress(LinkFault):
        read_link(kind, data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9506000134352", "gs1:/01/09506000134352"), ("09506000134352", "gs1:/01/09506000134352"),
        ("https://example.org/01/09506000134352/10/a%2Fb?17=281231", "gs1:/01/09506000134352/10/a%2Fb"),
        ("https://example.org/01/09506000134352/22/V/10/B/21/S", "gs1:/01/09506000134352/21/S"),
        ("urn:oid:1.2.156.1", "oid:1.2.156.1"), ("91110000600037341L", "uscc:91110000600037341L"),
        ("did:web:Example.org", "did:did:web:example.org"), ("10064123456", "ecode:10064123456"),
    ],
)  # fmt: skip
def test_other_names(text: str, expected: str) -> None:
    assert alias_of(text) == expected


def test_the_levels_of_a_link_are_all_that_a_part_of_it_names() -> None:
    """GS1 resolver standard 1.2, §2.5.9: one thing before any kind of it, a batch before a variant."""
    key = "/01/09506000134352"
    assert [one.path.removeprefix(key) for one in levels(parse_path(f"{key}/22/V/10/B/21/S"))] == [
        "/22/V/10/B/21/S", "/10/B/21/S", "/22/V/21/S", "/21/S", "/22/V/10/B", "/10/B", "/22/V", "",
    ]  # fmt: skip
    assert [one.path for one in levels(parse_path("/414/9506000134352"))] == ["/414/9506000134352"]


@pytest.mark.parametrize("text", ["88.118.8/x", "hdl:10.1000/1", "x", "9506000134353"])
def test_what_is_no_other_name(text: str) -> None:
    with pytest.raises(IdentifierError):
        alias_of(text)
