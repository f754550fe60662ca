"""A key's life, from the command that enrols it to the one that lists it as ended, honoured alike by all who judge.

The gateway asks the registry through its own source, the evaluator assembles from the store, the verifier asks the
contract at the final block: three readers, one answer for every frame.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.enrolments import EnrolmentSource
from ledger.anchoring.heads import State
from ledger.assemble import Assembled, assemble
from ledger.chain.keyfile import PASSPHRASE as HOLDER_PASSPHRASE
from ledger.commands.terminal import main as carbon_terminal
from ledger.evaluation.inputs import Period
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.report import Failed
from ledger.evidence.rpc import _terminals, _View
from ledger.evidence.signatures import Signatures
from ledger.ingest import Ingest, Logged, Refused
from ledger.log.admission import Enrolment, Times
from ledger.log.replay import Head, open_frame, replay
from ledger.store.frames import FrameStore
from terminal_signer import cli
from terminal_signer.chain import Rpc
from terminal_signer.frame import digest_of, parse
from terminal_signer.keys import EDDSA, NAMES, SM2, generate
from terminal_signer.place import PASSPHRASE, Place, open_place
from tests.anchoring.works import Works, new_works
from tests.chain.stand import ENTERPRISE, HOLDERS, Stand, enrolment_of, working_folder

NUMBERS = count(1)
PHRASE = b"a phrase"


@dataclass
class Plant:
    """A working folder on a real chain with its log, store and gateway's ingest."""

    folder: Path
    works: Works
    ingest: Ingest
    capsys: pytest.CaptureFixture[str]
    sub: str

    def run(self, *words: str, code: int = 0) -> Any:
        """`carbon terminal` as typed, with --json."""
        self.capsys.readouterr()
        assert carbon_terminal([*words, "--dir", str(self.folder), "--json"]) == code, self.capsys.readouterr().err
        return json.loads(self.capsys.readouterr().out)

    def terminal(self, name: str, alg: int, prev: bytes | None = None) -> tuple[Place, str]:
        """A terminal's folder, and the file of its request."""
        folder, file = self.folder / name, self.folder / f"{name}.json"
        words = ["init", "--dir", str(folder), "--iss", ENTERPRISE, "--sub", self.sub, "--alg", NAMES[alg]]
        assert cli.main(words + ([] if prev is None else ["--prev", prev.hex()])) == 0
        deployment = self.works.stand.deployment
        registry = deployment.address("TerminalRegistry").hex()
        words = ["enrol-request", "--dir", str(folder), "--chain-id", str(deployment.chain_id), "--registry", registry]
        self.capsys.readouterr()
        assert cli.main([*words, "--json"]) == 0
        file.write_text(self.capsys.readouterr().out)
        return open_place(folder), str(file)

    def sign(self, place: Place) -> bytes:
        """A frame of now, by the chain's clock."""
        signer = place.signer(PHRASE)
        signer.heartbeat(self.works.now())
        raw = signer.spool.held("stored")[-1].raw
        signer.spool.close()
        return raw

    def send(self, raw: bytes) -> Logged | Refused:
        self.ingest.ask_chain()
        (answer,) = self.ingest.submit([raw], self.works.now())
        assert isinstance(answer, Logged | Refused)
        return answer

    def anchor(self) -> None:
        """Anchor what the log holds, to the end, and let ten minutes pass: blocks of one second have one time."""
        with self.works.opened() as anchorer:
            anchorer.step(self.works.now())
            self.works.stand.anvil.finalize()
            anchorer.step(self.works.now())
        self.works.held_final()
        self.works.stand.anvil.set_time(self.works.now() + 600)
        self.works.stand.anvil.mine(1)

    # -- the three who judge

    def by_gateway(self) -> list[set[str]]:
        frames = FrameStore(self.works.engine, self.works.log.id).between(0, self.works.tree.size())
        return [set(frame.flags) for frame in frames]

    def by_evaluator(self) -> Assembled:
        final = self.works.anchors.heads([State.FINAL])
        heads = [Head(head.size, head.root, head.place.time) for head in final if head.place is not None]
        period = Period(heads[0].time - 1, heads[-1].time + 1)
        return assemble(
            self.works.engine, self.works.log.id, self.works.chain.enrolments(), heads, [self.sub], period, Times()
        )

    def by_verifier(self, evidence: Assembled, keys: Sequence[Any]) -> tuple[dict[Any, Enrolment], list[set[str]]]:
        """Keys as the contract holds them at the final block, and the frames judged with them."""
        deployment, rpc = self.works.stand.deployment, Rpc(self.works.stand.anvil.url)
        contracts = dict(deployment.generations[-1].contracts)
        policy = Policy(deployment.chain_id, deployment.genesis, contracts, (), "finalized", None, True)
        asked = cast(Bundle, SimpleNamespace(keys=keys, statement=SimpleNamespace(identifier=f"{ENTERPRISE}/CE-1")))
        terminals = _terminals(asked, _View(policy, rpc, self.works.chain.block("finalized").number))
        parsed = [parse(raw) for raw in evidence.raws]
        signatures = Signatures()
        signatures.check_keys(keys, policy, terminals)
        with signatures.verified_beside(evidence.raws):
            signatures.check_frames(parsed)
        rows = replay(
            [open_frame(frame) for frame in parsed], [entry.index for entry in evidence.admitted], evidence.heads,
            signatures.keys, self.works.log.id, Times(),
        )  # fmt: skip
        return signatures.keys, [set(row[5]) for row in rows]


@pytest.fixture
def plant(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Plant]:
    monkeypatch.setenv(PASSPHRASE, PHRASE.decode())
    monkeypatch.setenv(HOLDER_PASSPHRASE, HOLDERS)
    works = new_works(stand, tmp_path)
    working_folder(stand, tmp_path, works.log.id)
    ingest = Ingest(works.engine, works.log.id, works.log.promise_key, refresh=EnrolmentSource(stand.chain))
    yield Plant(tmp_path, works, ingest, capsys, f"{ENTERPRISE}/EQ-{next(NUMBERS):04}")
    ingest.close()
    works.engine.dispose()


@pytest.mark.parametrize("alg", NAMES, ids=NAMES.values())
def test_a_key_from_enrolment_to_revocation(plant: Plant, alg: int) -> None:
    """INV-06: a key's life is told by blocks, for gateway, evaluator and verifier alike; nothing is retroactive."""
    old, request = plant.terminal("old", alg)
    first = plant.sign(old)
    early = plant.send(first)
    assert isinstance(early, Refused)
    assert early.code == "unknown-key"
    enrolled = plant.run("enrol", request, "--class", "meter")
    frames = [first, plant.sign(old)]
    assert [flags_of(plant.send(raw)) for raw in frames] == [set(), set()]
    plant.anchor()

    new, request = plant.terminal("new", alg, prev=digest_of(frames[-1]))
    rotated = plant.run("rotate", request)
    assert (rotated["replaced"], rotated["last_digest"]) == (enrolled["kid"], "0x" + digest_of(frames[-1]).hex())
    assert flags_of(plant.send(plant.sign(old))) == {"revoked"}
    assert flags_of(plant.send(plant.sign(new))) == set()
    plant.anchor()

    revoked = plant.run("revoke", plant.sub, "--reason", "stolen")
    assert (revoked["id"], revoked["reason"]) == (rotated["id"], "stolen")
    assert flags_of(plant.send(plant.sign(new))) == {"revoked"}
    plant.anchor()

    expected: list[set[str]] = [set(), set(), {"revoked"}, set(), {"revoked"}]
    assert plant.by_gateway() == expected
    evidence = plant.by_evaluator()
    assert [set(entry.flags) for entry in evidence.admitted] == expected
    keys, flags = plant.by_verifier(evidence, evidence.keys)
    assert flags == expected
    registered = [key for key in plant.works.chain.enrolments() if key.sub == plant.sub]
    assert keys == {(key.iss, key.sub, key.kid): key for key in registered}

    listed = {entry["id"]: entry for entry in plant.run("list", "--sub", plant.sub)["terminals"]}
    ends = [(listed[change["id"]]["standing"], listed[change["id"]]["until"]) for change in (enrolled, rotated)]
    assert ends == [("rotated", rotated["time"]), ("revoked", revoked["time"])]


def test_a_frame_that_no_head_held_before_the_revocation_does_not_count(plant: Plant) -> None:
    """INV-06: accepted before, anchored after: the gateway's clock does not make it an earlier frame."""
    terminal, request = plant.terminal("meter", SM2)
    plant.run("enrol", request, "--class", "meter")
    assert flags_of(plant.send(plant.sign(terminal))) == set()
    plant.anchor()
    assert flags_of(plant.send(plant.sign(terminal))) == set()
    plant.works.stand.anvil.set_time(plant.works.now() + 60)
    plant.run("revoke", plant.sub, "--reason", "lost")
    plant.anchor()
    evidence = plant.by_evaluator()
    assert [set(entry.flags) for entry in evidence.admitted] == [set(), {"revoked"}]
    assert plant.by_verifier(evidence, evidence.keys)[1] == [set(), {"revoked"}]


def standings(plant: Plant) -> list[str]:
    return [entry["standing"] for entry in plant.run("list", "--sub", plant.sub)["terminals"]]


def flags_of(answer: Logged | Refused) -> set[str]:
    assert isinstance(answer, Logged)
    return set(answer.flags)


@pytest.mark.parametrize("alg", [EDDSA, SM2])
def test_an_enrolment_without_possession_is_void_for_all(plant: Plant, alg: int) -> None:
    """The contract takes it, for it cannot check these proofs; whoever reads the event passes it over."""
    key = generate(alg)
    sub = f"{ENTERPRISE}/STOLEN{alg}"
    stand = plant.works.stand
    entry = enrolment_of(sub, key, plant.works.log.id)
    stand.chain.send(stand.accounts["enterprise"], "TerminalRegistry", "enrol", entry, key.sign(b"something else"))
    kid = key.public.thumbprint()
    assert kid not in {found.kid for found in stand.chain.enrolments()}
    (listed,) = plant.run("list", "--sub", sub)["terminals"]
    assert (listed["kid"], listed["standing"]) == (f"0x{kid.hex()}", "unproven")

    terminal, request = plant.terminal("honest", alg)
    plant.run("enrol", request, "--class", "meter")
    assert flags_of(plant.send(plant.sign(terminal))) == set()
    plant.anchor()
    evidence = plant.by_evaluator()
    (good,) = evidence.keys
    stolen = type(good)(ENTERPRISE, sub, alg, key.public.raw, key.sign(b"something else"))
    with pytest.raises(Failed) as caught:
        plant.by_verifier(evidence, [good, stolen])
    assert caught.value.finding.code == "key-possession"


def test_calibration_runs_out_by_the_chains_clock(plant: Plant) -> None:
    """INV-23: after that day readings are no longer metered, and the list says so."""
    terminal, request = plant.terminal("meter", SM2)
    due = plant.works.now() + 3600
    plant.run("enrol", request, "--class", "meter", "--calibration-due", datetime.fromtimestamp(due, UTC).isoformat())
    assert standings(plant) == ["in-force"]
    assert flags_of(plant.send(plant.sign(terminal))) == set()
    plant.works.stand.anvil.set_time(due + 60)
    plant.works.stand.anvil.mine(1)
    assert standings(plant) == ["overdue"]
    assert flags_of(plant.send(plant.sign(terminal))) == {"calibration"}
