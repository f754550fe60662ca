"""A plant certified on a real chain, with the files that a verifier has."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from devnet.accounts import open_accounts
from devnet.anvil import Anvil, Options
from devnet.deploy import create_log, create_node, deploy
from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import Parties, certify
from ledger.chain.client import Chain
from ledger.evaluation.result import Result
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import RULE_KINDS, fetch_facts
from ledger.identifiers.vaa import node
from ledger.store.certificates import certificate
from ledger.store.database import migrate, open_store
from terminal_signer.chain import Rpc
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
from tests.setup.sample import policy_json

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


@contextmanager
def staged(folder: Path) -> Iterator[Site]:
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
    policy.write_text(json.dumps(policy_json(case.policy)))
    return Site(case, anvil, bundle, policy)
