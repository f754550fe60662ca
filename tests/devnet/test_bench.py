"""The benchmark measures what it says, and reports targets that are missed. No test here is timed."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from devnet.bench import command, evaluate, ingest, lookup, meters, peers, tiles, tree
from devnet.bench.load import LoadFailed, load, request
from devnet.bench.lookup_store import fill
from devnet.bench.measure import Row, Scale, on_two_cores, raw_on_two_cores, raw_verification, spread
from terminal_signer import keys
from terminal_signer.build import encode_pack
from terminal_signer.frame import Pack, content, parse, verify

FAST = Row("a", "frames/s", 6000.0, "raw", 10_000.0, 0.5)
SLOW = Row("b", "s", 2.0, "raw", 1.0, 1.5, at_least=False)
ALONE = Row("c", "leaves/s", 5.0, "peer", None, 1.0, note="absent")


@pytest.mark.parametrize(("row", "ratio", "met"), [(FAST, 0.6, True), (SLOW, 2.0, False), (ALONE, None, None)])
def test_a_target_is_met_missed_or_not_comparable(row: Row, ratio: float | None, met: bool | None) -> None:
    assert row.ratio == ratio
    assert row.met is met


def test_a_row_without_a_target_is_neither_met_nor_missed() -> None:
    assert Row("d", "leaves/s", 5.0, "hashing alone", 10.0, None).met is None


def test_the_document_says_it_all() -> None:
    document = json.loads(json.dumps(command.document([FAST, SLOW, ALONE], 0.1)))
    assert document["format"] == "bench/1"
    assert document["machine"]["cores"] >= 1
    assert document["machine"]["load"] == 0.1
    assert [row["met"] for row in document["rows"]] == [True, False, None]
    assert [row["target"] for row in document["rows"]] == [{"at_least": 0.5}, {"at_most": 1.5}, {"at_least": 1.0}]
    assert document["rows"][2]["note"] == "absent"


TINY = Scale(peers=1000, largest=1000, proofs=20, runs=1)


def test_the_table_shows_peers_that_are_absent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "module", lambda name: None)
    rows = list(tree.rows(TINY))
    assert [row.note for row in rows[:6]] == ["absent"] * 6
    monkeypatch.setattr(command, "_measure", lambda part, scale: iter(rows))
    assert command.main(["tree", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "pymerkle: absent" in out
    assert "merkletools: absent" in out


def test_the_tree_and_its_peer_find_the_same_root_and_path() -> None:
    rows = list(tree.rows(TINY))
    assert rows[0].against == "pymerkle"
    assert all(row.reference is not None for row in rows[:3])


def test_a_peer_that_disagrees_ends_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = peers.pymerkle()
    assert peer is not None
    other = replace(peer, build=lambda entries: peer.build(list(reversed(entries))))
    monkeypatch.setattr(tree, "pymerkle", lambda: other)
    with pytest.raises(peers.Disagreement):
        list(tree.rows(TINY))


def test_what_a_proof_costs_is_told_for_every_size() -> None:
    """A cost that doubles with each level is seen: per level it grows far beyond the target."""
    row = tree.per_level("x", [1000, 10_000, 100_000], [10e-6, 14e-6, 17e-6])
    assert (row.ratio, row.met) == (1.0, True)
    assert [step["levels"] for step in row.by_size] == [10, 14, 17]
    assert tree.per_level("x", [1000, 100_000], [10e-6, 1e-3]).met is False


def test_tiles_are_measured_on_a_disk_and_memory_in_a_process_of_its_own() -> None:
    writing, inclusion, consistency, memory = tiles.rows(Scale(peers=1000, largest=10_000, proofs=20, runs=1))
    assert (writing.met, writing.target) == (None, None)
    assert [[step["leaves"] for step in row.by_size] for row in (inclusion, consistency, memory)] == [
        [1000, 10_000]
    ] * 3
    assert memory.ours > 10, "an interpreter alone takes more"


def test_memory_that_grows_with_the_log_misses_the_target() -> None:
    mebibyte = 1 << 20
    assert tiles._flat([1000, 10_000], [60 * mebibyte, 61 * mebibyte]).met is True
    assert tiles._flat([1000, 10_000], [60 * mebibyte, 600 * mebibyte]).met is False


def test_two_cores_do_two_works_at_once_and_tell_when_one_fails() -> None:
    done: list[int] = []
    on_two_cores([lambda: done.append(1), lambda: done.append(2)])
    assert done == [1], "the second was done in another process"
    with pytest.raises(RuntimeError):
        on_two_cores([lambda: None, lambda: [][0]])


def test_spread_is_the_same_every_time_and_within_the_size() -> None:
    assert spread(1000, 50) == spread(1000, 50)
    assert len(set(spread(1000, 50))) == 50
    assert all(0 <= position < 7 for position in spread(7, 50))


def test_raw_verifies_the_very_signatures() -> None:
    key = keys.generate()
    frames = ingest.signed_year(key, "88.118.20260/EQ-0001", 1_700_000_000 // 3600 * 3600, 3)
    raw_verification(frames, {key.public.thumbprint(): key.public})()
    raw_on_two_cores(frames, {key.public.thumbprint(): key.public})()
    broken = frames[0][:-1] + bytes([frames[0][-1] ^ 1])
    with pytest.raises(InvalidSignature):
        raw_verification([broken], {key.public.thumbprint(): key.public})()


def test_ingest_is_measured_against_a_gateway_that_logs_every_frame() -> None:
    """A chain, a gateway process and a few requests: every frame is answered as logged, in order, with a promise."""
    (row,) = ingest.rows(count=30, a_request=10)
    assert row.ours > 0
    assert row.details["frames"] == 30


def test_an_evaluation_is_measured_from_frames_and_from_hours() -> None:
    """One meter's year: whichever way, one result, or there would be no row."""
    first, again = evaluate.rows(TINY)
    assert first.details["readings"] == 4 * 8760
    assert first.reference is not None
    assert set(again.details) == {"statement", "scheme", "factors", "gaps filled"}


def test_growth_with_the_number_of_meters_is_seen() -> None:
    small = evaluate.Taken(10, 6.0, 6.0, 6.0, 100 << 20, {})
    cost, memory = evaluate._growth([small, replace(small, meters=50, own=60.0, peak=105 << 20)])
    assert (cost.met, memory.met) == (False, True)


def test_a_template_s_frames_say_what_they_should() -> None:
    """The packs that are put together from pieces are those that the writer would write."""
    chain = meters.signed(3, range(5), bytes(32))
    for number, frame in enumerate(map(parse, chain)):
        pack = content(frame)
        assert isinstance(pack, Pack)
        assert encode_pack(meters.ISS, pack.base_time, pack.records, frame.iat) == frame.payload
        assert [record.value for record in pack.records] == [
            Decimal(meters._amount(3, number, quarter)) / 100 for quarter in range(4)
        ]
        verify(frame, meters.key_of(meters.sub_of(3)).public)


def test_look_ups_are_asked_of_a_real_server_and_their_p99_is_told() -> None:
    rows = list(lookup.rows(count=20, seconds=0.2, runs=1))
    assert [row.name for row in rows] == list(lookup.PATHS)
    assert all(row.reference and row.details["p99 ms"] > 0 and row.target == 0.4 for row in rows)


def test_an_answer_that_is_not_200_ends_the_measurement(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.sqlite", 1)
    with lookup.serving(tmp_path / "ledger.sqlite") as port, pytest.raises(LoadFailed, match="otherwise"):
        load(port, [request("/certificates/88.118.1/CE-1")], 0.1, 2)
