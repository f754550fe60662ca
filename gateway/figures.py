"""Figures that the enterprise published: openings of the commitments whose root the statement carries (`openings/1`).

An opening that does not lead to that root is kept as one that failed, so that a page can say so, without its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.certificates.openings import OpeningError, check_opening

LEVEL = "grade.level"


@dataclass(frozen=True, slots=True)
class Figure:
    """`opened` is True where the three parties signed this value; else `value` is empty."""

    name: str
    value: str
    unit: str
    opened: bool


def read_figures(openings: Mapping[str, Any], root: bytes) -> tuple[Figure, ...]:
    return tuple(_figure(name, opening, root) for name, opening in openings.items() if name != "format")


def _figure(name: str, opening: Any, root: bytes) -> Figure:
    try:
        check_opening(name, opening, root)
    except OpeningError:
        return Figure(name, "", "", False)
    return Figure(name, str(opening["value"]), str(opening["unit"]), True)
