"""The demo's gateway: `carbon serve` with its anchorer as a process of its own, on the chain's clock."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from devnet.demo.stage import DAY, Stage, StageFault
from devnet.process import free_port
from ledger.anchoring.lock import Lease
from ledger.anchoring.worker import lease_name
from ledger.store.database import migrate, open_store

ANCHOR_INTERVAL = DAY - 300  # of the chain's clock: due at ten past midnight, not yet at one past
START_SECONDS = 30.0
HELD_SECONDS = 600


class Server:
    """One process at one address, started again as often as it is killed.

    Until `let_anchor` the demo itself holds the log's lease: an anchorer fixes a log's first head as soon as there is a
    leaf, and what the first day's other terminals send would have to wait for the next one.
    """

    def __init__(self, stage: Stage, port: int) -> None:
        self._stage = stage
        self._held = Held(stage)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{port}"
        _configure(stage, port, self.url)

    def start(self) -> None:
        """Answers when it serves. Raises StageFault."""
        log = self._stage.folder / "gateway.log"
        command = [sys.executable, "-m", "ledger", "serve", "--dir", str(self._stage.folder)]
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        _await(self._process, self.url, log)

    def let_anchor(self) -> None:
        """The first day's frames are there."""
        self._held.release()

    def stop(self) -> None:
        self._held.release()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def kill(self) -> None:
        """SIGKILL, as a power cut would; the anchorer ends with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Held:
    """The log's lease, held by this process; released once."""

    def __init__(self, stage: Stage) -> None:
        self._engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
        migrate(self._engine)
        self._lease: Lease | None = Lease(self._engine, lease_name(stage.log_id), seconds=HELD_SECONDS)
        self._lease.acquire()

    def release(self) -> None:
        if self._lease is not None:
            self._lease.release()
            self._engine.dispose()
        self._lease = None


@contextmanager
def server_of(stage: Stage, port: int) -> Iterator[Server]:
    """A running server, at a free port unless one is named."""
    server = Server(stage, port or free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _configure(stage: Stage, port: int, url: str) -> None:
    lines = {
        "port": port, "public_url": url, "rpc": stage.anvil.url, "log_id": "0x" + stage.log_id.hex(),
        "promise_passphrase_file": "keys/passphrase", "clock": "chain", "with_anchorer": True,
    }  # fmt: skip
    _write_toml(stage.folder / "gateway.toml", lines)
    anchorer = {
        "key_file": str(stage.accounts.key_file("anchorer").relative_to(stage.folder)),
        "note_passphrase_file": "keys/passphrase",
        "interval": ANCHOR_INTERVAL,
        "poll": 0.02,
    }
    _write_toml(stage.folder / "anchorer.toml", anchorer)


def _write_toml(path: Path, lines: Mapping[str, object]) -> None:
    path.write_text("".join(f"{name} = {_toml(value)}\n" for name, value in lines.items()), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{url}/health", timeout=2):  # noqa: S310 – loopback, our own process
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise StageFault("the gateway did not start", where=str(log), mend="the file's last lines say why")
