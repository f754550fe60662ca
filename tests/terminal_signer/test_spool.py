"""The outbox: durable before sent, one seq once, bytes kept until released."""

import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from terminal_signer.csv_meter import Batch
from terminal_signer.frame import NO_FRAME, SKEW, Pack, Seen, content, digest_of, parse, verify
from terminal_signer.keys import generate, save
from terminal_signer.signer import Entry, Signer
from terminal_signer.spool import ACKNOWLEDGED, RELEASED, STORED, Acknowledgement, Spool, SpoolFault
from tests.terminal_signer.sample import IAT, ISS, KEY, KID, START, SUB, hour
from tests.terminal_signer.test_receipt import receipt


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool.sqlite")
    made.begin(KID, ISS, SUB)
    yield made
    made.close()


@pytest.fixture
def signer(spool: Spool) -> Signer:
    return Signer(spool, KEY)


def test_the_file_is_private_and_durable(spool: Spool) -> None:
    assert stat.S_IMODE(Path(spool.path).stat().st_mode) == 0o600
    assert spool._db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert spool._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_frames_form_a_chain(spool: Spool, signer: Signer) -> None:
    """INV-02: seq and prev show that nothing was left out between."""
    digests = signer.record_many(Entry(IAT + 3600 * n, hour(START + 3600 * n)) for n in range(3))
    spool.see(KID, Seen(3, bytes(32)))
    digests.append(signer.heartbeat(IAT + 9000))
    frames = [parse(stored.raw) for stored in spool.held(STORED)]
    assert [frame.digest for frame in frames] == digests
    assert [frame.seq for frame in frames] == [0, 1, 2, 3]
    assert [frame.prev for frame in frames] == [NO_FRAME, *digests[:3]]
    assert [frame.seen for frame in frames] == [None, None, None, Seen(3, bytes(32))]
    for frame in frames:
        verify(frame, KEY.public)
    assert content(frames[3]) == Pack(IAT + 9000, ())


def test_the_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    first = Spool(path)
    first.begin(KID, ISS, SUB)
    digest = Signer(first, KEY).record(hour().records, IAT)
    first.close()
    second = Spool(path)
    Signer(second, KEY).heartbeat(IAT)
    frames = [parse(stored.raw) for stored in second.held(STORED)]
    assert (frames[1].seq, frames[1].prev) == (1, digest)
    second.close()


def test_two_processes_on_one_spool_never_sign_one_seq_twice(tmp_path: Path) -> None:
    """INV-04."""
    path = tmp_path / "spool.sqlite"
    spools = [Spool(path), Spool(path)]
    spools[0].begin(KID, ISS, SUB)
    signers = [Signer(spool, KEY) for spool in spools]
    for number in range(10):
        signers[number % 2].heartbeat(IAT + number)
    frames = [parse(stored.raw) for stored in spools[0].held(STORED)]
    assert [frame.seq for frame in frames] == list(range(10))
    for spool in spools:
        spool.close()


def test_a_key_that_the_spool_never_began_is_not_used(spool: Spool) -> None:
    """INV-04: a terminal that lost its state would fork the key's chain."""
    with pytest.raises(SpoolFault) as caught:
        Signer(spool, generate())
    assert caught.value.code == "unknown-key"
    with pytest.raises(SpoolFault) as caught:
        spool.begin(KID, ISS, SUB)
    assert caught.value.code == "known-key"


def test_a_rotation_names_the_predecessor_s_last_digest(spool: Spool) -> None:
    successor = generate()
    spool.begin(successor.public.thumbprint(), ISS, SUB, prev=bytes(range(32)))
    Signer(spool, successor).heartbeat(IAT)
    assert parse(spool.held(STORED)[-1].raw).prev == bytes(range(32))


def test_a_fault_in_one_entry_leaves_nothing_behind(spool: Spool, signer: Signer) -> None:
    bad = hour(START + 3600)._replace(base_time=START + 3601)
    with pytest.raises(Exception, match=r"covers no time|do not follow"):
        signer.record_many([Entry(IAT, hour()), Entry(IAT + 3600, bad)])
    assert spool.counts() == {"stored": 0, "acknowledged": 0, "released": 0, "refused": 0}
    assert signer.state().seq == 0
    assert signer.record(hour().records, IAT)


def test_an_interval_is_signed_once(spool: Spool, signer: Signer) -> None:
    """INV-03: the same rows again would count twice."""
    signer.record(hour().records, IAT)
    with pytest.raises(SpoolFault) as caught:
        signer.record(hour().records, IAT + 60)
    assert caught.value.code == "already-signed"
    late = Batch(START + 2700, hour().records[9:])
    with pytest.raises(SpoolFault):
        signer.record(late.records, IAT + 60)
    assert spool.until(KID) == {f"{SUB}/{name}": START + 3600 for name in ("kWh", "kvarh-lagging", "kvarh-leading")}
    signer.record(hour(START + 3600).records, IAT + 3600)


def test_a_correction_repeats_an_interval_and_names_its_frame(spool: Spool, signer: Signer) -> None:
    wrong = signer.record(hour().records, IAT)
    signer.correct(wrong, hour(value="3.18").records, IAT + 60)
    frame = parse(spool.held(STORED)[1].raw)
    assert frame.corrects == wrong
    signer.record(hour(START + 3600).records, IAT + 3600)


def test_a_register_is_read_once_at_a_time(signer: Signer) -> None:
    reading = hour().records[0]._replace(start=None, value=None, register=Decimal(5))
    signer.record([reading], IAT)
    with pytest.raises(SpoolFault):
        signer.record([reading], IAT)
    signer.record([reading._replace(time=reading.time + 900)], IAT)


def test_the_clock_may_step_back_a_little_and_no_more(spool: Spool, signer: Signer) -> None:
    """INV-05: iat never decreases along the chain."""
    signer.heartbeat(IAT)
    signer.heartbeat(IAT - SKEW)
    assert [parse(stored.raw).iat for stored in spool.held(STORED)] == [IAT, IAT]
    with pytest.raises(SpoolFault) as caught:
        signer.heartbeat(IAT - SKEW - 1)
    assert caught.value.code == "clock"
    assert signer.state().seq == 2


def test_states_move_forward_and_only_release_drops_bytes(spool: Spool, signer: Signer) -> None:
    """INV-09."""
    digest = signer.record(hour().records, IAT)
    raw = spool.held(STORED)[0].raw
    spool.acknowledge([Acknowledgement(digest, ("late",), b"promise", IAT + 60)])
    assert spool.held(ACKNOWLEDGED)[0].raw == raw
    assert spool.flags() == {"late": 1}
    assert spool.overdue(IAT + 61) == [(digest, IAT + 60)]
    spool.acknowledge([Acknowledgement(digest, (), b"another", IAT)])
    spool.refuse([(digest, "signature")])
    assert spool.overdue(IAT + 61) == [(digest, IAT + 60)]
    spool.restore([digest])
    assert spool.held(STORED)[0].raw == raw
    spool.acknowledge([Acknowledgement(digest, (), b"promise", IAT + 60)])
    spool.release([replace(receipt(), digest=digest)])
    assert spool.counts()[RELEASED] == 1
    spool.restore([digest], (RELEASED,))
    assert spool.counts()[RELEASED] == 1
    assert spool.held(RELEASED)[0].raw is None


def test_the_opening_and_the_last_final_frame(spool: Spool, signer: Signer) -> None:
    """What a rotation needs: what frame 0 continues, and the last frame that is under a final anchor."""
    assert (spool.opening(KID), spool.last_final(KID)) == (None, None)
    digests = [signer.heartbeat(IAT + number) for number in range(3)]
    first = spool.opening(KID)
    assert first is not None
    assert digest_of(first) == digests[0]
    spool.release([replace(receipt(), digest=digest) for digest in digests[:2]])
    assert (spool.opening(KID), spool.last_final(KID)) == (None, (1, digests[1]))


def test_seen_never_shrinks(spool: Spool, signer: Signer) -> None:
    spool.see(KID, Seen(10, bytes(32)))
    spool.see(KID, Seen(9, b"\x01" * 32))
    assert signer.state().seen == Seen(10, bytes(32))


def test_a_full_disk_is_said_and_nothing_is_lost(spool: Spool, signer: Signer) -> None:
    """INV-09: what was stored stays, what was not is not half there, and signing goes on when there is room."""
    signer.record(hour().records, IAT)
    pages = spool._db.execute("PRAGMA page_count").fetchone()[0]
    spool._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(SpoolFault) as caught:
        signer.record_many(Entry(IAT + 3600 * n, hour(START + 3600 * n)) for n in range(1, 200))
    assert caught.value.code == "disk-full"
    assert spool.counts()[STORED] == 1
    assert signer.state().seq == 1
    spool._db.execute("PRAGMA max_page_count=1073741823")
    signer.record_many(Entry(IAT + 3600 * n, hour(START + 3600 * n)) for n in range(1, 200))
    frames = [parse(stored.raw) for stored in spool.held(STORED)]
    assert [frame.seq for frame in frames] == list(range(200))


def test_a_file_that_is_no_spool(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(SpoolFault):
        Spool(path)
    with pytest.raises(SpoolFault):
        Spool(tmp_path / "absent" / "spool.sqlite")


def test_another_version_s_spool_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=9")
    db.close()
    with pytest.raises(SpoolFault, match="another version"):
        Spool(path)


KILLED = """
import os, signal, sys
from terminal_signer.keys import load
from terminal_signer.signer import Signer
from terminal_signer.spool import Spool
from tests.terminal_signer.sample import IAT, hour
signer = Signer(Spool(sys.argv[1]), load(sys.argv[2], b"phrase"))
digest = signer.record(hour().records, IAT)
print(digest.hex(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_between_storing_and_sending_the_same_bytes_are_there(tmp_path: Path) -> None:
    """INV-04, INV-09: ECDSA is randomised, so signing again would fork; only stored bytes are ever sent."""
    key = generate()
    save(tmp_path / "key.pem", key, b"phrase")
    spool = Spool(tmp_path / "spool.sqlite")
    spool.begin(key.public.thumbprint(), ISS, SUB)
    spool.close()
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "spool.sqlite"), str(tmp_path / "key.pem")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL, done.stderr
    again = Spool(tmp_path / "spool.sqlite")
    held = again.held(STORED)
    assert [stored.digest.hex() for stored in held] == [done.stdout.strip()]
    verify(parse(held[0].raw), key.public)
    assert Signer(again, key).state().seq == 1
    again.close()
