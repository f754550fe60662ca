"""The named formats, from both sides of their rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.templates.formats import FORMATS

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("date", ["2026-02-28", "2024-02-29"], ["2026-02-29", "20260228", "2026-2-8", "", "２０２６-01-01"]),
        ("decimal", ["0", "-0.5", "12.50", "1000"], ["", "+1", "1e3", ".5", "1.", "01", "1/3", "NaN", "٣", "0x1"]),
        (
            "uscc",
            ["913200001234567887", "91110108MA01ABCD5T", "91510100MA6ABCDE7A", "12100000400000018N"],
            [
                "913200001234567888", "91320000123456780E", "91110000600037341l", "91110000600037341I",
                "A1110000600037341L", "9111000060003734L", "91110000600037341O", "",
            ],
        ),
        ("gln", ["6901234000016", "4012345000009"], ["6901234000010", "690123400001", "６901234000016"]),
        (
            "oid", ["1.2.156.3001.1.8", "2.25.329800735698586629295641978511506172918", "0.39.1"],
            ["3.1", "1.40.1", "0.40", "1", "1..2", "1.02.3", "1.2.156.", "1.2.-1", "1.2.a", ".1.2", ""],
        ),
        ("vaa-prefix", ["88.118.20260", "88.118.0"], ["88.118", "88.118.a b", "88.118.1.2", ""]),
        ("vaa-identifier", ["88.118.20260/EQ-1"], ["88.118.20260", "88.118.20260/", "88.118.20260/a b"]),
        ("sha256", ["0x" + "ab" * 32], ["0x" + "AB" * 32, "ab" * 32, "0x" + "ab" * 31]),
    ],
)  # fmt: skip
def test_formats_from_both_sides(form: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not FORMATS[form](text)] == []
    assert [text for text in bad if FORMATS[form](text)] == []


@given(st.sampled_from(sorted(FORMATS)), st.text(max_size=40))
def test_no_text_breaks_a_format(form: str, text: str) -> None:
    assert FORMATS[form](text) in (True, False)


@given(st.text(DIGITS, min_size=12, max_size=12))
def test_one_check_digit_of_ten_fits(body: str) -> None:
    assert sum(FORMATS["gln"](body + digit) for digit in DIGITS) == 1
