"""Handle records and other names of an identifier."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.store.schema.base import metadata

handle_values = Table(
    "handle_values",
    metadata,
    Column("record", Text, nullable=False),
    Column("value_index", BigInteger, nullable=False),
    Column("handle", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("searched", Text, nullable=False),
    Column("ttl", BigInteger, nullable=False),
    Column("ttl_type", Integer, nullable=False),
    Column("permissions", Integer, nullable=False),
    Column("references", JSON, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("record", "value_index"),
    Index(None, "type", "owner"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("alias", "identifier"),
    Index(None, "identifier"),
)
