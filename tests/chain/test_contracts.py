"""Calls, answers, events and refusals, encoded by the artifacts; eth_abi and keccak as the outside check."""

from contextlib import suppress

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.contracts import (
    NAMES,
    UnknownInterface,
    constructor_data,
    event,
    function,
    load_abi,
    load_bytecode,
    refusal,
)
from ledger.chain.errors import ChainError

SIGNATURES = {
    ("AnchorLog", "anchor"): "anchor(bytes32,uint64,bytes32,bytes32[])",
    ("AnchorLog", "verifyHeads"): "verifyHeads(bytes32,uint64,(uint64,bytes32,uint64)[])",
    ("AnchorLog", "isAnchored"): "isAnchored(bytes32,uint64,bytes32,uint64,uint64)",
    ("TerminalRegistry", "enrol"): "enrol((string,string,int32,bytes,uint8,bytes32,uint64),bytes)",
    ("IdentifierRegistry", "createNode"): "createNode(bytes32,string,address)",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_contract_has_an_interface_and_bytecode(name: str) -> None:
    assert load_abi(name)
    assert len(load_bytecode(name)) > 100


@pytest.mark.parametrize(("place", "signature"), SIGNATURES.items())
def test_selectors_are_the_hash_of_the_signature(place: tuple[str, str], signature: str) -> None:
    assert function(*place).selector == keccak(text=signature)[:4]


def test_calldata_is_what_the_abi_says() -> None:
    root, proof = b"\x01" * 32, [b"\x02" * 32, b"\x03" * 32]
    data = function("AnchorLog", "anchor").encode(b"\x04" * 32, 7, root, proof)
    assert data[4:] == encode(["bytes32", "uint64", "bytes32", "bytes32[]"], [b"\x04" * 32, 7, root, proof])


def test_a_struct_may_be_given_by_field_names() -> None:
    heads = [{"size": 1, "root": bytes(32), "time": 2}, {"size": 3, "root": bytes(32), "time": 4}]
    by_name = function("AnchorLog", "verifyHeads").encode(bytes(32), 0, heads)
    in_order = function("AnchorLog", "verifyHeads").encode(bytes(32), 0, [tuple(head.values()) for head in heads])
    assert by_name == in_order


@pytest.mark.parametrize("values", [(), (b"", 1, b"", []), ("x", 1, bytes(32), []), (bytes(32), -1, bytes(32), [])])
def test_values_that_do_not_fit_are_refused_by_name(values: tuple[object, ...]) -> None:
    with pytest.raises(UnknownInterface):
        function("AnchorLog", "anchor").encode(*values)


@pytest.mark.parametrize(
    "place", [("AnchorLog", "nothing"), ("Nothing", "anchor"), ("CertificateRegistry", "safeTransferFrom")]
)
def test_unknown_and_ambiguous_functions_are_refused_by_name(place: tuple[str, str]) -> None:
    with pytest.raises(UnknownInterface):
        function(*place)


def test_constructor_arguments_follow_the_bytecode() -> None:
    data = constructor_data("RuleRegistry", b"\x11" * 20)
    assert data == load_bytecode("RuleRegistry") + bytes(12) + b"\x11" * 20


def test_a_refusal_is_named_with_its_values() -> None:
    data = keccak(text="AnchorLogNotLarger(uint64,uint64)")[:4] + encode(["uint64", "uint64"], [9, 8])
    assert (refusal(data).reason, refusal(data).values) == ("AnchorLogNotLarger", (9, 8))
    text = keccak(text="Error(string)")[:4] + encode(["string"], ["no"])
    assert (refusal(text).reason, refusal(text).values) == ("Error", ("no",))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_revert_data_is_a_refusal(data: bytes) -> None:
    assert str(refusal(data))
    known = keccak(text="AnchorLogNotLarger(uint64,uint64)")[:4]
    assert refusal(known + data).reason == "AnchorLogNotLarger"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.lists(st.binary(max_size=40), max_size=4))
def test_garbage_answers_and_events_raise_our_error(data: bytes, topics: list[bytes]) -> None:
    wanted = event("TerminalRegistry", "TerminalEnrolled")
    for attempt in (
        lambda: function("AnchorLog", "log").decode(data),
        lambda: wanted.decode(topics, data),
        lambda: wanted.decode([wanted.topic, *[bytes(32)] * 3], data),
    ):
        with suppress(ChainError):
            attempt()
