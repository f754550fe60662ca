"""What is laid before the judge (`ledger.log.conviction`), and what the chain says of it.

Exhibits come from an accuser, and nothing in them is believed: a signature counts only under a key that the facts
name, and facts are asked of a chain that the judge chose himself (INV-19).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.log.admission import Enrolment
from ledger.log.bridge import Bridge
from terminal_signer.keys import PublicKey
from terminal_signer.receipt import Receipt

__all__ = ["AnchoredHead", "Exhibits", "Facts", "Finding", "LogFacts", "SignedReceipt", "Weight", "finding"]


@dataclass(frozen=True, slots=True)
class AnchoredHead:
    """A head that AnchorLog accepted from the log's operator; `time` is its block's."""

    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt as COSE, and the frame that it is said to be of, which it does not name itself."""

    digest: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Exhibits:
    """`log_id` is the log that promises, receipts and checkpoints are held against; `entries` are all digests of the
    log from leaf 0 on, up to the head that a promise is measured by."""

    log_id: bytes | None = None
    note_keys: tuple[PublicKey, ...] = ()
    promises: tuple[bytes, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    checkpoints: tuple[bytes, ...] = ()
    frames: tuple[bytes, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    entries: tuple[bytes, ...] | None = None
    signed_receipts: tuple[SignedReceipt, ...] = ()


@dataclass(frozen=True, slots=True)
class LogFacts:
    """A log as AnchorLog tells it: every key that it ever listed, every head in order. `place` is chain id and
    AnchorLog. `shared` tells that another log of the contract bears the same origin and note key, so that a checkpoint
    does not say which of them it is of."""

    operator: bytes
    origin: str
    note_key_hashes: frozenset[bytes]
    promise_keys: tuple[PublicKey, ...]
    heads: tuple[AnchoredHead, ...]
    place: tuple[int, bytes]
    shared: bool = False

    def head_at(self, time: int) -> AnchoredHead | None:
        """The newest head anchored at or before a time."""
        return next((head for head in reversed(self.heads) if head.time <= time), None)


@dataclass(frozen=True, slots=True)
class Facts:
    """The chain's answers as of a final block; `log` is None where there is no such log, or none was asked about."""

    block: int
    time: int
    log: LogFacts | None = None
    keys: tuple[Enrolment, ...] = ()


class Weight(StrEnum):
    """What a finding amounts to: proven against somebody, nothing, or not to be decided with what is there."""

    PROVEN = "proven"
    CLEAR = "clear"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """`against` is "operator" (of the log), "promise-key" or "terminal"; empty unless proven."""

    code: str
    weight: Weight
    against: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)


Told = Mapping[str, str | int | bytes]


def finding(
    code: str, weight: Weight, against: str = "", told: Told | None = None, **more: str | int | bytes
) -> Finding:
    """A finding with its details; bytes are shown as hex."""
    details = {**(told or {}), **more}
    shown = {name: f"0x{value.hex()}" if isinstance(value, bytes) else value for name, value in details.items()}
    return Finding(code, weight, against, shown)
