"""Examining frames: the part of ingest that needs no history, one frame at a time, and processes to do it in.

A frame costs about as much in Python (envelope, content) as in its signature, and only the signature leaves the
interpreter to other threads. So many frames are examined in a few processes beside this one: jobs on their input,
answers on their output, and the end of its input ends each – a process whose parent was killed does not stay behind.
No secret and no database is handed to them.

What a process cannot do (it was killed, there is no memory for it) is done here.
"""

import contextlib
import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from queue import LifoQueue
from threading import Lock
from typing import IO, NamedTuple

from ledger.log.admission import oldest_reading
from terminal_signer.frame import Frame, FrameRefused, PayloadFault, content, parse, verify
from terminal_signer.keys import PublicKey

Item = tuple[bytes, int, bytes]  # a frame's bytes; algorithm and bytes of the key that must have signed it
PROCESSES = min(4, os.cpu_count() or 1)
COMMAND = (
    sys.executable,
    "-c",
    "import sys; from ledger.examination import serve; serve(sys.stdin.buffer, sys.stdout.buffer)",
)


class Finding(NamedTuple):
    """A refusal's name and message, or, for an authentic frame, a content fault's name or its oldest reading's time."""

    refusal: tuple[str, str] | None
    fault: str | None
    oldest: int | None


def read(frame: Frame) -> Finding:
    """What the content of an authentic frame says."""
    try:
        return Finding(None, None, oldest_reading(content(frame)))
    except PayloadFault as fault:
        return Finding(None, fault.code, None)


def examine(items: Sequence[Item]) -> list[Finding]:
    """Signature, then content, of frames whose envelope is sound."""
    return [_examine(raw, PublicKey(alg, key)) for raw, alg, key in items]


def _examine(raw: bytes, key: PublicKey) -> Finding:
    frame = parse(raw)
    try:
        verify(frame, key)
    except FrameRefused as refusal:
        return Finding((refusal.code, refusal.message), None, None)
    return read(frame)


class Examiners:
    """Processes that examine; started when first asked, safe to ask from as many threads as there are processes."""

    def __init__(self, count: int = PROCESSES) -> None:
        self._idle: LifoQueue[_Examiner] = LifoQueue()
        self._all = [_Examiner() for _ in range(count)]
        for examiner in self._all:
            self._idle.put(examiner)

    def start(self) -> None:
        for examiner in self._all:
            examiner.start()

    def examine(self, items: Sequence[Item]) -> list[Finding]:
        examiner = self._idle.get()
        try:
            return examiner.examine(items)
        finally:
            self._idle.put(examiner)

    def close(self) -> None:
        for examiner in self._all:
            examiner.close()


class _Examiner:
    """One process; asked by one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def start(self) -> None:
        with self._lock:
            if self._process is None:
                with contextlib.suppress(OSError):
                    self._process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def examine(self, items: Sequence[Item]) -> list[Finding]:
        self.start()
        process = self._process
        if process is not None and process.stdin is not None and process.stdout is not None:
            try:
                _send(process.stdin, list(items))
                found: list[Finding] = pickle.load(process.stdout)  # noqa: S301 - our own process
                return found
            except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                self.close()
        return examine(items)

    def close(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _send(pipe: IO[bytes], value: object) -> None:
    pickle.dump(value, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def serve(jobs: IO[bytes], answers: IO[bytes]) -> None:
    """What such a process does, until its input ends. An interrupt is for the parent, which then ends the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # frames and findings form no cycles
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            items: list[Item] = pickle.load(jobs)  # noqa: S301 - from our own parent
            _send(answers, examine(items))
