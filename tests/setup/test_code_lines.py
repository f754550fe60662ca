"""The verifier stays small enough to be read in an afternoon."""

from tests.setup.code_lines import code_lines, verifier

SOURCE = '''"""A module,
over two lines."""

# a comment
VALUE = (
    1,
)
"""What it is."""


def f() -> str:
    """A docstring."""
    return """not
a docstring"""
'''


def test_what_counts() -> None:
    assert code_lines(SOURCE) == 6


def test_the_verifier_is_below_a_thousand_lines() -> None:
    assert sum(code_lines(path.read_text(encoding="utf-8")) for path in verifier()) < 1000
