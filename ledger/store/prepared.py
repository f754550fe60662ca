"""One row of the store by a query that is compiled once: for routes that answer from a single read.

SQLAlchemy writes the query and keeps the connections; the driver runs it, outside of a transaction of several steps,
because one SELECT sees one state anyway. That halves the time of a look-up. Columns must be of types that every driver
gives plainly – numbers, texts, bytes; JSON is cast to text and read by the caller.
"""

from collections import namedtuple
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.compiler import SQLCompiler

from ledger.store.database import StoreError

__all__ = ["Prepared"]


class Prepared:
    """A SELECT with named parameters. Rows have their columns as attributes."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self._query = query
        self._row = namedtuple("Row", query.selected_columns.keys())  # type: ignore[misc]
        self._compiled: dict[str, tuple[SQLCompiler, dict[str, Any]]] = {}

    def first(self, engine: Engine, **parameters: object) -> Any:
        """The first row, or None. Raises StoreError."""
        compiled, constants = self._compiled_for(engine)
        values = {**constants, **parameters}
        given = [values[name] for name in compiled.positiontup] if compiled.positiontup is not None else values
        try:
            connection = engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(str(compiled), given)
                row = cursor.fetchone()
                cursor.close()
            finally:
                connection.close()
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as fault:
            raise StoreError(f"the database cannot be read: {getattr(fault, 'orig', None) or fault}") from fault
        return None if row is None else self._row(*row)

    def _compiled_for(self, engine: Engine) -> tuple[SQLCompiler, dict[str, Any]]:
        """The query as this database writes it, and the values that it carries itself."""
        name = engine.dialect.name
        if name not in self._compiled:
            compiled = self._query.compile(dialect=engine.dialect)
            assert isinstance(compiled, SQLCompiler)  # noqa: S101 – a SELECT compiles to nothing else
            self._compiled[name] = (
                compiled,
                {key: bind.value for key, bind in compiled.binds.items() if not bind.required},
            )
        return self._compiled[name]
