"""Events from strangers, and the cursor of a page: each fault is a named one, and nothing else happens."""

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.exchange.cursor import Cursor, read_cursor
from ledger.exchange.errors import CursorFault, EventFault
from ledger.exchange.events import (
    CREATED,
    FULFILLED,
    PUBLISHED,
    REJECTED,
    fulfilled,
    published,
    read_event,
    rejected,
)
from ledger.exchange.footprint import product_footprint
from tests.exchange.products import NODE, certificate
from tests.exchange.test_footprint import pact_schema

ID = "b1c9f1a0-6a43-4d3f-9b3c-0d9d5c1a7e11"
URN = "urn:pact:ledger.example:vaa:88.118.20261/INGOT"
SOURCE = "https://partner.example/3/events"


def event(kind: str = CREATED, data: Any = None, **changes: Any) -> dict[str, Any]:
    plain = {
        "type": kind, "specversion": "1.0", "id": "run/12", "source": SOURCE, "time": "2025-03-05T17:31:00Z",
        "data": {"productId": [URN]} if data is None else data,
    }  # fmt: skip
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def read(document: object) -> Any:
    return read_event(json.dumps(document).encode())


def test_a_request() -> None:
    found = read(event(data={"productId": [URN], "geography": ["CN"], "status": "Active", "comment": "please"}))
    assert (found.type, found.id, found.source, found.comment) == (CREATED, "run/12", SOURCE, "please")
    assert found.criteria.values == {
        "productId": frozenset([URN]), "geography": frozenset(["CN"]), "status": frozenset(["Active"]),
    }  # fmt: skip


def test_the_other_events() -> None:
    assert read(event(PUBLISHED, {"pfIds": [ID, ID.upper()]})).ids == (ID, ID.upper())
    assert read(event(FULFILLED, {"requestEventId": "7", "pfs": [{"id": ID, "x": 1.5}]})).ids == (ID,)
    assert read(event(REJECTED, {"requestEventId": "7", "error": {"code": "NotFound", "message": "no"}})).answers == "7"


def test_the_specifications_example(vectors: Path) -> None:
    found = read_event((vectors / "pact" / "pf-response-event.json").read_bytes())
    assert (found.type, found.answers) == (FULFILLED, "848dcf00-2c18-400d-bcb8-11e45bbf7ebd")


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "no JSON object"),
        ("text", "no JSON object"),
        (event(type=...), "type"),
        (event(type="org.wbcsd.pact.ProductFootprint.PublishedEvent.4"), "unknown event type"),
        (event(type=7), "type"),
        (event(specversion="0.3"), "specversion"),
        (event(specversion=...), "specversion"),
        (event(id=""), "id"),
        (event(id=...), "id"),
        (event(id="x" * 256), "id"),
        (event(id="a\0b"), "id"),
        (event(id="\ud800"), "id"),
        (event(source=...), "source"),
        (event(source="https://a.example/\r\nX: y"), "source"),
        (event(source="https://a.example/ b"), "source"),
        (event(time=...), "time"),
        (event(time="yesterday"), "time"),
        (event(time="2025-03-05"), "time"),
        (event(data=[]), "data"),
        (event(data=...), "data"),
        (event(data={}), "no criterion"),
        (event(data={"comment": "anything"}), "no criterion"),
        (event(data={"productId": []}), "no criterion"),
        (event(data={"productId": [1]}), "data.productId"),
        (event(data={"productId": {"a": 1}}), "data.productId"),
        (event(data={"productId": ["x"] * 1001}), "data.productId"),
        (event(data={"productId": [URN], "comment": 1}), "data.comment"),
        (event(PUBLISHED, {"pfIds": ["urn:gtin:4712345060507"]}), "no UUID"),
        (event(PUBLISHED, {"pfIds": []}), "data.pfIds"),
        (event(PUBLISHED, {}), "data.pfIds"),
        (event(FULFILLED, {"requestEventId": "7", "pfs": []}), "data.pfs"),
        (event(FULFILLED, {"requestEventId": "7", "pfs": [{}]}), "data.pfs"),
        (event(FULFILLED, {"pfs": [{"id": ID}]}), "data.requestEventId"),
        (event(REJECTED, {"requestEventId": "7"}), "data.error"),
        (event(REJECTED, {"requestEventId": "7", "error": {"code": "NotFound"}}), "data.error.message"),
    ],
)
def test_a_malformed_event_says_where(document: object, where: str) -> None:
    with pytest.raises(EventFault) as fault:
        read(document)
    assert where in str(fault.value)
    assert fault.value.message.isprintable()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000, b"NaN", b"1e999999",
     b'{"id": "1", "id": "2"}', '{"id": 1}'.encode("utf-16"), b'\xef\xbb\xbf{"id": 1}'],
)  # fmt: skip
def test_what_is_no_json_is_an_event_fault(body: bytes) -> None:
    with pytest.raises(EventFault):
        read_event(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_NAMES = ("productId", "geography", "validOn", "pfIds", "pfs", "requestEventId", "error", "code", "message", "comment")


@given(
    st.sampled_from((CREATED, PUBLISHED, FULFILLED, REJECTED)),
    st.dictionaries(st.sampled_from(_NAMES), _JSON | st.lists(st.text(max_size=40), max_size=3), max_size=5) | _JSON,
    st.dictionaries(st.sampled_from(("id", "source", "time", "specversion", "type")), _JSON, max_size=2),
)
@settings(deadline=None)
def test_events_of_any_shape(kind: str, data: Any, changes: dict[str, Any]) -> None:
    """INV-18: read, or an EventFault."""
    with contextlib.suppress(EventFault):
        read(event(kind, data, **changes))


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_bytes_of_any_kind(body: bytes) -> None:
    with contextlib.suppress(EventFault):
        read_event(body)


def test_what_is_sent_can_be_read_and_is_the_specifications(vectors: Path) -> None:
    footprint = product_footprint(certificate(), "active", NODE)
    answer = fulfilled("run/12", [footprint], "https://ledger.example", 1_700_000_000)
    assert read(answer).answers == "run/12"
    assert fulfilled("run/12", [footprint], "https://ledger.example", 1_700_000_060)["id"] == answer["id"]
    refusal = rejected("run/14", "NotFound", "nothing matches", "https://ledger.example", 1_700_000_000)
    assert read(refusal).answers == "run/14"
    told = published([ID], "https://ledger.example", 1_700_000_000)
    assert read(told).ids == (ID,)
    pact_schema(vectors, "ProductFootprint")(answer["data"]["pfs"][0])
    pact_schema(vectors, "Error")(refusal["data"]["error"])
    for document in (answer, refusal, told):
        jsonschema_rs.Draft202012Validator({"type": "string", "format": "date-time"}, validate_formats=True).validate(
            document["time"]
        )


def test_a_cursor_is_read_as_it_was_written() -> None:
    for cursor in (Cursor(0, ID), Cursor(2**62, ID)):
        assert read_cursor(cursor.text()) == cursor


@given(st.text(max_size=120))
@settings(deadline=None)
def test_a_cursor_of_any_text(text: str) -> None:
    """INV-18: a page that was never named is a CursorFault."""
    with contextlib.suppress(CursorFault):
        read_cursor(text)


@pytest.mark.parametrize("text", ["", "x", "x" * 101, Cursor(1, ID).text() + "A", Cursor(1, ID.upper()).text(), "ÄÄÄÄ"])
def test_pages_that_were_never_named(text: str) -> None:
    with pytest.raises(CursorFault):
        read_cursor(text)
