"""The whole verifier against a real chain: what the contracts hold, asked over JSON-RPC, and the command as typed."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from devnet.accounts import open_accounts
from devnet.anvil import Anvil, Options
from devnet.binaries import AnvilMissing, find_anvil
from devnet.deploy import create_log, create_node, deploy
from devnet.tampers import TAMPERS, Tamper
from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import Parties, certify
from ledger.chain.client import Chain
from ledger.commands.verify import main
from ledger.evaluation.result import Result
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import RULE_KINDS, fetch_facts
from ledger.evidence.verify import verify
from ledger.identifiers.vaa import node
from ledger.store.certificates import certificate
from ledger.store.database import migrate, open_store
from terminal_signer.chain import ChainFault, Rpc
from terminal_signer.frame import KeyClass, Seen
from terminal_signer.keys import EDDSA, ES256, SM2, generate
from tests.evidence.plant import (
    DAY,
    EVALUATOR_ISS,
    ISS,
    START,
    VERIFIER_ISS,
    Case,
    Signer,
    World,
    certified,
    rule_files,
    run_plant,
)

NOW = 1_700_000_000
FOR_EVER = 2**63 - 1


class ChainWorld(World):
    """A world whose registry and log are contracts."""

    def __init__(self, anvil: Anvil, chain: Chain, accounts: Any, log_id: bytes) -> None:
        super().__init__(log_id, chain.deployment.chain_id, chain.deployment.generations[-1].contracts)
        self.anvil, self.chain, self.accounts = anvil, chain, accounts

    def enrol(self, iss: str, sub: str, key_class: KeyClass, since: int, alg: int = ES256) -> Signer:
        signer = super().enrol(iss, sub, key_class, since, alg)
        holder = self.accounts["verifier" if iss == VERIFIER_ISS else "enterprise"]
        entry = (iss, sub, alg, signer.key.public.raw, int(key_class), self.log_id, 0)
        self.chain.send(holder, "TerminalRegistry", "enrol", entry, self.proof(signer))
        self.terminals[signer.id] = replace(self.terminals[signer.id], since=self.chain.now())
        return signer

    def anchor(self, time: int) -> Seen:
        before = self.heads[-1].size if self.heads else 0
        seen = super().anchor(time)
        proof = self.tree.consistency(before) if before else []
        self.anvil.set_time(time)
        self.chain.send(self.accounts["anchorer"], "AnchorLog", "anchor", self.log_id, seen.size, seen.root, proof)
        return seen


@dataclass(frozen=True)
class Site:
    """A certificate on a real chain, and the files that a verifier has."""

    case: Case
    anvil: Anvil
    bundle: Path
    policy: Path

    def facts(self, bundle: Bundle, policy: Policy | None = None) -> Any:
        return fetch_facts(bundle, policy or self.case.policy, Rpc(self.anvil.url))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("verify")
    with Anvil(folder / "devnet", Options(genesis_time=START - 12 * DAY)) as anvil:
        yield _certify(folder, anvil)


def _certify(folder: Path, anvil: Anvil) -> Site:
    accounts = open_accounts(folder / "keys")
    chain = Chain(anvil.url, deploy(anvil.node, accounts, folder / "deployment.json"))
    for iss, role in ((ISS, "enterprise"), (VERIFIER_ISS, "verifier"), (EVALUATOR_ISS, "evaluator")):
        create_node(chain, accounts["secondary-node"], "88.118", iss.rpartition(".")[2], accounts[role].address)
    operator = accounts["anchorer"].address
    log_id = create_log(
        chain, accounts["log-owner"], "carbon.example/log", generate(EDDSA).public, generate().public, operator
    )
    for role, body in rule_files().items():
        publisher, digest = accounts["publisher"], hashlib.sha256(body).digest()
        chain.send(publisher, "RuleRegistry", "publish", RULE_KINDS[role], role, digest, "", 0, FOR_EVER)
    for role, number, iss in (("evaluator", 1, EVALUATOR_ISS), ("verifier", 2, VERIFIER_ISS)):
        who = accounts[role].address
        chain.send(
            accounts["accreditor"], "CertificateRegistry", "accredit", who, node(iss), number, bytes(32), 0, FOR_EVER
        )
    world = run_plant(world=ChainWorld(anvil, chain, accounts, log_id), alg=SM2)
    signing = Parties(accounts["enterprise"], accounts["evaluator"], accounts["verifier"])
    case = certified(world, signing=signing, genesis=chain.deployment.genesis)
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    result = Result(json.loads(case.bundle.result), case.bundle.seed)
    issued = certify(
        chain, engine, case.bundle.statement, signing, result, openings={}, summary={}, issued_at=chain.now()
    )
    row = certificate(engine, issued.token)
    assert row is not None
    assert row.statement == case.bundle.statement.to_json()
    engine.dispose()
    bundle, policy = folder / "certificate.bundle", folder / "policy.json"
    bundle.write_bytes(write_bundle(replace(case.bundle, signatures=issued.signatures)))
    policy.write_text(json.dumps(_document(case.policy)))
    return Site(case, anvil, bundle, policy)


def _document(policy: Policy) -> dict[str, Any]:
    accredited = [
        {"address": "0x" + entry.address.hex(), "organisation": entry.organisation, "role": entry.role}
        for entry in policy.accredited
    ]
    return {
        "format": "policy/1", "chain_id": policy.chain_id, "genesis": "0x" + policy.genesis.hex(),
        "contracts": {name: "0x" + address.hex() for name, address in policy.contracts.items()},
        "accredited": accredited, "finality": policy.finality, "max_age": policy.max_age,
        "allow_demo": policy.allow_demo,
    }  # fmt: skip


def run(site: Site, bundle: Path, policy: Path | None = None) -> tuple[int, dict[str, Any]]:
    """The command in a fresh process, from elsewhere."""
    arguments = [str(bundle), "--policy", str(policy or site.policy), "--rpc", site.anvil.url, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "ledger", "verify", *arguments], capture_output=True, check=False, cwd=bundle.parent
    )
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def test_not_yet_final(site: Site) -> None:
    """INV-10: mined is not enough; the order of the tests leaves the mint unfinal here."""
    code, answer = run(site, site.bundle)
    assert code == 3
    assert "certificate-not-final" in [finding["code"] for finding in answer["policy"]]
    assert answer["failed"] is None
    site.anvil.finalize()


def test_the_digest_is_the_contracts(site: Site) -> None:
    statement = site.case.bundle.statement
    chain = site.case.world.chain  # type: ignore[attr-defined]
    assert chain.call("CertificateRegistry", "digest", astuple(statement)) == statement.digest(
        site.case.policy.domain()
    )


def test_verified_from_the_chain_alone(site: Site) -> None:
    code, answer = run(site, site.bundle)
    assert (code, answer["verified"], answer["failed"]) == (0, True, None)
    assert {claim["state"] for claim in answer["claims"]} == {"verified"}
    assert answer["as_of"]["chain_id"] == site.case.policy.chain_id


@pytest.mark.parametrize("name", ["reading", "end-cut-off", "history", "key"])
def test_forgeries_through_the_command(site: Site, name: str) -> None:
    """INV-01, INV-02, INV-07, INV-19"""
    tamper = next(tamper for tamper in TAMPERS if tamper.name == name)
    copy = site.bundle.with_name("copy.bundle")
    copy.write_bytes(tamper.forge(site.bundle.read_bytes()))
    code, answer = run(site, copy)
    assert (code, answer["failed"]) == (1, tamper.claim)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_forgeries_against_the_contracts(site: Site, tamper: Tamper) -> None:
    bundle = tamper.alter(site.case.bundle)
    report = verify(bundle, site.case.policy, site.facts(bundle), NOW)
    assert (report.failed, report.exit_code) == (tamper.claim, 1)


def test_another_chain_is_not_asked(site: Site) -> None:
    """INV-19"""
    facts = site.facts(site.case.bundle, replace(site.case.policy, genesis=b"\x22" * 32))
    assert facts.terminals is None
    assert facts.block == 0


def test_wrong_addresses_and_no_node(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy that names an address without code, and a node that is down: exit 3, nothing verified."""
    contracts = {**site.case.policy.contracts, "AnchorLog": b"\x99" * 20}
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(_document(replace(site.case.policy, contracts=contracts))))
    assert main([str(site.bundle), "--policy", str(wrong), "--rpc", site.anvil.url]) == 3
    assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", "http://127.0.0.1:9"]) == 3
    assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", "file:///etc/passwd"]) == 3
    assert "✓" not in capsys.readouterr().out


def test_confirmations_in_place_of_a_tag(site: Site) -> None:
    policy = replace(site.case.policy, finality=2)
    assert verify(site.case.bundle, policy, site.facts(site.case.bundle, policy), NOW).exit_code == 0
    deep = replace(site.case.policy, finality=1_000_000)
    with pytest.raises(ChainFault, match="does not answer"):  # as of the first block there are no contracts
        site.facts(site.case.bundle, deep)


def test_lines_for_people(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for language, verdict in (("en", "VERIFIED"), ("zh", "验证通过")):
        assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", site.anvil.url, "--lang", language]) == 0
        out = capsys.readouterr().out
        assert out.count("✓") == 11
        assert verdict in out
        assert "\x1b" not in out


def test_malformed_input(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-18"""
    broken = tmp_path / "broken.bundle"
    broken.write_bytes(site.bundle.read_bytes()[:5000])
    for bundle, policy in ((broken, site.policy), (site.bundle, broken), (tmp_path / "none", site.policy)):
        assert main([str(bundle), "--policy", str(policy), "--rpc", site.anvil.url]) == 2
        assert "✗" in capsys.readouterr().out
    assert main([str(broken), "--policy", str(site.policy), "--rpc", site.anvil.url, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "malformed"
