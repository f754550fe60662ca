"""A small deployment of its own for the benchmark: a chain, the contracts, one log, enrolled meters, a gateway.

Everything lies in a folder that is thrown away; every process is started here and ended here by its number.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devnet.accounts import open_accounts
from devnet.anvil import Anvil, Options
from devnet.deploy import create_log, create_node, deploy
from devnet.process import answers, free_port
from ledger.chain import terminals
from ledger.chain.client import Chain
from ledger.chain.terminals import Terms
from terminal_signer import keys
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.keys import PrivateKey

ISS = "88.118.20260"
SUBS = (f"{ISS}/EQ-0001", f"{ISS}/EQ-0002")
PASSPHRASE = b"thrown away with the folder"
START_SECONDS = 30.0
DAY = 86_400


class GatewayMissing(CarbonError):
    """The gateway did not answer in time, or ended."""

    code = "gateway"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A gateway that listens on the loopback `port`, and the keys enrolled for its log, by terminal identifier."""

    port: int
    meters: Mapping[str, PrivateKey]


@contextmanager
def workplace(folder: Path, opened_at: int) -> Iterator[Workplace]:
    """`opened_at`: when the meters were enrolled, Unix seconds. Raises CarbonError."""
    meters = {sub: keys.generate() for sub in SUBS}
    promise_key, note_key = keys.generate(), keys.generate(keys.EDDSA)
    with Anvil(folder / "chain", Options(genesis_time=opened_at - DAY)) as anvil:
        accounts = open_accounts(folder / "accounts")
        deployment = deploy(anvil.node, accounts, folder / "deployment.json")
        chain = Chain(anvil.url, deployment)
        create_node(chain, accounts["secondary-node"], "88.118", "20260", accounts["enterprise"].address)
        operator = accounts["anchorer"].address
        log_id = create_log(chain, accounts["log-owner"], "bench", note_key.public, promise_key.public, operator)
        for sub, meter in meters.items():
            request = terminals.request_for(chain, meter, sub)
            terminals.enrol(chain, accounts["enterprise"], request, Terms(KeyClass.METER, log_id))
        anvil.finalize()
        keys.save(folder / "promise.pem", promise_key, PASSPHRASE)
        with _gateway(folder, anvil.url, log_id) as port:
            yield Workplace(port, meters)


@contextmanager
def _gateway(folder: Path, rpc: str, log_id: bytes) -> Iterator[int]:
    port = free_port()
    arguments = {"--dir": folder, "--port": port, "--rpc": rpc, "--log-id": f"0x{log_id.hex()}"}
    command = [sys.executable, "-m", "ledger", "serve", "--promise-key-file", "promise.pem"]
    command += [str(word) for pair in arguments.items() for word in pair]
    environment = os.environ | {"CARBON_PROMISE_PASSPHRASE": PASSPHRASE.decode()}
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _await_answer(process, port, folder / "gateway.log")
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    if not answers(process, port, "/health", START_SECONDS):
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise GatewayMissing("the gateway does not answer", where=said[-1] if said else "")
