"""Work beside the caller: in a forked process where that is safe, else in threads.

Signatures take the verifier as long as everything else together. Threads share one interpreter, and handing its lock to
and fro for each signature costs more than it gains; a forked process shares the parsed frames and no lock. It is used
only where no other thread runs, because a fork keeps the locks that others hold.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

__all__ = ["beside"]

Item = TypeVar("Item")
First = Callable[[Sequence[Item]], int | None]

THREADS = 2
BATCH = 256
WORTHWHILE = 500
NONE = b"none"


class Work(Protocol):
    """`result`: the position of the first item that `First` objects to, or None."""

    def result(self) -> int | None: ...
    def stop(self) -> None: ...


def beside(first: First[Item], items: Sequence[Item]) -> Work:
    """Start `first(items)`; both must be pure."""
    if hasattr(os, "fork") and threading.active_count() == 1 and len(items) >= WORTHWHILE:
        return _Process(first, items)
    return _Threads(first, items)


class _Process:
    def __init__(self, first: First[Item], items: Sequence[Item]) -> None:
        self._again: Callable[[], int | None] = partial(first, items)
        self._reader, writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _answer(writer, first, items)
        os.close(writer)

    def result(self) -> int | None:
        with os.fdopen(os.dup(self._reader), "rb") as pipe:
            said = pipe.read(64)
        if said == NONE:
            return None
        return int(said) if said.isdigit() else self._again()  # the process was killed: do its work here

    def stop(self) -> None:
        os.close(self._reader)
        with contextlib.suppress(OSError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _answer(writer: int, first: First[Item], items: Sequence[Item]) -> None:
    """In the forked process: nothing but the answer leaves it, and no clean-up of the caller's runs twice."""
    try:
        at = first(items)
        os.write(writer, NONE if at is None else str(at).encode())
    finally:
        os._exit(0)


class _Threads:
    def __init__(self, first: First[Item], items: Sequence[Item]) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "beside")
        starts = range(0, len(items), BATCH)
        self._batches = [(start, self._pool.submit(first, items[start : start + BATCH])) for start in starts]

    def result(self) -> int | None:
        for start, batch in self._batches:
            at = batch.result()
            if at is not None:
                return start + at
        return None

    def stop(self) -> None:
        self._pool.shutdown(cancel_futures=True)
