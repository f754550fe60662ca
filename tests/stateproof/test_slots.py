"""Slots and offsets are those that the compiler gave the contracts, as committed."""

import json
from pathlib import Path
from typing import Any

from ledger.stateproof import slots

LAYOUT = json.loads((Path(__file__).parents[2] / "contracts" / "storage-layout.json").read_text())["contracts"]


def variable(contract: str, label: str) -> Any:
    return next(entry for entry in LAYOUT[contract] if entry["label"] == label)


def packed(contract: str, label: str, **values: int) -> list[int]:
    """A struct's slots as Solidity packs them."""
    members = variable(contract, label)["members"]
    held = [0] * (1 + max(member["slot"] for member in members))
    for member in members:
        held[member["slot"]] |= values.get(member["label"], 0) << 8 * member["offset"]
    return held


def test_slots_of_the_mappings() -> None:
    assert variable("AnchorLog", "_heads")["slot"] == slots.HEADS
    assert variable("TerminalRegistry", "_terminals")["slot"] == slots.TERMINALS
    assert variable("TerminalRegistry", "_ids")["slot"] == slots.IDS
    assert variable("RuleRegistry", "_rules")["slot"] == slots.RULES
    assert variable("CertificateRegistry", "_certificates")["slot"] == slots.CERTIFICATES


def test_a_terminal() -> None:
    names = ["from", "until", "calibrationDue", "class", "reason", "node", "kid", "logId", "predecessor", "lastDigest"]
    values = {name: 40 + at for at, name in enumerate([*names, "keyHash", "subHash"])} | {"alg": (1 << 32) - 65_537}
    held = packed("TerminalRegistry", "_terminals", **values)
    assert len(held) == slots.TERMINAL_SLOTS
    entry = slots.terminal(held)
    numbers = (entry.since, entry.until, entry.calibration_due, entry.key_class, entry.reason, entry.alg)
    assert numbers == (40, 41, 42, 43, 44, -65_537)
    words = (entry.node, entry.kid, entry.log_id, entry.predecessor, entry.last_digest, entry.key_hash, entry.sub_hash)
    assert [int.from_bytes(word, "big") for word in words] == list(range(45, 52))


def test_a_rule_serves_whole_periods() -> None:
    rule = packed("RuleRegistry", "_rules", kind=2, until=200, **{"from": 100})[0]
    served = [
        (2, 100, 200, True),
        (2, 99, 200, False),
        (2, 100, 201, False),
        (2, 150, 150, False),
        (1, 100, 200, False),
    ]
    for kind, start, end, expected in served:
        assert slots.is_published_as(kind, rule, start, end) is expected
    assert not slots.is_published_as(0, 0, 0, 0)


def test_expiry_follows_from_the_blocks_time() -> None:
    neighbours = {"recipient": (1 << 160) - 1, "kind": 255, "grade": 255, "assurance": 255}
    for status, time, expected in ((1, 999, 1), (1, 1000, 5), (2, 1000, 2), (3, 1000, 3), (0, 1000, 0)):
        held = packed("CertificateRegistry", "_certificates", status=status, validUntil=1000, **neighbours)[0]
        assert slots.certificate_status(held, time) == expected
