import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import CanonicalError, canonical_json, decimal_text, exact_number, round_half_even

SUBSET = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def test_members_are_sorted_by_utf16_code_units() -> None:
    """RFC 8785, 3.2.3: the example's order; an emoji's surrogates sort before U+FB33."""
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical_json(names))) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_strings_are_escaped_as_ecmascript_does() -> None:
    assert canonical_json('\u20ac$\x0f\nA\'B"\\\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'.encode()


def test_no_spaces_and_plain_words() -> None:
    assert canonical_json({"b": [1, True, None], "a": "碳"}) == '{"a":"碳","b":[1,true,null]}'.encode()


@pytest.mark.parametrize(
    "value",
    [1.5, Decimal(1), 2**53 + 1, -(2**53) - 1, {1: 2}, "\ud800", {"\udfff": 1}, b"x", (1,), {"a": [float("nan")]}],
)
def test_what_lies_outside_the_subset_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_json(value)


def test_deep_nesting_is_refused_by_name() -> None:
    value: list[object] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(CanonicalError, match="nested"):
        canonical_json(value)


@settings(deadline=None)
@given(SUBSET)
def test_canonical_bytes_read_back_and_are_stable(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-22, 7), "-22/7"),
        (Decimal("959640.3100"), "959640.31"),
        (Decimal("1E+3"), "1000"),
        (Fraction(585476553131, 10**9), "585.476553131"),
        (100, "100"),
        (Fraction(1, 1024), "0.0009765625"),
    ],
)
def test_text_of_exact_numbers(number: Fraction | Decimal | int, text: str) -> None:
    assert decimal_text(number) == text


@settings(deadline=None)
@given(st.fractions())
def test_text_reads_back_exactly(number: Fraction) -> None:
    if len(decimal_text(number)) <= 200:
        assert exact_number(decimal_text(number)) == number


@pytest.mark.parametrize("text", ["", "1e9", "nan", "01", "1.", ".5", "+1", "1/0", "1 ", "１", "1_0", "9" * 201, "--1"])
def test_texts_that_are_no_exact_number(text: str) -> None:
    with pytest.raises(CanonicalError):
        exact_number(text)


def test_rounding_is_half_to_even() -> None:
    assert [round_half_even(Fraction(n, 1000), 2) for n in (125, 135, -125)] == [
        Fraction(12, 100),
        Fraction(14, 100),
        Fraction(-12, 100),
    ]
