"""Work shared with the caller: a forked process begins at the front while the caller does other things; when the caller
asks for the result, it takes what is left from the back until the two meet.

Signatures take the verifier as long as everything else together. Threads share one interpreter, and handing its lock to
and fro for each signature costs more than it gains; a forked process shares the parsed frames and no lock. It is used
only where no other thread runs, because a fork keeps the locks that others hold.
"""

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

Item = TypeVar("Item")
WORTHWHILE = 500
BATCH = 100


class Beside(Generic[Item]):
    """`first(items)` is the position of the first item that it objects to, or None; it must be pure. The caller may put
    other forms of the same items into the list meanwhile."""

    def __init__(self, first: Callable[[Sequence[Item]], int | None], items: Sequence[Item]) -> None:
        self._first, self._items = first, items
        self.process: BaseProcess | None = None
        can_fork = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
        if can_fork and len(items) >= WORTHWHILE:
            context = multiprocessing.get_context("fork")
            self._front, self._back = context.RawValue("q", 0), context.RawValue("q", -(-len(items) // BATCH))
            self._answer = context.SimpleQueue()
            self.process = context.Process(target=lambda: self._answer.put(self._work(front=True)), daemon=True)
            self.process.start()

    def result(self) -> int | None:
        if self.process is None:
            return self._first(self._items)
        mine = self._work(front=False)
        self.process.join()
        if self.process.exitcode != 0:  # it was killed, and what it had taken is not done
            return self._first(self._items)
        found = [at for at in (mine, self._answer.get()) if at is not None]
        return min(found, default=None)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def _work(self, front: bool) -> int | None:
        """The first objection in the batches that this side took; the other side takes the rest."""
        lowest = None
        while (batch := self._take(front)) is not None:
            start = batch * BATCH
            at = self._first(self._items[start : start + BATCH])
            if at is not None:
                lowest = start + at if lowest is None else min(lowest, start + at)
        return lowest

    def _take(self, front: bool) -> int | None:
        """Each side moves its own end alone, so that no lock is needed; where both meet, a batch may be done twice."""
        at, end = self._front.value, self._back.value
        if at >= end:
            return None
        if front:
            self._front.value = at + 1
            return int(at)
        self._back.value = end - 1
        return int(end) - 1
