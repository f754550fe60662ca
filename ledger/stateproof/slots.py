"""Where the contracts keep what a verifier asks: storage slots, and the values packed into them.

Layouts are frozen (docs/formats/contracts.md, contracts/storage-layout.json). Solidity's rules: a mapping's value lies
at keccak256(key ‖ slot), an array's elements follow keccak256(slot), small members share a slot from its low end.
"""

from ledger.evidence.rpc import Terminal
from ledger.keccak import keccak256

__all__ = [
    "TERMINAL_SLOTS", "certificate_slot", "certificate_status", "head_hash", "head_slot", "ids_slot", "is_published_as",
    "listed_slot", "log_heads_slot", "rule_slot", "terminal", "terminal_slot",
]  # fmt: skip

HEADS = 1  # AnchorLog._heads
TERMINALS, IDS = 0, 1  # TerminalRegistry._terminals, _ids
RULES = 1  # RuleRegistry._rules
CERTIFICATES = 11  # CertificateRegistry._certificates

TERMINAL_SLOTS = 8
ACTIVE, EXPIRED = 1, 5


def log_heads_slot(log_id: bytes) -> int:
    return _mapped(log_id, HEADS)


def head_slot(log_heads: int, size: int) -> int:
    return _mapped(_word(size), log_heads)


def head_hash(root: bytes, time: int, previous_size: int) -> int:
    """What AnchorLog keeps of a head."""
    return int.from_bytes(keccak256(root + time.to_bytes(8, "big") + previous_size.to_bytes(8, "big")), "big")


def ids_slot(node: bytes) -> int:
    """The number of keys ever enrolled under a node."""
    return _mapped(node, IDS)


def listed_slot(ids: int, index: int) -> int:
    return (int.from_bytes(keccak256(_word(ids)), "big") + index) % (1 << 256)


def terminal_slot(identity: bytes) -> int:
    """The first of TERMINAL_SLOTS."""
    return _mapped(identity, TERMINALS)


def terminal(slots: list[int]) -> Terminal:
    node, kid, log_id, packed, predecessor, last_digest, key_hash, sub_hash = slots
    alg = _part(packed, 24, 4)
    return Terminal(
        _word(node), _word(kid), _word(log_id), _part(packed, 0, 8), _part(packed, 8, 8), _part(packed, 16, 8),
        alg - (1 << 32) if alg >> 31 else alg, _part(packed, 28, 1), _part(packed, 29, 1),
        _word(predecessor), _word(last_digest), _word(key_hash), _word(sub_hash),
    )  # fmt: skip


def rule_slot(digest: bytes) -> int:
    return _mapped(digest, RULES)


def is_published_as(kind: int, rule: int, start: int, end: int) -> bool:
    """RuleRegistry.isPublishedAs: of this kind, and serving the whole period [start, end)."""
    return _part(rule, 0, 1) == kind != 0 and _part(rule, 1, 8) <= start < end <= _part(rule, 9, 8)


def certificate_slot(token: bytes) -> int:
    return _mapped(token, CERTIFICATES)


def certificate_status(certificate: int, time: int) -> int:
    """CertificateRegistry.statusOf at a block's time: expiry is never stored."""
    status = _part(certificate, 0, 1)
    return EXPIRED if status == ACTIVE and time >= _part(certificate, 22, 8) else status


def _mapped(key: bytes, slot: int) -> int:
    return int.from_bytes(keccak256(key + _word(slot)), "big")


def _part(slot: int, offset: int, size: int) -> int:
    return slot >> 8 * offset & (1 << 8 * size) - 1


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")
