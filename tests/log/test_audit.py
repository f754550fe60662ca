"""What the audit of a key's chain finds, and that it finds nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.log.audit import Entry, Fork, Hole, KeyAudit, audit_key
from tests.ingest.terminal import HOUR, START, Terminal

ENROLMENT = Terminal().enrolment()
GRACE = 7 * 86_400
END = START + 10 * HOUR


def _digest(seq: int, twin: int = 0) -> bytes:
    return sha256(b"%d/%d" % (seq, twin)).digest()


def _entry(seq: int, *, twin: int = 0, seen_size: int = 0, flags: frozenset[str] = frozenset()) -> Entry:
    iat = START + HOUR * (seq + 1)
    return Entry(
        seq, 2 * seq + twin, _digest(seq, twin), _digest(seq - 1), iat, iat + 5, seen_size, seq % 2 == 1, flags
    )


def _audit(entries: Sequence[Entry], end: int | None = None, heads: dict[int, int] | None = None) -> KeyAudit:
    ordered = sorted(entries, key=lambda entry: (entry.seq, entry.index))
    return audit_key(ENROLMENT, ordered, heads or {}, end, GRACE)


@dataclass(frozen=True)
class Case:
    name: str
    entries: tuple[Entry, ...]
    holes: tuple[tuple[int, int], ...] = ()
    forks: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()


CASES = (
    Case("whole", (_entry(0), _entry(1), _entry(2))),
    Case("none", ()),
    Case("middle", (_entry(0), _entry(3)), holes=((1, 2),)),
    Case("beginning", (_entry(2), _entry(3)), holes=((0, 1),)),
    Case("two holes", (_entry(1), _entry(3)), holes=((0, 0), (2, 2))),
    Case("fork", (_entry(0), _entry(1), _entry(1, twin=1), _entry(2)), forks=(1,)),
    Case("fork at the end", (_entry(0), _entry(1), _entry(1, twin=1)), forks=(1,)),
    Case(
        "fork goes on with the twin", (_entry(0), _entry(0, twin=1), replace(_entry(1), prev=_digest(0, 1))), forks=(0,)
    ),
    Case("break", (_entry(0), replace(_entry(1), prev=_digest(9))), breaks=(1,)),
    Case("fork behind a hole", (_entry(0), _entry(2), _entry(2, twin=1)), holes=((1, 1),), forks=(2,)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings(case: Case) -> None:
    """INV-02, INV-04: what is missing and what was signed twice is named, with its `seq`."""
    found = _audit(case.entries)
    assert tuple((hole.first, hole.last) for hole in found.holes) == case.holes
    assert tuple(fork.seq for fork in found.forks) == case.forks
    assert found.breaks == case.breaks
    assert found.whole is not bool(case.holes or case.forks or case.breaks)
    assert found.frames == len(case.entries)


def test_a_hole_says_since_when() -> None:
    """INV-02: the time before which everything is there, and the time from which it is there again."""
    hole = _audit([_entry(0), _entry(1), _entry(5)]).holes[0]
    assert hole == Hole(2, 4, START + 2 * HOUR, START + 6 * HOUR)
    assert hole.frames == 3
    assert _audit([_entry(2)]).holes[0].since == ENROLMENT.enrolled_at


def test_a_fork_names_every_twin() -> None:
    """INV-04: both frames are evidence against the key."""
    assert _audit([_entry(0), _entry(0, twin=1)]).forks == (Fork(0, (_digest(0), _digest(0, 1))),)


@pytest.mark.parametrize(
    ("head_time", "closed"), [(END + GRACE, False), (END + GRACE + 1, True)], ids=["at the grace", "after it"]
)
def test_only_a_head_after_the_grace_closes(head_time: int, closed: bool) -> None:
    """INV-02: nothing left out at the end is shown by a frame that has seen a later head."""
    found = _audit([_entry(0), _entry(1, seen_size=7)], END, {7: head_time})
    assert (found.closed, found.whole) == (closed, closed)


def test_a_head_that_is_not_final_closes_nothing() -> None:
    """INV-10: a head that the chain does not hold for good is no evidence."""
    assert _audit([_entry(0, seen_size=7)], END, {}).closed is False


def test_an_ended_key_closes_with_its_own_end() -> None:
    ended = replace(ENROLMENT, until=START + 3 * HOUR)
    found = audit_key(ended, [_entry(0, seen_size=7)], {7: START + 3 * HOUR + 1}, END, GRACE)
    assert found.closed is True


@pytest.mark.parametrize(("enrolled_at", "whole"), [(END - 1, False), (END, True)])
def test_a_silent_key_is_whole_only_before_it_began(enrolled_at: int, whole: bool) -> None:
    """INV-02: a key of which nothing arrived is missing altogether."""
    assert audit_key(replace(ENROLMENT, enrolled_at=enrolled_at), [], {}, END, GRACE).whole is whole


def test_counts() -> None:
    entries = [_entry(0, flags=frozenset({"late"})), _entry(1, flags=frozenset({"late", "payload"})), _entry(3)]
    entries[2] = replace(entries[2], accepted=entries[2].iat - 400)
    found = _audit(entries)
    assert (found.heartbeats, found.flags, found.ahead, found.missing) == (2, {"late": 2, "payload": 1}, 400, 1)
    assert found.first is not None
    assert found.last is not None
    assert (found.first.seq, found.last.seq) == (0, 3)


@settings(max_examples=500, deadline=None)
@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_held_and_missing_make_the_whole(held: set[int], twins: set[int]) -> None:
    """INV-02, INV-04: every `seq` up to the last is held or in exactly one hole; every twin is a fork."""
    forked = held & twins
    found = _audit([_entry(seq) for seq in held] + [_entry(seq, twin=1) for seq in forked])
    lacking = [seq for hole in found.holes for seq in range(hole.first, hole.last + 1)]
    assert sorted([*held, *lacking]) == list(range(max(held, default=-1) + 1))
    assert [fork.seq for fork in found.forks] == sorted(forked)
    assert found.breaks == ()
