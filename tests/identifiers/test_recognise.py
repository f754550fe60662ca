"""One text in, its scheme out, in the fixed order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.identifiers.recognise import recognise
from ledger.identifiers.text import IdentifierError

OWNER = "88.118.8"


@pytest.mark.parametrize(
    ("text", "scheme", "normal"),
    [
        ("did:web:gw.example", "did", "did:web:gw.example"),
        ("https://gw.example/01/06901234567892/10/B1", "gs1", "https://id.gs1.org/01/06901234567892/10/B1"),
        ("(01)06901234567892(10)B1", "gs1", "https://id.gs1.org/01/06901234567892/10/B1"),
        ("HTTPS://gw.example/88.118.8/CE-2026-1", "vaa", "88.118.8/CE-2026-1"),
        ("HTTPS://GW.EXAMPLE/01/06901234567892", "gs1", "https://id.gs1.org/01/06901234567892"),
        ("https://gw.example/88.118.8/CE/01/A", "vaa", "88.118.8/CE/01/A"),
        ("info:doi/10.1000/182", "handle", "10.1000/182"),
        ("https://hdl.handle.net/20.500.12345/x", "handle", "20.500.12345/x"),
        ("https://gw.example/88.118.8/%E7%A2%B3", "vaa", "88.118.8/碳"),
        ("URN:OID:1.2.156.3001", "oid", "1.2.156.3001"),
        ("1.2.156.3001", "oid", "1.2.156.3001"),
        ("hdl:88.118.8/CE-2026-1", "vaa", "88.118.8/CE-2026-1"),
        ("0.NA/88.118.8", "handle", "0.NA/88.118.8"),
        ("10.1000/182", "handle", "10.1000/182"),
        (" 88.118.8/CE-2026-1 ", "vaa", "88.118.8/CE-2026-1"),
        ("91110000600037341L", "uscc", "91110000600037341L"),
        ("6901234567892", "gtin", "06901234567892"),
        ("06901234567892", "gtin", "06901234567892"),
        ("10096000000000001", "ecode", "10096000000000001"),
        ("300121AB12CD34", "ecode", "300121AB12CD34"),
        ("A-17/3", "private", "88.118.8/P.code.A-17%2F3"),
    ],
)
def test_schemes_in_their_order(text: str, scheme: str, normal: str) -> None:
    found = recognise(text, OWNER)
    assert (found.scheme, found.text) == (scheme, normal)


@pytest.mark.parametrize(
    "text",
    [
        "91110000600037341K",
        "(01)06901234567893",
        "6901234567893",
        "A-17",
        "https://gw.example/",
        "https://gw.example/01/06901234567893",
        "did:nothing",
        "1.40.1",
        "88.118.8/",
        "88.118.8/..",
        "x" * 3000,
    ],
)
def test_what_nobody_knows_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(IdentifierError):
        recognise(text)


def test_small_letters_in_a_credit_code_are_told_as_such() -> None:
    with pytest.raises(IdentifierError, match="write capitals"):
        recognise("91110000600037341l")


def test_a_wrong_check_digit_is_told_as_such() -> None:
    with pytest.raises(IdentifierError, match="check digit is wrong"):
        recognise("6901234567893")


def test_warnings_reach_the_reader() -> None:
    assert recognise("91320000123456780E").warnings == ("organisation-code-check",)
    assert recognise("88.118.8/a:b").warnings == ("colon",)


def test_look_ups_ignore_the_case_of_a_handle() -> None:
    assert recognise("88.118.8/CE-1").key == recognise("88.118.8/ce-1").key


@given(st.text(max_size=100), st.sampled_from(["", OWNER, "nobody"]))
def test_garbage_is_recognised_or_refused_by_name(text: str, owner: str) -> None:
    """INV-18. What was recognised is recognised again by its normalised form."""
    try:
        found = recognise(text, owner)
    except IdentifierError:
        return
    if found.scheme != "private":
        assert recognise(found.text).text == found.text
