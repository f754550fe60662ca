"""A certificate's figures as salted commitments, and the openings by which an enterprise publishes some of them.

The statement's `figures` is the RFC 9162 root over one commitment per figure, in this order:

1. `activity.<item>`, items by name: {"value", "unit"};
2. `emissions.<total|energy|deductions|scope1|scope2|scope3>`: {"value", "unit"};
3. `emissions.by_month.<month>`, months in order, then `emissions.by_source.<source>`, sources by name: the same;
4. `grade.level`: {"value"}, null without a grade.

commitment = SHA-256(salt ‖ canonical JSON of the figure), salt = HMAC-SHA-256(seed, name). An opening is the figure
with its salt and its path to the root; it tells nothing of the figures beside it, for each has a salt of its own.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ledger.canonical import canonical_json
from ledger.evaluation.result import Result, commitment, salt
from ledger.log.proof import ProofError, leaf_hash, root_from_range
from ledger.log.tree import Tree
from terminal_signer.errors import CarbonError

__all__ = ["OpeningError", "check_opening", "figures", "figures_root", "open_figures"]

FORMAT = "opening/1"
TOTALS = ("total", "energy", "deductions", "scope1", "scope2", "scope3")
HASH = 32


class OpeningError(CarbonError):
    """A published figure is not one that the statement commits to."""

    code = "opening"


def figures(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Name and value of every figure of a `result/1`, in the order of the commitments."""
    emissions, activity = document["emissions"], document["activity"]
    unit = emissions["unit"]
    by_source = emissions["by_source"]
    return [
        *(
            (f"activity.{item}", {name: activity[item][name] for name in ("value", "unit")})
            for item in sorted(activity)
        ),
        *((f"emissions.{name}", {"value": emissions[name], "unit": unit}) for name in TOTALS),
        *(
            (f"emissions.by_month.{month}", {"value": value, "unit": unit})
            for month, value in sorted(emissions["by_month"].items())
        ),
        *(
            (f"emissions.by_source.{source}", {"value": by_source[source]["total"], "unit": unit})
            for source in sorted(by_source)
        ),
        ("grade.level", {"value": document["grade"]["level"]}),
    ]


def figures_root(result: Result) -> bytes:
    """`figures` of the statement."""
    return _tree(result).root()


def open_figures(result: Result, names: Sequence[str]) -> list[dict[str, Any]]:
    """The openings of these figures, as JSON. Raises OpeningError for a name that the result does not have."""
    tree, known = _tree(result), figures(result.document)
    places = {name: index for index, (name, _) in enumerate(known)}
    if unknown := [name for name in names if name not in places]:
        raise OpeningError(f"the result has no figure {unknown[0]!r}", mend="choose from: " + ", ".join(places))
    return [
        {
            "format": FORMAT,
            "name": name,
            "value": known[places[name]][1],
            "salt": "0x" + salt(result.seed, name).hex(),
            "index": places[name],
            "size": len(known),
            "path": ["0x" + step.hex() for step in tree.inclusion(places[name])],
        }
        for name in names
    ]


def check_opening(opening: Mapping[str, Any], root: bytes) -> None:
    """Raises OpeningError unless this figure is committed to, under this name's salt, in the statement's `figures`."""
    try:
        committed = sha256(_bytes(opening["salt"]) + canonical_json(opening["value"])).digest()
        path = [_bytes(step) for step in opening["path"]]
        found = root_from_range(opening["size"], opening["index"], [leaf_hash(committed)], path)
    except (KeyError, TypeError, ValueError, AttributeError, ProofError, CarbonError) as error:
        raise OpeningError(f"not an opening: {str(error)[:120]}") from None
    if found != root:
        raise OpeningError("the figure is not one that the three parties signed", where=str(opening.get("name"))[:80])


def _tree(result: Result) -> Tree:
    return Tree(leaf_hash(commitment(result.seed, name, value)) for name, value in figures(result.document))


def _bytes(text: str) -> bytes:
    data = bytes.fromhex(text.removeprefix("0x"))
    if len(data) != HASH:
        raise ValueError("not 32 bytes")
    return data
