"""What the application is built from, once everything is opened: the parts of the ledger that it serves."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine
from starlette.requests import Request

from gateway.issuer import Issuer
from gateway.limits import DEFAULT, Limits
from ledger.anchoring.lock import wall_clock
from ledger.chain.deployment import Deployment
from ledger.chain.views import Block, CertificateView
from ledger.ingest import Ingest
from ledger.resolution.zone import Zone
from ledger.store.evidence import FOLDER
from ledger.store.log import LogStore
from terminal_signer.keys import SigningKey

MOST_FRAMES = 1_000
MOST_BYTES = 8 * 1024 * 1024
TOKEN_SECONDS = 15 * 60
ANY_PREFIX = Zone()
STALE_SECONDS = 30
EVIDENCE = Path(FOLDER)


class ChainReader(Protocol):
    """What the gateway asks the chain (`ledger.chain.client.Chain` answers it)."""

    @property
    def deployment(self) -> Deployment: ...

    def depths(self) -> tuple[Block, Block, Block]:
        """The blocks latest, safe, finalized. Raises ChainError."""
        ...

    def check(self, identifier: str, tag: str | int = "latest") -> CertificateView | None:
        """The newest certificate of an identifier at a block. Raises ChainError."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url` is what a QR code carries, without a slash at its end; tokens are bound to it. `clock` answers Unix
    seconds, in a `replay` the chain's, which are not of today; `machine_clock` always the machine's, by which tokens
    expire. `promise_key` signs COSE receipts; without `issuer` no credentials are issued. `stale_seconds` after the
    chain was last read no status counts. In `evidence_folder` lie the bundles that were deposited.
    `certification_scheme` are the two signs that GS1 assigned to it, for AI 7230 on product labels."""

    engine: Engine
    log_id: bytes
    ingest: Ingest
    chain: ChainReader
    clock: Callable[[], int]
    public_url: str
    promise_key: SigningKey
    most_frames: int = MOST_FRAMES
    most_bytes: int = MOST_BYTES
    issuer: Issuer | None = None
    machine_clock: Callable[[], int] = wall_clock
    token_seconds: int = TOKEN_SECONDS
    limits: Limits = DEFAULT
    zone: Zone = ANY_PREFIX
    stale_seconds: int = STALE_SECONDS
    evidence_folder: Path = EVIDENCE
    replay: bool = False
    certification_scheme: str = ""


def log_of(request: Request) -> LogStore:
    """One for the application: it keeps the tiles that were read last."""
    log = request.app.state.log
    assert isinstance(log, LogStore)  # noqa: S101 – create_app sets it
    return log


def settings_of(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)  # noqa: S101 – create_app sets it
    return settings
