"""A chain of product certificates on a chain of its own, each made of the one before: what tracing is measured on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import Hash32
from eth_utils.crypto import keccak

from devnet.accounts import Accounts, fund, open_accounts
from devnet.anvil import Anvil, Options
from devnet.deploy import create_log, create_node, deploy
from ledger.certificates.statement import Domain, Statement
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.identifiers.vaa import leaf, node
from ledger.upstream import Input, least_footprint, upstream_root
from terminal_signer.keys import EDDSA, generate

GENESIS = 1_672_502_400  # 2023-01-01, +08:00
MAKER, EVALUATOR, VERIFIER = "88.118.70010", "88.118.70011", "88.118.70012"
FOREVER = 2**63
MADE, TAKEN, OWN = 1_000, 900, 10**6


@contextmanager
def certified_chain(folder: Path, length: int) -> Iterator[tuple[Chain, int]]:
    """`length` certificates; each product takes nine tenths of the one before it. The chain, and the last token."""
    with Anvil(folder / "devnet", Options(genesis_time=GENESIS)) as anvil:
        accounts = open_accounts(folder / "keys")
        deployment = deploy(anvil.node, accounts, folder / "deployment.json")
        chain = Chain(anvil.url, deployment)
        maker: LocalAccount = Account.create()
        fund(anvil.node, [maker.address])
        template = _template(chain, accounts, maker)
        token = 0
        footprint = OWN
        for tier in range(length):
            inputs = (Input(token, TAKEN),) if token else ()
            footprint = least_footprint([(TAKEN, footprint)], MADE) + OWN if token else OWN
            token = _certify(chain, accounts, maker, template, tier, footprint, inputs)
        anvil.finalize()
        yield chain, token


def _template(chain: Chain, accounts: Accounts, maker: LocalAccount) -> dict[str, object]:
    create_node(chain, accounts["secondary-node"], "88.118", MAKER.rpartition(".")[2], maker.address)
    for number, (prefix, name) in enumerate(((EVALUATOR, "evaluator"), (VERIFIER, "verifier")), start=1):
        who = accounts[name].address
        create_node(chain, accounts["secondary-node"], "88.118", prefix.rpartition(".")[2], who)
        term = (who, node(prefix), number, bytes(32), 0, FOREVER)
        chain.send(accounts["accreditor"], "CertificateRegistry", "accredit", *term)
    rules = {role: keccak(text=role) for role in ("method", "factors")}
    for kind, (role, digest) in enumerate(rules.items(), start=1):
        chain.send(accounts["publisher"], "RuleRegistry", "publish", kind, f"{role}/1", digest, "", 0, FOREVER)
    operator = accounts["anchorer"]
    keys = generate(EDDSA).public, generate().public
    log_id = create_log(chain, accounts["log-owner"], "carbon-ledger.invalid/bench", *keys, operator.address)
    chain.send(operator, "AnchorLog", "anchor", log_id, 1, keccak(text="head"), [])
    now, none = chain.now(), bytes(32)
    return {
        "kind": 3, "enterprise": node(MAKER), "recipient": unhex(maker.address.lower()),
        "evaluator": unhex(accounts["evaluator"].address.lower()),
        "verifier": unhex(accounts["verifier"].address.lower()), "period_start": now - 2_000, "period_end": now - 1_000,
        "site": keccak(text="site"), "template": none, **rules, "scheme": none, "benchmarks": none, "log_id": log_id,
        "tree_size": 1, "evidence_root": keccak(text="evidence"), "result_hash": keccak(text="result"), "grade": 0,
        "grade_value": 0, "figures": keccak(text="figures"), "unit": "t", "quantity": MADE, "coverage": 9_000,
        "metered": 9_000, "declared": 1_000, "defaulted": 0, "estimated": 0, "assurance": 1,
        "opinion": keccak(text="opinion"), "supersedes": 0, "valid_until": now + 10**8, "submit_before": now + 10**8,
    }  # fmt: skip


def _certify(
    chain: Chain,
    accounts: Accounts,
    maker: LocalAccount,
    template: dict[str, object],
    tier: int,
    footprint: int,
    inputs: tuple[Input, ...],
) -> int:
    identifier = f"{MAKER}/tier-{tier}"
    own: dict[str, object] = {
        "identifier": identifier, "subject": leaf(identifier), "footprint": footprint,
        "upstream_root": upstream_root(inputs, keccak),
    }  # fmt: skip
    fields = {**template, **own}
    statement = Statement(**fields)  # type: ignore[arg-type]
    domain = Domain(chain.deployment.chain_id, chain.deployment.address("CertificateRegistry"))
    digest = Hash32(statement.digest(domain, keccak))
    signers = (maker, accounts["evaluator"], accounts["verifier"])
    signatures = [bytes(signer.unsafe_sign_hash(digest).signature) for signer in signers]
    listed = [astuple(part) for part in inputs]
    chain.send(maker, "CertificateRegistry", "mintProduct", astuple(statement), *signatures, listed)
    return int.from_bytes(digest, "big")
