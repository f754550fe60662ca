"""INV-02, INV-03, INV-09, INV-10: the comparison at the end of a soak finds each kind of loss when there is one."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from devnet.soak.compare import MOST_NAMED, compare
from devnet.soak.evidence import Evidence, Logged, Signed
from ledger.log.tree import Tree
from terminal_signer.frame import NO_FRAME
from terminal_signer.promise import Promise
from terminal_signer.receipt import Anchor, Receipt, leaf_hash
from terminal_signer.spool import ACKNOWLEDGED, RELEASED, STORED

FRAMES = 9
DIGESTS = tuple(hashlib.sha256(bytes([number])).digest() for number in range(FRAMES))
KID, LOG = bytes(32), b"\x01" * 32
LAST = DIGESTS[-1]


def evidence() -> Evidence:
    """Everything as it should be: one key, one log, one head."""
    tree = Tree(map(leaf_hash, DIGESTS))
    anchor = Anchor(1, bytes(20), bytes(32), 1, 100, 0)
    receipts = {
        digest: Receipt(LOG, digest, index, FRAMES, tree.root(), tuple(tree.inclusion(index)), anchor)
        for index, digest in enumerate(DIGESTS)
    }
    logged = {
        digest: Logged(index, KID, index, DIGESTS[index - 1] if index else NO_FRAME, b"promise")
        for index, digest in enumerate(DIGESTS)
    }
    return Evidence(
        signed={digest: Signed(KID, index, RELEASED) for index, digest in enumerate(DIGESTS)},
        promises={digest: frozenset({b"promise"}) for digest in DIGESTS},
        opened=[Promise(digest, LOG, 50, 150) for digest in DIGESTS],
        entries=DIGESTS,
        size=FRAMES,
        root=tree.root(),
        logged=logged,
        receipts=receipts,
        final=frozenset(DIGESTS),
    )


def _without(digest: bytes) -> Callable[[Evidence], Evidence]:
    """The log as if the frame had never come."""

    def lose(whole: Evidence) -> Evidence:
        left = tuple(entry for entry in whole.entries if entry != digest)
        logged = {key: value for key, value in whole.logged.items() if key != digest}
        tree = Tree(map(leaf_hash, left))
        return replace(whole, entries=left, logged=logged, size=len(left), root=tree.root())

    return lose


def _logged(digest: bytes, **changes: object) -> Callable[[Evidence], Evidence]:
    return lambda whole: replace(
        whole,
        logged={**whole.logged, digest: replace(whole.logged[digest], **changes)},  # type: ignore[arg-type]
    )


def _signed(digest: bytes, state: str) -> Callable[[Evidence], Evidence]:
    return lambda whole: replace(
        whole, signed={**whole.signed, digest: replace(whole.signed.get(digest, Signed(KID, 99, state)), state=state)}
    )


LOSSES: list[tuple[str, Callable[[Evidence], Evidence], str]] = [
    ("INV-09 a promised frame is lost", _without(LAST), "was promised, and is not in the anchored tree"),
    ("INV-09 a frame is lost that its spool let go", _without(LAST), "is released in its spool, and not in the log"),
    ("INV-09 two promises", lambda whole: replace(whole, promises={**whole.promises, LAST: frozenset({b"a", b"b"})}),
     "was promised 2 times"),
    ("INV-21 another promise is stored", _logged(LAST, promise=b"x"), "another promise than was given"),
    ("INV-21 too late", lambda whole: replace(whole, opened=[Promise(LAST, LOG, 50, 99)]), "after its deadline"),
    ("INV-03 twice in the log", lambda whole: replace(whole, entries=(*DIGESTS, LAST)), "is in the log 2 times"),
    ("INV-03 nobody signed it", lambda whole: replace(
        whole, signed={key: value for key, value in whole.signed.items() if key != LAST}), "no terminal signed it"),
    ("INV-03 stored at another place", _logged(LAST, index=2), "stored as entry 2, which is another one"),
    ("INV-02 left in the spool", _signed(bytes(32), STORED), "waits still"),
    ("INV-02 never final", _signed(LAST, ACKNOWLEDGED), "is acknowledged after everything has settled"),
    ("INV-02 a hole", _without(DIGESTS[4]), "frames 4…4 are missing"),
    ("INV-02 no beginning", _without(DIGESTS[0]), "does not begin with frame 0"),
    ("INV-02 another predecessor", _logged(LAST, prev=bytes(32)), "frame 8 does not name frame 7"),
    ("INV-04 a fork", _logged(LAST, seq=7), "forked at seq 7"),
    ("INV-10 a head that is gone", lambda whole: replace(whole, final=whole.final - {LAST}),
     "does not hold the receipt's head at finality"),
    ("INV-10 no receipt", lambda whole: replace(whole, receipts={}), "has no receipt"),
    ("INV-03 a receipt for another place", lambda whole: replace(
        whole, receipts={**whole.receipts, LAST: replace(whole.receipts[LAST], index=3)}), "the receipt names entry 3"),
    ("INV-07 another root", lambda whole: replace(whole, root=bytes(32)), "do not lead to the anchored root"),
    ("INV-07 a longer head", lambda whole: replace(whole, size=FRAMES + 1), "the log shows 9"),
]  # fmt: skip


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert compare(evidence()) == []


@pytest.mark.parametrize(("name", "lose", "said"), LOSSES, ids=[name for name, _, _ in LOSSES])
def test_every_loss_is_found(name: str, lose: Callable[[Evidence], Evidence], said: str) -> None:
    findings = compare(lose(evidence()))
    assert any(said in finding for finding in findings), (name, findings)


def test_many_of_a_kind_are_summed_up() -> None:
    findings = compare(replace(evidence(), receipts={}, final=frozenset()))
    assert len(findings) == MOST_NAMED + 1
    assert "4 more" in findings[-1]


def test_an_empty_log_is_a_finding() -> None:
    nothing = Evidence({}, {}, [], (), 0, b"", {}, {}, frozenset())
    assert compare(nothing) == ["nothing was anchored"]
