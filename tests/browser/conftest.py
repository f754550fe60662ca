"""A gateway with sample certificates on loopback, and Debian's chromium to look at it."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from ledger.certificates.statement import Statement
from ledger.store.certificates import put_certificate
from tests.gateway import samples
from tests.gateway.meters import Meter, open_gateway

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium not found: apt-get install chromium fonts-noto-cjk")
    return path


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after these tests: while it is open playwright's event loop runs in this thread, and no other can."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an application on a free port, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", server_header=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a gateway that knows one certificate of each status."""
    gateway = open_gateway(Path(tmp_path_factory.mktemp("site")), Meter())
    for row in (samples.efficiency(), samples.emission_statement()):
        put_certificate(gateway.engine, row)
        gateway.chain.show(Statement.from_json(row.statement))
    for status in ("suspended", "revoked", "superseded", "expired"):
        said = samples.statement(f"88.118.20260/{status}")
        put_certificate(gateway.engine, samples.stored(said, samples.FACTS))
        gateway.chain.show(said, status)
    put_certificate(gateway.engine, samples.stored(samples.statement("88.118.20260/absent"), samples.FACTS))
    gateway.chain.show(samples.statement("88.118.20260/chain-only", grade=5, grade_value=2400000))
    with served(gateway.app) as address:
        yield address
    gateway.ingest.close()
    gateway.engine.dispose()
