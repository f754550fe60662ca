"""Minted suffixes: two check characters that find what fingers do wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from ledger.identifiers.minted import KINDS, MODULUS, MOST, RADIX, check_characters, mint, mint_from, read_minted
from ledger.identifiers.recognise import recognise
from ledger.identifiers.text import IdentifierError

OWNER = "88.118.8"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@given(st.sampled_from(KINDS), st.integers(1000, 9999), st.integers(0, MOST))
def test_what_was_minted_is_read_again(kind: str, year: int, number: int) -> None:
    handle = mint(OWNER, kind, year, number)
    found = read_minted(handle.suffix)
    assert found is not None
    assert (found.kind, found.year, found.right) == (kind, year, True)
    assert recognise(handle.text).warnings == ()
    assert recognise(handle.text.lower()).warnings == ()


@given(st.text(SIGNS, min_size=1, max_size=40))
def test_the_whole_number_leaves_one(text: str) -> None:
    """ISO 7064, pure systems: with its check characters a text is 1 modulo 1271."""
    assert int(text + check_characters(text), RADIX) % MODULUS == 1


@given(st.integers(0, MOST), st.integers(0, 99), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_found(number: int, place: int, sign: str) -> None:
    suffix = mint(OWNER, "CE", 2026, number).suffix
    place %= len(suffix)
    if suffix[place] in ("-", sign):
        return
    found = read_minted(suffix[:place] + sign + suffix[place + 1 :])
    assert found is None or not found.right


@given(st.integers(0, MOST), st.integers(0, 99))
def test_two_neighbours_changed_round_are_found(number: int, place: int) -> None:
    suffix = mint(OWNER, "PCF", 2026, number).suffix
    place %= len(suffix) - 1
    one, other = suffix[place], suffix[place + 1]
    if one == other or "-" in (one, other):
        return
    found = read_minted(suffix[:place] + other + one + suffix[place + 2 :])
    assert found is None or not found.right


@given(st.text(max_size=40))
def test_other_suffixes_are_their_owners_choice(text: str) -> None:
    found = read_minted(text)
    assert found is None or found.kind in KINDS


def test_the_method_is_that_of_mod_97_10_with_another_modulus() -> None:
    """The same rule in the system that python-stdnum has: 98 - (n·100 mod 97), two characters."""
    digits = "794"
    assert int(mod_97_10.calc_check_digits(digits)) == (1 - int(digits) * 100) % 97


def test_a_typing_error_is_a_warning_and_no_refusal() -> None:
    right = mint(OWNER, "CE", 2026, 17).text
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert recognise(wrong).warnings == ("check-characters",)


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [
        ("88.118", "CE-2026-17"),
        ("10.1000", "CE-2026-17"),
        (OWNER, "XX-2026-17"),
        (OWNER, "CE-26-17"),
        (OWNER, "CE-2026-"),
        (OWNER, "CE-0026-1"),
        (OWNER, f"CE-2026-{MOST + 1}"),
        (OWNER, "../etc"),
    ],
)
def test_what_cannot_be_minted(owner: str, wanted: str) -> None:
    with pytest.raises(IdentifierError):
        mint_from(owner, wanted)
