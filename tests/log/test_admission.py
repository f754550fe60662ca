"""Every flag that needs history, alone and together, and how a key's state moves on."""

from dataclasses import dataclass, field

import pytest

from ledger.log.admission import (
    FLAGS,
    MOST_GAPS,
    Enrolment,
    Gap,
    KeyState,
    Times,
    admit,
    oldest_reading,
    opening_state,
)
from terminal_signer.frame import NO_FRAME, Frame, Seen, content, parse
from tests.ingest.terminal import HOUR, LOG, START, Terminal

TIMES = Times()
ROOTS = {5: b"five" * 8, 9: b"nine" * 8}


@dataclass
class Bench:
    """Feeds frames of one key to `admit`, each at the second it says it was signed unless told otherwise."""

    terminal: Terminal = field(default_factory=Terminal)
    state: KeyState | None = None
    enrolment: Enrolment | None = None

    def judge(self, raw: bytes, now: int | None = None, fault: str | None = None) -> set[str]:
        frame = parse(raw)
        flags, self.state = admit(
            frame, fault, self.enrolment or self.terminal.enrolment(), self.state,
            frame.iat if now is None else now, TIMES,
            log_id=LOG, oldest=oldest_reading(content(frame)), root_at=ROOTS.get,
        )  # fmt: skip
        return set(flags)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_chain_without_fault_bears_no_flag(bench: Bench) -> None:
    for raw in bench.terminal.frames(5):
        assert bench.judge(raw) == set()
    assert bench.state is not None
    assert (bench.state.seq, bench.state.digest) == (4, bench.terminal.prev)


@pytest.mark.parametrize("fault", ["payload", "unit", "time", "negative-register"])
def test_a_fault_of_content_is_a_flag(bench: Bench, fault: str) -> None:
    """INV-18: the frame is authentic, so it only bears the fault's name."""
    assert bench.judge(bench.terminal.frame(), fault=fault) == {fault}


def test_a_gap_is_flagged_once_and_remembered(bench: Bench) -> None:
    """INV-02"""
    first, second, third, fourth = (parse(raw) for raw in bench.terminal.frames(4))
    assert bench.judge(first.raw) == set()
    assert bench.judge(third.raw) == {"gap"}
    assert bench.judge(fourth.raw) == set()
    assert bench.state is not None
    assert bench.state.gaps == (Gap(1, 1, first.digest, second.digest),)


def test_a_missing_frame_that_arrives_later_closes_the_gap(bench: Bench) -> None:
    raws = bench.terminal.frames(6)
    assert [bench.judge(raws[at]) for at in (0, 5)] == [set(), {"gap"}]
    assert [bench.judge(raws[at]) for at in (3, 1, 2, 4)] == [set()] * 4
    assert bench.state is not None
    assert bench.state.gaps == ()
    assert bench.state.forked_at is None


def test_the_first_frame_of_a_key_has_number_zero(bench: Bench) -> None:
    raws = bench.terminal.frames(2)
    assert bench.judge(raws[1]) == {"gap"}
    assert bench.judge(raws[0]) == set()


def test_two_frames_with_one_number_are_a_fork(bench: Bench) -> None:
    """INV-04: what comes from the fork on is disputed, whichever branch it is of."""
    raws = bench.terminal.frames(3)
    twin = bench.terminal.frame(seq=1, prev=parse(raws[0]).digest, iat=START + HOUR + 7)
    for raw in raws:
        assert bench.judge(raw) == set()
    assert bench.judge(twin) == {"fork"}
    assert bench.judge(bench.terminal.frame()) == {"fork"}
    assert bench.state is not None
    assert bench.state.forked_at == 1


def test_a_frame_that_another_one_denies_is_a_fork(bench: Bench) -> None:
    """INV-04: frame 2 names its predecessor, so another frame 1 shows that the key signed two."""
    raws = bench.terminal.frames(3)
    other = bench.terminal.frame(seq=1, prev=parse(raws[0]).digest, iat=START + HOUR + 7)
    assert [bench.judge(raws[at]) for at in (0, 2)] == [set(), {"gap"}]
    assert bench.judge(other) == {"fork"}


def test_a_broken_link_is_flagged(bench: Bench) -> None:
    """INV-02"""
    assert bench.judge(bench.terminal.frame(prev=b"\x01" * 32)) == {"prev"}
    bench = Bench()
    bench.judge(bench.terminal.frame())
    assert bench.judge(bench.terminal.frame(prev=b"\x01" * 32)) == {"prev"}


def test_a_rotated_key_begins_at_the_digest_named_on_the_chain(bench: Bench) -> None:
    last = b"\x07" * 32
    bench.enrolment = bench.terminal.enrolment(last_digest=last)
    assert bench.judge(bench.terminal.frame(prev=last)) == set()
    bench.state = None
    assert bench.judge(bench.terminal.frame(prev=NO_FRAME)) == {"prev"}


SEEN = [
    (None, None, set()),
    (None, 5, set()),
    (5, 9, set()),
    (5, 5, set()),
    (9, 5, {"seen"}),
    (5, None, {"seen"}),
]


@pytest.mark.parametrize(("first", "second", "flags"), SEEN)
def test_the_head_a_terminal_has_seen_never_shrinks(
    bench: Bench, first: int | None, second: int | None, flags: set[str]
) -> None:
    """INV-05, INV-08"""
    for size, expected in ((first, set()), (second, flags)):
        seen = Seen(size, ROOTS[size]) if size is not None else None
        assert bench.judge(bench.terminal.frame(seen=seen)) == expected


@pytest.mark.parametrize("seen", [Seen(5, b"\x01" * 32), Seen(6, ROOTS[5]), Seen(1 << 40, ROOTS[5])])
def test_a_head_that_is_not_the_log_s_is_flagged_and_forgotten(bench: Bench, seen: Seen) -> None:
    """INV-08: a split view shows, and an invented head does not spoil the frames that follow."""
    assert bench.judge(bench.terminal.frame(seen=seen)) == {"seen"}
    assert bench.judge(bench.terminal.frame(seen=Seen(5, ROOTS[5]))) == set()


IAT = [
    ("signed before the enrolment", START - HOUR - 301, None, {"iat"}),
    ("within the skew of it", START - HOUR - 300, None, set()),
    ("in the future", START, START - 301, {"iat"}),
    ("within the skew", START, START - 300, set()),
]


@pytest.mark.parametrize(("case", "iat", "now", "flags"), IAT, ids=[row[0] for row in IAT])
def test_a_time_of_signing_that_cannot_be(bench: Bench, case: str, iat: int, now: int | None, flags: set[str]) -> None:
    """INV-05"""
    assert bench.judge(bench.terminal.frame(iat), now) == flags


def test_the_time_of_signing_never_goes_back(bench: Bench) -> None:
    """INV-05: but a clock that ran ahead once does not spoil the frames that follow."""
    assert bench.judge(bench.terminal.frame(START)) == set()
    assert bench.judge(bench.terminal.frame(START - 300)) == set()
    assert bench.judge(bench.terminal.frame(START - 301)) == {"iat"}
    assert bench.judge(bench.terminal.frame(START + 10 * HOUR), START) == {"iat"}
    assert bench.judge(bench.terminal.frame(START + 1)) == set()


@pytest.mark.parametrize(("after", "flags"), [(0, set()), (86_400, set()), (86_401, {"late"})])
def test_late_counts_from_the_oldest_reading(bench: Bench, after: int, flags: set[str]) -> None:
    """INV-05"""
    assert bench.judge(bench.terminal.frame(START), START + after) == flags


@pytest.mark.parametrize(("now", "flags"), [(START - 1, set()), (START, {"revoked"}), (START + HOUR, {"revoked"})])
def test_the_end_of_a_key_is_a_block_s_time(bench: Bench, now: int, flags: set[str]) -> None:
    """INV-06: what the signer says about the time of signing does not matter."""
    bench.enrolment = bench.terminal.enrolment(until=START)
    assert bench.judge(bench.terminal.frame(START - 60), now) == flags


@pytest.mark.parametrize(("now", "flags"), [(START, set()), (START + 1, {"calibration"})])
def test_calibration_runs_out(bench: Bench, now: int, flags: set[str]) -> None:
    bench.enrolment = bench.terminal.enrolment(calibration_due=START)
    assert bench.judge(bench.terminal.frame(START), now) == flags


def test_a_frame_of_another_log_s_terminal(bench: Bench) -> None:
    """INV-22: and the head it has seen is that log's, so it is not compared."""
    bench.enrolment = bench.terminal.enrolment(log_id=b"\x09" * 32)
    assert bench.judge(bench.terminal.frame(seen=Seen(5, b"\x01" * 32))) == {"foreign-log"}


def test_flags_add_up(bench: Bench) -> None:
    bench.enrolment = bench.terminal.enrolment(log_id=b"\x09" * 32, until=START - 5, calibration_due=START - 5)
    raw = bench.terminal.frame(START, seq=3, prev=NO_FRAME)
    flags = bench.judge(raw, START + 2 * 86_400, fault="unit")
    assert flags == {"foreign-log", "revoked", "calibration", "late", "gap", "unit"}
    assert flags <= set(FLAGS)


def test_gaps_are_bounded(bench: Bench) -> None:
    """INV-18: a key that skips for ever does not make its state grow for ever."""
    for number in range(0, 4 * MOST_GAPS, 2):
        bench.judge(bench.terminal.frame(seq=number, prev=NO_FRAME))
    assert bench.state is not None
    assert len(bench.state.gaps) == MOST_GAPS


def test_an_opening_frame_carries_its_own_state() -> None:
    terminal = Terminal()
    opening: Frame = parse(terminal.frames(3)[2])
    following = terminal.frame()
    assert Bench(terminal, opening_state(opening)).judge(following) == set()
    assert Bench(terminal, opening_state(opening._replace(digest=b"\x01" * 32))).judge(following) == {"prev"}
