"""The witness's memory against a log that lies: truncates, rewrites, splits its view, withholds tiles."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.log import bridge, conviction, witness_file
from ledger.log.bridge import Bridge
from ledger.log.exhibits import AnchoredHead, Exhibits
from ledger.log.tiles import TileError
from ledger.log.witness import Memory, Outcome, SignedHead, look
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, generate
from tests.witness.histories import FALSE, LOG_ID, NOTE_KEY, ORIGIN, TRUE, History, facts

START = Memory(LOG_ID, (NOTE_KEY.public,))
COMMON = 300
SIZES = st.one_of(st.integers(1, 1000), st.integers(295, 305))


def shown(history: History, size: int) -> SignedHead:
    return SignedHead(size, history.root(size), history.note(size))


def tiles_of(*histories: History) -> partial[Bridge]:
    """Tiles of the history that leads to the head asked for, as a log that wants to look well serves them."""

    def build(old: int, new: int, root: bytes) -> Bridge:
        told = next(history for history in histories if history.root(new) == root)
        return bridge.build(old, new, root, told.tile)

    return partial(build)


def withheld(old: int, new: int, root: bytes) -> Bridge:
    raise TileError("404")


def convicts(exhibits: Exhibits | None, *anchored: AnchoredHead) -> bool:
    return exhibits is not None and conviction.exit_code(conviction.judge(exhibits, facts(*anchored))) == 1


class Watched(RuleBasedStateMachine):
    """The chain holds the true history. Whatever the log shows in whatever order, what is accepted is one history, and
    every accusation convinces a judge who knows nothing but the exhibits and the chain."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = START
        self.anchored: AnchoredHead | None = None

    @rule(size=SIZES)
    def anchor(self, size: int) -> None:
        if self.anchored is None or size > self.anchored.size:
            self.anchored = TRUE.head(size)

    @rule(size=SIZES, lying=st.booleans(), served=st.booleans())
    def show(self, size: int, lying: bool, served: bool) -> None:
        before = self.memory
        head = shown(FALSE if lying else TRUE, size)
        seen = look(before, head, self.anchored, tiles_of(TRUE, FALSE) if served else withheld)
        self.memory = seen.memory
        if seen.outcome is Outcome.CONVICTED and not before.convicted:
            assert convicts(seen.exhibits, *([self.anchored] if self.anchored else []))
            assert size > COMMON or any(known.size > COMMON for known in before.heads)
        if seen.outcome is Outcome.UNPROVEN:
            assert not served
            assert self.memory == before

    @rule()
    def restart(self) -> None:
        self.memory, origin = witness_file.loads(witness_file.dumps(self.memory, ORIGIN))
        assert origin == ORIGIN

    @invariant()
    def what_is_accepted_is_one_history(self) -> None:
        """INV-07, INV-08"""
        heads = self.memory.heads
        assert [head.size for head in heads] == sorted({head.size for head in heads})
        assert any(all(head.root == told.root(head.size) for head in heads) for told in (TRUE, FALSE))

    @invariant()
    def nothing_is_forgotten(self) -> None:
        if self.memory.anchored is not None and self.anchored is not None:
            assert self.memory.anchored.size <= self.anchored.size


TestWatched = Watched.TestCase
TestWatched.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)

SCENES = [
    ("an honest log", [(TRUE, 200), (TRUE, 200), (TRUE, 500)], None, ["fresh", "same", "advanced"]),
    ("a rewrite", [(TRUE, 400), (FALSE, 700)], None, ["fresh", "convicted"]),
    ("a split view", [(TRUE, 400), (FALSE, 400)], None, ["fresh", "convicted"]),
    ("a truncation to the same history", [(TRUE, 700), (TRUE, 400)], None, ["fresh", "stale"]),
    ("a truncation, then another history", [(TRUE, 700), (FALSE, 400)], None, ["fresh", "convicted"]),
    ("another history than the chain's", [(FALSE, 400)], 500, ["convicted"]),
    ("another root than the chain's", [(FALSE, 500)], 500, ["convicted"]),
    ("ahead of the chain, on another history", [(FALSE, 700)], 500, ["convicted"]),
    ("ahead of the chain", [(TRUE, 700)], 500, ["fresh"]),
    ("before the two part", [(FALSE, 300), (TRUE, 700)], 500, ["fresh", "advanced"]),
]


@pytest.mark.parametrize(("scene", "anchored", "expected"), [scene[1:] for scene in SCENES], ids=[s[0] for s in SCENES])
def test_scenes(scene: list[tuple[History, int]], anchored: int | None, expected: list[str]) -> None:
    """INV-07, INV-08: truncation, rewrite, split view; the exhibits convince the judge."""
    memory, head = START, None if anchored is None else TRUE.head(anchored)
    outcomes = []
    for history, size in scene:
        seen = look(memory, shown(history, size), head, tiles_of(TRUE, FALSE))
        memory = seen.memory
        outcomes.append(str(seen.outcome))
    assert outcomes == expected
    if expected[-1] == "convicted":
        assert convicts(seen.exhibits, *([head] if head else []))


def test_withheld_tiles_accuse_nobody_and_move_nothing() -> None:
    """INV-08: but two roots of one size need no tiles."""
    memory = look(START, shown(TRUE, 400), None, withheld).memory
    seen = look(memory, shown(FALSE, 700), None, withheld)
    assert (seen.outcome, seen.memory, seen.exhibits) == (Outcome.UNPROVEN, memory, None)
    assert look(memory, shown(FALSE, 400), None, withheld).outcome is Outcome.CONVICTED
    assert look(START, shown(FALSE, 400), TRUE.head(400), withheld).outcome is Outcome.CONVICTED


def test_a_convicted_log_is_not_believed_again() -> None:
    memory = look(look(START, shown(TRUE, 400), None, withheld).memory, shown(FALSE, 400), None, withheld).memory
    seen = look(memory, shown(TRUE, 500), None, tiles_of(TRUE))
    assert (seen.outcome, seen.memory) == (Outcome.CONVICTED, memory)


def test_a_memory_with_a_head_nobody_signed_is_refused() -> None:
    """INV-19: the file is the witness's own, and still every signature in it is checked."""
    memory = look(START, shown(TRUE, 400), None, withheld).memory
    data = witness_file.dumps(memory, ORIGIN)
    for broken in (
        data.replace(b"\\n400\\n", b"\\n401\\n"),
        data.replace(NOTE_KEY.public.raw.hex().encode(), generate(EDDSA).public.raw.hex().encode()),
        data.replace(b'"convicted": false', b'"convicted": 0'),
    ):
        assert broken != data
        with pytest.raises(CarbonError):
            witness_file.loads(broken)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_no_memory(data: bytes) -> None:
    """INV-18"""
    with pytest.raises(CarbonError):
        witness_file.loads(data)
