"""A meter that signs, a gateway over a fresh store that knows it, and anchors as the anchorer would have noted them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine

from gateway.app import create_app
from gateway.settings import Settings
from ledger.anchoring.heads import Head, Place, State
from ledger.ingest import Ingest
from ledger.log import checkpoint
from ledger.log.admission import Enrolment
from ledger.store.anchors import AnchorStore
from ledger.store.database import migrate, open_store, writing
from ledger.store.log import LogStore
from terminal_signer import build, frame, keys
from terminal_signer.header import Header
from terminal_signer.senml import Record
from tests.gateway.samples import FakeChain

LOG_ID = b"\x0a" * 32
ISS = "88.118.20260"
SUB = f"{ISS}/EQ-0001"
START = 1_700_000_000
NOTE_KEY = keys.generate(keys.EDDSA)


@dataclass
class Meter:
    """Signs one frame an hour, each with one reading."""

    key: keys.PrivateKey = field(default_factory=keys.generate)
    seq: int = 0
    prev: bytes = bytes(32)

    def sign(self, value: str = "1.5") -> bytes:
        iat = START + 3600 * (self.seq + 1)
        record = Record(f"{ISS}/EQ-0001/P1", iat - 3600, iat, "kWh", Decimal(value), None)
        payload = build.encode_pack(ISS, iat - 3600, [record], iat)
        raw = build.build(self.key, Header(ISS, SUB, iat, self.seq, self.prev), payload)
        self.seq, self.prev = self.seq + 1, frame.digest_of(raw)
        return raw

    def sign_many(self, count: int) -> list[bytes]:
        return [self.sign() for _ in range(count)]

    def enrolment(self) -> Enrolment:
        return Enrolment(
            id=self.key.public.thumbprint(), iss=ISS, sub=SUB, kid=self.key.public.thumbprint(),
            public_key=self.key.public, key_class=frame.KeyClass.METER, log_id=LOG_ID, enrolled_at=START - 60,
            until=None, revoked=False, calibration_due=None, predecessor=None, last_digest=bytes(32), proof=b"",
        )  # fmt: skip


@dataclass
class Gateway:
    """A gateway's parts, for tests to look behind it."""

    engine: Engine
    ingest: Ingest
    chain: FakeChain
    promise_key: keys.PrivateKey
    app: FastAPI

    def anchor(self, block: int = 7, state: State = State.FINAL) -> Head:
        """Note the present size as anchored in a block."""
        log, store = LogStore(self.engine, LOG_ID), AnchorStore(self.engine, LOG_ID)
        size, last = log.size(), store.newest()
        note = checkpoint.sign(checkpoint.Checkpoint("example.org/log", size, log.root(size)), NOTE_KEY)
        head = Head(
            size=size, root=log.root(size), previous_size=last.size if last else 0, checkpoint=note, state=state,
            created_at=START, tx_hash=b"\x99" * 32, place=Place(block, b"\x98" * 32, START + block),
        )  # fmt: skip
        with writing(self.engine) as connection:
            store.insert(connection, head)
        return head


@cache
def _migrated() -> bytes:
    """An empty database with all tables, made once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_store(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


def open_gateway(folder: Path, meter: Meter, clock: Callable[[], int] | None = None, **changes: Any) -> Gateway:
    (folder / "ledger.db").write_bytes(_migrated())
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    promise_key, chain = keys.generate(), FakeChain()
    ingest = Ingest(engine, LOG_ID, promise_key)
    ingest.learn([meter.enrolment()])
    now = clock or (lambda: START + 3600 * (meter.seq + 1))
    settings = Settings(engine, LOG_ID, ingest, chain, now, "https://ledger.example", promise_key)
    app = create_app(replace(settings, **changes))
    return Gateway(engine, ingest, chain, promise_key, app)
