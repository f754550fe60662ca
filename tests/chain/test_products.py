"""Goods on a real chain: certified, delivered, used in another product, retired; and each way to cheat with them."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import Any

import pytest
from eth_account import Account as Key
from eth_account.signers.local import LocalAccount
from eth_typing import Hash32

from devnet.accounts import fund
from devnet.deploy import create_node, standing
from ledger.certificates.booking import try_booking
from ledger.certificates.statement import Domain, Statement
from ledger.chain.answers import unhex
from ledger.chain.contracts import function
from ledger.chain.deployment import Deployment, Generation, save
from ledger.chain.errors import ContractRefused, DeploymentFault
from ledger.chain.products import account_of, balance_of, balances, deliver, inputs_of, retire
from ledger.chain.transactions import Receipt
from ledger.identifiers.vaa import leaf
from ledger.identifiers.vaa import node as identifier_node
from ledger.upstream import Input, upstream_root
from tests.certificates.sample import STATEMENT
from tests.chain.stand import ENTERPRISE, Stand, new_log

FOREVER = 2**63
SMELTER = "88.118.30001"
INGOTS, PARTS = f"{SMELTER}/AL-7", f"{ENTERPRISE}/PART-1"


class Market:
    """A smelter and its customer, who can certify."""

    def __init__(self, stand: Stand) -> None:
        self.stand, self.chain = stand, stand.chain
        accounts = stand.accounts
        self.smelter: LocalAccount = Key.create()
        self.customer = accounts["enterprise"]
        fund(stand.anvil.node, [self.smelter.address])
        create_node(self.chain, accounts["secondary-node"], "88.118", "30001", self.smelter.address)
        for number, role in enumerate(("evaluator", "verifier"), start=1):
            who = accounts[role].address
            node = create_node(self.chain, accounts["secondary-node"], "88.118", f"9000{number}", who)
            term = (who, node, number, bytes(32), 0, FOREVER)
            self.chain.send(accounts["accreditor"], "CertificateRegistry", "accredit", *term)
        for kind, rule in enumerate((STATEMENT.method, STATEMENT.factors), start=1):
            self.chain.send(accounts["publisher"], "RuleRegistry", "publish", kind, f"r/{kind}", rule, "", 0, FOREVER)
        log = new_log(stand)
        self.chain.send(accounts["anchorer"], "AnchorLog", "anchor", log.id, 7, b"\x07" * 32, [])
        now = self.chain.now()
        self.template = replace(
            STATEMENT, kind=3, evaluator=unhex(accounts["evaluator"].address.lower()),
            verifier=unhex(accounts["verifier"].address.lower()), period_start=now - 1_000, period_end=now - 10,
            scheme=bytes(32), benchmarks=bytes(32), grade=0, grade_value=0, log_id=log.id, tree_size=7, unit="t",
            valid_until=now + 10**7, submit_before=now + 10**6,
        )  # fmt: skip

    def statement(self, holder: LocalAccount, identifier: str, quantity: int, footprint: int, **more: Any) -> Statement:
        return replace(
            self.template, identifier=identifier, subject=leaf(identifier),
            enterprise=identifier_node(identifier.partition("/")[0]), recipient=address(holder),
            quantity=quantity, footprint=footprint, **more,
        )  # fmt: skip

    def certify(self, statement: Statement, inputs: Sequence[Input] = ()) -> int:
        holder = self.smelter if statement.recipient == address(self.smelter) else self.customer
        domain = Domain(self.stand.deployment.chain_id, self.stand.deployment.address("CertificateRegistry"))
        digest = Hash32(statement.digest(domain))
        signers = (holder, self.stand.accounts["evaluator"], self.stand.accounts["verifier"])
        signatures = [bytes(signer.unsafe_sign_hash(digest).signature) for signer in signers]
        listed = [astuple(item) for item in inputs]
        self.chain.send(holder, "CertificateRegistry", "mintProduct", astuple(statement), *signatures, listed)
        return int.from_bytes(digest, "big")

    def suspended(self, token: int, *, ended: bool = False) -> Receipt:
        name = "reinstate" if ended else "suspend"
        return self.chain.send(self.stand.accounts["suspender"], "CertificateRegistry", name, token, "a doubt")


def address(account: LocalAccount) -> bytes:
    return unhex(account.address.lower())


@pytest.fixture(scope="module")
def market(stand: Stand) -> Market:
    return Market(stand)


def test_goods_from_their_certificate_to_their_end(market: Market) -> None:
    """INV-14."""
    chain, smelter, customer = market.chain, market.smelter, market.customer
    token = market.certify(market.statement(smelter, INGOTS, 1_000_000, 8_000_000_000))
    assert balances(chain, address(smelter)) == {token: 1_000_000}
    assert balances(chain, address(customer)) == {}
    deliver(chain, smelter, address(customer), token, 400_000)
    assert balance_of(chain, address(customer), token) == 400_000
    with pytest.raises(ContractRefused, match="ERC6909InsufficientBalance"):
        deliver(chain, smelter, address(customer), token, 600_001)

    inputs = (Input(token, 300_000),)
    parts = market.statement(customer, PARTS, 600_000, 4_000_000_000, upstream_root=upstream_root(inputs))
    with pytest.raises(ContractRefused, match="ProductLedgerClaimsLess"):
        market.certify(replace(parts, footprint=3_999_999_999), inputs)
    with pytest.raises(ContractRefused, match="ProductLedgerWrongInputs"):
        market.certify(parts, (Input(token, 1),))
    market.suspended(token)
    with pytest.raises(ContractRefused, match="ProductLedgerBlocked"):
        market.certify(parts, inputs)
    blocked = account_of(chain, token)
    assert blocked is not None
    assert (blocked.status, blocked.is_blocked) == ("suspended", True)
    market.suspended(token, ended=True)
    product = market.certify(parts, inputs)
    assert inputs_of(chain, product) == inputs
    assert inputs_of(chain, token) == ()

    before = chain.block().number
    retire(chain, customer, token, 60_000, beneficiary="building 7", reason="window frames")
    with pytest.raises(ContractRefused, match="ProductLedgerText"):
        retire(chain, customer, token, 1, beneficiary="", reason="window frames")
    account = account_of(chain, token)
    assert account is not None
    assert (account.id, account.certificate, account.status, account.footprint) == (token, token, "active", 8 * 10**9)
    assert (account.certified, account.issued, account.used, account.retired) == (1_000_000, 1_000_000, 300_000, 60_000)
    assert account.in_circulation == 640_000 == chain.call("ProductLedger", "totalSupply", token)
    assert balances(chain, address(customer)) == {token: 40_000, product: 600_000}
    assert balances(chain, address(customer), before) == {token: 100_000, product: 600_000}


def test_a_successor_takes_the_account_over(market: Market) -> None:
    """INV-14: it mints what was not issued, and the goods go on under their id."""
    chain, smelter = market.chain, market.smelter
    first = market.statement(smelter, f"{SMELTER}/AL-8", 1_000, 8_000_000_000)
    token = market.certify(first)
    deliver(chain, smelter, address(market.customer), token, 900)
    successor = market.certify(replace(first, supersedes=token, footprint=9_000_000_000, quantity=1_200))
    account = account_of(chain, successor)
    assert account == account_of(chain, token)
    assert account is not None
    assert (account.id, account.certificate, account.footprint) == (token, successor, 9_000_000_000)
    assert (account.certified, account.issued) == (1_200, 1_200)
    assert balance_of(chain, address(smelter), token) == 300
    assert balance_of(chain, address(market.customer), token) == 900
    again = market.certify(replace(first, supersedes=successor, result_hash=b"\x77" * 32))
    renewed = account_of(chain, again)
    assert renewed is not None
    assert (renewed.certified, renewed.issued) == (1_000, 1_200), "nothing is minted twice, nothing taken back"


def test_the_ledger_says_beforehand_what_it_would_refuse(market: Market) -> None:
    """INV-14: by the same reason as at minting, and before anybody has signed; nothing is booked by the question."""
    chain, smelter, customer = market.chain, market.smelter, market.customer
    ingots = market.statement(smelter, f"{SMELTER}/AL-10", 1_000, 8_000_000_000)
    token = market.certify(ingots)
    deliver(chain, smelter, address(customer), token, 600)

    def part(inputs: Sequence[Input], **more: Any) -> Statement:
        root = upstream_root(inputs)
        return market.statement(customer, f"{ENTERPRISE}/PART-10", 1_000, 8_000_000_000, upstream_root=root, **more)

    def refused(statement: Statement, inputs: Sequence[Input]) -> str:
        with pytest.raises(ContractRefused) as before:
            try_booking(chain, statement, inputs)
        with pytest.raises(ContractRefused) as at_minting:
            market.certify(statement, inputs)
        assert before.value.values == at_minting.value.values
        return f"{before.value.reason} {at_minting.value.reason}"

    more, some, less = ((Input(token, quantity),) for quantity in (601, 500, 499))
    assert refused(part(more), more) == " ".join(["ERC6909InsufficientBalance"] * 2)
    assert refused(part((Input(7, 1),)), (Input(7, 1),)) == " ".join(["ProductLedgerUnknown"] * 2)
    assert refused(part(some), less) == " ".join(["ProductLedgerWrongInputs"] * 2)
    cheap = replace(part(some), footprint=3_999_999_999)
    assert refused(cheap, some) == " ".join(["ProductLedgerClaimsLess"] * 2)
    market.suspended(token)
    assert refused(part(some), some) == " ".join(["ProductLedgerBlocked"] * 2)
    market.suspended(token, ended=True)
    try_booking(chain, part(some), some)
    assert balance_of(chain, address(customer), token) == 600
    first = market.certify(part(some), some)
    assert refused(part(less, supersedes=first), less) == " ".join(["ProductLedgerInputLeftOut"] * 2)
    assert refused(part(some, supersedes=first, unit="kg"), some) == " ".join(["ProductLedgerOtherUnit"] * 2)
    corrected = part(some, supersedes=first, result_hash=b"\x76" * 32)
    try_booking(chain, corrected, some)
    market.certify(corrected, some)
    try_booking(chain, replace(ingots, kind=1), ())  # no goods, nothing to ask


def test_what_stands_against_the_upstream_is_told(market: Market) -> None:
    chain, smelter, customer = market.chain, market.smelter, market.customer
    token = market.certify(market.statement(smelter, f"{SMELTER}/AL-9", 1_000, 8_000_000_000))
    deliver(chain, smelter, address(customer), token, 1_000)
    inputs = (Input(token, 1_000),)
    identifier = f"{ENTERPRISE}/PART-9"
    part = market.certify(
        market.statement(customer, identifier, 1_000, 8_000_000_000, upstream_root=upstream_root(inputs)), inputs
    )
    for ended, expected in ((False, "suspended"), (True, "")):
        market.suspended(token, ended=ended)
        view, account = chain.check(identifier), account_of(chain, part)
        assert view is not None
        assert account is not None
        assert (view.status, view.upstream, account.upstream) == ("active", expected, expected)


def test_a_certificate_off_the_ledger_has_no_account(market: Market) -> None:
    token = market.certify(market.statement(market.customer, f"{ENTERPRISE}/PART-0", 0, 5_000_000))
    assert account_of(market.chain, token) is None
    assert account_of(market.chain, 1) is None


def test_contract_and_python_commit_to_inputs_alike(market: Market) -> None:
    question = function("ProductLedger", "upstreamRoot")
    for count in (0, 1, 3, 64):
        inputs = [Input(2**255 + number, 2**80 - 1 - number) for number in range(count)]
        assert market.chain.call("ProductLedger", question.name, [astuple(i) for i in inputs]) == upstream_root(inputs)


def test_a_deployment_of_an_earlier_edition_loads_and_says_what_it_lacks(stand: Stand) -> None:
    whole = stand.deployment
    contracts = {k: v for k, v in whole.generations[0].contracts.items() if k != "ProductLedger"}
    older = Deployment(whole.chain_id, whole.genesis, whole.demo, (Generation(1, contracts),))
    path = stand.folder / "older.json"
    save(older, path)
    with pytest.raises(DeploymentFault, match="no contract ProductLedger") as fault:
        standing(stand.anvil.node, path)
    assert "carbon devnet up" in fault.value.mend
