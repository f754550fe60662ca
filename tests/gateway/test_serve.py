"""`carbon serve` as a process on loopback: real sockets, real signals, a chain that does not answer."""

import argparse
import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from devnet.process import alive
from gateway.child import AnchorerChild
from gateway.configuration import PASSPHRASE, add_flags, read_configuration
from gateway.serve import anchorer_command, main
from gateway.serve_texts import TEXTS
from ledger.chain.deployment import save
from ledger.commands.credential import main as credential
from ledger.ingest import Ingest
from ledger.store.certificates import put_certificate
from ledger.store.database import migrate, open_store
from terminal_signer import keys
from terminal_signer.gateway_client import Gateway as Client
from tests.gateway.meters import LOG_ID, Meter
from tests.gateway.samples import DEPLOYMENT, FACTS, statement, stored

SECRET = "correct horse"
PATIENCE = 30.0
ODD = "88.118.20260/a%2Fb?c"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A folder that a gateway serves from, and the process."""

    folder: Path
    meter: Meter
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    certificate: Path | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificate)

    def start(self, *flags: str) -> None:
        command = [sys.executable, "-m", "ledger", "serve", "--dir", str(self.folder), *flags]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env={**os.environ, PASSPHRASE: SECRET}, stderr=log)
        waited(lambda: self.answers(), "the gateway answers")

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", verify=self.trust).status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def waited(until: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


def furnish(folder: Path, meter: Meter) -> None:
    save(DEPLOYMENT, folder / "deployment.json")
    promise_key = keys.generate()
    keys.save(folder / "promise.pem", promise_key, SECRET.encode())
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    ingest = Ingest(engine, LOG_ID, promise_key)
    ingest.learn([meter.enrolment()])
    ingest.close()
    put_certificate(engine, stored(statement(ODD), FACTS))
    engine.dispose()


def configure(folder: Path, text: str = "") -> None:
    lines = f'log_id = "0x{LOG_ID.hex()}"\nrpc = "http://127.0.0.1:1"\npromise_key_file = "promise.pem"\n'
    (folder / "gateway.toml").write_text(lines + text, encoding="utf-8")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    gateway = Running(tmp_path, Meter())
    furnish(tmp_path, gateway.meter)
    configure(tmp_path, f"port = {gateway.port}\n")
    yield gateway
    if gateway.process is not None and gateway.process.poll() is None:
        gateway.process.kill()
        gateway.process.wait()


def test_what_was_acknowledged_survives_a_kill(running: Running) -> None:
    """INV-09: commit before acknowledging. After SIGKILL the same frames are duplicates with the same promises."""
    running.start("--log-json")
    raws = running.meter.sign_many(50)
    before = Client(running.url).submit(raws)
    assert [row.kind for row in before] == ["logged"] * 50
    assert running.end(signal.SIGKILL) != 0
    running.start("--log-json")
    after = Client(running.url).submit([*raws, running.meter.sign()])
    assert [row.kind for row in after] == ["duplicate"] * 50 + ["logged"]
    assert [row.promise for row in after[:50]] == [row.promise for row in before]
    assert running.end(signal.SIGTERM) == 0
    for line in (running.folder / "log").read_text(encoding="utf-8").splitlines():
        assert {"time", "level", "logger", "message"} <= json.loads(line).keys()


def test_over_the_wire(running: Running) -> None:
    """What a test client inside the process would not show: server name, percent signs, large and endless bodies."""
    running.start()
    with httpx.Client(base_url=running.url) as client:
        health = client.get("/health")
        assert "server" not in health.headers
        assert health.json()["status"] == "degraded"
        assert client.head("/").headers["content-length"] == client.get("/").headers["content-length"]
        page = client.get("/88.118.20260/a%252Fb%3Fc", headers={"Accept": "text/html"})
        assert "Status not checked" in page.text
        assert client.get("/88.118.20260/a%252Fb%3Fc/qr.svg").status_code == 200
        assert client.get("/static/..%2f..%2fpyproject.toml").status_code == 404
        assert client.get("/88.118.20260/unknown").status_code == 503
        sequence = {"Content-Type": "application/cbor-seq"}
        endless = client.post("/frames", content=(b"\x00" * 65536 for _ in range(300)), headers=sequence)
        assert (endless.status_code, endless.json()["code"]) == (413, "body-too-large")
    with socket.create_connection(("127.0.0.1", running.port), PATIENCE) as wire:
        wire.sendall(b"POST /frames HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert wire.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert running.end(signal.SIGINT) == 0


def test_a_replaced_key_signs_for_the_last_time_before_the_next_start(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the gateway that runs has the old key only; from then on its end and its last signature are known."""

    def methods() -> dict[str, dict[str, str]]:
        document = httpx.get(f"{running.url}/.well-known/did.json").json()
        return {method["id"]: method for method in document["verificationMethod"]}

    running.start()
    before = methods()
    monkeypatch.setenv(PASSPHRASE, SECRET)
    assert credential(["rotate", "p256", "--dir", str(running.folder)]) == 0
    assert methods() == before
    assert running.end(signal.SIGTERM) == 0
    running.start()
    after = methods()
    (old,) = (name for name in after if "expires" in after[name])
    assert before[old].items() < after[old].items()
    assert any(name.endswith("/credentials/terms#retired") for name in after[old])
    assert len(after) == len(before) + 1
    assert running.end(signal.SIGTERM) == 0


@pytest.fixture
def quiet() -> Iterator[None]:
    """`main` sets up the log of a whole process; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("text", "flags", "expected"),
    [
        ("port = 0\n", [], "not a port"),
        ("prot = 1\n", [], "unknown key 'prot'"),
        ('port = "1"\n', [], "not of type int"),
        ("port = \n", [], "TOML"),
        ('clock = "sundial"\n', [], "no clock"),
        ('certification_scheme = "CARBON"\n', [], "not two signs"),
        ('public_url = "ftp://x"\n', [], "web address"),
        ("", ["--log-id", "0x12"], "no log"),
        ('promise_passphrase_file = "nowhere"\n', [], "passphrase cannot be read"),
    ],
)
def test_a_wrong_configuration_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, flags: list[str], expected: str
) -> None:
    furnish(tmp_path, Meter())
    configure(tmp_path, text)
    port = [] if "port =" in text else ["--port", str(free_port())]
    assert main(["--dir", str(tmp_path), *port, *flags]) == 2
    assert expected in capsys.readouterr().err


@pytest.mark.usefixtures("quiet")
def test_what_keeps_it_from_starting_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path)
    port = free_port()
    assert main(["--dir", str(tmp_path), "--port", str(port)]) == 1
    assert "no deployment here" in capsys.readouterr().err
    furnish(tmp_path, Meter())
    assert main(["--dir", str(tmp_path), "--port", str(port)]) == 1
    assert "passphrase is wrong" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", port)):
        assert main(["--dir", str(tmp_path), "--port", str(port)]) == 2
    assert "cannot listen" in capsys.readouterr().err


def test_flags_replace_the_file_and_reach_the_anchorer(tmp_path: Path) -> None:
    configure(tmp_path, 'port = 9000\nclock = "chain"\n')
    parser = argparse.ArgumentParser()
    add_flags(parser, TEXTS["en"])
    given = {"--dir": str(tmp_path), "--rpc": "http://node", "--database": "postgresql://db/x"}
    read = read_configuration(parser.parse_args([word for pair in given.items() for word in pair] + ["--log-json"]))
    assert (read.port, read.rpc, read.clock, read.public_url) == (9000, "http://node", "chain", "http://127.0.0.1:9000")
    command = anchorer_command(read)
    for expected in ("--rpc=http://node", "--database=postgresql://db/x", "--clock=chain", "--log-json"):
        assert expected in command
    assert SECRET not in " ".join(command)


def test_the_anchorer_is_started_again_and_ended_with_its_parent(tmp_path: Path) -> None:
    marker = tmp_path / "starts"
    program = (
        "import sys, time; runs = open(sys.argv[1], 'a+'); runs.write('x'); runs.flush(); runs.seek(0);"
        "time.sleep(60 * (len(runs.read()) > 1))"
    )
    child = AnchorerChild([sys.executable, "-c", program, str(marker)], restart_seconds=0.05)
    child.start()
    waited(lambda: marker.exists() and len(marker.read_text()) == 2, "the child runs a second time")
    begun = time.monotonic()
    child.stop()
    assert not child.is_alive()
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_in_both_languages(capsys: pytest.CaptureFixture[str], language: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", language, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert ("运行网关" in shown) is (language == "zh")
    assert "CARBON_PROMISE_PASSPHRASE" in shown


def test_the_anchorer_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """INV-09: a killed gateway leaves nobody behind who holds the log's lease."""
    marker = tmp_path / "child"
    waits = f"import os,sys; open({str(marker)!r},'w').write(str(os.getpid())); sys.stdin.read()"
    starts = f"from gateway.child import AnchorerChild as C; C([{sys.executable!r}, '-c', {waits!r}]).run()"
    parent = subprocess.Popen([sys.executable, "-c", starts])
    waited(lambda: marker.exists() and marker.read_text() != "", "the child runs")
    parent.kill()
    parent.wait()
    waited(lambda: not alive(int(marker.read_text())), "the child ends")
