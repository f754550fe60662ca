"""A store, an ingest and a terminal that is enrolled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.ingest import Ingest
from ledger.store.database import migrate, open_store
from ledger.store.log import LogStore
from terminal_signer.keys import PrivateKey, generate
from tests.ingest.terminal import LOG, Terminal


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(str(tmp_path / "ledger.sqlite"))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def gateway_key() -> PrivateKey:
    return generate()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def ingest(engine: Engine, gateway_key: PrivateKey, terminal: Terminal) -> Iterator[Ingest]:
    ingest = Ingest(engine, LOG, gateway_key)
    ingest.learn([terminal.enrolment()])
    yield ingest
    ingest.close()


@pytest.fixture
def log(engine: Engine) -> LogStore:
    return LogStore(engine, LOG)
