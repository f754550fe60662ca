"""Opening, migrating and locking the store."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Dialect, Engine, insert, select, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from ledger.store.database import StoreError, bulk_insert, chunks, migrate, open_store, reading, writing
from ledger.store.schema import frames, logs, metadata

POSTGRESQL: Dialect = PGDialect()  # type: ignore[no-untyped-call]
ROW = {"log_id": b"\x01" * 32, "size": 0, "grace": 1, "max_delay": 2, "skew": 3}


def test_migrations_make_the_tables_of_the_schema(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(logs), ROW)
    migrate(engine)
    with reading(engine) as connection:
        assert connection.execute(select(logs.c.log_id)).scalars().all() == [ROW["log_id"]]


def test_sqlite_is_durable_and_checks_keys(engine: Engine) -> None:
    """INV-09: what is committed survives a power cut."""
    with reading(engine) as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


def test_a_failed_change_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(StoreError), writing(engine) as connection:
        connection.execute(insert(logs), [ROW, ROW])
    with reading(engine) as connection:
        assert connection.execute(select(logs)).all() == []


def test_readers_see_one_state_while_a_writer_works(engine: Engine) -> None:
    with reading(engine) as reader:
        assert reader.execute(select(logs)).all() == []
        with writing(engine) as connection:
            connection.execute(insert(logs), ROW)
        assert reader.execute(select(logs)).all() == []


def test_a_second_writer_waits_for_the_first(engine: Engine) -> None:
    order = []

    def second() -> None:
        with writing(engine):
            order.append("second")

    with writing(engine) as connection:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        connection.execute(insert(logs), ROW)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize("url", ["nonsense://x", "://", "sqlite:////proc/none/ledger.sqlite", "postgresql+none://x/y"])
def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(StoreError):
        migrate(open_store(url))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreError):
        migrate(open_store(str(file)))
    with pytest.raises(StoreError), reading(open_store(str(file))):
        pass


def test_a_database_of_a_later_program(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        migrate(engine)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """INV-09: nothing is acknowledged, and what was there stays."""
    engine = open_store(str(tmp_path / "ledger.sqlite"))
    migrate(engine)
    with reading(engine) as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    engine.dispose()
    with engine.connect() as connection:
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    big = [(b"\x01" * 32, at, at.to_bytes(32, "big"), bytes(9000), "", "", b"", at, 0, 0, "", b"") for at in range(20)]
    with pytest.raises(StoreError, match="full"), writing(engine) as connection:
        bulk_insert(connection, frames, big)
    with reading(engine) as connection:
        assert connection.execute(select(frames)).all() == []
    engine.dispose()


def test_the_tables_compile_for_postgresql() -> None:
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=POSTGRESQL))


def test_long_lists_are_cut() -> None:
    assert [len(part) for part in chunks(range(1201))] == [500, 500, 201]
    assert list(chunks([])) == []


def test_the_file_is_plain_sqlite(engine: Engine, tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / "ledger.sqlite")
    names = {name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    plain.close()
    assert names == {*metadata.tables, "alembic_version"}
