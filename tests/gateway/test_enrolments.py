"""What the gateway learns from the registry, and what it refuses to serve with."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from gateway.configuration import Configuration
from gateway.enrolments import EnrolmentSource, EnrolmentWatch
from gateway.serve import _promise_key
from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable
from ledger.chain.views import Block, LogRecord
from ledger.errors import ConfigError
from ledger.ingest import Ingest, Logged, Refused
from ledger.log.admission import Enrolment
from ledger.store.database import migrate, open_store
from ledger.store.enrolments import all_enrolments
from terminal_signer import keys
from tests.gateway.meters import LOG_ID, START, Meter
from tests.without import without_sm


@dataclass
class Registry:
    """A chain with enrolments; counts how often they were read."""

    found: Sequence[Enrolment] = ()
    number: int = 1
    reads: int = 0
    reachable: bool = True
    record: LogRecord | None = None

    def block(self, tag: str) -> Block:
        if not self.reachable:
            raise ChainUnreachable("no chain answers")
        return Block(self.number, bytes(32), START)

    def enrolments(self) -> Sequence[Enrolment]:
        self.reads += 1
        return self.found

    def log_record(self, log_id: bytes) -> LogRecord | None:
        return self.record

    def as_chain(self) -> Chain:
        return cast(Chain, self)


@pytest.fixture
def registry() -> Registry:
    return Registry()


def ingest_with(registry: Registry, folder: Path) -> tuple[Ingest, EnrolmentSource]:
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    source = EnrolmentSource(registry.as_chain())
    return Ingest(engine, LOG_ID, keys.generate(), refresh=source), source


def test_a_new_key_is_learnt_from_the_chain_when_its_first_frame_comes(registry: Registry, tmp_path: Path) -> None:
    meter = Meter()
    ingest, _ = ingest_with(registry, tmp_path)
    raw = meter.sign()
    (refused,) = ingest.submit([raw], START + 3600)
    assert isinstance(refused, Refused)
    registry.found, registry.number = [meter.enrolment()], 2
    (logged,) = ingest.submit([raw], START + 3600)
    assert isinstance(logged, Logged)
    ingest.close()


def test_strangers_cost_one_reading_of_the_registry_a_block(registry: Registry, tmp_path: Path) -> None:
    """INV-18: garbage from many keys does not make the gateway scan the chain again and again."""
    ingest, _ = ingest_with(registry, tmp_path)
    for _ in range(5):
        ingest.submit([Meter().sign()], START + 3600)
    assert registry.reads == 1
    ingest.close()


def test_a_revocation_is_learnt_without_any_frame(registry: Registry, tmp_path: Path) -> None:
    """INV-06: the watch reads the registry at intervals, and goes on after an outage."""
    meter = Meter()
    ingest, _ = ingest_with(registry, tmp_path)
    registry.reachable = False
    watch = EnrolmentWatch(ingest, 0.01)
    watch.start()
    time.sleep(0.05)
    assert registry.reads == 0
    registry.found, registry.reachable = [meter.enrolment()], True
    end = time.monotonic() + 10
    while registry.reads == 0 and time.monotonic() < end:
        time.sleep(0.01)
    watch.stop()
    assert not watch.is_alive()
    assert isinstance(ingest.submit([meter.sign()], START + 3600)[0], Logged)
    ingest.close()


@pytest.mark.parametrize("record", [None, LogRecord(bytes(20), bytes(32), bytes(64), "example.org/log")])
def test_a_promise_key_that_the_chain_does_not_name_is_refused(registry: Registry, tmp_path: Path, record: Any) -> None:
    """INV-21: promises by another key would convict nobody."""
    path = tmp_path / "promise.pem"
    key = keys.generate()
    keys.save(path, key, b"secret")
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"secret\n")
    configuration = Configuration(tmp_path, LOG_ID, promise_key_file=path, promise_passphrase_file=passphrase)
    registry.record = record
    with pytest.raises(ConfigError):
        _promise_key(configuration, registry.as_chain())
    registry.record = LogRecord(bytes(20), bytes(32), key.public.raw, "example.org/log")
    assert _promise_key(configuration, registry.as_chain()).public == key.public


@pytest.mark.parametrize("alg", [keys.EDDSA, keys.SM2])
def test_a_promise_key_of_another_algorithm_is_refused(registry: Registry, tmp_path: Path, alg: int) -> None:
    """INV-21: the chain publishes 64 bytes, which every reader takes for a key of ES256."""
    key = keys.generate(alg)
    keys.save(tmp_path / "promise.pem", key, b"secret")
    (tmp_path / "passphrase").write_bytes(b"secret\n")
    configuration = Configuration(
        tmp_path, LOG_ID, promise_key_file=tmp_path / "promise.pem", promise_passphrase_file=tmp_path / "passphrase"
    )
    registry.record = LogRecord(bytes(20), bytes(32), key.public.raw, "example.org/log")
    with pytest.raises(ConfigError, match="ES256"):
        _promise_key(configuration, registry.as_chain())


@pytest.mark.parametrize("alg", [keys.EDDSA, keys.SM2])
def test_frames_of_every_algorithm_are_logged(registry: Registry, tmp_path: Path, alg: int) -> None:
    meter = Meter(keys.generate(alg))
    ingest, _ = ingest_with(registry, tmp_path)
    registry.found = [meter.enrolment()]
    answers = ingest.submit(meter.sign_many(130), START + 131 * 3600)  # enough for the processes beside
    assert all(isinstance(answer, Logged) for answer in answers)
    assert select_public_keys(tmp_path) == [meter.key.public]
    ingest.close()


def select_public_keys(folder: Path) -> list[keys.PublicKey]:
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    found = [entry.public_key for entry in all_enrolments(engine)]
    engine.dispose()
    return found


def test_without_the_extra_a_frame_of_sm2_is_refused_by_name(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INV-18: the refusal is `algorithm`, and other keys' frames are logged all the same."""
    stranger, meter = Meter(keys.generate(keys.SM2)), Meter()
    ingest, _ = ingest_with(registry, tmp_path)
    registry.found = [meter.enrolment()]
    frames = [stranger.sign(), meter.sign()]
    without_sm(monkeypatch)
    refused, logged = ingest.submit(frames, START + 3600)
    assert isinstance(refused, Refused)
    assert refused.code == "algorithm"
    assert isinstance(logged, Logged)
    ingest.close()
