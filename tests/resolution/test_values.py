"""Values of handle records: their octets, their digest, their JSON, and garbage in each of them."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.resolution import admin, site
from ledger.resolution.faults import HandleFault
from ledger.resolution.value_json import MAX_DATA, MAX_VALUES, read_value, read_values, value_json
from ledger.resolution.values import ABSOLUTE, HIDDEN, HandleValue, Reference, chosen, text_value
from tests.conftest import outside

JWK = {"kty": "RSA", "n": "AQAB", "e": "Aw"}
OWNER = admin.Administrator(Reference("0.NA/88.118.8", 200))


def test_the_digest_is_that_of_the_vectors() -> None:
    folder = outside("CARBON_REFERENCE", "reference")
    path: Path | None = folder / "identifier_vectors.json" if folder else None
    if path is None or not path.is_file():
        pytest.skip("no reference folder: set CARBON_REFERENCE")
    vectors = json.loads(path.read_text(encoding="utf-8"))["handle_value_digest"]["vectors"]
    assert vectors
    for vector in vectors:
        assert text_value(vector["index"], vector["type"], vector["data"]).digest() == vector["sha256_b64"]


def test_index_and_time_do_not_change_the_digest_and_everything_else_does() -> None:
    value = text_value(1, "URL", "https://a.example/")
    assert text_value(2, "URL", "https://a.example/", timestamp=9).digest() == value.digest()
    for other in (
        text_value(1, "URL", "https://b.example/"),
        text_value(1, "URN", "https://a.example/"),
        text_value(1, "URL", "https://a.example/", ttl=1),
        HandleValue(1, "URL", value.data, permissions=HIDDEN),
        HandleValue(1, "URL", value.data, ttl_type=ABSOLUTE),
        HandleValue(1, "URL", value.data, references=(Reference("88.118.8/x", 1),)),
    ):
        assert other.digest() != value.digest()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"index": 1, "type": "URL", "data": "https://x.example"}, text_value(1, "URL", "https://x.example")),
        (
            {"index": "2", "type": "T", "data": {"format": "base64", "value": "AP8="}, "permissions": "1100"},
            HandleValue(2, "T", b"\x00\xff", permissions=HIDDEN),
        ),
        ({"index": 3, "type": "T", "data": {"format": "hex", "value": "00ff"}}, HandleValue(3, "T", b"\x00\xff")),
        (
            {"index": 100, "type": "HS_ADMIN", "data": {"format": "admin", "value": OWNER.to_json()}},
            HandleValue(100, "HS_ADMIN", OWNER.encoded()),
        ),
        (
            {
                "index": 200, "type": "HS_VLIST", "ttl": "2030-01-01T00:00:00Z",
                "data": {"format": "vlist", "value": [{"handle": "88.118.8/ADMIN", "index": 300}]},
            },
            HandleValue(
                200, "HS_VLIST", admin.encode_list((Reference("88.118.8/ADMIN", 300),)), 1893456000, ABSOLUTE
            ),
        ),
        (
            {"index": 300, "type": "HS_PUBKEY", "data": {"format": "key", "value": JWK}},
            HandleValue(300, "HS_PUBKEY", admin.RsaKey(65537, 3).encoded()),
        ),
    ],
)  # fmt: skip
def test_json_both_ways(document: dict[str, Any], expected: HandleValue) -> None:
    value = read_value(document)
    assert value == expected
    assert read_value(value_json(value)) == value


def test_an_administrators_index_may_be_a_text() -> None:
    """What pyhandle sends."""
    told = {"value": {"index": "200", "handle": "0.NA/88.118.8", "permissions": "011111110011"}, "format": "admin"}
    value = read_value({"index": 100, "type": "HS_ADMIN", "data": told})
    assert value.data == OWNER.encoded()
    assert value_json(value)["data"]["value"] == {
        "handle": "0.NA/88.118.8", "index": 200, "permissions": "011111110011",
    }  # fmt: skip


def test_a_site_in_octets_and_json() -> None:
    place = site.gateway_site("https://node.example/x")
    value = HandleValue(1, "HS_SITE", place.encoded())
    assert site.decode_site(value.data) == place
    told = value_json(value)["data"]
    assert told["format"] == "site"
    assert told["value"]["attributes"] == [{"name": "base_url", "value": "https://node.example/x"}]
    assert told["value"]["servers"][0]["interfaces"] == [
        {"query": True, "admin": True, "protocol": "HTTPS", "port": 443}
    ]
    assert site.decode_site(value.data).base_url == "https://node.example/x"
    assert site.gateway_site("http://[::1]:80").servers[0].address == bytes(15) + b"\x01"


@pytest.mark.parametrize(
    ("types", "expected"),
    [(["URL"], [1]), (["url"], [1]), (["URL."], [1, 2]), (["nothing"], []), ([], [1, 2, 3])],
)
def test_values_by_type(types: list[str], expected: list[int]) -> None:
    values = [text_value(1, "URL", "a"), text_value(2, "URL.zh", "b"), text_value(3, "EMAIL", "c")]
    assert [value.index for value in chosen(values, types=types)] == expected


def test_values_by_index_or_type() -> None:
    values = [text_value(1, "URL", "a"), text_value(2, "NOTE", "b"), text_value(3, "EMAIL", "c")]
    assert [value.index for value in chosen(values, {3}, ["URL"])] == [1, 3]


GOOD = {"index": 1, "type": "URL", "data": "x"}
CHANGES: list[dict[str, Any]] = [
    {"index": 0}, {"index": -1}, {"index": 2**31}, {"index": True}, {"index": "x"}, {"index": None},
    {"type": ""}, {"type": None}, {"type": "x" * 129}, {"type": "a b"}, {"type": "a\u0000"},
    {"data": None}, {"data": 5}, {"data": {}}, {"data": {"format": "string"}}, {"data": "x" * (MAX_DATA + 1)},
    {"data": {"format": "site", "value": []}}, {"data": {"format": "base64", "value": "a"}},
    {"data": {"format": "hex", "value": "0"}}, {"data": {"format": "string", "value": 7}},
    {"data": {"format": "admin", "value": {}}}, {"data": {"format": "vlist", "value": {}}},
    {"data": {"format": "vlist", "value": [{}]}}, {"data": {"format": "key", "value": {"kty": "EC"}}},
    {"data": {"format": "admin", "value": {"handle": "a/b", "index": 1, "permissions": "2"}}},
    {"data": {"format": "key", "value": {"kty": "RSA", "n": "?", "e": "AQAB"}}},
    {"permissions": "2"}, {"permissions": 7}, {"permissions": "11111"}, {"ttl": -1}, {"ttl": True},
    {"references": "x"}, {"references": [{"handle": "", "index": 1}]},
]  # fmt: skip
BAD: list[Any] = [
    None, [], "x", {}, {"values": []}, {"values": {}}, {"values": [1]}, {"values": [GOOD, GOOD]},
    {"values": [{**GOOD, "index": index} for index in range(1, MAX_VALUES + 2)]},
    *({"values": [{**GOOD, **change}]} for change in CHANGES),
]  # fmt: skip


@pytest.mark.parametrize("document", BAD, ids=lambda document: json.dumps(document)[:60])
def test_what_is_no_list_of_values_is_refused(document: Any) -> None:
    with pytest.raises(HandleFault):
        read_values(json.dumps(document).encode())


@pytest.mark.parametrize("body", [b"", b"{", b'{"values": [1.5]}', b"\xff", b"[" * 100, b" " * (513 * 1024)])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(HandleFault):
        read_values(body)


@given(st.binary(max_size=200))
def test_garbage_as_octets_is_refused_by_name(data: bytes) -> None:
    for read in (admin.decode_admin, admin.decode_list, admin.decode_key, site.decode_site):
        with contextlib.suppress(HandleFault):
            read(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ("index", "type", "data", "ttl", "timestamp", "permissions", "references"), json_values)))  # fmt: skip
def test_garbage_as_a_value_is_refused_by_name(document: dict[str, Any]) -> None:
    try:
        value = read_value(document)
    except HandleFault:
        return
    assert read_value(value_json(value)) == value


@given(st.sampled_from(["HS_ADMIN", "HS_VLIST", "HS_PUBKEY", "HS_SITE", "URL"]), st.binary(max_size=60))
def test_whatever_lies_under_a_type_can_be_shown(kind: str, data: bytes) -> None:
    json.dumps(value_json(HandleValue(1, kind, data)))
