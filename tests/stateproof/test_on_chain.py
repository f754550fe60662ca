"""State proofs of a real chain: collected from a node, then verified with no node at all.

The tests run in their order: what changes the chain comes later, and the last one stops it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from devnet.binaries import AnvilMissing, find_anvil
from devnet.tampers import TAMPERS, Tamper
from ledger.certificates.bundling import write_bundle
from ledger.commands.verify import main
from ledger.commands.verify_proof import collect, prove
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import ChainFacts
from ledger.evidence.verify import verify
from ledger.stateproof.document import StateProof, parse_state_proof
from ledger.stateproof.state import NotTheContract
from terminal_signer.chain import Rpc
from terminal_signer.strict import Malformed
from tests.evidence.stage import Site, staged
from tests.setup.sample import policy_json

NOW = 1_700_000_000


@dataclass
class Offline:
    """What is saved while there still is a chain."""

    site: Site
    folder: Path
    hashes: dict[str, str]

    def save(self, name: str, *more: str) -> tuple[int, dict[str, Any]]:
        """`carbon verify --save-proof`, and the answer."""
        site, file = self.site, self.folder / f"{name}.json"
        code, answer = self.run("--rpc", site.anvil.url, "--save-proof", str(file), *more)
        self.hashes[name] = answer["as_of"]["block_hash"]
        return code, answer

    def verify(self, name: str, block_hash: str = "", bundle: Path | None = None) -> tuple[int, dict[str, Any]]:
        block_hash = block_hash or self.hashes[name]
        return self.run("--offline", str(self.folder / f"{name}.json"), "--block-hash", block_hash, bundle=bundle)

    def run(self, *arguments: str, bundle: Path | None = None) -> tuple[int, dict[str, Any]]:
        policy = str(self.site.policy)
        code = main([str(bundle or self.site.bundle), "--policy", policy, "--json", *arguments])
        return code, json.loads(self.capture.readouterr().out)

    capture: Any = None


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("offline")
    with staged(folder) as site:
        site.anvil.finalize()
        yield Offline(site, folder, {})


@pytest.fixture
def offline(stage: Offline, capsys: pytest.CaptureFixture[str]) -> Offline:
    stage.capture = capsys
    return stage


def proven(site: Site, bundle: Bundle, policy: Policy | None = None) -> tuple[ChainFacts, ChainFacts]:
    """What the node says, and what its proofs show, collected and then read again from the file."""
    policy = policy or site.case.policy
    said = site.facts(bundle, policy)
    proof, block_hash, shown = collect(bundle, policy, Rpc(site.anvil.url), said.block)
    read = parse_state_proof(proof.to_json())
    assert prove(read, block_hash, bundle, policy) == shown
    return said, shown


def test_saved_while_verifying(offline: Offline) -> None:
    code, answer = offline.save("honest")
    assert (code, answer["as_of"]["proven"]) == (0, False)
    document = json.loads((offline.folder / "honest.json").read_bytes())
    assert set(document) == {"format", "header", "nodes"}


def test_the_same_facts_as_by_a_nodes_word(offline: Offline) -> None:
    said, shown = proven(offline.site, offline.site.case.bundle)
    assert said == shown
    assert (shown.heads, shown.status, len(shown.terminals or {})) == (True, 1, 4)
    assert shown.published == {"method", "factors"}


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_forgeries_have_the_same_facts(offline: Offline, tamper: Tamper) -> None:
    """INV-01, INV-02, INV-07"""
    site, bundle = offline.site, tamper.alter(offline.site.case.bundle)
    said, shown = proven(site, bundle)
    assert said == shown
    report = verify(bundle, site.case.policy, shown, NOW)
    assert (report.failed, report.exit_code) == (tamper.claim, 1)


def test_contracts_that_are_not_there(offline: Offline) -> None:
    """INV-19: an address without code is proven to have none."""
    site, policy = offline.site, offline.site.case.policy
    block = site.facts(site.case.bundle).block
    for address in (b"\x99" * 20, bytes.fromhex(site.case.world.accounts["anchorer"].address[2:])):  # type: ignore[attr-defined]
        wrong = replace(policy, contracts={**policy.contracts, "AnchorLog": address})
        with pytest.raises(NotTheContract, match="no contract AnchorLog"):
            collect(site.case.bundle, wrong, Rpc(site.anvil.url), block)


def test_another_contract_in_its_place(offline: Offline) -> None:
    """INV-19: nothing verifies from the slots of another contract."""
    site, policy = offline.site, offline.site.case.policy
    contracts = {**policy.contracts, "AnchorLog": policy.contracts["RuleRegistry"]}
    said = site.facts(site.case.bundle)
    _, _, shown = collect(site.case.bundle, replace(policy, contracts=contracts), Rpc(site.anvil.url), said.block)
    assert shown == replace(said, heads=False, heads_latest=False)
    contracts = {**policy.contracts, "TerminalRegistry": policy.contracts["CertificateRegistry"]}
    _, _, shown = collect(site.case.bundle, replace(policy, contracts=contracts), Rpc(site.anvil.url), said.block)
    assert shown.terminals == {}


def test_a_proof_of_other_slots_is_no_absence(offline: Offline) -> None:
    """INV-18: each slot is shown or the proof is refused; a node that is left out is never an empty slot."""
    site = offline.site
    bundle, policy = site.case.bundle, site.case.policy
    proof, block_hash, _ = collect(bundle, policy, Rpc(site.anvil.url), site.facts(bundle).block)
    for index in range(0, len(proof.nodes), 9):
        lacking = StateProof(proof.header, [*proof.nodes[:index], *proof.nodes[index + 1 :]])
        with pytest.raises(Malformed, match="is not there"):
            prove(lacking, block_hash, bundle, policy)


def test_before_the_contracts(offline: Offline) -> None:
    with pytest.raises(NotTheContract, match="as of this block"):
        collect(offline.site.case.bundle, offline.site.case.policy, Rpc(offline.site.anvil.url), 0)


def test_a_certificate_revoked_and_a_key_ended(offline: Offline) -> None:
    """As of later blocks."""
    site = offline.site
    world: Any = site.case.world
    chain, accounts = world.chain, world.accounts
    token = int.from_bytes(site.case.bundle.statement.digest(site.case.policy.domain()), "big")
    chain.send(accounts["revoker"], "CertificateRegistry", "proposeRevocation", token, "test")
    chain.send(accounts["confirmer"], "CertificateRegistry", "confirmRevocation", token, "test")
    site.anvil.finalize()
    code, answer = offline.save("revoked")
    assert (code, answer["failed"]) == (1, "certificate")
    chain.send(accounts["enterprise"], "TerminalRegistry", "revoke", world.signers[0].id, 3)
    site.anvil.finalize()
    assert offline.save("key-revoked")[0] == 1
    said, shown = proven(site, site.case.bundle)
    assert said == shown
    assert (shown.status, (shown.terminals or {})[world.signers[0].id].reason) == (3, 3)


def test_without_a_chain(offline: Offline) -> None:
    """From here on nobody answers."""
    offline.site.anvil.stop()
    code, answer = offline.verify("honest")
    assert (code, answer["verified"], answer["as_of"]["proven"]) == (0, True, True)
    assert answer["as_of"]["block_hash"] == offline.hashes["honest"]
    assert {claim["state"] for claim in answer["claims"]} == {"verified"}
    code, answer = offline.verify("revoked")
    assert (code, answer["failed"]) == (1, "certificate")
    assert offline.verify("key-revoked")[0] == 1


def test_the_hash_decides(offline: Offline) -> None:
    """INV-19: a proof under another hash, and the header of one block with the state of another."""
    for wrong in ("0x" + "00" * 32, offline.hashes["revoked"]):
        code, answer = offline.verify("honest", wrong)
        assert (code, answer["error"]["code"]) == (2, "malformed")
    honest, later = (json.loads((offline.folder / f"{name}.json").read_bytes()) for name in ("honest", "revoked"))
    (offline.folder / "mixed.json").write_text(json.dumps({**honest, "header": later["header"]}))
    code, answer = offline.verify("mixed", offline.hashes["revoked"])
    assert (code, answer["failed"]) == (2, "format")
    nodes = sorted({*honest["nodes"], *later["nodes"]})
    (offline.folder / "both.json").write_text(json.dumps({**later, "nodes": nodes}))
    code, answer = offline.verify("both", offline.hashes["revoked"])
    assert (code, answer["failed"]) == (1, "certificate")


def test_forged_heads(offline: Offline) -> None:
    """INV-07: heads that were never anchored have no slot; where the proof does not show that, it does not fit."""
    case = offline.site.case
    moved = replace(case.bundle.heads[-1], root=b"\x55" * 32)
    forged = offline.folder / "forged.bundle"
    forged.write_bytes(write_bundle(replace(case.bundle, heads=(*case.bundle.heads[:-1], moved))))
    code, answer = offline.verify("honest", bundle=forged)
    assert (code, answer["failed"]) == (1, "inclusion")
    assert "not-anchored" in {claim["code"] for claim in answer["claims"]}


def test_too_old(offline: Offline, tmp_path: Path) -> None:
    site = offline.site
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(policy_json(replace(site.case.policy, max_age=3600))))
    arguments = ["--offline", str(offline.folder / "honest.json"), "--block-hash", offline.hashes["honest"]]
    assert main([str(site.bundle), "--policy", str(policy), "--json", *arguments]) == 3
    answer = json.loads(offline.capture.readouterr().out)
    assert [finding["code"] for finding in answer["policy"]] == ["stale"]
    assert answer["failed"] is None


def test_lines_for_people(offline: Offline) -> None:
    site = offline.site
    arguments = ["--offline", str(offline.folder / "honest.json"), "--block-hash", offline.hashes["honest"].upper()]
    arguments[-1] = "0x" + arguments[-1][2:]
    for language, as_of in (("en", "proven under the block hash given"), ("zh", "由给定区块哈希证明")):
        assert main([str(site.bundle), "--policy", str(site.policy), *arguments, "--lang", language]) == 0
        out = offline.capture.readouterr().out
        assert out.count("✓") == 11
        assert as_of in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--offline", "proof.json"],
        ["--offline", "proof.json", "--block-hash", "0x12"],
        ["--offline", "proof.json", "--rpc", "http://127.0.0.1:9"],
        ["--rpc", "http://127.0.0.1:9", "--block-hash", "0x" + "00" * 32],
        ["--offline", "proof.json", "--block-hash", "0x" + "00" * 32, "--save-proof", "other.json"],
        [],
    ],
)
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["a.bundle", "--policy", "policy.json", *arguments])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
