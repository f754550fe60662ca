"""`carbon anchor run` as a child of `carbon serve`: started again when it ends, and ended together with its parent."""

import logging
import subprocess
import threading
from collections.abc import Sequence

RESTART_SECONDS = 5.0
PATIENCE_SECONDS = 15.0

_log = logging.getLogger("gateway")


class AnchorerChild(threading.Thread):
    """The child ends by itself when it loses the log's lock; the next one waits for its turn."""

    def __init__(self, command: Sequence[str], restart_seconds: float = RESTART_SECONDS) -> None:
        super().__init__(name="anchorer", daemon=True)
        self._command = list(command)
        self._restart_seconds = restart_seconds
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while not self._stopped.is_set():
            with self._starting:
                if self._stopped.is_set():
                    return
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # closed when we die
            _log.info("anchorer started, process %d", self._process.pid)
            code = self._process.wait()
            if not self._stopped.is_set():
                _log.error("anchorer ended with code %d; next try in %g s", code, self._restart_seconds)
                self._stopped.wait(self._restart_seconds)

    def stop(self) -> None:
        """Ask the child to end, insist after a while, and wait for it."""
        self._stopped.set()
        with self._starting:
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self.join()
