"""`carbon witness` and `carbon log convict` against a real chain and a log's server that lies."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ledger.commands import convict, witness
from ledger.log import cose_receipt
from ledger.witness.lock import alone
from terminal_signer.build import receipt_json
from terminal_signer.keys import PrivateKey, generate
from tests.chain.stand import ENTERPRISE, ORIGIN, Log, Stand, enrolment_of, new_log, proof_of
from tests.gateway.meters import SUB, Meter
from tests.witness.histories import FALSE, TRUE, History, digests, promised
from tests.witness.liar import Liar, serving


@dataclass
class Scene:
    """A log whose true history is anchored at 200 and 500 leaves, finally; and its server."""

    stand: Stand
    log: Log
    liar: Liar
    folder: Path
    true: History
    false: History

    def anchor(self, size: int, last: int) -> int:
        """The time of the block that holds the head."""
        proof = [] if last == 0 else self.true.tree.consistency(last, size)
        operator = self.stand.accounts["anchorer"]
        self.stand.chain.send(operator, "AnchorLog", "anchor", self.log.id, size, self.true.root(size), proof)
        time = self.stand.chain.now()
        self.stand.anvil.finalize()
        return time

    def trust(self) -> list[str]:
        return ["--rpc", self.stand.anvil.url, "--deployment", str(self.stand.folder / "deployment.json")]

    @property
    def named(self) -> list[str]:
        return ["--log", f"0x{self.log.id.hex()}", "--note-key", f"0x{self.log.note_key.public.raw.hex()}"]

    def file(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def watch(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
        flags = ["--gateway", self.liar.url, "--state", str(self.folder / "witness.json"), "--once", "--json"]
        code = witness.main(["run", *self.trust(), *self.named, *flags])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else None

    def convict(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
        code = convict.main([*arguments, *self.trust(), "--json"])
        out = capsys.readouterr().out
        return code, [found["code"] for found in json.loads(out)["findings"]] if out else []


@pytest.fixture
def scene(stand: Stand, tmp_path: Path) -> Iterator[Scene]:
    log = new_log(stand)
    true, false = (History(told.entries, log.note_key, ORIGIN) for told in (TRUE, FALSE))
    with serving(Liar(true, 200)) as liar:
        made = Scene(stand, log, liar, tmp_path, true, false)
        made.anchor(200, 0)
        made.anchor(500, 200)
        yield made


def test_a_rewrite_becomes_evidence_that_a_third_party_checks(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-07: the witness followed the log to 700; the log then signs 900 over another history."""
    for size, outcome in ((500, "fresh"), (700, "advanced"), (700, "same"), (500, "stale")):
        scene.liar.size = size
        code, told = scene.watch(capsys)
        assert (code, told["outcome"]) == (0, outcome)
    scene.liar.history, scene.liar.size = scene.false, 900
    code, told = scene.watch(capsys)
    assert (code, told["outcome"]) == (1, "convicted")
    assert (scene.folder / "witness.json").stat().st_mode & 0o777 == 0o600
    code, codes = scene.convict(capsys, "--check", told["evidence"])
    assert code == 1
    assert set(codes) & {"rewrite", "chain-rewrite"}
    scene.liar.history = scene.true
    assert scene.watch(capsys)[0] == 1, "a convicted log is not believed again"


def test_a_split_view_against_the_chain(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-08: another root than the chain's at an anchored size needs no tiles at all."""
    scene.liar.history, scene.liar.size, scene.liar.tiles = scene.false, 500, False
    code, told = scene.watch(capsys)
    assert (code, told["outcome"]) == (1, "convicted")
    assert scene.convict(capsys, "--check", told["evidence"]) == (1, ["chain-split"])


def test_two_witnesses_do_not_share_a_memory(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-08: each would overwrite the heads that the other saw."""
    state = scene.folder / "witness.json"
    with alone(state, "taken", ""):
        assert scene.watch(capsys) == (2, None)
        assert not state.exists()
    assert scene.watch(capsys)[0] == 0, "who held it is gone"


def test_failures_of_the_network_are_never_evidence(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-08: no answer, no tiles, or a note that the log did not sign leaves the memory as it was."""
    scene.liar.size = 500
    assert scene.watch(capsys)[0] == 0
    before = (scene.folder / "witness.json").read_bytes()
    scene.liar.down = True
    assert scene.watch(capsys) == (3, None)
    scene.liar.down, scene.liar.tiles, scene.liar.size = False, False, 700
    code, told = scene.watch(capsys)
    assert (code, told["outcome"]) == (3, "unproven")
    scene.liar.history = History(TRUE.entries, generate(-8), ORIGIN)
    assert scene.watch(capsys) == (3, None)
    assert (scene.folder / "witness.json").read_bytes() == before
    assert not (scene.folder / "conviction.json").exists()


def test_checkpoints_and_receipts_convict_by_what_is_signed(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-07, INV-08: two signed heads of one size; a receipt with its signed checkpoint; a receipt alone does not."""
    notes = [scene.file("a", scene.true.note(400)), scene.file("b", scene.false.note(400))]
    out = scene.folder / "evidence.json"
    code, codes = scene.convict(capsys, *notes, *scene.named, "--gateway", scene.liar.url, "--out", str(out))
    assert (code, codes[0]) == (1, "split-view")
    assert scene.convict(capsys, "--check", str(out))[0] == 1
    document = receipt_json(scene.false.receipt(350, 500, scene.log.id))
    alone = scene.file("alone.json", json.dumps(document).encode())
    assert scene.convict(capsys, alone, *scene.named) == (3, ["receipt-unsigned"])
    signed = scene.file("signed.json", json.dumps({**document, "checkpoint": scene.false.note(500).decode()}).encode())
    assert scene.convict(capsys, signed, *scene.named) == (1, ["chain-split", "receipt-signed"])


def test_a_signed_receipt_convicts_the_promise_key(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-07, INV-08: alone, without checkpoint or tiles, and again from the evidence file."""
    known = scene.stand.deployment

    def signed(history: History, size: int, key: PrivateKey = scene.log.promise_key) -> str:
        receipt = history.receipt(350, size, scene.log.id)
        anchor = replace(receipt.anchor, chain_id=known.chain_id, contract=known.address("AnchorLog"))
        raw = cose_receipt.encode(replace(receipt, anchor=anchor), key)
        return scene.file(f"receipt-{receipt.digest.hex()}.cose", raw)

    out = scene.folder / "evidence.json"
    assert scene.convict(capsys, signed(scene.true, 500)) == (0, ["receipt-anchored"])
    assert scene.convict(capsys, signed(scene.false, 700)) == (3, ["receipt-early"])
    assert scene.convict(capsys, signed(scene.false, 500, generate())) == (0, ["receipt-unknown"])
    assert scene.convict(capsys, signed(scene.false, 500), "--out", str(out)) == (1, ["receipt-unanchored"])
    assert scene.convict(capsys, "--check", str(out)) == (1, ["receipt-unanchored"])
    false = scene.folder / f"receipt-{scene.false.entries[350].hex()}.cose"
    other = scene.file("receipt.cose", false.read_bytes())
    assert scene.convict(capsys, other)[0] == 2, "which frame?"
    assert scene.convict(capsys, other, "--digest", f"0x{scene.false.entries[350].hex()}")[0] == 1
    assert convict.main([str(false), *scene.trust(), "--lang", "zh"]) == 1
    assert "没有这一树头" in capsys.readouterr().out.replace("\n", "")


def test_the_accuser_cannot_bring_his_own_chain_or_key(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-19: evidence of another chain is not judged, a note key that the chain does not list convicts nobody."""
    liar = generate(-8)
    forged = replace(scene.false, note_key=liar)
    note = scene.file("forged", forged.note(500))
    key = ["--log", f"0x{scene.log.id.hex()}", "--note-key", f"0x{liar.public.raw.hex()}"]
    assert scene.convict(capsys, note, *key) == (3, ["no-note-key"])
    out = scene.folder / "evidence.json"
    assert scene.convict(capsys, scene.file("n", scene.false.note(500)), *scene.named, "--out", str(out))[0] == 1
    document = json.loads(out.read_text(encoding="utf-8"))
    document["chain"]["anchor_log"] = f"0x{'11' * 20}"
    out.write_text(json.dumps(document), encoding="utf-8")
    assert scene.convict(capsys, "--check", str(out))[0] == 3


def test_a_withheld_frame_convicts_by_promise_and_log(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-21: all leaves of the last head before the deadline are read from the log, and the frame is not there."""
    now = scene.stand.chain.now()
    withheld = promised(digests(1, "withheld")[0], now, scene.log.promise_key, scene.log.id)
    file, out = scene.file("p", withheld), scene.folder / "evidence.json"
    assert scene.convict(capsys, file) == (3, ["promise-running"])
    scene.stand.anvil.mine(3, interval=60)
    scene.stand.anvil.finalize()
    assert scene.convict(capsys, file) == (3, ["needs-entries"])
    scene.liar.history = scene.false
    assert scene.convict(capsys, file, "--gateway", scene.liar.url) == (3, ["needs-entries"]), "not the anchored leaves"
    scene.liar.history = scene.true
    code, codes = scene.convict(capsys, file, "--gateway", scene.liar.url, "--out", str(out))
    assert (code, codes) == (1, ["promise-withheld"])
    assert scene.convict(capsys, "--check", str(out)) == (1, ["promise-withheld"])


def test_a_late_frame_convicts_by_promise_and_receipt(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-21: the receipt's head was anchored after the deadline; in time, the same receipt acquits."""
    deadline = scene.stand.chain.now()
    scene.stand.anvil.mine(3, interval=60)
    in_time = scene.anchor(800, 500)
    scene.stand.anvil.mine(3, interval=60)
    scene.stand.anvil.finalize()
    receipt = scene.file("r", json.dumps(receipt_json(scene.true.receipt(600, 800, scene.log.id))).encode())
    for until, expected in ((deadline, (1, "promise-late")), (in_time, (0, "promise-kept"))):
        raw = promised(scene.true.entries[600], until, scene.log.promise_key, scene.log.id)
        code, codes = scene.convict(capsys, scene.file("p", raw), receipt)
        assert (code, codes[0]) == expected


def test_two_frames_convict_an_enrolled_key(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-04"""
    meter = Meter()
    entry, proof = enrolment_of(SUB, meter.key, scene.log.id), proof_of(scene.stand, SUB, meter.key)
    scene.stand.chain.send(scene.stand.accounts["enterprise"], "TerminalRegistry", "enrol", entry, proof)
    scene.stand.anvil.finalize()
    first, second = (scene.file(name, Meter(meter.key).sign(value)) for name, value in (("f", "1.5"), ("g", "2.5")))
    out = scene.folder / "evidence.json"
    assert SUB.startswith(ENTERPRISE)
    assert scene.convict(capsys, first, second, "--out", str(out)) == (1, ["fork"])
    assert scene.convict(capsys, "--check", str(out)) == (1, ["fork"])
    stranger = scene.file("s", Meter().sign())
    assert scene.convict(capsys, first, stranger)[0] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_people_read(scene: Scene, capsys: pytest.CaptureFixture[str], language: str) -> None:
    notes = [scene.file("a", scene.true.note(400)), scene.file("b", scene.false.note(400))]
    assert convict.main([*notes, *scene.named, *scene.trust(), "--lang", language]) == 1
    shown = capsys.readouterr().out
    assert ("split view" in shown) is (language == "en")
    assert ("分裂视图" in shown) is (language == "zh")


def test_wrong_use(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    note = scene.file("a", scene.true.note(400))
    garbage = scene.file("g", b"garbage")
    for arguments in ([], [note], [garbage], [str(scene.folder / "nowhere")], [note, "--log", "0x00"]):
        assert convict.main([*arguments, *scene.trust()]) == 2
    unreachable = ["--rpc", "http://127.0.0.1:1", "--deployment", str(scene.stand.folder / "deployment.json")]
    assert convict.main([note, *scene.named, *unreachable]) == 3
    state = ["--state", str(scene.folder / "none.json"), "--gateway", scene.liar.url, "--once"]
    assert witness.main(["run", *scene.trust(), *state]) == 2
    assert "--note-key" in capsys.readouterr().err


def test_an_auditor_s_policy_names_the_chain_as_well(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-19: trust comes from a policy file; another genesis in it is another chain, and nothing is judged."""
    known = scene.stand.deployment
    contracts = ("TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")
    policy = {
        "format": "policy/1", "chain_id": known.chain_id, "genesis": f"0x{known.genesis.hex()}",
        "contracts": {name: f"0x{known.address(name).hex()}" for name in contracts},
        "accredited": [], "finality": "finalized", "max_age": None, "allow_demo": True,
    }  # fmt: skip
    note = scene.file("n", scene.false.note(500))
    for genesis, expected in ((policy["genesis"], 1), (f"0x{'00' * 32}", 3)):
        file = scene.file("policy.json", json.dumps({**policy, "genesis": genesis}).encode())
        assert convict.main([note, *scene.named, "--rpc", scene.stand.anvil.url, "--policy", file]) == expected
