"""The tables. `frames`, `enrolments`, `anchors`, `certificates` and `readings` are records and only added to; `clients`
are ended, not removed; `access_tokens` go when they have expired; `status_entries` are given once. `certificate_events`
are the chain's, up to the block that `chain_positions` names, and `standings` what follows from them, `upstream_flags`
what stands against the inputs of products. `tiles`, `key_states`, `projections` with their `hours`,
`verification_steps`, `access_acts`, and the columns `logs.size` and `frames.flags` are derived from the records;
`carbon rebuild` recreates them.

Every large table carries `log_id`, so that it can be distributed by log. Times are Unix seconds, digests 32 bytes.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

HASH = LargeBinary(32)

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

status_entries = Table(
    "status_entries",
    metadata,
    Column("token_id", HASH, nullable=False),
    Column("list_number", Integer, nullable=False),
    Column("entry", Integer, nullable=False),
    PrimaryKeyConstraint("token_id"),
    UniqueConstraint("list_number", "entry"),
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
