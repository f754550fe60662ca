"""The processes of the soak: started, killed, started again, and at the end nobody is left."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import Engine

from devnet.soak.stage import Stage
from ledger.anchoring.lock import holder, wall_clock
from ledger.anchoring.worker import lease_name
from ledger.errors import CarbonError
from ledger.store.database import open_store

START_SECONDS = 60.0
END_SECONDS = 20.0
GLANCE = 0.02


class SoakFault(CarbonError):
    """A process does not start, or does not end."""

    code = "soak"


class Worker:
    """One process and its successors, each in a session of its own, so that what it leaves behind can be found."""

    def __init__(self, name: str, command: Sequence[str], log: Path, answers: Callable[[int], bool]) -> None:
        self.name = name
        self.deaths: list[str] = []
        self._command = list(command)
        self._log = log
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: list[int] = []

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._sessions.append(self._process.pid)

    def kill(self) -> None:
        """SIGKILL for the process alone, not for its children."""
        self.look()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """In order, with SIGTERM. Raises SoakFault."""
        self.look()
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise SoakFault(f"the {self.name} did not end within {END_SECONDS:g} s", where=str(self._log)) from None

    def look(self) -> int | None:
        """Whether it ended by itself: then its exit code, which is noted unless it is 0."""
        code = self._process.poll() if self._process is not None else None
        if code is not None:
            self._process = None
            if code != 0:
                self.deaths.append(f"the {self.name} ended by itself with code {code}: {self._last_words()}")
        return code

    def await_answer(self) -> None:
        """Until it works. One that ended by itself is started again. Raises SoakFault."""
        until = time.monotonic() + START_SECONDS
        while self._process is None or not self._answers(self._process.pid):
            if self.look() is not None:
                self.start()
            if time.monotonic() > until:
                raise SoakFault(f"the {self.name} does not start: {self._last_words()}", where=str(self._log))
            time.sleep(GLANCE)

    def left_behind(self) -> list[int]:
        """The sessions that still hold a process although their leader is gone."""
        own = self._process.pid if self._process is not None else None
        return [session for session in self._sessions if session != own and _has_members(session)]

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "no message"


class Crew:
    """Gateway, anchorer and terminals."""

    def __init__(self, stage: Stage, engine: Engine) -> None:
        folder = stage.folder
        ledger = [sys.executable, "-m", "ledger"]
        serve = [*ledger, "serve", "--dir", str(folder)]
        self.gateway = Worker("gateway", serve, folder / "gateway.log", lambda _: _is_healthy(stage.url))
        self.anchorer = Worker(
            "anchorer", [*ledger, "anchor", "run", "--dir", str(folder)], folder / "anchorer.log",
            lambda pid: _holds_lease(engine, stage.log_id, pid),
        )  # fmt: skip
        self.terminals = tuple(_terminal(place.folder) for place in stage.terminals)

    @property
    def everyone(self) -> tuple[Worker, ...]:
        return (self.gateway, self.anchorer, *self.terminals)

    def deaths(self) -> list[str]:
        return [line for worker in self.everyone for line in worker.deaths]

    def left_behind(self) -> list[str]:
        """What outlives its killed parent for longer than an orderly end takes."""
        until = time.monotonic() + END_SECONDS
        while any(worker.left_behind() for worker in self.everyone) and time.monotonic() < until:
            time.sleep(GLANCE)
        return [
            f"process group {session} of a killed {worker.name} is still there"
            for worker in self.everyone
            for session in worker.left_behind()
        ]


@contextmanager
def crew_of(stage: Stage) -> Iterator[Crew]:
    """Everybody up; at the end, whatever happened, nobody."""
    engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
    crew = Crew(stage, engine)
    try:
        crew.gateway.start()
        crew.gateway.await_answer()  # it makes the store that the anchorer needs
        for worker in crew.everyone[1:]:
            worker.start()
        for worker in crew.everyone[1:]:
            worker.await_answer()
        yield crew
    finally:
        for worker in crew.everyone:
            worker.kill()
            for session in worker.left_behind():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(session, signal.SIGKILL)
        engine.dispose()


def _terminal(folder: Path) -> Worker:
    command = [sys.executable, "-m", "devnet.soak.terminal", str(folder)]
    up = folder / "up"
    return Worker(
        folder.name, command, folder / "log", lambda pid: up.exists() and up.read_text(encoding="ascii") == str(pid)
    )


def _is_healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5):  # noqa: S310 – loopback, our own process
            return True
    except (URLError, OSError):
        return False


def _holds_lease(engine: Engine, log_id: bytes, pid: int) -> bool:
    held = holder(engine, lease_name(log_id), wall_clock())
    return held is not None and held.endswith(f":{pid}")


def _has_members(session: int) -> bool:
    try:
        os.killpg(session, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
