"""The compact statement: one encoding, only what belongs to its kind, and a name for everything else."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.labels.compact import FIELDS, MARKS, Compact, CompactError, mark_bits, payload, read_payload
from terminal_signer import cbor
from tests.labels.samples import ENTERPRISE, FOOTPRINT, ITEM, changed

KEYS = {name: key for key, name in enumerate(FIELDS)}


def said(compact: Compact = ENTERPRISE) -> dict[Any, Any]:
    decoded: dict[Any, Any] = cbor.decode(payload(compact))
    return decoded


@pytest.mark.parametrize(
    "compact",
    [
        ENTERPRISE,
        FOOTPRINT,
        changed(level=0, intensity=None),
        changed(grade=0, k=0),
        changed(intensity=-5, level=1),
        changed(intensity=0, level=1),
        changed(valid_until=0, uscc="", enterprise="", marks=0, offset=-210, status_index=0),
        replace(FOOTPRINT, footprint=0),
    ],
)
def test_what_is_written_is_read(compact: Compact) -> None:
    assert read_payload(payload(compact)) == compact


def test_it_is_small() -> None:
    assert len(payload(ENTERPRISE)) <= 190
    assert len(payload(FOOTPRINT)) <= 200


def test_marks_are_bits_in_their_order() -> None:
    assert mark_bits(("REPLAYED", "DEMO")) == 3
    assert changed(marks=15).mark_names == MARKS


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"identifier": "88.118.20260"}, "field", "identifier"),
        ({"identifier": "88.118.20260/a b"}, "field", "identifier"),
        ({"identifier": 5}, "field", "identifier"),
        ({"kind": 1}, "field", "kind"),
        ({"kind": True}, "field", "kind"),
        ({"host": ""}, "field", "host"),
        ({"host": "Ledger.example"}, "field", "host"),
        ({"host": "a/b"}, "field", "host"),
        ({"host": "x" * 97}, "field", "host"),
        ({"period_end": ENTERPRISE.period_start}, "field", "period_end"),
        ({"valid_until": 1 << 41}, "field", "valid_until"),
        ({"issued_at": -1}, "field", "issued_at"),
        ({"issuer": b"short"}, "field", "issuer"),
        ({"token": "0" * 16}, "field", "token"),
        ({"offset": 841}, "field", "offset"),
        ({"marks": 16}, "field", "marks"),
        ({"uscc": "91110000600037341K"}, "field", "uscc"),
        ({"enterprise": "a\x1b[31m"}, "field", "enterprise"),
        ({"enterprise": "a\u202eb"}, "field", "enterprise"),
        ({"enterprise": "字" * 33}, "field", "enterprise"),
        ({"grade": 6}, "field", "grade"),
        ({"level": 4}, "field", "level"),
        ({"grade": 0}, "kind", "k"),
        ({"level": 0}, "kind", "level"),
        ({"intensity": None}, "kind", "level"),
        ({"footprint": 5}, "kind", "kind"),
        ({"unit": "t"}, "kind", "kind"),
        ({"product": "steel"}, "kind", "kind"),
        ({"link": "/01/09506000134352"}, "kind", "kind"),
        ({"status_index": -1}, "field", "status_index"),
    ],
)
def test_a_field_that_cannot_be(change: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(CompactError) as told:
        changed(**change)
    assert told.value.code == code
    assert where in told.value.where


@pytest.mark.parametrize("link", [
    "/01/09506000134353", "/01/9506000134352", "/01/09506000134352/", "/x/01/09506000134352", "01/09506000134352",
    "/417/9506000134352", f"{ITEM}/22/A", f"{ITEM}?17=281231", "/01/09506000134352/10/%4B1", f"{ITEM}#x", "\x00",
    "/01/09506000134352/22/" + "a" * 20 + "/10/" + "%2F" * 20 + "/21/" + "a" * 20, 5,
])  # fmt: skip
def test_a_link_that_is_no_trade_item_in_its_one_spelling(link: Any) -> None:
    with pytest.raises(CompactError):
        replace(FOOTPRINT, link=link)


@pytest.mark.parametrize("change", [{"grade": 2}, {"k": 5}, {"level": 1}, {"intensity": 5}, {"unit": ""}])
def test_a_product_never_carries_a_grade(change: dict[str, Any]) -> None:
    with pytest.raises(CompactError) as told:
        replace(FOOTPRINT, **change)
    assert told.value.code == "kind"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "cbor"),
        (b"\xa0", "field"),
        (b"\x80", "cbor"),
        (cbor.encode({**said(), "x": 1}), "cbor"),
        (cbor.encode({**said(), len(FIELDS): 1}), "cbor"),
        (cbor.encode({**said(), -1: 1}), "cbor"),
        (cbor.encode({**said(), KEYS["product"]: ""}), "canonical"),
        (cbor.encode({**said(), KEYS["footprint"]: 0}), "canonical"),
        (cbor.encode({**said(), KEYS["host"]: [["ledger.example"]]}), "field"),
        (cbor.encode({key: value for key, value in said().items() if key != KEYS["token"]}), "field"),
        (payload(ENTERPRISE) + b"\x00", "cbor"),
        (payload(ENTERPRISE)[:-1], "cbor"),
        (b"\xbf" + payload(ENTERPRISE)[1:] + b"\xff", "cbor"),
        (payload(ENTERPRISE).replace(b"\x01\x02", b"\x01\x18\x02", 1), "cbor"),
    ],
)
def test_bytes_that_are_no_statement(data: bytes, code: str) -> None:
    with pytest.raises(CompactError) as told:
        read_payload(data)
    assert told.value.code == code


@given(st.binary(max_size=300))
def test_garbage_has_a_name(data: bytes) -> None:
    """INV-18: the parser's own error, whatever the bytes."""
    with suppress(CompactError):
        assert payload(read_payload(data)) == data


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, False, [], [1], {}, {1: 2}, -1, 1 << 63, "", "\x1b", "字" * 40, b""]),
    st.integers(-(1 << 63), (1 << 64) - 1),
    st.text(max_size=20),
    st.binary(max_size=20),
)


@given(st.dictionaries(st.integers(0, len(FIELDS) + 1), VALUES, max_size=4))
def test_well_formed_cbor_with_odd_values_has_a_name(changes: dict[int, Any]) -> None:
    """INV-18."""
    with suppress(CompactError, cbor.NotAllowed):
        data = cbor.encode({**said(), **changes})
        assert payload(read_payload(data)) == data
