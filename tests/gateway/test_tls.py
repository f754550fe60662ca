"""`carbon serve` with a certificate: HTTPS and nothing else on its port; every mistake is told before it listens."""

import argparse
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from gateway.configuration import Configuration, add_flags, read_configuration
from gateway.serve_texts import TEXTS
from gateway.tls import check_exposure, check_files, is_loopback
from ledger.errors import ConfigError
from tests.gateway.meters import LOG_ID, Meter
from tests.gateway.own_certificate import own_certificate
from tests.gateway.test_serve import Running, configure, furnish

FILES = 'tls_certificate = "certificate.pem"\ntls_key = "key.pem"\n'


def read(folder: Path, *flags: str) -> Configuration:
    parser = argparse.ArgumentParser()
    add_flags(parser, TEXTS["en"])
    return read_configuration(parser.parse_args(["--dir", str(folder), "--log-id", "0x" + LOG_ID.hex(), *flags]))


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Running]:
    gateway = Running(tmp_path, Meter(), certificate=own_certificate(tmp_path)[0])
    furnish(tmp_path, gateway.meter)
    configure(tmp_path, f"port = {gateway.port}\n{FILES}")
    yield gateway
    if gateway.process is not None and gateway.process.poll() is None:
        gateway.process.kill()
        gateway.process.wait()


def test_https_with_a_certificate_of_ones_own(secured: Running) -> None:
    secured.start()
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secured.url}/health", trust_env=False)
    answer = httpx.get(f"{secured.url}/health", verify=secured.trust)
    assert answer.json()["status"] == "degraded"
    page = httpx.get(f"{secured.url}/certificates/88.118.20260/a%252Fb%3Fc", verify=secured.trust)
    assert page.json()["links"]["page"].startswith(f"https://127.0.0.1:{secured.port}/")
    assert secured.end(signal.SIGTERM) == 0


def test_plain_http_on_that_port_fails(secured: Running) -> None:
    """Neither an answer nor a redirection, which would have shown a token to the network before it was refused."""
    secured.start()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{secured.port}/health")
    with socket.create_connection(("127.0.0.1", secured.port), 10) as wire:
        wire.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in wire.recv(4096)
    assert httpx.get(f"{secured.url}/health", verify=secured.trust).status_code == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(secured: Running) -> None:
    secured.start()
    old = ssl.create_default_context(cafile=str(secured.certificate))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", secured.port), 10) as wire, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(wire, server_hostname="localhost")


def absent(folder: Path) -> None:
    (folder / "key.pem").unlink()


def a_folder(folder: Path) -> None:
    (folder / "certificate.pem").unlink()
    (folder / "certificate.pem").mkdir()


def too_open(folder: Path) -> None:
    (folder / "key.pem").chmod(0o644)


def encrypted(folder: Path) -> None:
    own_certificate(folder, b"secret")


def of_another(folder: Path) -> None:
    (folder / "other").mkdir()
    own_certificate(folder / "other")[1].rename(folder / "key.pem")


def garbage(folder: Path) -> None:
    (folder / "certificate.pem").write_bytes(b"\x00 garbage")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (absent, "key.pem: cannot be read"),
        (a_folder, "certificate.pem: cannot be read"),
        (too_open, "others can use this private key (mode 644)"),
        (encrypted, "the private key is encrypted"),
        (of_another, "key values mismatch"),
        (garbage, "no pair for TLS"),
    ],
)
def test_files_that_do_not_serve_are_named(tmp_path: Path, change: Callable[[Path], None], told: str) -> None:
    own_certificate(tmp_path)
    change(tmp_path)
    tls = read(tmp_path, "--tls-certificate", "certificate.pem", "--tls-key", "key.pem").tls
    assert tls is not None
    with pytest.raises(ConfigError) as fault:
        check_files(tls)
    assert told in str(fault.value)
    assert fault.value.where
    assert fault.value.mend or "cannot be read" in told


def test_a_key_of_the_groups_is_let_pass(tmp_path: Path) -> None:
    own_certificate(tmp_path)[1].chmod(0o640)
    tls = read(tmp_path, "--tls-certificate", "certificate.pem", "--tls-key", "key.pem").tls
    assert tls is not None
    check_files(tls)


@pytest.mark.parametrize("flag", ["--tls-certificate", "--tls-key"])
def test_one_file_alone_is_refused(tmp_path: Path, flag: str) -> None:
    with pytest.raises(ConfigError, match="TLS takes both files"):
        read(tmp_path, flag, "one.pem")


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),  # noqa: S104
     ("192.168.1.7", False), ("gateway.example", False)],
)  # fmt: skip
def test_plain_http_stays_on_loopback(tmp_path: Path, host: str, local: bool) -> None:
    """INV-20: no token in clear on a network, unless somebody says that a proxy ends TLS."""
    assert is_loopback(host) is local
    if local:
        check_exposure(host, None, behind_proxy=False)
    else:
        with pytest.raises(ConfigError, match="would show tokens to the network"):
            read(tmp_path, "--host", host)
    assert read(tmp_path, "--host", host, "--behind-proxy").public_url.startswith("http://")
    both = ("--tls-certificate", "certificate.pem", "--tls-key", "key.pem")
    assert read(tmp_path, "--host", host, *both).public_url.startswith("https://")
