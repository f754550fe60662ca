"""What minting a product's certificate books on the product ledger, and what the ledger would say to it today."""

from collections.abc import Sequence
from dataclasses import astuple

from ledger.certificates.statement import Domain, Statement
from ledger.chain import transactions
from ledger.chain.client import Chain
from ledger.chain.contracts import function
from ledger.chain.transactions import Call
from ledger.evaluation.footprints import footprint_of, inputs_of
from ledger.evaluation.result import Result
from ledger.upstream import Input, ordered

__all__ = ["burned", "domain_of", "has_goods", "try_booking"]

REGISTRY, GOODS = "CertificateRegistry", "ProductLedger"
PRODUCT = 3


def domain_of(chain: Chain) -> Domain:
    return Domain(chain.deployment.chain_id, chain.deployment.address(REGISTRY))


def has_goods(chain: Chain) -> bool:
    """Deployments of earlier editions have no product ledger."""
    return GOODS in chain.deployment.generations[-1].contracts


def burned(statement: Statement, result: Result) -> tuple[Input, ...]:
    """The inputs of the product that the statement is about, as the contract takes them."""
    if not any(statement.upstream_root):
        return ()
    return ordered(inputs_of(footprint_of(result.document, statement.identifier)))


def try_booking(chain: Chain, statement: Statement, inputs: Sequence[Input]) -> None:
    """Raises ContractRefused, with its reason, if the product ledger would refuse what minting this statement books:
    inputs that nobody delivered, a blocked account, a claim below what is burned. No one has to have signed it yet."""
    if statement.kind != PRODUCT or not has_goods(chain):
        return
    token, listed = int.from_bytes(statement.digest(domain_of(chain))), [astuple(part) for part in inputs]
    booking = Call(chain.deployment.address(GOODS), function(GOODS, "record").encode(token, astuple(statement), listed))
    transactions.simulate(chain.node, f"0x{chain.deployment.address(REGISTRY).hex()}", booking, f"{GOODS}.record")
