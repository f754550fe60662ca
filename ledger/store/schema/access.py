"""Clients, their tokens, and who read what."""

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, Text

from ledger.store.schema.base import HASH, metadata

clients = Table(
    "clients",
    metadata,
    Column("client_id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    PrimaryKeyConstraint("client_id"),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_hash", HASH, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("token_hash"),
    Index(None, "expires_at"),
)

readings = Table(
    "readings",
    metadata,
    Column("enterprise", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("token_id", HASH, nullable=False),
    Column("part", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("grants", Text, nullable=False),
    Column("previous", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    PrimaryKeyConstraint("enterprise", "number"),
)
