"""What follows from frames; `carbon rebuild` recreates it."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.store.schema.base import HASH, metadata

projections = Table(
    "projections",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("id", HASH, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("basis", HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("rest", LargeBinary, nullable=False),
    Column("root", HASH, nullable=False),
    PrimaryKeyConstraint("log_id", "id"),
)

hours = Table(
    "hours",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("projection", HASH, nullable=False),
    Column("point", Text, nullable=False),
    Column("month", Integer, nullable=False),
    Column("amounts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log_id", "projection", "point", "month"),
)

verification_steps = Table(
    "verification_steps",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("engagement", Text, nullable=False),
    PrimaryKeyConstraint("log_id", "leaf_index"),
    Index(None, "log_id", "engagement"),
)

verification_positions = Table(
    "verification_positions",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("log_id"),
)

access_acts = Table(
    "access_acts",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("enterprise", Text, nullable=False),
    PrimaryKeyConstraint("log_id", "leaf_index"),
    Index(None, "log_id", "enterprise"),
)

access_positions = Table(
    "access_positions",
    metadata,
    Column("log_id", HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("log_id"),
)
