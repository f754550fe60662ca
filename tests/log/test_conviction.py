"""What exhibits prove: every rule, and above all what must not be taken for a proof."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.log import bridge, conviction, conviction_file, cose_receipt
from ledger.log.checkpoint import Checkpoint, read_note_key, sign, verifier_key
from ledger.log.conviction_file import Evidence
from ledger.log.exhibits import Exhibits, Facts, Finding, SignedReceipt, Weight
from ledger.log.proof import ProofError
from ledger.log.recognition import kind_of, with_file
from ledger.log.tiles import TileError
from terminal_signer.build import receipt_json
from terminal_signer.errors import CarbonError
from terminal_signer.frame import digest_of
from terminal_signer.keys import EDDSA, PrivateKey, generate
from terminal_signer.receipt import Receipt
from tests.gateway.meters import Meter
from tests.witness.histories import FALSE, LOG_ID, NOTE_KEY, ORIGIN, PROMISE_KEY, TRUE, digests, facts, promised

BASE = Exhibits(log_id=LOG_ID, note_keys=(NOTE_KEY.public,))
CHAIN = facts(TRUE.head(200), TRUE.head(500), TRUE.head(800))


def judged(exhibits: Exhibits, known: Facts = CHAIN) -> list[Finding]:
    return conviction.judge(exhibits, known)


def proven(exhibits: Exhibits, known: Facts = CHAIN) -> list[str]:
    return [found.code for found in judged(exhibits, known) if found.weight is Weight.PROVEN]


def notes(*raw: bytes) -> Exhibits:
    return replace(BASE, checkpoints=raw)


def bridged(exhibits: Exhibits, old: int, new: int, history: object = TRUE) -> Exhibits:
    assert history in (TRUE, FALSE)
    told = TRUE if history is TRUE else FALSE
    made = bridge.build(old, new, told.root(new), told.tile)
    return replace(exhibits, bridges=(*exhibits.bridges, made))


def test_a_split_view() -> None:
    """INV-08: two roots for one size, both signed by the log: the operator is convicted."""
    exhibits = notes(TRUE.note(400), FALSE.note(400))
    found = [item for item in judged(exhibits) if item.weight is Weight.PROVEN]
    assert [(item.code, item.against, item.details["size"]) for item in found] == [("split-view", "operator", 400)]


def test_a_signed_head_against_the_chain() -> None:
    """INV-07, INV-08: the chain holds another root at that size."""
    assert proven(notes(FALSE.note(500))) == ["chain-split"]
    assert proven(notes(TRUE.note(500))) == []
    assert conviction.exit_code(judged(notes(TRUE.note(500)))) == 0


def test_a_rewrite_needs_a_bridge() -> None:
    """INV-07: signed heads of two histories; without tiles it stays open, and a false bridge does not close it."""
    exhibits = notes(TRUE.note(400), FALSE.note(700))
    assert conviction.exit_code(judged(exhibits)) == 3
    assert proven(bridged(exhibits, 400, 700, FALSE)) == ["rewrite"]
    told = bridge.build(400, 700, FALSE.root(700), FALSE.tile)
    forged = replace(told, old_root=b"\x11" * 32)
    assert proven(replace(exhibits, bridges=(forged,))) == []


@pytest.mark.parametrize(("size", "expected"), [(250, []), (350, ["chain-rewrite"]), (900, ["chain-rewrite"])])
def test_a_signed_head_that_was_never_anchored(size: int, expected: list[str]) -> None:
    """INV-07: no offence as long as it is of the anchored history (250 lies before the two part)."""
    exhibits = notes(FALSE.note(size))
    [(old, (new, root))] = conviction.wanted(exhibits, CHAIN.log)  # type: ignore[arg-type]
    told = TRUE if root == TRUE.root(new) else FALSE
    assert proven(bridged(exhibits, old, new, told)) == expected


def test_evidence_outlives_later_anchors() -> None:
    """What was proven against the chain's last head is still proven when the chain has a larger one."""
    exhibits = bridged(notes(FALSE.note(900)), 800, 900, FALSE)
    assert proven(exhibits) == ["chain-rewrite"]
    assert proven(exhibits, facts(TRUE.head(200), TRUE.head(800), TRUE.head(950))) == ["chain-rewrite"]


STRANGER = generate(EDDSA)


@pytest.mark.parametrize(
    ("exhibits", "code"),
    [
        (replace(notes(FALSE.note(500)), note_keys=()), "no-note-key"),
        (replace(notes(FALSE.note(500)), note_keys=(STRANGER.public,)), "no-note-key"),
        (notes(sign(Checkpoint(ORIGIN, 500, FALSE.root(500)), STRANGER)), "not-signed"),
        (notes(sign(Checkpoint("other.example", 500, FALSE.root(500)), NOTE_KEY)), "not-signed"),
        (notes(TRUE.note(500).replace(b"\n500\n", b"\n501\n")), "not-signed"),
    ],
    ids=["no key", "a key of one's own", "signed by a stranger", "another log", "altered"],
)
def test_forged_checkpoints_convict_nobody(exhibits: Exhibits, code: str) -> None:
    """INV-19: only a key that the chain lists for the log can convict its operator."""
    found = judged(exhibits)
    assert (proven(exhibits), found[0].code) == ([], code)


def test_a_stranger_s_key_is_not_accepted_beside_the_log_s() -> None:
    """INV-19"""
    note = sign(Checkpoint(ORIGIN, 500, FALSE.root(500)), STRANGER)
    assert proven(replace(notes(note), note_keys=(STRANGER.public, NOTE_KEY.public))) == []


def test_a_key_shared_by_two_logs_does_not_say_which() -> None:
    assert [found.code for found in judged(notes(FALSE.note(500)), facts(TRUE.head(500), shared=True))] == [
        "shared-key"
    ]


def test_a_root_for_an_empty_tree() -> None:
    note = sign(Checkpoint(ORIGIN, 0, b"\x01" * 32), NOTE_KEY)
    assert proven(notes(note)) == ["chain-split"]
    assert proven(notes(TRUE.note(0))) == []


def test_a_receipt_convicts_through_its_signed_checkpoint() -> None:
    """INV-07, INV-08: nobody signs a receipt, so alone it shows a contradiction and not whose."""
    alone = replace(BASE, receipts=(FALSE.receipt(350, 500),))
    assert [found.code for found in judged(alone)] == ["receipt-unsigned"]
    assert conviction.exit_code(judged(alone)) == 3
    assert proven(replace(alone, checkpoints=(FALSE.note(500),))) == ["chain-split"]
    honest = replace(BASE, receipts=(TRUE.receipt(350, 500),), checkpoints=(TRUE.note(500),))
    assert conviction.exit_code(judged(honest)) == 0


def test_receipts_that_prove_nothing() -> None:
    broken = replace(FALSE.receipt(350, 500), root=b"\x01" * 32)
    assert [found.code for found in judged(replace(BASE, receipts=(broken,)))] == ["receipt-false"]
    other = FALSE.receipt(350, 500, log_id=b"\x0b" * 32)
    assert [found.code for found in judged(replace(BASE, receipts=(other,)))] == ["receipt-elsewhere"]
    early = FALSE.receipt(350, 900)
    assert [found.code for found in judged(replace(BASE, receipts=(early,)))] == ["receipt-early"]


def signed(receipt: Receipt, key: PrivateKey = PROMISE_KEY) -> Exhibits:
    return replace(BASE, signed_receipts=(SignedReceipt(receipt.digest, cose_receipt.encode(receipt, key)),))


ELSEWHERE = replace(FALSE.receipt(350, 500), anchor=replace(FALSE.receipt(350, 500).anchor, chain_id=1))


@pytest.mark.parametrize(
    ("exhibits", "code", "code_exit"),
    [
        (signed(TRUE.receipt(350, 500)), "receipt-anchored", 0),
        (signed(FALSE.receipt(350, 500)), "receipt-unanchored", 1),
        (signed(FALSE.receipt(350, 600)), "receipt-unanchored", 1),
        (signed(TRUE.receipt(350, 600)), "receipt-unanchored", 1),
        (signed(FALSE.receipt(350, 900)), "receipt-early", 3),
        (signed(FALSE.receipt(350, 500), generate()), "receipt-unknown", 0),
        (signed(FALSE.receipt(350, 500, log_id=b"\x0b" * 32)), "receipt-elsewhere", 0),
        (signed(ELSEWHERE), "receipt-elsewhere", 0),
    ],
    ids=["honest", "another root", "no such head", "the true tree, never anchored", "not final yet", "a stranger's key",
         "another log", "another chain"],
)  # fmt: skip
def test_a_signed_receipt_convicts_by_itself(exhibits: Exhibits, code: str, code_exit: int) -> None:
    """INV-07, INV-08: it is given for final heads alone, so the signature contradicts a chain that lacks its head."""
    [found] = judged(exhibits)
    assert (found.code, conviction.exit_code([found])) == (code, code_exit)
    assert (found.against == "promise-key") is (code_exit == 1)


def test_a_signed_receipt_is_open_before_anything_is_final() -> None:
    """INV-07: what a final block cannot decide yet convicts nobody; a later one does."""
    exhibits = signed(FALSE.receipt(350, 500))
    for known in (facts(), facts(TRUE.head(200))):
        assert [found.code for found in judged(exhibits, known)] == ["receipt-early"]
    assert proven(exhibits, facts(TRUE.head(200), TRUE.head(501))) == ["receipt-unanchored"]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255), st.sampled_from(["raw", "digest"]))
def test_an_honest_receipt_that_was_altered_convicts_nobody(at: int, value: int, part: str) -> None:
    """INV-19: neither its bytes nor the frame that it is said to be of can be made to speak against the signer."""
    [given_] = signed(TRUE.receipt(350, 500)).signed_receipts
    data = bytearray(given_.raw if part == "raw" else given_.digest)
    data[at % len(data)] = value
    assert proven(replace(BASE, signed_receipts=(replace(given_, **{part: bytes(data)}),))) == []


def test_a_signed_receipt_shows_that_a_frame_came_late() -> None:
    """INV-21"""
    late = replace(signed(TRUE.receipt(200, 500)), promises=(promised(TRUE.entries[200], 499),))
    assert proven(late) == ["promise-late"]
    assert conviction.exit_code(judged(replace(late, promises=(promised(TRUE.entries[200], 500),)))) == 0


@pytest.mark.parametrize(
    ("index", "deadline", "code"),
    [
        (100, 250, "promise-kept"),
        (199, 200, "promise-kept"),
        (200, 499, "promise-late"),
        (200, 500, "promise-kept"),
        (0, 199, "promise-late"),
        (200, 10_000, "promise-running"),
    ],
)
def test_a_promise_with_a_receipt(index: int, deadline: int, code: str) -> None:
    """INV-21: heads of 200, 500 and 800 leaves were anchored at the times 200, 500 and 800."""
    size = next(size for size in (200, 500, 800) if size > index)
    exhibits = replace(BASE, promises=(promised(TRUE.entries[index], deadline),), receipts=(TRUE.receipt(index, size),))
    found = judged(exhibits)[0]
    assert found.code == code
    assert (found.against == "promise-key") is (code == "promise-late")


def test_a_withheld_frame_is_shown_by_all_entries() -> None:
    """INV-21: absence is shown by every leaf of the anchored tree, and by nothing less."""
    withheld = digests(1, "withheld")[0]
    exhibits = replace(BASE, promises=(promised(withheld, 600),))
    assert [found.code for found in judged(exhibits)] == ["needs-entries"]
    entries = tuple(TRUE.entries[:500])
    assert proven(replace(exhibits, entries=entries)) == ["promise-withheld"]
    for short in (entries[:-1], (*entries[:-1], withheld), tuple(FALSE.entries[:500])):
        assert proven(replace(exhibits, entries=short)) == [], "these are not the leaves of the anchored tree"
    kept = replace(BASE, promises=(promised(TRUE.entries[499], 600),), entries=entries)
    assert [found.code for found in judged(kept)] == ["promise-kept"]
    assert proven(replace(BASE, promises=(promised(withheld, 100),))) == ["promise-withheld"], "no head at all by then"


def test_promises_that_prove_nothing() -> None:
    """INV-19: a promise by another key, or of another log."""
    forged = replace(BASE, promises=(promised(bytes(32), 100, key=generate()),))
    assert [found.code for found in judged(forged)] == ["promise-unknown"]
    other = replace(BASE, promises=(promised(bytes(32), 100, log_id=b"\x0b" * 32),))
    assert [found.code for found in judged(other)] == ["promise-elsewhere"]


def test_an_unanchored_or_broken_receipt_neither_convicts_nor_excuses() -> None:
    """INV-21: a receipt that anyone can write does not keep a promise."""
    withheld = FALSE.entries[400]
    exhibits = replace(BASE, promises=(promised(withheld, 600),), receipts=(FALSE.receipt(400, 500),))
    assert "needs-entries" in [found.code for found in judged(exhibits)]
    assert proven(replace(exhibits, entries=tuple(TRUE.entries[:500]))) == ["promise-withheld"]


def frame_case(case: str) -> tuple[Exhibits, Facts]:
    meter = Meter()
    start = meter.sign_many(3)
    twin = Meter(meter.key, seq=2, prev=digest_of(start[1]))
    stranger = Meter()
    pairs = {
        "fork": (start[2], twin.sign("2.5")),
        "break": (start[1], Meter(meter.key, seq=2, prev=b"\x07" * 32).sign()),
        "skip": (start[1], Meter(meter.key, seq=4, prev=digest_of(start[1])).sign()),
        "chain": (start[0], start[1]),
        "gap": (start[0], start[2]),
        "same": (start[2], start[2]),
        "strangers": (start[0], stranger.sign()),
        "altered": (start[2], start[2][:-1] + bytes((start[2][-1] ^ 1,))),
    }
    keys = (meter.enrolment(), stranger.enrolment())
    return replace(BASE, frames=pairs[case]), Facts(1, 1, None, keys)


@pytest.mark.parametrize(
    ("case", "code", "code_exit"),
    [
        ("fork", "fork", 1), ("break", "break", 1), ("skip", "break", 1), ("chain", "frames-agree", 0),
        ("gap", "frames-agree", 0), ("same", "one-frame", 0), ("strangers", "other-keys", 0),
        ("altered", "unknown-key", 0),
    ],
)  # fmt: skip
def test_two_frames(case: str, code: str, code_exit: int) -> None:
    """INV-04: two frames with one number convict their key; what a stranger signed, or altered, convicts nobody."""
    exhibits, known = frame_case(case)
    found = judged(exhibits, known)
    assert (found[0].code, conviction.exit_code(found)) == (code, code_exit)


def test_a_key_that_is_not_enrolled_is_nobody_s() -> None:
    """INV-19"""
    exhibits, known = frame_case("fork")
    assert conviction.exit_code(judged(exhibits, replace(known, keys=()))) == 0


WHOLE = replace(
    bridged(notes(TRUE.note(400), FALSE.note(700)), 400, 700, FALSE),
    promises=(promised(bytes(32), 600),), receipts=(TRUE.receipt(3, 200),), entries=tuple(TRUE.entries[:500]),
    frames=frame_case("fork")[0].frames, signed_receipts=signed(FALSE.receipt(350, 500)).signed_receipts,
)  # fmt: skip
EVIDENCE = Evidence(31337, b"\x02" * 32, (b"\x03" * 20, b"\x04" * 20), 99, 10_000, WHOLE, ("rewrite",))


def test_an_evidence_file_holds_everything() -> None:
    data = conviction_file.dumps(EVIDENCE, [Finding("rewrite", Weight.PROVEN, "operator", {"size": 400})])
    assert conviction_file.loads(data) == EVIDENCE
    assert proven(WHOLE) == ["rewrite", "promise-withheld", "receipt-unanchored"]
    older = replace(EVIDENCE, exhibits=replace(WHOLE, signed_receipts=()))
    assert conviction_file.loads(conviction_file.dumps(older, [])).exhibits.signed_receipts == ()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_evidence_is_malformed_or_still_only_what_was_signed(data: st.DataObject) -> None:
    """INV-18, INV-19: whatever is put into the file, nothing is proven that its signatures do not prove."""
    document = json.loads(conviction_file.dumps(EVIDENCE, []))
    name = data.draw(st.sampled_from(sorted(document)))
    value = st.one_of(st.none(), st.integers(), st.text(max_size=9), st.lists(st.text(max_size=9), max_size=2))
    document[name] = data.draw(st.one_of(value, st.just({}), st.just([{}]), st.just([f"0x{'00' * 32}"])))
    try:
        read = conviction_file.loads(json.dumps(document).encode())
    except CarbonError:
        return
    assert set(proven(read.exhibits)) <= set(proven(WHOLE))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_no_evidence_and_no_exhibit(data: bytes) -> None:
    """INV-18"""
    for read in (conviction_file.loads, lambda raw: with_file(BASE, raw, "x")):
        with pytest.raises(CarbonError):
            read(data)


def test_kinds_are_told_apart_by_content() -> None:
    raw = Meter().sign()
    signed_promise = promised(bytes(32), 5)
    [given_] = signed(TRUE.receipt(3, 200)).signed_receipts
    receipt = json.dumps({**receipt_json(TRUE.receipt(3, 200)), "checkpoint": TRUE.note(200).decode()}).encode()
    kinds = {raw: "frame", signed_promise: "promise", receipt: "receipt", given_.raw: "signed-receipt"}
    for data, kind in {**kinds, TRUE.note(5): "checkpoint"}.items():
        assert kind_of(data, "x") == kind
    read = Exhibits()
    for data in (b"0x" + raw.hex().encode() + b"\n", b"0x" + signed_promise.hex().encode(), receipt, TRUE.note(5)):
        read = with_file(read, data, "x")
    assert (read.frames, read.promises, read.log_id) == ((raw,), (signed_promise,), LOG_ID)
    assert (read.receipts, read.checkpoints) == ((TRUE.receipt(3, 200),), (TRUE.note(200), TRUE.note(5)))
    with pytest.raises(CarbonError):
        with_file(Exhibits(), raw, "x", "promise")


def test_the_frame_of_a_signed_receipt_is_named_beside_it() -> None:
    [given_] = signed(TRUE.receipt(3, 200)).signed_receipts
    for where, digest in ((f"a/{given_.digest.hex()}.receipt.cose", None), ("x", given_.digest)):
        read = with_file(Exhibits(), given_.raw, where, digest=digest)
        assert (read.signed_receipts, read.log_id) == ((given_,), LOG_ID)
    with pytest.raises(CarbonError, match="--digest"):
        with_file(Exhibits(), given_.raw, "receipt-0123456789abcdef.cose")


def test_note_keys_are_read_as_other_tools_write_them() -> None:
    spelled = verifier_key(ORIGIN, NOTE_KEY.public)
    assert read_note_key(spelled) == read_note_key(f"0x{NOTE_KEY.public.raw.hex()}") == NOTE_KEY.public
    for other in ("", "a+b", spelled[:-4], spelled.replace(ORIGIN, "x"), "0x00", "0xzz"):
        assert read_note_key(other) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1000), st.integers(1, 1000), st.booleans())
def test_a_bridge_is_verified_whatever_the_tiles(old: int, new: int, lying: bool) -> None:
    """INV-07: tiles of another tree never make a bridge to a head, unless both trees are the same up to there."""
    old, new = sorted((old, new))
    served = FALSE if lying else TRUE
    try:
        made = bridge.build(old, new, TRUE.root(new), served.tile)
    except (ProofError, TileError):
        assert lying
        assert new > 300
        return
    assert made.old_root == TRUE.root(old)
