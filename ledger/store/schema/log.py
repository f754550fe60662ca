"""What arrived, and the tree over it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.store.schema.base import HASH, metadata

logs = Table(
    "logs",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("grace", BigInteger, nullable=False),
    Column("max_delay", BigInteger, nullable=False),
    Column("skew", BigInteger, nullable=False),
    PrimaryKeyConstraint("log_id"),
)

frames = Table(
    "frames",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("iss", Text, nullable=False),
    Column("sub", Text, nullable=False),
    Column("kid", HASH, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),
    Column("promise", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log_id", "leaf_index"),
    UniqueConstraint("log_id", "digest"),
    Index(None, "log_id", "kid", "seq"),
)

tiles = Table(
    "tiles",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("level", Integer, nullable=False),
    Column("tile_index", BigInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log_id", "level", "tile_index"),
)

key_states = Table(
    "key_states",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("kid", HASH, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("seen_size", BigInteger, nullable=False),
    Column("forked_at", BigInteger, nullable=True),
    Column("gaps", Text, nullable=False),
    PrimaryKeyConstraint("log_id", "kid"),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", HASH, nullable=False),
    Column("iss", Text, nullable=False),
    Column("sub", Text, nullable=False),
    Column("kid", HASH, nullable=False),
    Column("alg", Integer, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("key_class", Integer, nullable=False),
    Column("log_id", HASH, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=True),
    Column("revoked", Boolean, nullable=False),
    Column("calibration_due", BigInteger, nullable=True),
    Column("predecessor", HASH, nullable=True),
    Column("last_digest", HASH, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "kid"),
)
