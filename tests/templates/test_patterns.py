"""The safe subset of patterns reads as `re` reads it, and refuses everything else by name."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.templates.errors import TemplateError
from ledger.templates.patterns import matches, parse_pattern

PIECES = st.sampled_from(["a", "b", "[ab]", "[a-c]", "[0-9]", r"\.", "[a.]", "/", r"[\-x]"])
COUNTS = st.sampled_from(["", "?", "{2}", "{0,3}", "{1,2}"])
PATTERNS = st.lists(st.tuples(PIECES, COUNTS).map("".join), max_size=6).map(lambda parts: f"^{''.join(parts)}$")


@settings(max_examples=400)
@given(PATTERNS, st.text("abc.x-/0", max_size=12))
def test_a_pattern_means_what_re_makes_of_it(pattern: str, text: str) -> None:
    assert matches(parse_pattern(pattern), text) == (re.fullmatch(pattern[1:-1], text) is not None)


@given(PATTERNS.flatmap(lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern[1:-1], fullmatch=True))))
def test_what_re_makes_up_for_it_fits(case: tuple[str, str]) -> None:
    assert matches(parse_pattern(case[0]), case[1])


@pytest.mark.parametrize(
    "pattern",
    [
        "", "^", "^$$", "[0-9]", "^(a)$", "^a|b$", "^a*$", "^a+$", "^a{2,}$", "^a{3,2}$", "^a{0}$", "^a{9999}$", "^.$",
        r"^\d$", r"^\w{2}$", "^[^a]$", "^[]$", "^[b-a]$", "^[a$", "^a$b$", r"^\1$", "^a??$", "^{2}$", "^[[a]$",
        "^a{2$", "^" + "a" * 33 + "$", "^" + "a" * 300 + "$", r"^a\$",
    ],
)  # fmt: skip
def test_everything_else_is_refused(pattern: str) -> None:
    with pytest.raises(TemplateError):
        parse_pattern(pattern)


@given(st.text(max_size=30) | st.text("^$[]{}-,\\ab019", max_size=20).map(lambda text: f"^{text}$"))
def test_garbage_raises_nothing_but_the_named_error(pattern: str) -> None:
    try:
        parts = parse_pattern(pattern)
    except TemplateError:
        return
    matches(parts, "ab01")


def test_a_pattern_that_traps_backtracking_is_answered() -> None:
    parts = parse_pattern("^" + "a{0,4000}" * 20 + "b$")
    assert not matches(parts, "a" * 4000)
    assert matches(parts, "a" * 3999 + "b")
