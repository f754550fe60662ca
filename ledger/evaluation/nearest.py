"""What a person may have meant: known names near an unknown one, for messages."""

from collections.abc import Iterable
from difflib import get_close_matches

MOST = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """ "perhaps coke, coke.sold", or the first of what there is and how many there are."""
    names = sorted(known)
    near = [name for name in names if word and word[:60] in name][:4] or get_close_matches(word[:60], names, 4)
    if near:
        return "perhaps " + ", ".join(near)
    return "one of: " + ", ".join(names[:MOST]) + (f", … ({len(names)} in all)" if len(names) > MOST else "")
