"""RFC 8785 with all of JSON."""

import contextlib
import json
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_json
from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import es6_number, jcs, read_json, read_object

TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"), ("4340000000000000", "9007199254740992"),
        ("4430000000000000", "295147905179352830000"), ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"), ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"), ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555555", "333333333.3333333"), ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)  # fmt: skip
def test_doubles_of_the_rfcs_appendix(bits: str, text: str) -> None:
    assert es6_number(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


@settings(deadline=None)  # other tests run beside it
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_reads_back(number: float) -> None:
    assert float(es6_number(number)) == number


@settings(deadline=None)  # other tests run beside it
@given(JSON)
def test_it_agrees_with_the_houses_own_canonical_form(value: object) -> None:
    assert jcs(value) == canonical_json(value)
    assert read_json(jcs(value)) == value


def test_the_rfcs_example() -> None:
    value = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}  # fmt: skip
    assert jcs(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53 + 1, "\ud800", {1: 2}, b"", {"a": object()}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(CredentialError):
        jcs(value)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a":1,"a":2}', "NaN", "[Infinity]", "1e999", "9007199254740993", "[" * 100 + "]" * 100, "\udc80",
     '"\\ud800', "1" * 400],
)  # fmt: skip
def test_what_two_readers_could_read_differently_is_refused(text: str) -> None:
    """INV-18"""
    with pytest.raises(CredentialError):
        read_json(text.encode("utf-8", "surrogateescape"))


@settings(deadline=None)  # other tests run beside it
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18"""
    with contextlib.suppress(CredentialError):
        json.dumps(read_object(data))


def test_too_long_is_refused() -> None:
    with pytest.raises(CredentialError):
        read_json(b'"' + b"a" * 100 + b'"', most=50)
