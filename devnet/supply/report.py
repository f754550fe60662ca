"""What the supply chain's demo found: one object for machines (`chain-demo/1`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devnet.demo.report import Tampering
from ledger.commands.trace_json import document
from ledger.language import Language
from ledger.tracing.trace import Trace

FORMAT = "chain-demo/1"


@dataclass(frozen=True, slots=True)
class Certified:
    """A product's certificate. `footprint` is that member of its result; `verified`: by a fresh process, from its
    bundle; `gas`: of the mint."""

    identifier: str
    maker: Mapping[Language, str]
    frames: int
    footprint: Mapping[str, Any]
    token: bytes
    gas: int
    verified: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "identifier": self.identifier,
            "token": "0x" + self.token.hex(),
            "verified": self.verified,
            "gas": self.gas,
            "frames": self.frames,
            **{name: value for name, value in self.footprint.items() if name != "identifier"},
        }


@dataclass(frozen=True, slots=True)
class Delivered:
    """`quantity` in 10⁻³ of `unit`."""

    giver: Mapping[Language, str]
    taker: Mapping[Language, str]
    identifier: str
    quantity: int
    unit: str

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.giver["en"], "to": self.taker["en"], "identifier": self.identifier,
            "quantity": str(self.quantity), "unit": self.unit,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """`readers`: who asked for the car's confidential evidence, and what came of it."""

    certified: tuple[Certified, ...]
    delivered: tuple[Delivered, ...]
    attempts: tuple[Tampering, ...]
    readers: tuple[Tampering, ...]
    traced: Trace
    parts: Mapping[int, Mapping[str, str]]
    marks: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether every certificate verified, the tree is sound, and each attempt was answered as it must be."""
        return (
            all(one.verified for one in self.certified)
            and self.traced.sound
            and bool(self.attempts)
            and all(one.caught for one in (*self.attempts, *self.readers))
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "marks": list(self.marks),
            "sound": self.sound,
            "certificates": [one.to_json() for one in self.certified],
            "deliveries": [one.to_json() for one in self.delivered],
            "attempts": [one.to_json() for one in self.attempts],
            "readers": [one.to_json() for one in self.readers],
            "trace": document(self.traced, self.parts),
        }
