"""The tables. `frames`, `enrolments`, `anchors`, `certificates` and `readings` are records and only added to; `clients`
are ended, not removed; `access_tokens` go when they have expired; `status_entries` are given once. `certificate_events`
are the chain's, up to the block that `chain_positions` names, and `standings` what follows from them, `upstream_flags`
what stands against the inputs of products. `tiles`, `key_states`, `projections` with their `hours`,
`verification_steps`, `access_acts`, and the columns `logs.size` and `frames.flags` are derived from the records;
`carbon rebuild` recreates them.

Every large table carries `log_id`, so that it can be distributed by log. Times are Unix seconds, digests 32 bytes.
"""

from ledger.store.schema.access import access_tokens, clients, readings
from ledger.store.schema.anchoring import anchors, leases
from ledger.store.schema.base import HASH, metadata
from ledger.store.schema.derived import (
    access_acts,
    access_positions,
    hours,
    projections,
    verification_positions,
    verification_steps,
)
from ledger.store.schema.exchange import (
    exchange_announced,
    exchange_inbox,
    exchange_outbox,
    exchange_subscribers,
    footprints,
)
from ledger.store.schema.followed import certificate_events, chain_positions, standings, upstream_flags
from ledger.store.schema.issued import certificates, evidence, status_entries
from ledger.store.schema.log import enrolments, frames, key_states, logs, tiles
from ledger.store.schema.naming import aliases, handle_values

__all__ = [
    "HASH",
    "access_acts",
    "access_positions",
    "access_tokens",
    "aliases",
    "anchors",
    "certificate_events",
    "certificates",
    "chain_positions",
    "clients",
    "enrolments",
    "evidence",
    "exchange_announced",
    "exchange_inbox",
    "exchange_outbox",
    "exchange_subscribers",
    "footprints",
    "frames",
    "handle_values",
    "hours",
    "key_states",
    "leases",
    "logs",
    "metadata",
    "projections",
    "readings",
    "standings",
    "status_entries",
    "tiles",
    "upstream_flags",
    "verification_positions",
    "verification_steps",
]
