"""Work beside the caller, in a forked process where that is safe; else it is done when it is asked for.

Signatures take the verifier as long as everything else together. Threads share one interpreter, and handing its lock to
and fro for each signature costs more than it gains; a forked process shares the parsed frames and no lock. It is used
only where no other thread runs, because a fork keeps the locks that others hold.
"""

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
WORTHWHILE = 500


class Beside(Generic[Item]):
    """`first(items)`, the position of the first item that it objects to, or None; both must be pure."""

    def __init__(self, first: Callable[[Sequence[Item]], int | None], items: Sequence[Item]) -> None:
        self._first, self._items = first, items
        self.process: multiprocessing.process.BaseProcess | None = None
        can_fork = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
        if can_fork and len(items) >= WORTHWHILE:
            context = multiprocessing.get_context("fork")
            self._answer = context.SimpleQueue()
            self.process = context.Process(target=lambda: self._answer.put(first(items)), daemon=True)
            self.process.start()

    def result(self) -> int | None:
        if self.process is not None:
            self.process.join()
            if self.process.exitcode == 0:
                answer: int | None = self._answer.get()
                return answer
        return self._first(self._items)  # nobody did it yet, or the process was killed

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
