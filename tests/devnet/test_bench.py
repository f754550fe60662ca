"""The benchmark measures what it says, and reports targets that are missed. No test here is timed."""

import json

import pytest
from cryptography.exceptions import InvalidSignature

from devnet.bench import command, ingest, tree
from devnet.bench.measure import Row, raw_verification
from terminal_signer import keys

FAST = Row("a", "frames/s", 6000.0, "raw", 10_000.0, 0.5)
SLOW = Row("b", "s", 2.0, "raw", 1.0, 1.5, at_least=False)
ALONE = Row("c", "leaves/s", 5.0, "peer", None, 1.0, note="absent")


@pytest.mark.parametrize(("row", "ratio", "met"), [(FAST, 0.6, True), (SLOW, 2.0, False), (ALONE, None, None)])
def test_a_target_is_met_missed_or_not_comparable(row: Row, ratio: float | None, met: bool | None) -> None:
    assert row.ratio == ratio
    assert row.met is met


def test_the_document_says_it_all() -> None:
    document = json.loads(json.dumps(command.document([FAST, SLOW, ALONE])))
    assert document["format"] == "bench/1"
    assert document["machine"]["cores"] >= 1
    assert [row["met"] for row in document["rows"]] == [True, False, None]
    assert [row["target"] for row in document["rows"]] == [{"at_least": 0.5}, {"at_most": 1.5}, {"at_least": 1.0}]
    assert document["rows"][2]["note"] == "absent"


def test_the_table_shows_peers_that_are_absent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_peer", lambda name: None)
    monkeypatch.setattr(tree, "LEAVES", 64)
    rows = list(tree.rows(64, 1))
    assert [row.note for row in rows] == ["absent"] * 3
    monkeypatch.setattr(command, "_measure", lambda part: iter(rows))
    assert command.main(["--only", "tree", "--lang", "en"]) == 0
    assert "absent" in capsys.readouterr().out


def test_the_tree_and_its_peer_find_the_same_root() -> None:
    rows = list(tree.rows(100, 1))
    assert rows[0].against == "pymerkle"
    assert rows[0].reference is not None


def test_raw_verifies_the_very_signatures() -> None:
    key = keys.generate()
    frames = ingest.signed_year(key, "88.118.20260/EQ-0001", 1_700_000_000 // 3600 * 3600, 3)
    raw_verification(frames, {key.public.thumbprint(): key.public})()
    broken = frames[0][:-1] + bytes([frames[0][-1] ^ 1])
    with pytest.raises(InvalidSignature):
        raw_verification([broken], {key.public.thumbprint(): key.public})()


def test_ingest_is_measured_against_a_gateway_that_logs_every_frame() -> None:
    """A chain, a gateway process and a few requests: every frame is answered as logged, in order, with a promise."""
    (row,) = ingest.rows(count=30, a_request=10)
    assert row.ours > 0
    assert row.details["frames"] == 30
