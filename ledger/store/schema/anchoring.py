"""Heads on their way to the chain."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.store.schema.base import HASH, metadata

anchors = Table(
    "anchors",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", HASH, nullable=False),
    Column("previous_size", BigInteger, nullable=False),
    Column("checkpoint", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("tx_hash", HASH, nullable=True),
    Column("nonce", BigInteger, nullable=True),
    Column("fee", BigInteger, nullable=True),
    Column("sent_at", BigInteger, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("block_number", BigInteger, nullable=True),
    Column("block_hash", HASH, nullable=True),
    Column("block_time", BigInteger, nullable=True),
    Column("gas_used", BigInteger, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("log_id", "size"),
    Index(None, "log_id", "state"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    PrimaryKeyConstraint("name"),
)
