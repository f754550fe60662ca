"""What a certificate costs on the chain: gas of whole minting transactions, three signatures and statement included."""

from dataclasses import astuple, replace

from eth_account.signers.local import LocalAccount
from eth_typing import Hash32

from devnet.accounts import Accounts
from devnet.deploy import create_log, create_node
from ledger.certificates.statement import Domain, Statement
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.identifiers.vaa import leaf, node
from terminal_signer import keys

PATH = "88.118.20260"
FOR_EVER = 1 << 63
RULES = tuple(bytes([kind]) * 32 for kind in range(1, 6))
PARTIES = ("enterprise", "evaluator", "verifier")


def mints(chain: Chain, accounts: Accounts) -> tuple[int, int]:
    """Gas of an enterprise's first certificate, and of its second one under another identifier."""
    first = _ready(chain, accounts)
    identifier = f"{PATH}/CE-2018-0002"
    return _mint(chain, accounts, first), _mint(
        chain, accounts, replace(first, identifier=identifier, subject=leaf(identifier))
    )


def _ready(chain: Chain, accounts: Accounts) -> Statement:
    """Everything that a statement rests on, and the statement: no field that costs is left empty."""
    create_node(chain, accounts["secondary-node"], "88.118", "20260", accounts["enterprise"].address)
    for role, name in enumerate(PARTIES[1:], start=1):
        term = (accounts[name].address, name.encode().ljust(32, b"\0"), role, bytes(32), 0, FOR_EVER)
        chain.send(accounts["accreditor"], "CertificateRegistry", "accredit", *term)
    for kind, rule in enumerate(RULES, start=1):
        chain.send(accounts["publisher"], "RuleRegistry", "publish", kind, f"rule/{kind}", rule, "", 0, FOR_EVER)
    note, promise = keys.generate(keys.EDDSA), keys.generate()
    operator = accounts["anchorer"]
    log_id = create_log(chain, accounts["log-owner"], "mint", note.public, promise.public, operator.address)
    chain.send(operator, "AnchorLog", "anchor", log_id, 8760, b"\x21" * 32, [])
    enterprise, evaluator, verifier = (unhex(accounts[name].address.lower()) for name in PARTIES)
    identifier, now = f"{PATH}/CE-2018-0001", chain.now()
    method, factors, scheme, benchmarks, template = RULES
    return Statement(
        kind=2, subject=leaf(identifier), identifier=identifier, enterprise=node(PATH), recipient=enterprise,
        evaluator=evaluator, verifier=verifier, period_start=now - 31_536_000, period_end=now, site=b"\x31" * 32,
        template=template, method=method, factors=factors, scheme=scheme, benchmarks=benchmarks, log_id=log_id,
        tree_size=8760, evidence_root=b"\x32" * 32, result_hash=b"\x33" * 32, grade=3, grade_value=1_203_400,
        footprint=0, figures=b"\x34" * 32, unit="tCO2", quantity=0, upstream_root=bytes(32), coverage=9_900,
        metered=9_000, declared=500, defaulted=400, estimated=100, assurance=1, opinion=b"\x35" * 32, supersedes=0,
        valid_until=now + 31_536_000, submit_before=now + 604_800,
    )  # fmt: skip


def _mint(chain: Chain, accounts: Accounts, statement: Statement) -> int:
    digest = statement.digest(Domain(chain.deployment.chain_id, chain.deployment.address("CertificateRegistry")))
    signatures = [_signature(accounts[name], digest) for name in PARTIES]
    return chain.send(
        accounts["enterprise"], "CertificateRegistry", "mint", astuple(statement), *signatures
    ).gas_used  # fmt: skip


def _signature(account: LocalAccount, digest: bytes) -> bytes:
    return bytes(account.unsafe_sign_hash(Hash32(digest)).signature)
