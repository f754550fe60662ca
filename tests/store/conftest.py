"""A store in a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.store.database import migrate, open_store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(str(tmp_path / "ledger.sqlite"))
    migrate(engine)
    yield engine
    engine.dispose()
