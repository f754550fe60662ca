"""Times of PACT, validity periods, places and names."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.exchange.geography import geography, places_of
from ledger.exchange.periods import moment, seconds_of, validity
from ledger.exchange.urns import classification_urn, key_of, pact_urn, path_of


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-01-01T00:00:00Z", at("2025-01-01")),
        ("2025-01-01t00:00:00z", at("2025-01-01")),
        ("2025-01-01", at("2025-01-01")),
        ("2025-01-01T00:00Z", at("2025-01-01")),
        ("2025-01-01T08:00:00+08:00", at("2025-01-01")),
        ("2025-01-01T08:00:00 08:00", at("2025-01-01")),
        ("2025-01-01T08:00:00.250 08:00", at("2025-01-01") + Fraction(1, 4)),
        ("2024-12-31T19:00:00-05:00", at("2025-01-01")),
        ("1900-01-01T00:00:00.000Z", at("1900-01-01")),
        ("2099-12-31T23:59:59Z", at("2099-12-31T23:59:59")),
    ],
)
def test_a_moment_is_read(text: str, seconds: Fraction) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "today", "2025-13-01", "2025-02-30T00:00:00Z", "0000-01-01", "2025-01-01T25:00:00Z", "1735689600",
             "2025-01-01T00:00:00Z; DROP", "9999-12-31T23:59:59-23:59", "２０２５-01-01"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert seconds_of(text) is None or text.startswith("9999")


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_text_makes_it_fall_over(text: str) -> None:
    """INV-18."""
    seconds_of(text)
    key_of(text)
    path_of(text)
    plain = text.encode("utf-8", "replace").decode().strip()
    assert key_of(pact_urn("x", "vaa", plain)) == key_of(f"urn:pact:x:vaa:{plain}") or "%" in plain


@given(st.integers(0, 4 * 10**9))
@settings(deadline=None)
def test_what_is_written_is_read(seconds: int) -> None:
    assert seconds_of(moment(seconds)) == seconds


@pytest.mark.parametrize(
    ("end", "until", "expected"),
    [
        ("2019-01-01", "2020-12-31", "2020-12-31"),  # the certificate ends earlier
        ("2019-01-01", "2030-01-01", "2022-01-01"),  # three years at the most
        ("2020-02-29", "2099-01-01", "2023-02-28"),  # which have no 29 February
        ("2019-01-01", "2018-06-01", "2019-01-01"),  # ended before its time: valid at one moment
    ],
)
def test_the_validity_period(end: str, until: str, expected: str) -> None:
    assert validity(at(end), at(until)) == (at(end), at(expected))


@pytest.mark.parametrize(
    ("region", "field", "within"),
    [
        ("330100", {"geographyCountrySubdivision": "CN-ZJ"}, {"cn-zj", "cn", "asia", "eastern asia"}),
        ("990000", {"geographyCountry": "CN"}, {"cn", "asia", "eastern asia"}),
        ("CN", {"geographyCountry": "CN"}, {"cn", "asia", "eastern asia"}),
        ("kr", {"geographyCountry": "KR"}, {"kr"}),
        ("CHN", {}, set()),
        ("", {}, set()),
    ],
)
def test_one_geography_at_most(region: str, field: dict[str, str], within: set[str]) -> None:
    assert geography(region) == field
    assert places_of({**field}) == within


def test_names() -> None:
    assert pact_urn("Ledger.Example", "vaa", "88.1.2/a b%") == "urn:pact:ledger.example:vaa:88.1.2/a%20b%25"
    assert pact_urn("x", "vaa", "88.1.2/铝") == "urn:pact:x:vaa:88.1.2/%E9%93%9D"
    assert pact_urn("x", "vaa", "88.1.2/a&b+c") == "urn:pact:x:vaa:88.1.2/a%26b%2Bc"
    assert key_of("urn:pact:x:vaa:88.1.2/%E9%93%9D") == key_of("URN:pact:x:vaa:88.1.2/铝")
    assert classification_urn("hs", "7601.10") == "urn:pact:productclassification:hs:7601.10"
    assert key_of("URN:GTIN:6901234567892") == key_of("urn:gtin:06901234567892")
    assert key_of("urn:gtin:690123456789x") == "urn:gtin:690123456789x"
    assert path_of("88.118.20260/a%2Fb?c") == "88.118.20260/a%252Fb%3Fc"
