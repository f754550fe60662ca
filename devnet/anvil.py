"""A local chain: anvil as a child or detached, with its state in a folder that survives a restart and a SIGKILL.

In the folder: `anvil.json` (options, port and process of the last start), `state.json` (written by anvil every second),
`state.last.json` (a whole copy, because anvil's own writing can be cut off half-way), `anvil.log`, `cache/`.

Two decisions, reasons in docs/decisions/devnet-state.md: anvil knows no account (keys are ours, balances are set), and
old states are not kept on disk; after a restart some empty blocks are mined instead, so that `finalized` has a state
again. A chain with a genesis time of its own is a replay: its clock goes on from the last block. Others follow the
machine's.
"""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from devnet.binaries import find_anvil
from devnet.chain_state import StateFiles, read_json, write_whole
from devnet.process import alive, free_port, port_is_free
from ledger.chain.answers import hexadecimal, member, unhex
from ledger.chain.errors import ChainUnreachable, NodeRefused
from ledger.chain.node import Node
from terminal_signer.errors import CarbonError

FORMAT = "anvil/1"
CHAIN_ID = 88_118
SLOTS_IN_AN_EPOCH = 2
FINALITY = 2 * SLOTS_IN_AN_EPOCH  # `finalized` is this many blocks behind
START_SECONDS = 30.0
STOP_SECONDS = 30.0


class AnvilFault(CarbonError):
    """Anvil did not start, did not stop, or did not do what it was told."""

    code = "anvil"


@dataclass(frozen=True, slots=True)
class Options:
    """`genesis_time` makes the chain a replay. `block_time`: also mine an empty block every so many seconds."""

    chain_id: int = CHAIN_ID
    genesis_time: int | None = None
    block_time: int | None = None


class Anvil:
    """The chain of one folder; `with Anvil(folder) as chain` starts it as a child and stops it.

    A folder that was used before keeps its options: those given here serve only the first start.
    """

    def __init__(self, folder: Path, options: Options | None = None, *, port: int = 0) -> None:
        self.folder = folder
        self._state = StateFiles(folder)
        known = read_json(folder / "anvil.json")
        self.options = Options(**known["options"]) if known else options or Options()
        self.port = int(known["port"]) if known and (port in (0, known["port"]) or alive_here(known)) else port
        self.pid: int | None = known["pid"] if known and alive_here(known) else None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def recovered(self) -> bool:
        """Whether the last start fell back to an older copy of the state: what was done since then is lost."""
        return self._state.recovered

    @property
    def node(self) -> Node:
        return Node(self.url)

    @property
    def running(self) -> bool:
        """Whether the chain answers."""
        if self.pid is None or not alive(self.pid):
            return False
        try:
            return hexadecimal(self.node.call("eth_chainId")) == self.options.chain_id
        except (ChainUnreachable, NodeRefused):
            return False

    def start(self, *, detached: bool = False) -> None:
        """Start unless it runs. A detached chain outlives this process. Raises AnvilFault, AnvilMissing."""
        if self.running:
            return
        program = find_anvil()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        restarted = self._state.restore()
        if not self.port or not port_is_free(self.port):
            self.port = free_port()
        with (self.folder / "anvil.log").open("ab") as log:
            self._child = subprocess.Popen(
                [str(program), *self._arguments(restarted)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=detached,
            )
        self.pid = self._child.pid
        self._remember()
        self._await_answer()
        if restarted:
            self._catch_up()

    def stop(self) -> None:
        """Stop it in order, state written; nothing to do if it does not run. Raises AnvilFault."""
        if self.pid is None or not alive(self.pid):
            self.pid = None
            return
        self._hold_still()
        os.kill(self.pid, signal.SIGTERM)
        self._await_end()
        self._state.restore()

    def _hold_still(self) -> None:
        """Mine no more: a block that comes while anvil writes its state down can end up in the state alone, and then a
        contract remembers what no block and no event tells of."""
        with contextlib.suppress(ChainUnreachable, NodeRefused):
            self.node.batch([("evm_setAutomine", [False]), ("evm_setIntervalMining", [0])])

    def kill(self) -> None:
        """SIGKILL, as a power cut would; at most the last second is lost."""
        if self.pid is not None and alive(self.pid):
            os.kill(self.pid, signal.SIGKILL)
            self._await_end()

    def save(self) -> None:
        """Write the present state whole to `state.last.json`, which a start falls back to."""
        dump = gzip.decompress(unhex(self.node.call("anvil_dumpState")))
        self._state.keep(dump)

    def set_time(self, timestamp: int) -> None:
        """The next block has exactly this time, and the clock goes on from there. Raises AnvilFault if it is past."""
        try:
            self.node.call("evm_setNextBlockTimestamp", timestamp)
        except NodeRefused as fault:
            raise AnvilFault(f"a block's time cannot be {timestamp}: {fault.message}") from fault

    def mine(self, blocks: int = 1, *, interval: int | None = None) -> None:
        """Mine empty blocks (or with what waits in the pool), `interval` seconds apart."""
        self.node.call("anvil_mine", hex(blocks), *([] if interval is None else [hex(interval)]))

    def finalize(self) -> None:
        """Mine as many blocks as it takes until the latest block is final."""
        self.mine(FINALITY)

    def automine(self, enabled: bool) -> None:
        """Whether each transaction is mined at once; otherwise it waits for `mine`."""
        self.node.call("evm_setAutomine", enabled)

    def reorganise(self, depth: int) -> None:
        """Replace the last blocks by empty ones; their transactions are forgotten."""
        self.node.call("anvil_reorg", depth, [])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _arguments(self, restarted: bool) -> list[str]:
        arguments = [
            "--host", "127.0.0.1", "--port", str(self.port), "--no-cors", "--silent",
            "--chain-id", str(self.options.chain_id), "--accounts", "0",
            "--state", str(self.folder / "state.json"), "--state-interval", "1",
            "--slots-in-an-epoch", str(SLOTS_IN_AN_EPOCH), "--cache-path", str(self.folder / "cache"),
        ]  # fmt: skip
        if self.options.genesis_time is not None and not restarted:  # after a restart it would turn the clock back
            arguments += ["--timestamp", str(self.options.genesis_time)]
        if self.options.block_time is not None:
            arguments += ["--block-time", str(self.options.block_time), "--mixed-mining"]
        return arguments

    def _catch_up(self) -> None:
        """Set the clock, then mine until `finalized` points at a block whose state is known."""
        latest = hexadecimal(member(self.node.call("eth_getBlockByNumber", "latest", False), "timestamp"))
        replay = self.options.genesis_time is not None
        self.node.call("evm_setTime", latest if replay else max(latest, int(time.time())))
        self.mine(FINALITY + 1)

    def _remember(self) -> None:
        document = {"format": FORMAT, "url": self.url, "port": self.port, "pid": self.pid}
        text = json.dumps(document | {"options": asdict(self.options)}, indent=2)
        write_whole(self.folder / "anvil.json", text.encode() + b"\n")

    def _await_answer(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self.running:
            if self._child is not None and self._child.poll() is not None:
                raise AnvilFault(f"anvil ended at once: {self._last_words()}", where=str(self.folder / "anvil.log"))
            if time.monotonic() > until:
                raise AnvilFault(f"anvil did not answer within {START_SECONDS:g} s", where=self.url)
            time.sleep(0.01)

    def _await_end(self) -> None:
        until = time.monotonic() + STOP_SECONDS
        while self.pid is not None and alive(self.pid):
            if self._child is not None and self._child.poll() is not None:
                break
            if time.monotonic() > until:
                raise AnvilFault(f"anvil (process {self.pid}) did not end within {STOP_SECONDS:g} s")
            time.sleep(0.01)
        self.pid = self._child = None

    def _last_words(self) -> str:
        lines = (self.folder / "anvil.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "no message")


def alive_here(document: dict[str, Any]) -> bool:
    """Whether the process that `anvil.json` names still is that anvil, not another one with its number."""
    return alive(int(document["pid"]), f"--port {document['port']}")
