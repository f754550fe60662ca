"""Openings: by which an enterprise publishes some of a certificate's committed figures, and anyone checks them.

The statement's `figures` is the RFC 9162 root over one commitment per figure, in the order of
`ledger.evaluation.result.figures`. An opening is a figure with its unit, its salt and its path to that root; it tells
nothing of the figures beside it, for each has a salt of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.evaluation.result import Result, commit, commitment, figures, salt
from ledger.log.proof import leaf_hash, root_from_range
from ledger.log.tree import Tree
from terminal_signer.errors import CarbonError

__all__ = ["OpeningError", "check_opening", "open_figures"]

FORMAT = "openings/1"
HASH = 32


class OpeningError(CarbonError):
    """A published figure is not one that the statement commits to."""

    code = "opening"


def open_figures(result: Result, names: Sequence[str]) -> dict[str, Any]:
    """The openings of these figures, `openings/1`. Raises OpeningError for a name that the result does not have."""
    known = figures(result.document)
    places = {name: index for index, (name, _) in enumerate(known)}
    if unknown := [name for name in names if name not in places]:
        raise OpeningError(f"the result has no figure {unknown[0]!r}", mend="choose from: " + ", ".join(places))
    tree = Tree(leaf_hash(commitment(result.seed, name, figure)) for name, figure in known)
    return {"format": FORMAT, **{name: _opening(result, tree, places[name], *known[places[name]]) for name in names}}


def _opening(result: Result, tree: Tree, index: int, name: str, figure: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": figure["value"],
        "unit": figure["unit"],
        "salt": "0x" + salt(result.seed, name).hex(),
        "index": index,
        "size": len(tree),
        "path": ["0x" + step.hex() for step in tree.inclusion(index)],
    }


def check_opening(name: str, opening: Mapping[str, Any], root: bytes) -> None:
    """Raises OpeningError unless the statement's `figures` commits to this figure under this name and unit."""
    try:
        figure = {"name": name, "value": opening["value"], "unit": opening["unit"]}
        committed = commit(_bytes(opening["salt"]), figure)
        path = [_bytes(step) for step in opening["path"]]
        found = root_from_range(opening["size"], opening["index"], [leaf_hash(committed)], path)
    except (KeyError, TypeError, ValueError, AttributeError, CarbonError) as error:
        raise OpeningError(f"not an opening: {str(error)[:120]}", where=name[:80]) from None
    if found != root:
        raise OpeningError("the figure is not one that the three parties signed", where=name[:80])


def _bytes(text: str) -> bytes:
    data = bytes.fromhex(text.removeprefix("0x"))
    if len(data) != HASH:
        raise ValueError("not 32 bytes")
    return data
