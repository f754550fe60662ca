import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.evaluation.nearest import nearest

KNOWN = ["coke", "coke.sold", "diesel", *(f"item_{number:02}" for number in range(20))]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("coke.sald", "perhaps coke.sold, coke"),
        ("diesl", "perhaps diesel"),
        ("sold", "perhaps coke.sold"),
        ("zzz", "one of: coke, coke.sold, diesel, item_00, "),
        ("", "one of: coke, "),
    ],
)
def test_near_names_come_first(word: str, says: str) -> None:
    assert nearest(word, KNOWN).startswith(says)


def test_a_long_list_says_how_long_it_is() -> None:
    assert nearest("zzz", KNOWN).endswith(", … (23 in all)")
    assert nearest("zzz", ["a", "b"]) == "one of: a, b"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_message_stays_short(word: str) -> None:
    assert len(nearest(word, KNOWN)) < 200
