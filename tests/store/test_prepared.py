"""A row by a query that was compiled once."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, Text, bindparam, cast, literal, select, text

from ledger.store.database import StoreError, migrate, open_store
from ledger.store.prepared import Prepared
from ledger.store.schema import HASH, clients


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    migrate(engine)
    return engine


def test_a_row_has_its_columns_by_name_whatever_the_order_of_the_parameters(engine: Engine) -> None:
    query = select(
        bindparam("second", type_=HASH).label("bytes"),
        cast(bindparam("first"), Text).label("text"),
        literal(7).label("n"),
    )
    prepared = Prepared(query)
    for number in range(3):
        row = prepared.first(engine, first=f"t{number}", second=bytes([number]))
        assert (row.bytes, row.text, row.n) == (bytes([number]), f"t{number}", 7)


def test_no_row_is_none_and_no_connection_is_kept(engine: Engine) -> None:
    prepared = Prepared(select(clients.c.client_id).where(clients.c.client_id == bindparam("who")))
    for _ in range(50):
        assert prepared.first(engine, who="nobody' OR 1=1 --") is None
    assert engine.pool.status().endswith("Current Checked out connections: 0")


def test_a_database_that_is_not_ours_is_a_named_error(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TABLE clients"))
    with pytest.raises(StoreError, match="no such table"):
        Prepared(select(clients.c.client_id)).first(engine)
