"""`Chain.check` on a certificate that was really minted: every field, the status as of a block, and how it ends."""

from dataclasses import astuple, replace

import pytest
from eth_typing import Hash32

from devnet.deploy import create_node
from ledger.certificates.statement import Domain, Statement
from ledger.chain.answers import unhex
from ledger.chain.errors import ContractRefused
from ledger.identifiers.vaa import leaf
from ledger.identifiers.vaa import node as identifier_node
from tests.certificates.sample import STATEMENT
from tests.chain.stand import ENTERPRISE, Stand, new_log

FOREVER = 2**63
PARTIES = ("enterprise", "evaluator", "verifier")


@pytest.fixture(scope="module")
def statement(stand: Stand) -> Statement:
    """A statement that the contract accepts: accredited parties, published rules, an anchored head."""
    chain, accounts = stand.chain, stand.accounts
    for number, role in enumerate(("evaluator", "verifier"), start=1):
        node = create_node(chain, accounts["secondary-node"], "88.118", f"9000{number}", accounts[role].address)
        term = (accounts[role].address, node, number, bytes(32), 0, FOREVER)
        chain.send(accounts["accreditor"], "CertificateRegistry", "accredit", *term)
    rules = (STATEMENT.method, STATEMENT.factors, STATEMENT.scheme, STATEMENT.benchmarks)
    for kind, rule in enumerate(rules, start=1):
        chain.send(accounts["publisher"], "RuleRegistry", "publish", kind, f"r/{kind}", rule, "", 0, FOREVER)
    log = new_log(stand)
    chain.send(accounts["anchorer"], "AnchorLog", "anchor", log.id, 7, b"\x07" * 32, [])
    recipient, evaluator, verifier = (unhex(accounts[role].address.lower()) for role in PARTIES)
    now = chain.now()
    return replace(
        STATEMENT,
        subject=leaf(STATEMENT.identifier),
        enterprise=identifier_node(ENTERPRISE),
        recipient=recipient,
        evaluator=evaluator,
        verifier=verifier,
        period_start=now - 1_000,
        period_end=now - 10,
        log_id=log.id,
        tree_size=7,
        valid_until=now + 10_000,
        submit_before=now + 5_000,
    )


def mint(stand: Stand, statement: Statement) -> int:
    domain = Domain(stand.deployment.chain_id, stand.deployment.address("CertificateRegistry"))
    digest = Hash32(statement.digest(domain))
    signatures = [bytes(stand.accounts[role].unsafe_sign_hash(digest).signature) for role in PARTIES]
    holder = stand.accounts["enterprise"]
    receipt = stand.chain.send(holder, "CertificateRegistry", "mint", astuple(statement), *signatures)
    token: int = receipt.event("CertificateRegistry", "CertificateMinted")["tokenId"]
    assert token == int.from_bytes(digest, "big")
    return token


def test_a_certificate_as_the_page_needs_it(stand: Stand, statement: Statement) -> None:
    before = stand.chain.block()
    token = mint(stand, statement)
    view = stand.chain.check(statement.identifier)
    assert view is not None
    assert (view.token_id, view.status, view.kind, view.grade) == (token, "active", 2, 3)
    assert (view.grade_value, view.footprint) == (statement.grade_value, 0)
    assert (view.period_start, view.period_end) == (statement.period_start, statement.period_end)
    assert (view.recipient, view.evaluator, view.verifier) == (
        statement.recipient,
        statement.evaluator,
        statement.verifier,
    )
    assert (view.coverage, view.assurance, view.valid_until) == (10_000, 1, statement.valid_until)
    assert view.block == stand.chain.block()
    assert view.minted_at == view.block.time
    assert stand.chain.check(statement.identifier, before.number) is None
    assert stand.chain.check(statement.identifier.lower()) == view, "letters differ in case only"

    with pytest.raises(ContractRefused) as refused:
        mint(stand, statement)
    assert refused.value.reason.startswith("CertificateRegistry")
    stand.chain.send(stand.accounts["suspender"], "CertificateRegistry", "suspend", token, "a doubt")
    assert _status(stand, statement) == "suspended"
    stand.chain.send(stand.accounts["suspender"], "CertificateRegistry", "reinstate", token, "dispelled")
    stand.anvil.set_time(statement.valid_until)
    stand.anvil.mine()
    assert _status(stand, statement) == "expired"
    stand.chain.send(stand.accounts["revoker"], "CertificateRegistry", "proposeRevocation", token, "false readings")
    with pytest.raises(ContractRefused, match="CertificateRegistrySameActor"):
        stand.chain.send(stand.accounts["revoker"], "CertificateRegistry", "confirmRevocation", token, "false readings")
    stand.chain.send(stand.accounts["confirmer"], "CertificateRegistry", "confirmRevocation", token, "false readings")
    assert _status(stand, statement) == "revoked"


def _status(stand: Stand, statement: Statement) -> str:
    view = stand.chain.check(statement.identifier)
    assert view is not None
    return view.status
