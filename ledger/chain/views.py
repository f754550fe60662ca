"""What the chain tells, as values."""

from dataclasses import dataclass

STATUSES = ("none", "active", "suspended", "revoked", "superseded", "expired")
UPSTREAM = {0: "", 2: "suspended", 3: "revoked", 255: "unseen"}

GWEI = 10**9


@dataclass(frozen=True, slots=True)
class Block:
    """A block. `base_fee` is in wei per unit of gas."""

    number: int
    hash: bytes
    time: int
    base_fee: int = 0

    @property
    def offer(self) -> int:
        """A price that stays above the base fee for some blocks of rising demand."""
        return 2 * self.base_fee + GWEI


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A head as the contract keeps it; `time` is its block's."""

    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Anchored:
    """An event `TreeHeadAnchored` and the block that holds it."""

    size: int
    root: bytes
    time: int
    previous_size: int
    block_number: int
    block_hash: bytes
    transaction: bytes


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A log's entry in the contract. `promise_key` is x‖y of the newest key that signs promises."""

    operator: bytes
    note_key_hash: bytes
    promise_key: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What `check` answers about the newest token of an identifier, in the contract's units, and the block asked.

    `grade_value` is K in 10⁻⁶, `footprint` 10⁻⁶ kgCO2e per unit, `coverage` basis points; addresses are 20 bytes.
    `upstream`: `revoked` or `suspended` when that stands against something that the product was made of, `unseen` when
    there is more of it than the contract looks through, else empty.
    """

    token_id: int
    status: str
    kind: int
    grade: int
    grade_value: int
    footprint: int
    period_start: int
    period_end: int
    valid_until: int
    minted_at: int
    recipient: bytes
    evaluator: bytes
    verifier: bytes
    coverage: int
    assurance: int
    block: Block
    upstream: str = ""
