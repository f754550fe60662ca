"""Certificates, their evidence, and their places in status lists."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from ledger.store.schema.base import HASH, metadata

certificates = Table(
    "certificates",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("statement", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("openings", JSON, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("transaction_hash", HASH, nullable=False),
    Column("block_number", BigInteger, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("token_id"),
    Index(None, "identifier", "issued_at"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("openings", JSON, nullable=False),
    Column("bundle_hash", HASH, nullable=False),
    Column("bundle_size", BigInteger, nullable=False),
    Column("deposited_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("token_id"),
)

status_entries = Table(
    "status_entries",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("list_number", Integer, nullable=False),
    Column("entry", Integer, nullable=False),
    PrimaryKeyConstraint("token_id"),
    UniqueConstraint("list_number", "entry"),
)
