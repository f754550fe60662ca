"""Opening and migrating the store: one SQLite file (WAL, `synchronous=FULL`), or PostgreSQL.

On SQLite a transaction begins as the caller means it: `reading` takes a snapshot, `writing` takes the write lock at
once (BEGIN IMMEDIATE), so that a writer waits at its start and never fails half-way.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from terminal_signer.errors import CarbonError

BUSY_SECONDS = 30
MOST_PARAMETERS = 500
_WRITES = "carbon_writes"
_Item = TypeVar("_Item")


class StoreError(CarbonError):
    """The database cannot be opened, is not migrated, or refuses to take more (disk full, locked, read-only)."""

    code = "store"


def open_store(url: str) -> Engine:
    """An engine for `url` (an SQLAlchemy address; a plain path means SQLite). Raises StoreError. Does not migrate."""
    try:
        address = make_url(url if "://" in url else f"sqlite:///{url}")
        if address.get_backend_name() != "sqlite":
            return create_engine(address)
        engine = create_engine(
            address, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **_pool(address.database)
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as fault:
        raise StoreError(f"no database at this address: {fault}", where=url) from fault
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pool(database: str | None) -> dict[str, int]:
    """One more connection to a file costs little; waiting for one would stop whoever reads on an event loop. A database
    in memory has one connection."""
    return {} if database in (None, "", ":memory:") else {"max_overflow": -1}


def is_file(engine: Engine) -> bool:
    """Whether a read is answered from a file of this machine, in less time than a thread's turn takes."""
    return engine.dialect.name == "sqlite"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database. Raises StoreError."""
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except SQLAlchemyError as fault:
        raise _fault("the database cannot be read", fault) from fault


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits at the end; on SQLite it holds the write lock from its start. Raises StoreError."""
    try:
        with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as fault:
        raise _fault("the database did not take the change", fault) from fault


def _fault(what: str, fault: SQLAlchemyError) -> StoreError:
    reason = str(getattr(fault, "orig", None) or fault)
    if reason == "unable to open database file":  # SQLite; no transaction began
        return StoreError("the database cannot be opened", mend="check the folder (--dir) and who may write in it")
    return StoreError(f"{what}: {reason}")


def chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Parts that are short enough for one IN (…)."""
    for at in range(0, len(items), MOST_PARAMETERS):
        yield items[at : at + MOST_PARAMETERS]


def bulk_insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, in the order of the table's columns. On SQLite straight through the driver, which takes bytes
    as they are: a third of the time for a thousand frames."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(str(insert(table).compile(dialect=connection.dialect)), list(rows))
    else:
        names = table.columns.keys()
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def migrate(engine: Engine) -> None:
    """Bring the tables to this program's revision; creates them in an empty database. Raises StoreError."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as fault:
        raise StoreError(f"the database cannot be migrated: {fault}", mend="use the program that wrote it") from fault
