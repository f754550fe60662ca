"""What the chain says of certificates, up to the block that was read last."""

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.store.schema.base import HASH, metadata

chain_positions = Table(
    "chain_positions",
    metadata,
    Column("name", Text, nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("contract", LargeBinary(20), nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("block_hash", HASH, nullable=False),
    Column("block_time", BigInteger, nullable=False),
    Column("final_block", BigInteger, nullable=False),
    Column("final_hash", HASH, nullable=False),
    Column("final_time", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("name"),
)

certificate_events = Table(
    "certificate_events",
    metadata,
    Column("block", BigInteger, nullable=False),
    Column("log_index", BigInteger, nullable=False),
    Column("block_time", BigInteger, nullable=False),
    Column("transaction_hash", HASH, nullable=False),
    Column("kind", Text, nullable=False),
    Column("token_id", HASH, nullable=False),
    Column("successor", HASH, nullable=True),
    Column("actor", LargeBinary(20), nullable=True),
    Column("reason", Text, nullable=False),
    Column("statement", JSON(none_as_null=True), nullable=True),
    PrimaryKeyConstraint("block", "log_index"),
    Index(None, "token_id"),
)

standings = Table(
    "standings",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("successor", HASH, nullable=True),
    Column("actor", LargeBinary(20), nullable=True),
    Column("reason", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_block", BigInteger, nullable=False),
    Column("minted_at", BigInteger, nullable=False),
    Column("minted_block", BigInteger, nullable=False),
    Column("minted_index", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("statement", JSON, nullable=False),
    PrimaryKeyConstraint("token_id"),
    Index(None, "subject", "minted_block", "minted_index"),
)

upstream_flags = Table(
    "upstream_flags",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("worst", Text, nullable=False),
    PrimaryKeyConstraint("token_id"),
)
