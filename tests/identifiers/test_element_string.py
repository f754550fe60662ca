"""Element strings in brackets: the order is free, every check of a Digital Link applies."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.identifiers.element_string import parse_element_string
from ledger.identifiers.text import IdentifierError


@pytest.mark.parametrize(
    ("text", "path", "attributes"),
    [
        ("(01)06901234567892", "/01/06901234567892", ()),
        ("(01)06901234567892(10)B1", "/01/06901234567892/10/B1", ()),
        ("(10)B1(01)06901234567892", "/01/06901234567892/10/B1", ()),
        ("(01)06901234567892(21)S(10)B1", "/01/06901234567892/10/B1/21/S", ()),
        ("(01)06901234567892(10)A/B", "/01/06901234567892/10/A%2FB", ()),
        ("(01)06901234567892(17)270101(10)B1", "/01/06901234567892/10/B1", (("17", "270101"),)),
        ("(01)06901234567892(7230)XXCE-2026-1", "/01/06901234567892", (("7230", "XXCE-2026-1"),)),
        ("(417)6901234567892", "/417/6901234567892", ()),
        ("(8004)6901ABCD(7040)1ABC", "/8004/6901ABCD/7040/1ABC", ()),
    ],
)
def test_what_they_mean(text: str, path: str, attributes: tuple[tuple[str, str], ...]) -> None:
    link = parse_element_string(text)
    assert (link.path, link.attributes) == (path, attributes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("(01)", "no element string"),
        ("(01)06901234567893", "check digit"),
        ("(01)6901234567892", "GTIN"),
        ("(10)B1", "no primary key"),
        ("(01)06901234567892(10)", "no element string"),
        ("(01)06901234567892(10)A(B", "no element string"),
        ("(01)06901234567892(10)A(10)B", "twice"),
        ("(01)06901234567892(10)" + "x" * 21, "cannot follow"),
        ("(1)06901234567892", "no element string"),
        ("01)06901234567892", "no element string"),
        ("(01) 06901234567892", "white space"),
    ],
)
def test_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(IdentifierError, match=reason):
        parse_element_string(text)


@given(st.text("()0123456789AB/%.", max_size=60))
def test_garbage_has_a_name(text: str) -> None:
    """INV-18."""
    with suppress(IdentifierError):
        parse_element_string(text)
