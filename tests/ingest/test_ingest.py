"""The write path: what is refused, what is stored, what a second time changes, and what the answers promise."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ledger.ingest import Duplicate, Ingest, Logged, Refused
from ledger.log.admission import Enrolment, Times
from ledger.log.proof import verify_inclusion
from ledger.log.tiles import decode_entries
from ledger.store.database import StoreError, writing
from ledger.store.frames import FrameStore
from ledger.store.key_states import key_state
from ledger.store.log import LogStore, NotInLog
from terminal_signer import promise
from terminal_signer.frame import MAX_FRAME, Seen, digest_of, parse
from terminal_signer.keys import EDDSA, P256_ORDER, PrivateKey, generate
from terminal_signer.receipt import leaf_hash
from tests.ingest.terminal import HOUR, LOG, START, Terminal, times_of


def test_frames_are_logged_in_order_and_promised(
    ingest: Ingest, terminal: Terminal, log: LogStore, gateway_key: PrivateKey
) -> None:
    """INV-21: every acceptance is a signed promise with a deadline."""
    raws = terminal.frames(3)
    now = times_of(raws)
    answers = ingest.submit(raws, now)
    assert [answer.index for answer in answers if isinstance(answer, Logged)] == [0, 1, 2]
    for raw, answer in zip(raws, answers, strict=True):
        assert isinstance(answer, Logged)
        assert (answer.digest, answer.flags) == (digest_of(raw), frozenset())
        given = promise.verify(answer.promise, gateway_key.public)
        assert given == promise.Promise(answer.digest, LOG, now, now + Times().max_delay)
        verify_inclusion(answer.index, 3, leaf_hash(answer.digest), log.inclusion(answer.index), log.root())
    assert decode_entries(log.entries(0, 3)) == [digest_of(raw) for raw in raws]
    with pytest.raises(NotInLog):
        log.entries(0, 4)


def test_the_store_holds_the_bytes_that_were_sent(ingest: Ingest, terminal: Terminal, engine: Engine) -> None:
    """INV-01"""
    raws = terminal.frames(3)
    now = times_of(raws)
    ingest.submit(raws, now)
    stored = list(FrameStore(engine, LOG).between(0, 10))
    assert [(frame.index, frame.raw, frame.accepted) for frame in stored] == [
        (index, raw, now) for index, raw in enumerate(raws)
    ]
    assert [(frame.seq, frame.iat, frame.sub) for frame in stored] == [
        (at, parse(raw).iat, terminal.sub) for at, raw in enumerate(raws)
    ]


def test_a_frame_sent_again_changes_nothing(ingest: Ingest, terminal: Terminal, log: LogStore) -> None:
    """INV-03: the answer is the first index and the first promise, however late and among whatever else it comes."""
    raws = terminal.frames(2)
    first = ingest.submit(raws, times_of(raws))
    root = log.root()
    again = ingest.submit([raws[1], raws[0], raws[1]], times_of(raws) + 9 * HOUR)
    originals = [first[1], first[0], first[1]]
    for answer, original in zip(again, originals, strict=True):
        assert isinstance(original, Logged)
        assert answer == Duplicate(original.digest, original.index, original.promise)
    assert (log.size(), log.root()) == (2, root)


def test_a_frame_twice_in_one_call(ingest: Ingest, terminal: Terminal, log: LogStore) -> None:
    """INV-03"""
    raw = terminal.frame()
    first, second = ingest.submit([raw, raw], times_of([raw]))
    assert isinstance(first, Logged)
    assert second == Duplicate(first.digest, 0, first.promise)
    assert log.size() == 1


def _with_high_s(raw: bytes) -> bytes:
    s = P256_ORDER - int.from_bytes(raw[-32:], "big")
    return raw[:-32] + s.to_bytes(32, "big")


@pytest.mark.parametrize("code", ["too-large", "not-cbor", "wrong-tag", "unknown-key", "signature", "high-s"])
def test_a_bad_envelope_is_refused_by_name_and_not_stored(ingest: Ingest, log: LogStore, code: str) -> None:
    """INV-18"""
    terminal = Terminal()
    ingest.learn([terminal.enrolment()])
    raw = terminal.frame()
    case = {
        "too-large": raw + bytes(MAX_FRAME),
        "not-cbor": raw[:-1],
        "wrong-tag": b"\xd1" + raw[1:],
        "unknown-key": Terminal(9).frame(),
        "signature": raw[:-1] + bytes([raw[-1] ^ 1]),
        "high-s": _with_high_s(raw),
    }[code]
    (answer,) = ingest.submit([case], times_of([raw]))
    assert isinstance(answer, Refused)
    assert answer.code == code
    assert answer.digest == (None if code == "too-large" else digest_of(case))
    assert log.size() == 0


def test_a_bad_frame_never_touches_its_neighbours(ingest: Ingest, terminal: Terminal, log: LogStore) -> None:
    """INV-18: garbage among a thousand sound frames."""
    raws = terminal.frames(300)
    mixed = list(raws)
    for at in (290, 200, 100, 0):
        mixed.insert(at, bytes(at))
    answers = ingest.submit(mixed, START + HOUR)
    assert [type(answer) for answer in answers].count(Refused) == 4
    assert [answer.digest for answer in answers if isinstance(answer, Logged)] == [digest_of(raw) for raw in raws]
    assert log.size() == 300


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_refused_and_a_damaged_frame_too(
    ingest: Ingest, terminal: Terminal, log: LogStore, garbage: list[bytes], at: int, byte: int
) -> None:
    """INV-18, INV-01: whatever is sent, every item has its answer, and only what was signed gets in."""
    sound = Terminal(1, terminal.key).frame()
    damaged = bytearray(sound)
    damaged[at % len(sound)] = byte
    answers = ingest.submit([*garbage, bytes(damaged), sound], START + HOUR)
    assert len(answers) == len(garbage) + 2
    assert all(isinstance(answer, Refused) for answer in answers[:-2])
    assert isinstance(answers[-2], Refused) is (bytes(damaged) != sound)
    assert isinstance(answers[-1], Logged | Duplicate)
    stored = [frame.digest for frame in FrameStore(ingest._engine, LOG).between(0, log.size())]
    assert digest_of(sound) in stored
    if damaged != sound:
        assert digest_of(bytes(damaged)) not in stored


def test_nothing_to_do(ingest: Ingest, log: LogStore) -> None:
    assert ingest.submit([], START) == []
    assert log.size() == 0


def test_a_signed_bad_payload_is_stored_and_flagged(ingest: Ingest, terminal: Terminal, engine: Engine) -> None:
    """INV-18: refusing it would block the key's successors for ever."""
    raws = [terminal.frame(payload=b"\xff\xff"), terminal.frame()]
    bad, good = ingest.submit(raws, times_of(raws))
    assert isinstance(bad, Logged)
    assert isinstance(good, Logged)
    assert [bad.flags, good.flags] == [{"payload"}, frozenset()]
    assert [frame.flags for frame in FrameStore(engine, LOG).between(0, 2)] == [{"payload"}, frozenset()]


def test_a_fork_is_stored_and_disputes_what_follows(ingest: Ingest, terminal: Terminal, engine: Engine) -> None:
    """INV-04: both are logged; frames from there on are disputed, earlier ones stand."""
    raws = terminal.frames(3)
    twin = terminal.frame(seq=1, prev=digest_of(raws[0]), iat=START + HOUR + 9)
    assert all(isinstance(answer, Logged) for answer in ingest.submit([*raws, twin], times_of(raws)))
    store = FrameStore(engine, LOG)
    assert [frame.flags for frame in store.between(0, 4)] == [frozenset(), {"fork"}, {"fork"}, {"fork"}]
    state = key_state(engine, LOG, terminal.key.public.thumbprint())
    assert state is not None
    assert (state.forked_at, state.seq) == (1, 2)
    found = store.by_digest(digest_of(twin))
    assert found is not None
    assert found.raw == twin


def test_a_gap_shows_and_is_filled(ingest: Ingest, terminal: Terminal) -> None:
    """INV-02"""
    raws = terminal.frames(3)
    (first, last) = ingest.submit([raws[0], raws[2]], times_of(raws))
    (middle,) = ingest.submit([raws[1]], times_of(raws))
    flags = [answer.flags for answer in (first, middle, last) if isinstance(answer, Logged)]
    assert flags == [frozenset(), frozenset(), {"gap"}]


def test_a_frame_for_another_log_is_flagged(ingest: Ingest) -> None:
    """INV-22"""
    other = Terminal(7)
    ingest.learn([other.enrolment(log_id=b"\x08" * 32)])
    raws = [other.frame()]
    (answer,) = ingest.submit(raws, times_of(raws))
    assert isinstance(answer, Logged)
    assert answer.flags == {"foreign-log"}


def test_a_key_is_enrolled_for_one_terminal(ingest: Ingest, terminal: Terminal) -> None:
    """INV-22: the same key under another name is not enrolled."""
    raws = [Terminal(8, terminal.key).frame()]
    (answer,) = ingest.submit(raws, times_of(raws))
    assert isinstance(answer, Refused)
    assert answer.code == "unknown-key"


def test_a_head_that_was_seen_is_compared_with_the_log(ingest: Ingest, terminal: Terminal, log: LogStore) -> None:
    """INV-08: also where the head would lie among the frames of the same call."""
    raws = terminal.frames(2)
    ingest.submit(raws, times_of(raws))
    seen = [
        Seen(2, log.root()), Seen(2, b"\x01" * 32), Seen(3, b"\x01" * 32), Seen(99, b"\x01" * 32), Seen(2, log.root()),
    ]  # fmt: skip
    more = [terminal.frame(seen=head) for head in seen]
    answers = ingest.submit(more, times_of([*raws, *more]))
    flags = [answer.flags for answer in answers if isinstance(answer, Logged)]
    assert flags == [frozenset(), {"seen"}, {"seen"}, {"seen"}, frozenset()]


def test_an_unknown_key_is_looked_up_on_the_chain_once(engine: Engine, gateway_key: PrivateKey) -> None:
    terminals = [Terminal(1), Terminal(2)]
    asked: list[int] = []

    def refresh() -> list[Enrolment]:
        asked.append(len(asked))
        return [terminals[0].enrolment()]

    ingest = Ingest(engine, LOG, gateway_key, refresh=refresh)
    first, second = terminals[0].frames(100), terminals[1].frames(100)
    answers = ingest.submit([*first, *second], times_of(first))
    assert [type(answer) for answer in answers] == [Logged] * 100 + [Refused] * 100
    assert asked == [0]
    ingest.submit(terminals[0].frames(1), times_of(first))
    assert asked == [0]
    ingest.close()


def test_an_ed25519_terminal(ingest: Ingest) -> None:
    terminal = Terminal(3, generate(EDDSA))
    ingest.learn([terminal.enrolment()])
    raws = terminal.frames(2)
    assert [type(answer) for answer in ingest.submit(raws, times_of(raws))] == [Logged, Logged]


def test_the_end_of_a_key_reaches_back_to_its_block(ingest: Ingest, terminal: Terminal, engine: Engine) -> None:
    """INV-06: frames accepted at or after the block bear the flag, though the news came later; earlier ones do not."""
    raws = terminal.frames(4)
    for number, raw in enumerate(raws):
        ingest.submit([raw], START + number * HOUR)
    ingest.learn([terminal.enrolment(until=START + 2 * HOUR)])
    (after,) = ingest.submit([terminal.frame()], START + 4 * HOUR)
    assert isinstance(after, Logged)
    flags = [set(frame.flags) & {"revoked"} for frame in FrameStore(engine, LOG).between(0, 5)]
    assert flags == [set(), set(), {"revoked"}, {"revoked"}, {"revoked"}]
    ingest.learn([replace(terminal.enrolment(), until=START + 3 * HOUR, revoked=True)])
    flags = [set(frame.flags) & {"revoked"} for frame in FrameStore(engine, LOG).between(0, 5)]
    assert flags == [set(), set(), set(), {"revoked"}, {"revoked"}]


def test_frames_of_a_period_begin_with_the_opening_frame(ingest: Ingest, terminal: Terminal, engine: Engine) -> None:
    """INV-02: the key's last frame with an `iat` before the period, else frame 0."""
    raws = terminal.frames(5)
    ingest.submit(raws, times_of(raws))
    store = FrameStore(engine, LOG)
    kid = terminal.key.public.thumbprint()
    assert [frame.seq for frame in store.of_key(kid)] == [0, 1, 2, 3, 4]
    assert [frame.seq for frame in store.of_key(kid, START + 3 * HOUR)] == [1, 2, 3, 4]
    assert [frame.seq for frame in store.of_key(kid, START)] == [0, 1, 2, 3, 4]
    assert store.of_key(b"\x00" * 32) == []


def test_when_the_store_takes_nothing_nothing_is_acknowledged(
    ingest: Ingest, terminal: Terminal, engine: Engine, log: LogStore
) -> None:
    """INV-09: and the same frames are taken once it works again."""
    raws = terminal.frames(3)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON frames BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(StoreError, match="full"):
        ingest.submit(raws, times_of(raws))
    assert (log.size(), list(FrameStore(engine, LOG).between(0, 3))) == (0, [])
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert all(isinstance(answer, Logged) for answer in ingest.submit(raws, times_of(raws)))
    assert log.size() == 3
