"""What the demo found: one object for machines (`demo/1`), a few tables for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.language import Language

FORMAT = "demo/1"


@dataclass(frozen=True, slots=True)
class Tampering:
    """One attack and what answered it: for a forged bundle the claim of `carbon verify` that failed, for an attack on
    what runs the answer that was seen. `by` is None where nothing did; `says` is the expected answer in words."""

    name: str
    invariant: str
    title: Mapping[Language, str]
    expected: str
    by: str | None
    says: Mapping[Language, str]

    @property
    def caught(self) -> bool:
        return self.by == self.expected

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "invariant": self.invariant, "caught": self.caught, "by": self.by,
            "expected": self.expected,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proven:
    """A reading that a contract found proven: a frame of `size` bytes. `gas` is what the question would use as a
    transaction of its own; asking is free."""

    digest: bytes
    size: int
    gas: int


@dataclass(frozen=True, slots=True)
class Report:
    """The demo's figures as the result, the chain and the verifying process gave them; none is computed here."""

    title: Mapping[Language, str]
    period: str
    marks: tuple[str, ...]
    frames: int
    readings: int
    result: Mapping[str, Any]
    token: bytes
    identifier: str
    kind: int
    transaction: str
    anchor_count: int
    anchor_gas: int
    proven: Proven
    verified: bool
    tampers: tuple[Tampering, ...]
    attacks: tuple[Tampering, ...]

    def to_json(self) -> dict[str, Any]:
        emissions = self.result["emissions"]
        return {
            "format": FORMAT,
            "marks": list(self.marks),
            "frames": self.frames,
            "readings": self.readings,
            "activity": {
                item: {"value": amount["value"], "unit": amount["unit"]}
                for item, amount in self.result["activity"].items()
            },
            "emissions_tco2e": {"total": emissions["total"], "by_month": emissions["by_month"]},
            "grade": self.result["grade"]["grade"],
            "grade_reason": self.result["grade"]["reason"],
            "coverage": self.result["quality"]["coverage"],
            "corrections": self.result["corrections"],
            "certificate": {
                "id": "0x" + self.token.hex(),
                "identifier": self.identifier,
                "kind": self.kind,
                "transaction": self.transaction,
            },
            "anchors": {"count": self.anchor_count, "gas": self.anchor_gas},
            "reading_on_chain": {
                "digest": "0x" + self.proven.digest.hex(),
                "bytes": self.proven.size,
                "gas": self.proven.gas,
            },
            "verified": self.verified,
            "tampers": [tamper.to_json() for tamper in self.tampers],
            "attacks": [attack.to_json() for attack in self.attacks],
        }

    @property
    def sound(self) -> bool:
        """Whether the untouched bundle verified, before and after the attacks and offline, and each of these was
        answered as it must be."""
        tried = (*self.tampers, *self.attacks)
        return self.verified and bool(self.tampers) and bool(self.attacks) and all(one.caught for one in tried)
