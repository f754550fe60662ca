from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.gateway.meters import Gateway, Meter, open_gateway


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def gateway(tmp_path: Path, meter: Meter) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, meter)
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def client(gateway: Gateway) -> TestClient:
    """Shows a fault of the program as the visitor would see it, instead of raising it."""
    return TestClient(gateway.app, raise_server_exceptions=False, follow_redirects=False)
