"""Batches: the run of leaves that one tree head adds to the one before, in the order of arrival."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Batch:
    """The leaves [start, end): `start` is the size of the head before (0 for the first), `end` that of its own."""

    start: int
    end: int

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and self.start <= index < self.end


def batches(sizes: Sequence[int]) -> list[Batch]:
    """The batches between heads of strictly increasing sizes, beginning with the first leaf of the log."""
    ends = [0, *sizes]
    if any(left >= right for left, right in pairwise(ends)):
        raise ValueError("the sizes of heads increase strictly, from at least 1")
    return [Batch(start, end) for start, end in pairwise(ends)]


def batch_of(index: int, sizes: Sequence[int]) -> Batch | None:
    """The batch that holds a leaf, None while no head covers it: the first head that is larger than the index."""
    at = bisect_right(sizes, index)
    if index < 0 or at == len(sizes):
        return None
    return Batch(sizes[at - 1] if at else 0, sizes[at])
