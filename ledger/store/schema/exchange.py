"""Footprints as they are exchanged, and events from and to partners."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from ledger.store.schema.base import HASH, metadata

footprints = Table(
    "footprints",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("supersedes", HASH, nullable=True),
    Column("facts", JSON, nullable=False),
    Column("fault", Text, nullable=False),
    PrimaryKeyConstraint("token_id"),
    UniqueConstraint("id"),
    Index(None, "organisation", "issued_at", "id"),
    Index(None, "supersedes"),
)

exchange_outbox = Table(
    "exchange_outbox",
    metadata,
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("content", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("client_id", "source", "event_id"),
    Index(None, "state", "due_at"),
)

exchange_inbox = Table(
    "exchange_inbox",
    metadata,
    Column("client_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("client_id", "source", "event_id"),
    Index(None, "received_at"),
)

exchange_subscribers = Table(
    "exchange_subscribers",
    metadata,
    Column("client_id", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("client_id"),
)

exchange_announced = Table(
    "exchange_announced",
    metadata,
    Column("client_id", Text, nullable=False),
    Column("footprint_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    PrimaryKeyConstraint("client_id", "footprint_id"),
)
