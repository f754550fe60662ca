"""The gateway's promise: signed, bound to frame, log and deadline."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer import cbor, cose, promise
from terminal_signer.keys import generate
from terminal_signer.promise import Promise, PromiseFault
from tests.terminal_signer.sample import ED_KEY, IAT, KEY, error_of

GIVEN = Promise(bytes(range(32)), bytes(32), IAT, IAT + 86_400)


@pytest.mark.parametrize("key", [KEY, ED_KEY], ids=["ES256", "EdDSA"])
def test_round_trip(key: Any) -> None:
    raw = promise.sign(key, GIVEN)
    assert promise.verify(raw, key.public) == GIVEN
    assert len(raw) <= promise.MAX_BYTES


def test_a_promise_binds_key_and_bytes() -> None:
    """INV-21: a changed or foreign promise convicts nobody."""
    raw = promise.sign(KEY, GIVEN)
    with pytest.raises(PromiseFault):
        promise.verify(raw, generate().public)
    assert error_of(lambda: promise.verify(raw + b"\x00", KEY.public)) == "promise"
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert error_of(lambda changed=changed: promise.verify(bytes(changed), KEY.public)) == "promise"  # type: ignore[misc]


FIELDS: dict[str, Any] = {"digest": bytes(32), "logId": bytes(32), "accepted": IAT, "deadline": IAT}


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": bytes(31)}, {"digest": "0x"}, {"logId": None}, {"accepted": -1}, {"accepted": True},
        {"deadline": IAT - 1}, {"deadline": 1 << 41}, {"deadline": cbor.Tag(4, [-1, 3])}, {"extra": 1},
    ],
)  # fmt: skip
def test_promises_of_another_form_are_refused(changes: dict[str, Any]) -> None:
    raw = cose.sign(KEY, cbor.encode({**FIELDS, **changes}), {})
    with pytest.raises(PromiseFault):
        promise.verify(raw, KEY.public)


@pytest.mark.parametrize("payload", [b"", b"\x80", b"\xa0", cbor.encode(FIELDS) + b"\x00", b"\xbf\xff"])
def test_payloads_that_are_no_promise(payload: bytes) -> None:
    with pytest.raises(PromiseFault):
        promise.verify(cose.sign(KEY, payload, {}), KEY.public)


@given(st.binary(max_size=600))
@settings(max_examples=200)
def test_garbage_is_a_named_error(data: bytes) -> None:
    """INV-18."""
    assert error_of(lambda: promise.verify(data, KEY.public)) == "promise"
    assert error_of(lambda: promise.verify(cose.sign(KEY, data, {}), KEY.public)) == "promise"
